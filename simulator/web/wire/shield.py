"""TLS between a connection and its transport: bytes are decrypted on their way up, and encrypted on their way down.

asyncio's own TLS cannot begin with bytes that have been read already, and each event loop has another one. This one is
a transport for the connection and a protocol for the transport below, so that timeouts, back-pressure and faults on
the socket are those of a plain connection. One may stand on another: a proxy that is reached by https.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from ssl import MemoryBIO, SSLContext, SSLError, SSLObject, SSLWantReadError, SSLZeroReturnError
from typing import Any, Final, Protocol

from simulator.web.wire import client_hello
from simulator.web.wire.client_hello import ClientHello
from simulator.web.wire.encryption import INTERNAL_ERROR, Encryption, unavailable
from simulator.web.wire.handshakes import MANY, SILENT, SLOW, UNUSED, WRONG_NAME, Explanation

PIECE: Final = 65_536
"""Bytes that are decrypted at once."""


class Shielded(Protocol):
    """The connection above."""

    loop: asyncio.AbstractEventLoop
    client: tuple[str, int] | None

    @property
    def unused(self) -> bool:
        """True if nothing has been received."""

    def data_received(self, data: bytes) -> None:
        """Take bytes."""

    def eof_received(self) -> bool | None:
        """The client sends nothing more. True = it is still answered."""

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""

    def pause_writing(self) -> None:
        """The client is slower than we are."""

    def resume_writing(self) -> None:
        """It has caught up."""

    def greeted(self) -> None:
        """The handshake has ended well."""


class Shield(asyncio.Transport, asyncio.Protocol):
    """One connection's TLS, on the server's side."""

    def __init__(self, below: asyncio.Transport, above: Shielded, encryption: Encryption) -> None:
        super().__init__()
        self._below, self._above, self._encryption = below, above, encryption
        self._incoming, self._outgoing = MemoryBIO(), MemoryBIO()
        self._tls: SSLObject | None = None
        self._hello: bytes | None = b""
        """The first bytes, until the handshake has ended; None = it has ended."""
        self._said_goodbye = self._heard_goodbye = self._gone = self._paused = self._held = False
        self.loop, self.client, self._client = above.loop, above.client, ClientHello()
        self._ip = self.client[0] if self.client else ""
        self._keeps = False
        """True if the client sends nothing more, and is still answered."""
        encryption.begin(self)
        below.set_protocol(self)

    @property
    def unused(self) -> bool:
        """False: a shield stands on another one only because something has been received."""
        return False

    def greeted(self) -> None:
        """The shield below has its handshake behind it."""

    # --- the handshake
    def begin(self, data: bytes) -> None:
        """Begin with the bytes that have been read already. The rest waits until there is a context."""
        self._incoming.write(data)
        self._keep(data)
        if self._encryption.context is not None:
            self._provided(self._encryption.context)
        else:
            self._below.pause_reading()
            self._encryption.provide(self._provided, self.loop)

    def _provided(self, outcome: SSLContext | Exception) -> None:
        if self._gone or self._hello is None or self._below.is_closing():
            return
        if isinstance(outcome, Exception):
            self._refuse("there is no certificate", unavailable(outcome))
        else:
            self._tls = outcome.wrap_bio(self._incoming, self._outgoing, server_side=True)
            self._below.resume_reading()
            self._go_on()

    def _keep(self, data: bytes) -> None:
        """Remember the first bytes, to explain a failure."""
        if self._hello is not None and len(self._hello) < client_hello.LARGEST:
            self._hello += data

    def _refuse(self, problem: str, explanation: Explanation) -> None:
        """Go no further, and say so."""
        self._failed(problem, explanation)
        self._below.write(INTERNAL_ERROR)
        self._below.close()

    def _shake(self, tls: SSLObject) -> None:
        if not self._client.version:
            self._client = client_hello.read(self._hello or b"")
        if "?" in self._client.server_name:  # Python would print a traceback
            self._refuse("the server name has other characters than ASCII", WRONG_NAME)
            return
        try:
            tls.do_handshake()
        except SSLWantReadError:
            self._flush()
        except SSLError as error:
            reason = error.reason or str(error)
            self._over(lambda ip, hello: self._encryption.handshakes.fail(ip, hello, reason))
            self._flush()  # the alert
            self._below.close()
        else:
            self._hello = None
            self._encryption.end(self)
            self._flush()
            self._above.greeted()

    def _over(self, report: Callable[[str, ClientHello], None]) -> None:
        """The handshake has failed: report it, once."""
        if self._hello is not None:
            hello, self._hello, self._tls = client_hello.read(self._hello), None, None
            self._encryption.end(self)
            report(self._ip, hello)

    def _failed(self, problem: str, explanation: Explanation) -> None:
        self._over(lambda ip, hello: self._encryption.handshakes.add(ip, hello, problem, explanation))

    def give_way(self) -> None:
        """End a handshake, because there are too many."""
        self._failed("another handshake needed its place", MANY)
        self._below.abort()

    # --- what comes from below
    def data_received(self, data: bytes) -> None:
        """Take encrypted bytes."""
        if self._said_goodbye:
            self._above.data_received(data)  # it is deaf, and only counts them
            return
        self._incoming.write(data)
        self._keep(data)
        self._go_on()

    def _go_on(self) -> None:
        """Shake hands, or decrypt what is there."""
        if self._tls is not None and self._hello is not None:
            self._shake(self._tls)
        if self._tls is None or self._hello is not None:
            return
        tls = self._tls
        while not (self._paused or self._gone or self._heard_goodbye or self._said_goodbye):
            try:
                data = tls.read(PIECE)
            except SSLWantReadError:
                break
            except SSLZeroReturnError:
                data = b""
            except SSLError as error:
                self._broken(error.reason or str(error))
                return
            if not data:
                self._end()
                break
            self._above.data_received(data)
            if not (self._incoming.pending or tls.pending()):
                break
        self._flush()  # what the protocol itself answers, such as an update of keys
        if self._held and not self._paused and not self._below.is_closing():
            self._held = False  # what it has read is taken
            self._below.resume_reading()

    def _broken(self, reason: str) -> None:
        """The client sent an alert after the handshake, or what is no TLS."""
        self._flush()
        if self._above.unused:
            self._encryption.handshakes.fail(self._ip, self._client, reason)
        self._below.close()

    def _end(self) -> None:
        """The client has said that it sends nothing more."""
        self._heard_goodbye = True
        self._note_unused()
        self._keeps = bool(self._above.eof_received())
        if not self._keeps:
            self.close()

    def _note_unused(self) -> None:
        """Remember a client that ends the connection before it has asked for anything."""
        if self._tls is not None and self._above.unused and not self._said_goodbye:
            self._encryption.handshakes.add(self._ip, self._client, "closed without a request", UNUSED)

    def eof_received(self) -> bool:
        """The client has closed its half of the connection, with or without a word."""
        if self._hello is not None:
            self._failed("closed in the middle of the handshake", SILENT)
            return False
        if not self._heard_goodbye and not self._said_goodbye:
            self._end()
        return self._keeps

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._failed("closed in the middle of the handshake", SILENT)
        if not self._heard_goodbye and exc is not None:
            self._note_unused()
        self._gone = True
        self._above.connection_lost(exc)

    def pause_writing(self) -> None:
        """The client is slower than we are."""
        self._above.pause_writing()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._above.resume_writing()

    # --- what comes from above
    def _flush(self) -> None:
        if self._outgoing.pending and not self._gone:
            self._below.write(self._outgoing.read())

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Send bytes. Before the end of the handshake nobody could read them."""
        if not data or self._tls is None or self._hello is not None or self._said_goodbye or self._gone:
            return
        try:
            written = self._tls.write(data)
            while written < len(data):
                written += self._tls.write(memoryview(data)[written:])
        except SSLError:  # the client has broken the session, and the reason is noted
            self._below.abort()
            return
        self._below.write(self._outgoing.read())

    def _say_goodbye(self) -> None:
        if self._tls is not None and self._hello is None and not self._said_goodbye:
            self._said_goodbye = True
            with suppress(SSLError):
                self._tls.unwrap()  # it would wait for the client's goodbye
            self._flush()

    def write_eof(self) -> None:
        """Send nothing more. What comes from now on is not decrypted."""
        self._say_goodbye()
        self._below.write_eof()

    def can_write_eof(self) -> bool:
        """True: both TLS and the transport below can."""
        return True

    def close(self) -> None:
        """Send what is written, and close."""
        self._failed("the handshake did not end in time", SLOW)
        self._say_goodbye()
        self._below.close()

    def abort(self) -> None:
        """Close at once."""
        self._below.abort()

    def is_closing(self) -> bool:
        """True if the connection is closed or closing."""
        return self._below.is_closing()

    def pause_reading(self) -> None:
        """Read nothing for now."""
        self._paused = self._held = True
        self._below.pause_reading()

    def resume_reading(self) -> None:
        """Read on. The transport below does so when everything that it has read is taken."""
        if self._paused:
            self._paused = False
            self.loop.call_soon(self._go_on)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What is known of the connection."""
        return self._tls if name == "ssl_object" else self._below.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        """Bytes that wait to be sent."""
        return self._below.get_write_buffer_size()

    def set_protocol(self, protocol: Any) -> None:
        """From now on the decrypted bytes go to this one."""
        self._above = protocol
