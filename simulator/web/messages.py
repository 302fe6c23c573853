"""A request as it came in, an answer as it goes out. Nothing here knows what either means."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from msgspec.structs import replace

from simulator.core.fields import MAXIMUM_BODY
from simulator.core.value import Value

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LINGER_BYTES: Final = 16_777_216
LINGER_SECONDS: Final = 2.0
"""How much of a body that is too large is thrown away, and for how long, before its connection is closed."""


class BodyTooLargeError(Exception):
    """The request's body goes on past the cap; `complete` = all of it has arrived."""

    def __init__(self, *, complete: bool) -> None:
        super().__init__()
        self.complete = complete


class ClientGoneError(Exception):
    """There is nobody to answer: the client has closed the connection, or the server stops."""


class Request(Value, frozen=True):
    """An HTTP request. `path` and `query` are the raw text of the request line; header names are lower case."""

    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]
    ip: str
    body: bytes

    def header(self, name: bytes) -> str | None:
        """A header's value, None when absent. Bytes that are not ASCII are kept as Latin-1 (RFC 9110 s5.5)."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


class Damage(Value, frozen=True):
    """What the scenario does to an answer on its way. `network` is a word of `faults.Network`, "" = it only pauses.

    `middle`: half of the body is out before it happens. `pause` is ms of real time at that moment, or what a drip
    takes. `partial`: the whole answer must not arrive, for nothing was performed.
    """

    network: str
    middle: bool
    pause: int
    partial: bool


class Answer(Value, frozen=True):
    """An HTTP answer. `headers` come on top of content type and length. Status 0 = there is none, only damage."""

    status: int
    body: bytes
    content_type: bytes = b"application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    damage: Damage | None = None

    def having(self, *headers: tuple[bytes, bytes]) -> Answer:
        """The same answer with more headers."""
        return replace(self, headers=(*self.headers, *headers))

    @property
    def head(self) -> list[tuple[bytes, bytes]]:
        """All headers."""
        return [
            (b"content-type", self.content_type),
            (b"content-length", str(len(self.body)).encode()),
            *self.headers,
        ]

    async def send(self, send: Send) -> None:
        """Put it on the wire, undamaged."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.head})
        await send({"type": "http.response.body", "body": self.body})


ABANDONED: Final = Answer(0, b"", damage=Damage("empty", middle=False, pause=0, partial=False))
"""What a call gets that was waiting when its world went away: the connection is closed, where we have it in hand."""


def raw_path(scope: Scope) -> str:
    """The path as the client wrote it, which is what it signed."""
    raw: bytes | None = scope.get("raw_path")
    return raw.partition(b"?")[0].decode("latin-1") if raw else str(scope["path"])


def unread_request(scope: Scope) -> Request:
    """A request whose body and query nobody looked at, for the journal."""
    return Request(scope["method"], raw_path(scope), "", dict(scope["headers"]), "", b"")


async def read_request(scope: Scope, receive: Receive, most: int = MAXIMUM_BODY) -> Request:
    """The whole request, with up to `most` bytes of body. Raises `BodyTooLargeError`."""
    headers = dict(scope["headers"])
    body = b""
    if b"content-length" in headers or b"transfer-encoding" in headers:
        body = await read_body(headers, receive, most)
    client = scope.get("client")
    return Request(
        method=scope["method"],
        path=raw_path(scope),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        ip=client[0] if client else "",
        body=body,
    )


async def read_body(headers: dict[bytes, bytes], receive: Receive, most: int = MAXIMUM_BODY) -> bytes:
    """The body, up to the cap; a length that is announced is believed before anything is read."""
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > most:
        raise BodyTooLargeError(complete=False)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise BodyTooLargeError(complete=not message.get("more_body"))
        chunks.append(chunk)
        if not message.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class Lingering:
    """Both ends of a connection that stays open for a while after a 413.

    A connection that is closed over unread bytes is reset, and the client would never see the answer (RFC 9112 s9.6).
    """

    def __init__(self, receive: Receive, send: Send, *, complete: bool = False) -> None:
        self._receive, self._send = receive, send
        self._complete = complete
        self._too_large = False

    async def receive(self) -> Message:
        """The next message, looked at in passing."""
        message = await self._receive()
        self._complete = not message.get("more_body")
        return message

    async def send(self, message: Message) -> None:
        """Pass a message on; the end of a 413 waits until the rest of the body has been thrown away."""
        if message["type"] == "http.response.start":
            self._too_large = message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        elif self._too_large and not self._complete:
            await self._send({**message, "more_body": True})
            await self._discard()
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    async def _discard(self) -> None:
        left = LINGER_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while left > 0 and not self._complete:
                    left -= len((await self.receive()).get("body", b""))
