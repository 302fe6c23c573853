"""What a connection stands on: its transport, TLS on it, or the way through a proxy that ended here.

Its first byte decides. It is looked at again only where the client begins anew: behind a CONNECT.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from httptools import HttpRequestParser
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from simulator.messages import Request
from simulator.web.wire import offers
from simulator.web.wire.at_once import PlainRequests
from simulator.web.wire.damage import CONNECTION
from simulator.web.wire.entrance import TWICE, Entrance, RefusedError
from simulator.web.wire.flow import Flow

TLS: Final = 0x16
"""The first byte of TLS: a record of a handshake (RFC 8446 s5.1). No request of HTTP begins with it."""
CONNECT: Final = b"CONNECT"


class Stage(PlainRequests):
    """A connection that can begin anew on another transport."""

    def __init__(self, *args: Any, entrance: Entrance, **more: Any) -> None:
        super().__init__(*args, **more)
        self._entrance = entrance
        self._may_shield, self._may_connect = entrance.speaks_tls, True
        """What the next byte may begin: TLS, once before a CONNECT and once behind it; one CONNECT."""
        self._first = b""
        """The first bytes since the connection began, or began anew."""
        self._unread = bytearray()
        """What waits for the parser."""
        self.running: RequestResponseCycle | None = None
        """What is being answered; `cycle` is what was read last."""
        self._swallowed = 0
        """Bytes that the parser was given since it had a result."""
        self._deaf = False
        """Nothing that comes is read any more."""
        self.streams = False
        """True if the client goes on as a websocket."""
        self.served: Any
        """The application, or the one port of it. A connection sets it."""

    @property
    def _answering(self) -> bool:
        """True if an answer is due."""
        running = self.running
        return running is not None and not (running.response_complete or running.disconnected)

    def finish(self) -> None:
        """Close the connection: at once, or behind the answer that is under way."""
        self.write_due()
        if self.running and self._answering:
            self.running.keep_alive = False
        else:
            self.transport.close()

    def read_on(self) -> None:
        """Give the parser what has waited."""
        raise NotImplementedError

    def stand_on(self, transport: asyncio.Transport) -> None:
        """Read from and write to this transport."""
        self.transport, self.extensions = transport, {CONNECTION: {"transport": transport}}
        self.flow = Flow(transport, self.patience, self.read_on)

    def shielded(self, transport: asyncio.Transport) -> None:
        """From now on the bytes are those of this transport, which decrypts them."""
        self.stand_on(transport)
        self.scheme, self._may_shield = "https", False

    def greeted(self) -> None:
        """The TLS handshake has ended well, and the client has time for a request."""
        self.patience.go_on()

    @property
    def unused(self) -> bool:
        """True if nothing has been received since the last handshake."""
        return not self._first

    def established(self, rest: bytes) -> None:
        """The way to a host of KuCoin's ends here: the client begins anew, with these bytes first."""
        self.transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # what uvicorn sets for its own
        self._first, self._swallowed, self.head_ended = b"", 0, True
        self.scheme, self._may_shield, self._may_connect = "http", self._entrance.speaks_tls, False
        self.proxied = True
        self.patience.look_at_clock()
        self.patience.begin()
        if data := rest + bytes(self._unread):
            self._unread.clear()
            self.data_received(data)

    def leave(self) -> bytes:
        """Take no more bytes, and wait for nothing. What has been received and not read."""
        self.patience.stop()
        self._deaf = True
        unread = bytes(self._unread)
        self._unread.clear()
        return unread

    def _may_stream(self) -> bool:
        """True if the request that has just been read becomes a websocket, because nothing else is under way."""
        path = offers.target(self.url)[0]
        idle = not self.pipeline and (self.cycle is None or self.cycle.response_complete)
        self.streams = idle and self.scope["method"] == "GET" and self.served.streams_at(path)
        return self.streams

    def _stream(self, rest: bytes) -> None:
        """The connection is a websocket from now on. `rest` came behind the request."""
        path, query = offers.target(self.url)
        ip, headers = self.client[0] if self.client else "", dict(self.headers)
        request = Request("GET", path, query, headers, ip, b"", scheme=self.scheme or "http", proxied=self.proxied)
        self.served.stream(self, request, rest + self.leave())

    def _connect(self, rest: bytes, *, waiting: bool) -> None:
        """A client wants to go on to another host, with these bytes first. Raises `RefusedError`.

        `waiting` = answers are due.
        """
        if waiting or not self._may_connect:
            raise RefusedError(TWICE)
        self._entrance.connect(self, rest)
