"""New entries of the journal as server-sent events (HTML standard, s9.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any, Final

from simulator.evidence import views
from simulator.evidence.filters import EntryFilter
from simulator.evidence.journal import Entry, Journal
from simulator.messages import Send
from simulator.web.control.protocol.long_answers import LongAnswer
from simulator.web.work import in_slices

HEARTBEAT: Final = 15.0
"""Seconds of silence until a comment says that the stream is still open."""
BATCH: Final = 50
"""Entries that are written at a time, and readers that are woken at a time."""
PAUSE: Final = 0.02
"""Seconds between two times that all readers are woken, so that not every call wakes them."""


class Readers:
    """The streams of one journal. They are woken together, not for every entry."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._wakes: set[Callable[[], None]] = set()
        self._subscription = ExitStack()
        self._due = False
        self._earliest = 0.0

    @contextmanager
    def joined(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call `wake` if there is something new, within the block."""
        if not self._wakes:
            self._subscription.enter_context(self._journal.subscribed(self._changed))
        self._wakes.add(wake)
        try:
            yield
        finally:
            self._wakes.discard(wake)
            if not self._wakes:
                self._subscription.close()
                _READERS.pop(self._journal, None)

    def _changed(self) -> None:
        if not self._due:
            self._due = True
            self._loop.call_later(max(0.0, self._earliest - self._loop.time()), self._wake)

    def _wake(self) -> None:
        self._due = False
        self._earliest = self._loop.time() + PAUSE
        self._wake_some(iter(tuple(self._wakes)))

    def _wake_some(self, wakes: Iterator[Callable[[], None]]) -> None:
        some = tuple(islice(wakes, BATCH))
        for wake in some:
            wake()
        if some:
            self._loop.call_soon(self._wake_some, wakes)


_READERS: Final[dict[Journal, Readers]] = {}


def readers(journal: Journal) -> Readers:
    """The readers of a journal. They are forgotten when the last stream has ended."""
    known = _READERS.get(journal)
    if known is None:
        known = _READERS[journal] = Readers(journal)
    return known


class EventStream(LongAnswer):
    """A stream of entries. Its queue is the ring of the journal; it reports how many entries the ring has dropped.

    `shown` makes the data of an entry's event: bytes without line breaks.
    """

    def __init__(
        self,
        journal: Journal,
        filters: EntryFilter,
        since: int,
        shown: Callable[[Journal, Entry], bytes] = views.rendered,
    ) -> None:
        super().__init__("text/event-stream", {"cache-control": "no-store", "x-accel-buffering": "no"})
        self._journal, self._filters, self._seen, self._shown = journal, filters, since, shown
        self.heartbeat = HEARTBEAT

    async def write(self, send: Send, gone: asyncio.Future[None]) -> None:
        """Send events until the connection or the workspace ends."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        wake = asyncio.Event()
        gone.add_done_callback(lambda _: wake.set())
        text = b": the journal\n\n"
        with readers(self._journal).joined(wake.set):
            while not (gone.done() or self._journal.closed):
                if text:
                    await send({"type": "http.response.body", "body": text, "more_body": True})
                wake.clear()
                text = b"".join([part async for parts in in_slices(self._events(), gone) for part in parts])
                if not text and self._seen >= self._journal.last:
                    text = await self._silence(wake)
        if not gone.done():
            await send({"type": "http.response.body", "body": b""})

    async def _silence(self, wake: asyncio.Event) -> bytes:
        """Wait for a new entry. Returns a comment if there was none for `heartbeat` seconds."""
        try:
            async with asyncio.timeout(self.heartbeat):
                await wake.wait()
        except TimeoutError:
            return b": nothing new\n\n"
        return b""

    def _events(self) -> Iterator[bytes]:
        """The next `BATCH` entries as events; b"" for an entry that the filters leave out."""
        journal = self._journal
        missed = journal.first - 1 - self._seen
        if missed > 0:
            self._seen = journal.first - 1
            yield b"event: dropped\ndata: %d\n\n" % missed
        for entry in list(islice(journal.after(self._seen), BATCH)):
            self._seen = entry.number
            if self._filters.matches(entry):
                yield b"id: %d\ndata: %b\n\n" % (entry.number, self._shown(journal, entry))
            else:
                yield b""


async def first(gone: asyncio.Future[None], changed: asyncio.Event, seconds: float) -> bool:
    """Wait until the connection ends or something changes. Returns False if neither happened in time."""
    coming = asyncio.ensure_future(changed.wait())
    both: set[asyncio.Future[Any]] = {gone, coming}
    done, _ = await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    coming.cancel()
    return bool(done)
