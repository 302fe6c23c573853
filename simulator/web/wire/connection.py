"""One connection: bytes -> requests for the application, on uvicorn's protocol and llhttp's parser.

What is bounded here is bounded for every connection, whoever is at its other end: the bytes that wait to be read, the
requests that wait for an answer, a request's head, and the time that a request may take to arrive.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any, Final

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from simulator.core.refusals import Reason, Refusal
from simulator.left_overs import LEFT_OVERS
from simulator.messages import Receive, Request, Scope, Send
from simulator.web.wire import offers, protocols
from simulator.web.wire.at_once import TurnAway
from simulator.web.wire.crowd import TOO_MANY, Crowd
from simulator.web.wire.entrance import Entrance, RefusedError
from simulator.web.wire.flow import Hearing
from simulator.web.wire.patience import Patience
from simulator.web.wire.reading import LINGER_BYTES, LINGER_SECONDS, PROXIED, REFUSED
from simulator.web.wire.stage import CONNECT, TLS, Stage

PIECE: Final = 4096
"""Bytes that the parser gets at once. It cannot be stopped in the middle, so some 200 small requests can be in them."""
MOST_PARTS: Final = 1000
"""Parts of bodies that are read before others get their turn: a chunk of one byte is a part, and so are 4096 bytes."""
MOST_UNREAD: Final = 65_536
"""Bytes that may wait for the parser before the socket is left alone. Until then an end of the client is noticed."""
MAXIMUM_HEAD: Final = 65_536
"""Bytes of a request line with its headers, or of anything else that the parser takes without a result [H74/bounds]."""


class Connection(Stage):
    """uvicorn's protocol within bounds. What it cannot read it refuses in JSON, after the answers that are due."""

    def __init__(
        self, *args: Any, served: Any, crowd: Crowd[Connection], entrance: Entrance, turn_away: TurnAway, **more: Any
    ) -> None:
        super().__init__(*args, entrance=entrance, **more)
        self.app = self.served = served
        self._crowd, self._answer = crowd, turn_away
        self._parts = 0
        """Parts of bodies that were read since others had their turn."""
        self._socket_paused = False
        self._refusal: Refusal | None = None
        self._linger = LINGER_BYTES

    # --- the connection
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Remember what each request of this connection is given. One too many is turned away."""
        room = self._crowd.admits(len(self.connections))
        super().connection_made(transport)
        self.patience = Patience(self)
        self.stand_on(transport)
        if not room:
            self._deaf = True
            transport.write(TOO_MANY)
            self.patience.close()
            return
        self._crowd.silent[self] = None

    def leave(self) -> bytes:
        """Take no more bytes, and wait for nothing. What has been received and not read."""
        self._crowd.silent.pop(self, None)
        return super().leave()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell every request that waits; uvicorn tells only the one that was read last."""
        super().connection_lost(exc)
        self._crowd.silent.pop(self, None)
        self.patience.stop()
        self._deaf = True
        self._unread.clear()
        self.pipeline.clear()
        if self.running:
            self.running.disconnected = True
            self.running.message_event.set()

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn has no use for it
        """The client sends nothing more, or is gone. True = answers are due, which it may still read."""
        self.write_due()
        self.patience.end()
        if not self._unread:
            self._break_off()
        return self._answering or bool(self._unread)

    # --- bytes
    def data_received(self, data: bytes) -> None:
        """Give bytes to the parser; those that are too many for now wait."""
        if self._deaf:
            self._linger -= len(data)
            if self._linger < 0:
                self.patience.close()
            return
        if len(self._first) < protocols.LONGEST:
            if data[0] == TLS and self._may_shield and not self._first:
                self._entrance.encrypt(self, data)
                return
            self._first += data[: protocols.LONGEST]
        if len(data) <= PIECE and not self._unread and self.ready:
            self._parts, self.prompt = 0, True
            self._feed(data)
            self.prompt = False
        else:
            self._unread += data
            self.read_on()

    @property
    def ready(self) -> bool:
        """True if the parser may have more: no request waits for its turn, and no part of a body to be taken."""
        return not (self.pipeline or self.flow.read_paused)

    def read_on(self) -> None:
        """Give the parser what has waited."""
        unread, self._parts = self._unread, 0
        while unread and self.ready and not self._deaf:
            if self._parts > MOST_PARTS:
                self.loop.call_soon(self.read_on)
                break
            piece = bytes(unread[:PIECE])
            del unread[:PIECE]
            self._feed(piece)
        if self.patience.ended is not None and not unread:
            self._break_off()
            if not self._answering:
                self.patience.close()
        pause = len(unread) > MOST_UNREAD
        if pause is not self._socket_paused and not self.transport.is_closing():
            self._socket_paused = pause
            (self.transport.pause_reading if pause else self.transport.resume_reading)()

    def _feed(self, data: bytes) -> None:
        self._swallowed += len(data)
        self.patience.look_at_clock()
        try:
            self._parse(data)
            if self.held is not None:
                self.let_go()
        except (HttpParserError, RefusedError) as error:
            self.let_go()
            cause = error if isinstance(error, RefusedError) else error.__context__ or error
            self._refuse(cause.refusal if isinstance(cause, RefusedError) else protocols.unreadable(self._first, cause))
        if self._swallowed > MAXIMUM_HEAD:
            limit = str(MAXIMUM_HEAD)
            self._refuse(Refusal(Reason.HEAD_TOO_LARGE, expected=limit, received="more", limit=limit))

    def _parse(self, data: bytes) -> None:
        """Raises `HttpParserError` and `RefusedError`."""
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as offer:
            if self.scope["method"] == CONNECT.decode():
                self._connect(data[offer.args[0] :], waiting=bool(self.pipeline) or self._answering)
                return
            if self.streams:
                self._stream(data[offer.args[0] :])
                return
            offers.read_rest(self)
            self._parse(data[offer.args[0] :])

    # --- what the parser tells
    def on_headers_complete(self) -> None:
        """The head is there, and the application may begin."""
        self.head_ended = True
        self._swallowed = 0
        if self.hold():
            return
        self.tell_head()
        if not self.url.startswith(b"/") and b"://" in self.url:
            self.scope["method"] = self.parser.get_method().decode()
            self._entrance.locate(self.url, self.headers)
            self.proxied = True
        if self.proxied:
            self.scope[PROXIED] = True  # type: ignore[typeddict-unknown-key]
        if self.parser.should_upgrade():
            self.scope["method"] = self.parser.get_method().decode()
            if self.scope["method"] == CONNECT.decode():
                return
            if offers.websocket(self.headers):
                if self._may_stream():
                    return
                self.scope[REFUSED] = protocols.not_served(protocols.WEBSOCKET)  # type: ignore[typeddict-unknown-key]
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._swallowed = 0
        self._parts += 1
        self.patience.gain(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole. The body of one that offered another protocol is read by the parser of the rest."""
        self._swallowed = 0
        if self.parser.should_upgrade():
            return
        if self._crowd.silent:
            self._crowd.silent.pop(self, None)
        self.patience.rest()
        super().on_message_complete()
        if self.cycle is None or self.cycle.response_complete:
            self.patience.next()

    # --- answers
    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self.running = cycle
        super()._start_asgi_task(cycle, partial(self._serve, cycle))

    async def _serve(self, cycle: RequestResponseCycle, scope: Scope, receive: Receive, send: Send) -> None:
        await self.serve(scope, Hearing(cycle, self.patience), send)
        if self.patience.ended is not None and not cycle.response_complete:
            self.transport.close()  # its client is gone, and no answer will be given

    def on_response_complete(self) -> None:
        """An answer is given: the next request has its turn, or is waited for."""
        self.server_state.total_requests += 1
        LEFT_OVERS.free()
        self.patience.look_at_clock()
        if self.transport.is_closing():
            return
        if self.pipeline:
            self.patience.go_on()
            self._start_asgi_task(*self.pipeline.pop())
        elif self._refusal:
            self._turn_away(self._refusal)
            return
        else:
            self.patience.next()
        self.flow.read_paused = False
        self.read_on()

    def _refuse(self, refusal: Refusal) -> None:
        """Refuse what cannot be read, once every answer that is due has been given, and hang up."""
        if self._deaf:
            return
        self.write_due()
        self._deaf, self._refusal = True, refusal
        self.patience.rest()
        self._unread.clear()
        self._break_off()
        if not self._answering:
            self._turn_away(refusal)

    def _break_off(self) -> None:
        """The rest of a request that has begun never comes: it is not answered."""
        cycle = self.cycle
        if not cycle or not cycle.more_body or cycle.response_complete:
            return
        if self.pipeline and self.pipeline[0][0] is cycle:
            self.pipeline.popleft()
        elif cycle.response_started:
            self.patience.close()
        else:
            cycle.disconnected = True
            cycle.waiting_for_100_continue = False
            cycle.message_event.set()

    def _turn_away(self, refusal: Refusal) -> None:
        """Write a refusal, and take what is under way for a while.

        A connection that is closed over unread bytes is reset, and the client would never see the answer
        (RFC 9112 s9.6).
        """
        method, ip = self.scope.get("method", ""), self.client[0] if self.client else ""
        path, _, query = self.url.decode("latin-1").partition("?")
        answer = self._answer(Request(method, path, query, dict(self.headers), ip, b""), refusal)
        http2 = refusal.details.get("protocol") == protocols.HTTP2.name
        self.transport.write(protocols.go_away(answer.body) if http2 else answer.last)
        with suppress(OSError):  # the client has gone, and nobody has heard of it yet
            self.transport.write_eof()
        self.patience.linger(LINGER_SECONDS if self.patience.ended is None else 0)

    # --- time
    @property
    def missing(self) -> str:
        """What part of a request that has begun has not arrived; "" = nothing."""
        if not self.head_ended:
            return "its head"
        return "its body" if self.cycle and self.cycle.more_body and not self.cycle.response_complete else ""

    def give_up(self, part: str, limit: str) -> None:
        """Refuse a request whose rest does not come within so many seconds."""
        expected = f"the rest of {part}"
        self._refuse(Refusal(Reason.REQUEST_INCOMPLETE, expected=expected, received="nothing more", limit=limit))

    def pause_writing(self) -> None:
        """The client is slower than we are."""
        super().pause_writing()
        self.patience.stick()

    def resume_writing(self) -> None:
        """It has caught up."""
        super().resume_writing()
        self.patience.loosen()
