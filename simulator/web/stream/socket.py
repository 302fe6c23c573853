"""One websocket: bytes of a connection on one side, whole texts on the other. `websockets` speaks the protocol."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final, Protocol

from msgspec import json
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

from simulator.messages import Answer, Request

LONGEST: Final = 65_536
"""Bytes of a message that a client may send."""
MOST_UNSENT: Final = 1_048_576
"""Bytes that may wait for a client that reads slowly."""
PIECE: Final = 4096
"""Bytes that are read at once: some 700 frames without content, which take the library as many microseconds each."""
SLOW: Final = "the client reads too slowly: more than 1 MiB waited for it"
GOODBYE: Final = 2.0
"""Seconds for which a client has time to answer a close."""
MALFORMED: Final = Answer(400, json.encode({"msg": "the headers of the websocket's handshake are malformed"})).last
HANDSHAKE: Final = (b"host", b"connection", b"upgrade", b"sec-websocket-key", b"sec-websocket-version")
"""The headers that the library reads. It has limits of its own for all others."""
LOG: Final = logging.Logger("websockets", logging.CRITICAL + 1)  # noqa: LOG001 - no handler ever gets it
"""The library's own log, which nobody reads: the journal says what happened."""


class Handed(Protocol):
    """The connection that was a client's until it became a websocket."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    client: tuple[str, int] | None

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""


class Socket(asyncio.Protocol):
    """A websocket on the server's side. `heard` is called with each text, `gone` once with the reason of the end."""

    unused = False
    """What TLS below asks: something has been received."""

    def __init__(self, connection: Handed, heard: Callable[[str], None], gone: Callable[[str], None]) -> None:
        self.loop, self.client, self._transport = connection.loop, connection.client, connection.transport
        self._connection, self._heard, self._gone = connection, heard, gone
        self._protocol = ServerProtocol(max_size=LONGEST, logger=LOG)
        self._unread, self._text = bytearray(), bytearray()
        """What has been received and not read, and the beginning of a text whose end has not been read."""
        self._ended = False
        self._goodbye: asyncio.TimerHandle | None = None
        """Cuts off a client that does not answer a close."""

    # --- the beginning
    def accept(self, request: Request) -> int:
        """Answer the handshake: the status. Other than 101, the connection ends with the answer."""
        head = [b"GET / HTTP/1.1"]
        head += [b"%s: %s" % (name, request.headers[name]) for name in HANDSHAKE if name in request.headers]
        self._protocol.receive_data(b"\r\n".join([*head, b"", b""]))
        events = self._protocol.events_received()
        if not events:  # one of them is longer than the library allows
            self._transport.write(MALFORMED)
            return 400
        handshake = events[0]
        assert isinstance(handshake, Handshake)
        response = self._protocol.accept(handshake)
        self._protocol.send_response(response)
        self._transport.set_protocol(self)
        self._flush()
        return int(response.status_code)

    # --- what comes
    def data_received(self, data: bytes) -> None:
        """Take bytes. Only a piece of them is read at once, so that many small frames do not hold up other clients."""
        self._unread += data
        if len(self._unread) == len(data):
            self._read()

    def _read(self) -> None:
        """Read a piece, and report each whole text in it. The rest follows in the next turn of the loop.

        Until then nothing more comes, not even the end of the connection.
        """
        if not self._transport.is_closing():
            self._obey(bytes(self._unread[:PIECE]))
        if self._transport.is_closing():
            self._unread.clear()
            return
        del self._unread[:PIECE]
        if self._unread:
            self._transport.pause_reading()
            self.loop.call_soon(self._read)
        else:
            self._transport.resume_reading()

    def _obey(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame) and not self._ended:
                self._take(event)
        self._flush()
        if self._ended:
            return
        if self._protocol.parser_exc is not None:
            self._over(f"the client broke the protocol: {self._protocol.parser_exc}")
        elif self._protocol.state is not State.OPEN:
            self._over("the client closed it")
        elif self.crowded:  # by answers to its pings
            self.abort(SLOW)

    def _take(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._text += frame.data
            if frame.fin:
                data, self._text = self._text, bytearray()
                try:
                    text = data.decode()
                except UnicodeDecodeError:
                    self.close(CloseCode.INVALID_DATA, "the text is not UTF-8")
                    return
                self._heard(text)
        elif frame.opcode in (Opcode.PING, Opcode.PONG):
            self._heard("")

    def eof_received(self) -> bool:
        """The client sends nothing more."""
        self._protocol.receive_eof()
        self._over("the client closed the connection")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._over("the connection was lost")
        if self._goodbye:
            self._goodbye.cancel()
        self._connection.connection_lost(exc)

    def greeted(self) -> None:
        """TLS below has nothing more to say."""

    # --- what goes
    @property
    def crowded(self) -> bool:
        """True if the client reads so slowly that nothing more may wait for it."""
        return self._transport.get_write_buffer_size() > MOST_UNSENT

    def send(self, text: bytes) -> None:
        """Send a text, unless a close is under way, also one that came behind the text that is answered here."""
        if not self._ended and self._protocol.state is State.OPEN:
            self._protocol.send_text(text)
            self._flush()

    def close(self, code: int, reason: str) -> None:
        """Close it with a code and a reason. What comes until the client has answered is taken, and not obeyed.

        A connection that is closed over unread bytes is reset, and the client would never see why.
        """
        if self._ended:
            return
        if self._protocol.state is not State.OPEN:  # the client was first
            self._flush()
            self._over(reason)
            return
        self._protocol.send_close(code, reason)
        self._flush()
        self._goodbye = self.loop.call_later(GOODBYE, self._transport.abort)
        self._end(reason)

    def abort(self, reason: str) -> None:
        """End the connection at once, without a word."""
        self._over(reason)
        self._transport.abort()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if self._transport.is_closing():  # the client has gone, and nobody reads any more
                continue
            if data:
                self._transport.write(data)
            else:
                self._transport.close()

    def _over(self, reason: str) -> None:
        if not self._ended:
            self._transport.close()
            self._end(reason)

    def _end(self, reason: str) -> None:
        self._ended = True
        self._gone(reason)
