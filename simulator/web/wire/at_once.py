"""A plain request is answered where it was read, in one piece. Every other one takes uvicorn's way.

uvicorn's way costs a scope, a task, an event and two packets a request, which is more than most calls cost themselves.
A plain request is held back from uvicorn while it is read. If it is not whole by the end of its packet, or if its
answer has to be waited for, then uvicorn is told of it from its beginning, as if nobody had held it back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from simulator.core.gateway.requests import MAXIMUM_BODY
from simulator.core.gateway.signature import SIGNED_HEADERS
from simulator.core.refusals import Refusal
from simulator.messages import Answer, Receive, Request, Scope, Send
from simulator.web.wire.outbox import Outbox
from simulator.web.wire.patience import Patience

PLAIN: Final = {method.encode(): method for method in ("GET", "POST", "DELETE")}
"""Methods of the exchange's calls."""
USUAL: Final = (
    *(b"host", b"user-agent", b"accept", b"accept-encoding", b"connection", b"content-type", b"content-length"),
    *(b"authorization", *SIGNED_HEADERS),
)
LOWERED: Final = {spelled: name for name in USUAL for spelled in (name, name.title(), name.upper())}
"""The names of usual headers, as they are spelled -> in lower case. So the journal's requests share them."""
LONGEST: Final = len(str(MAXIMUM_BODY))
"""Digits of the length of a body that is read."""

AtOnce = Callable[[Request], Answer | None]
"""Performs a call and says what is answered. None = nothing was performed: the answer has to be waited for."""
TurnAway = Callable[[Request, Refusal], Answer]
"""Writes down what could not be read as a request, and says what is answered."""


class PlainRequests(HttpToolsProtocol):
    """uvicorn's protocol, which is told of a request only if that cannot be answered at once."""

    def __init__(self, *args: Any, at_once: AtOnce, outbox: Outbox, **more: Any) -> None:
        super().__init__(*args, **more)
        self._at_once, self._outbox = at_once, outbox
        self._due = b""
        """An answer that has not been written yet. It is written before anything else is."""
        self.prompt = False
        """True if the next request may be answered at once: one in a packet, so that other clients have their turn."""
        self.url, self.headers, self.scope = b"", [], {}  # type: ignore[typeddict-item]  # there is no request yet
        self.head_ended = True
        """True if the head of the last request that has begun is there."""
        self.held: list[bytes] | None = None
        """The parts of a plain request's body; None = no request is held back."""
        self._fields: dict[bytes, bytes] = {}
        """The headers of that request."""
        self.proxied = False
        """True if the client takes us for its proxy."""
        self.patience: Patience
        """How long the client is waited for. A connection makes it."""
        self.extensions: dict[str, dict[object, object]] = {}
        """What the application can ask of the connection."""
        self._own_headers: list[tuple[bytes, bytes]] = []
        self._beginnings: dict[int, bytes] = {}
        """How an answer of a status begins, with these headers."""
        self._failure: Exception | None = None
        """What went wrong when a call was performed at once: uvicorn answers it as it answers every failure."""

    def on_message_begin(self) -> None:
        """A request begins. Its scope is made when uvicorn is told of it."""
        if self._due:
            self.write_due()
        self.url, self.headers, self.head_ended = b"", [], False
        self.scope = {}  # type: ignore[typeddict-item]
        self.patience.begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header. What comes behind the body is none (RFC 9110 s6.5.1)."""
        if not self.head_ended:
            self.headers.append((LOWERED.get(name) or name.lower(), value))

    def hold(self) -> bool:
        """At the end of a head: hold the request back if it is plain."""
        parser, cycle, url = self.parser, self.cycle, self.url
        method = PLAIN.get(parser.get_method())
        if not (
            self.prompt
            and method
            and (cycle is None or cycle.response_complete)
            and url.startswith(b"/")
            and url.isascii()
            and b"#" not in url
            and parser.should_keep_alive()
            and not self.flow.write_paused
            and not self.transport.is_closing()
        ):
            return False
        self._fields = fields = dict(self.headers)
        length = fields.get(b"content-length", b"0")
        if (
            len(fields) < len(self.headers)
            or b"expect" in fields
            or b"upgrade" in fields
            or b"transfer-encoding" in fields
            or (b"connection" in fields and parser.get_http_version() != "1.1")  # without it, only 1.1 is kept alive
            or not (length.isdigit() and len(length) <= LONGEST and int(length) <= MAXIMUM_BODY)
        ):
            return False
        self.prompt, self.held = False, []
        self.scope = {"method": method}  # type: ignore[typeddict-item]  # the rest is uvicorn's
        return True

    def tell_head(self) -> None:
        """Make the scope of a request whose head has been read."""
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        self.headers.extend(headers)  # it is the scope's
        self.expect_100_continue = any(
            name == b"expect" and value.lower() == b"100-continue" for name, value in headers
        )
        self.scope["extensions"] = self.extensions

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        if self.held is None:
            super().on_body(body)
        else:
            self.held.append(body)

    def let_go(self) -> None:
        """Tell uvicorn of the request that was held back, if there is one."""
        parts, self.held = self.held, None
        if parts is not None:
            self.tell_head()
            super().on_headers_complete()
            for part in parts:
                super().on_body(part)

    def on_message_complete(self) -> None:
        """The request is whole: one that was held back is answered, if it can be answered at once."""
        if self.held is not None:
            path, _, query = self.url.decode("ascii").partition("?")
            ip = self.client[0] if self.client else ""
            body = b"".join(self.held)
            method, scheme = self.scope["method"], self.scheme or "http"
            request = Request(method, path, query, self._fields, ip, body, "", (), scheme, self.proxied)
            try:
                answer = self._at_once(request)
            except Exception as failure:  # noqa: BLE001 - it is raised again where uvicorn sees it
                answer, self._failure = None, failure
            if answer is not None:
                self.held = None
                self.server_state.total_requests += 1
                self._due = answer.written(self._beginning(answer.status))
                self._outbox.put(self)
                return
            self.let_go()
        super().on_message_complete()

    def write_due(self) -> None:
        """Write the answer that is due, if there is one."""
        if data := self._due:
            self._due = b""
            self.transport.write(data)

    def _beginning(self, status: int) -> bytes:
        """The status line and the server's own headers, which change once a second."""
        headers = self.server_state.default_headers
        if headers is not self._own_headers:
            self._own_headers, self._beginnings = headers, {}
        beginning = self._beginnings.get(status)
        if beginning is None:
            lines = [b"%s: %s\r\n" % header for header in headers]
            beginning = self._beginnings[status] = b"".join((STATUS_LINE[status], *lines))
        return beginning

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the application answer a request, or fail as it failed already."""
        if failure := self._failure:
            self._failure = None
            raise failure
        await self.app(scope, receive, send)
