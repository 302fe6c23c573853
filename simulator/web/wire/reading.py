"""Requests are read from ASGI: with a limit for the body, and a slow end of the connection if a body exceeds it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from simulator.core.gateway.requests import MAXIMUM_BODY
from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.refusals import Reason, Refusal
from simulator.messages import AsgiMessage, Receive, Request, Scope, Send

LINGER_BYTES: Final = 16_777_216
LINGER_SECONDS: Final = 2.0
"""The most bytes, and the most seconds, for which an oversized body is discarded before its connection is closed."""


REFUSED: Final = "simulator.refused"
"""The key of a scope for the refusal of a request that the connection could read, but that must not be served."""
PROXIED: Final = "simulator.proxied"
"""The key of a scope that says that the client takes us for its proxy."""
SINGLE: Final = lazy_pattern(rb"host|origin|authorization|content-type|sec-fetch-.*|kc-api-.*|x-sim-token")
"""Headers that may not be repeated, because programs differ in which value they use [H74/single-headers]."""


class BodyTooLargeError(Exception):
    """The body of a request exceeds the limit. `complete` is true if all of the body has arrived."""

    def __init__(self, *, complete: bool) -> None:
        super().__init__()
        self.complete = complete


class ClientGoneError(Exception):
    """No answer can be sent, because the client has closed the connection or the server stops."""


def raw_path(scope: Scope) -> str:
    """The path as the client wrote it, not decoded, because the client signed it in this form."""
    raw: bytes | None = scope.get("raw_path")
    return raw.partition(b"?")[0].decode("latin-1") if raw else str(scope["path"])


def unread_request(scope: Scope) -> Request:
    """The request without its body and query, which were not read; for the journal."""
    return Request(scope["method"], raw_path(scope), "", dict(scope["headers"]), "", b"")


def request_head(scope: Scope) -> Request:
    """The request without its body; it is enough to find the workspace."""
    query = scope["query_string"].decode("latin-1")
    prefix, scheme = scope.get(PREFIX, ""), scope.get("scheme", "http")
    return Request(scope["method"], raw_path(scope), query, dict(scope["headers"]), "", b"", prefix, scheme=scheme)


def refused(scope: Scope, headers: Mapping[bytes, bytes]) -> Refusal | None:
    """The refusal of a request that must not be served, whatever its path; None if it may be served.

    `headers` are the headers of the scope. Of a repeated one they have the last value.
    """
    if len(headers) != len(scope["headers"]):
        for name, count in Counter(name for name, _ in scope["headers"]).items():
            if count > 1 and SINGLE.fullmatch(name):
                shown = name.decode("latin-1")
                return Refusal(Reason.HEADER_REPEATED, expected=f"{shown} once", received=str(count), header=shown)
    refusal: Refusal | None = scope.get(REFUSED)
    return refusal


async def read_request(scope: Scope, receive: Receive, most: int = MAXIMUM_BODY) -> Request:
    """The whole request, with up to `most` bytes of body. Raises `BodyTooLargeError` and `ClientGoneError`."""
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
        prefix=scope.get(PREFIX, ""),
        scheme=scope.get("scheme", "http"),
        proxied=PROXIED in scope,
    )


async def read_body(headers: dict[bytes, bytes], receive: Receive, most: int = MAXIMUM_BODY) -> bytes:
    """The body, at most `most` bytes. Raises `BodyTooLargeError` and `ClientGoneError`.

    A Content-Length above the limit is refused before anything is read.
    """
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
    """`receive` and `send` of a connection that stays open for a while after a 413.

    If a connection is closed while bytes are unread, the operating system resets it, and the client never sees the
    answer (RFC 9112 s9.6).
    """

    def __init__(self, receive: Receive, send: Send, *, complete: bool = False) -> None:
        self._receive, self._send = receive, send
        self._complete = complete
        self._too_large = False

    async def receive(self) -> AsgiMessage:
        """The next message. Notes if it is the last part of the body."""
        message = await self._receive()
        self._complete = not message.get("more_body")
        return message

    async def send(self, message: AsgiMessage) -> None:
        """Pass a message on. The end of a 413 waits until the rest of the body has been discarded."""
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


PREFIX: Final = "simulator.prefix"
"""The key of a scope for the prefix that named the workspace, such as `/w/name`."""
