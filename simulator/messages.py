"""HTTP messages as values: a request as it was received, an answer as it is sent. Nothing here interprets them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from simulator.core.value import Value

Scope = MutableMapping[str, Any]
AsgiMessage = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[AsgiMessage]]
Send = Callable[[AsgiMessage], Awaitable[None]]


class Request(Value, frozen=True):
    """An HTTP request. `path` and `query` are the raw text of the request line; header names are lower case."""

    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]
    ip: str
    body: bytes
    prefix: str = ""
    """The part before the path that names a workspace, such as `/w/name`."""
    notes: tuple[str, ...] = ()
    """Notes of the routing to the workspace."""
    scheme: str = "http"
    """`http`, or `https` if it came over TLS."""
    proxied: bool = False
    """True if the client takes us for its proxy on the way to the host."""

    def header(self, name: bytes) -> str | None:
        """A header's value, or None. Bytes that are not ASCII are kept as Latin-1 (RFC 9110 s5.5)."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


BODILESS: Final = (101, 204, 304)
"""Statuses whose answers have no body."""


class Damage(Value, frozen=True):
    """The damage that a fault does to an answer. `network` and `at` are words of `scenario.staging.strikes`.

    `network` "" = only a pause. `pause` is ms of real time in the middle of the body, or the duration of a drip.
    """

    network: str
    at: str
    pause: int = 0


class Answer(Value, frozen=True):
    """An HTTP answer. `headers` are sent in addition to content type and length. Status 0 = no answer, only damage."""

    status: int
    body: bytes
    content_type: bytes = b"application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    damage: Damage | None = None

    def having(self, *headers: tuple[bytes, bytes]) -> Answer:
        """The same answer with more headers."""
        return Answer(self.status, self.body, self.content_type, (*self.headers, *headers), self.damage)

    @property
    def head(self) -> list[tuple[bytes, bytes]]:
        """All headers. If the status has no body (RFC 9110 s8.6), type and length are left out."""
        if self.status in BODILESS:
            return list(self.headers)
        return [
            (b"content-type", self.content_type),
            (b"content-length", b"%d" % len(self.body)),
            *self.headers,
        ]

    def written(self, beginning: bytes) -> bytes:
        """The answer in one piece. `beginning` is the status line and headers before its own, each with its end."""
        if self.status in BODILESS:
            return beginning + b"\r\n".join([*map(b": ".join, self.headers), b"", self.body])
        size = str(len(self.body)).encode()
        head = (beginning, b"content-type: ", self.content_type, b"\r\ncontent-length: ", size, b"\r\n")
        return b"".join((*head, *[b"%b: %b\r\n" % header for header in self.headers], b"\r\n", self.body))

    @property
    def last(self) -> bytes:
        """The answer as bytes, with `connection: close`."""
        status_line = f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n".encode()
        return self.having((b"connection", b"close")).written(status_line)

    async def send(self, send: Send) -> None:
        """Send the answer undamaged."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.head})
        await send({"type": "http.response.body", "body": self.body})


ABANDONED: Final = Answer(0, b"", damage=Damage("empty", "before"))
"""The answer to a call that waits when its workspace ends: the connection is closed without an answer."""
