"""A long answer of the control surface, which is made while it is sent and never in memory as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from starlette.responses import Response

from simulator.messages import Receive, Scope, Send
from simulator.web.endpoints.envelope import as_json
from simulator.web.wire.damage import disconnected
from simulator.web.wire.reading import ClientGoneError
from simulator.web.work import in_slices

AT_ONCE: Final = 65_536
"""Bytes that are collected before they are sent. A shorter answer has a Content-Length."""


class LongAnswer(Response):
    """An answer without a known length. It waits for a slow reader and ends with the connection."""

    def __init__(self, media_type: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(headers=headers, media_type=media_type)
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write it until the connection ends."""
        gone = asyncio.ensure_future(disconnected(receive))
        try:
            await self.write(send, gone)
        except ClientGoneError:
            await gone
        finally:
            gone.cancel()

    async def write(self, send: Send, gone: asyncio.Future[None]) -> None:
        """Send the head and the body. Raises `ClientGoneError`, or returns, when `gone` is done."""
        raise NotImplementedError


class Streamed(LongAnswer):
    """An answer made of pieces, in slices of the event loop. An empty piece only lets other calls have their turn."""

    def __init__(
        self, pieces: Iterable[bytes], media_type: str = "application/json", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(media_type, headers)
        self._pieces = pieces

    async def write(self, send: Send, gone: asyncio.Future[None]) -> None:
        """Send the pieces as they are made."""
        ready, started = b"", False
        async for batch in in_slices(self._pieces, gone):
            ready += b"".join(batch)
            if len(ready) < AT_ONCE:
                continue
            if not started:
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.head()})
                started = True
            await send({"type": "http.response.body", "body": ready, "more_body": True})
            ready = b""
        if not started:
            head = self.head((b"content-length", b"%d" % len(ready)))
            await send({"type": "http.response.start", "status": self.status_code, "headers": head})
        await send({"type": "http.response.body", "body": ready})

    def head(self, *more: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        """The headers of the response, with `more` behind them."""
        return [*self.raw_headers, *more]


def members(object: Mapping[str, object], name: str, items: Iterable[bytes]) -> Iterator[bytes]:
    """The JSON object with one more member: a list of items, which are JSON already."""
    yield as_json(object)[:-1] + (b',"' if object else b'"') + name.encode() + b'":['
    separator = b""
    for item in items:
        yield separator + item
        separator = b","
    yield b"]}"
