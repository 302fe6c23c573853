"""Entries as they come, as server-sent events (HTML standard, s9.2)."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import Any, Final

from starlette.responses import Response

from simulator.evidence import views
from simulator.evidence.journal import Entry, Journal
from simulator.evidence.matching import Wanted
from simulator.messages import Receive, Scope, Send
from simulator.web.envelope import as_json
from simulator.web.network import disconnected

HEARTBEAT: Final = 15.0
"""Seconds of silence, after which a comment says that the stream still stands."""
BATCH: Final = 50
"""Entries that are written at a time."""


class EventStream(Response):
    """A stream of entries. It holds none itself: the ring is its queue, and it says what the ring dropped meanwhile."""

    def __init__(self, journal: Journal, wanted: Wanted, since: int) -> None:
        super().__init__(
            headers={"cache-control": "no-store", "x-accel-buffering": "no"}, media_type="text/event-stream"
        )
        del self.headers["content-length"]
        self._journal, self._wanted, self._seen = journal, wanted, since
        self.heartbeat = HEARTBEAT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write until the connection or the workspace ends. A reader who is slow is waited for."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        changed = asyncio.Event()
        gone = asyncio.ensure_future(disconnected(receive))
        text = ": the journal\n\n"
        try:
            with self._journal.told(changed.set):
                while not (gone.done() or self._journal.closed):
                    if text:
                        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
                        await asyncio.sleep(0)  # others' turn: there may be thousands to catch up on
                    changed.clear()
                    text = self._events()
                    if not text and self._seen >= self._journal.last:
                        text = await self._silence(changed, gone)
            if not gone.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    async def _silence(self, changed: asyncio.Event, gone: asyncio.Future[None]) -> str:
        """Wait for something to tell; a comment if there was nothing for long."""
        done = await first(gone, changed, self.heartbeat)
        return "" if done else ": nothing new\n\n"

    def _events(self) -> str:
        """The next few entries as events, "" when there are none that anybody wants."""
        journal, text = self._journal, ""
        missed = journal.first - 1 - self._seen
        if missed > 0:
            text = f"event: dropped\ndata: {missed}\n\n"
            self._seen = journal.first - 1
        for entry in islice(journal.after(self._seen), BATCH):
            self._seen = entry.number
            if self._wanted.matches(entry):
                text += self._event(entry)
        return text

    def _event(self, entry: Entry) -> str:
        return f"id: {entry.number}\ndata: {as_json(views.line(self._journal, entry)).decode()}\n\n"


async def first(gone: asyncio.Future[None], changed: asyncio.Event, seconds: float) -> bool:
    """Wait until the connection ends or something changes; False = neither happened in time."""
    coming = asyncio.ensure_future(changed.wait())
    both: set[asyncio.Future[Any]] = {gone, coming}
    done, _ = await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    coming.cancel()
    return bool(done)
