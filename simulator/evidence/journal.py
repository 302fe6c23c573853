"""The journal: one entry per call, also for refused and malformed calls, in a ring buffer.

An entry keeps the values themselves: the request, the answer, the outcome, and the worlds before and after. What
people see of it - views, differences, diagnoses, redaction - is made when somebody asks for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Final

from msgspec.structs import replace

from simulator.core.refusals import Refusal
from simulator.core.value import Value
from simulator.core.world import World
from simulator.evidence.failures import attempt
from simulator.evidence.order_messages import MOST, OrderMessage
from simulator.evidence.secrets import KnownSecrets
from simulator.evidence.tally import Counts, Tally, tally_key
from simulator.exchange import Mark
from simulator.left_overs import LEFT_OVERS
from simulator.messages import Answer, Request
from simulator.old_worlds import OLD_WORLDS
from simulator.outcomes import NotPerformed, Outcome

CAPACITY: Final = 10_000
MOST_BYTES: Final = 33_554_432
"""Of requests and answers as they were on the wire."""
MOST_SHOWN: Final = 8_388_608
"""Bytes of rendered lines that are cached."""
FEW: Final = 1_000
"""Up to so many new entries are found by walking back from the end of the ring."""
FRAME: Final = 512
"""Bytes that an entry counts in addition to what a client sent and got."""


NOTHING_COUNTED: Final = Tally()


class ServedElsewhere(NotPerformed, frozen=True):
    """The call named this workspace by its address or by a credential, and another one served it."""


class Entry(Value, frozen=True):
    """One call: the request, the answer, the outcome, and the worlds before and after.

    `duration` is in microseconds. An answer of status 0 = the client got none.
    """

    number: int
    request: Request
    answer: Answer
    outcome: Outcome
    before: World
    after: World
    duration: int
    notes: tuple[str, ...] = ()
    """Departures from the document and unread fields: the notes of the reply and of the wire."""
    tally: Tally = NOTHING_COUNTED
    """The calls counted by then, this one included."""
    was: Mark | None = None
    mark: Mark | None = None
    """The exchange's marks when the call came in (`was`) and afterwards (`mark`)."""
    size: int = FRAME
    """Bytes that the entry counts in the ring."""
    failures: tuple[str, ...] = ()
    """What failed while the entry was announced: a waiting reader, the log."""

    @property
    def refusal(self) -> Refusal | None:
        """The refusal, or None if the call was not refused."""
        result = self.outcome.result
        return result if isinstance(result, Refusal) else None


def size_of(request: Request, answer: Answer) -> int:
    """The bytes that a call counts in the ring."""
    headers = request.headers
    parts = (request.method, request.path, request.query, request.body, answer.body, *headers, *headers.values())
    return sum(map(len, parts), FRAME)


class Reporting(Value, frozen=True):
    """How a server reports its calls, the same in every workspace."""

    show_secrets: bool = False
    """True if people see our own secrets as they are."""
    headers: bool = True
    """True if an answer has headers that point to its entry."""
    log: Callable[[Journal, Entry], None] | None = None
    """Called after each new entry."""


QUIET: Final = Reporting()


class LineCache:
    """A cache of rendered lines by entry number; the oldest texts are dropped first."""

    def __init__(self, most_bytes: int = MOST_SHOWN) -> None:
        self._texts: dict[int, bytes] = {}
        self._bytes, self._most_bytes, self._known = 0, most_bytes, 0

    def get(self, number: int, secret_count: int) -> bytes | None:
        """The cached text of an entry, or None. A text that was made when fewer secrets were known is not used."""
        return self._texts.get(number) if secret_count == self._known else None

    def drop(self, number: int) -> None:
        """Forget the text of an entry that has changed."""
        self._bytes -= len(self._texts.pop(number, b""))

    def keep(self, number: int, secret_count: int, text: bytes) -> None:
        """Keep the text of an entry. Texts made when fewer secrets were known are dropped: they may show one."""
        if secret_count != self._known:
            self._texts.clear()
            self._bytes, self._known = 0, secret_count
        self._texts[number] = text
        self._bytes += len(text)
        while self._bytes > self._most_bytes:
            self._bytes -= len(self._texts.pop(next(iter(self._texts))))


class Journal:
    """The newest entries, limited by number and by bytes. Numbers start at 1 and never repeat, also across a reset."""

    def __init__(self, capacity: int = CAPACITY, most_bytes: int = MOST_BYTES, reporting: Reporting = QUIET) -> None:
        self._entries: deque[Entry] = deque()
        self._capacity, self._most_bytes, self._bytes = capacity, most_bytes, 0
        self._last = 0
        self._known, self._learned = KnownSecrets(), 0
        self.order_messages: deque[OrderMessage] = deque(maxlen=MOST)
        """What private feeds have told of orders, oldest first."""
        self._waiting: set[Callable[[], None]] = set()
        self.line_cache = LineCache()
        self.reporting = reporting
        self._tally = NOTHING_COUNTED
        self.closed = False
        """True if no entry will be added any more."""
        self.emptied_after = 0
        """The number of the newest entry when the ring was emptied the last time; 0 = it never was."""

    def close(self) -> None:
        """Wake everybody who waits for an entry, because the workspace ends and no entry will follow."""
        self.closed = True
        for callback in tuple(self._waiting):
            callback()

    def limit(self, capacity: int, most_bytes: int) -> None:
        """Keep more entries from now on, or fewer from the next one on."""
        self._capacity, self._most_bytes = capacity, most_bytes

    def start_over(self) -> None:
        """Count from zero, because the scenario begins again. Entries stay."""
        self._tally = NOTHING_COUNTED

    @property
    def tally(self) -> Counts:
        """The calls since the scenario began, also those that the ring has dropped."""
        if self._tally.pending:
            self._tally = Tally(self._tally.counts)
        return self._tally.added_up

    @tally.setter
    def tally(self, counts: Counts) -> None:
        """Count on from here."""
        self._tally = Tally(counts)

    def add(
        self,
        request: Request,
        answer: Answer,
        outcome: Outcome,
        before: World,
        after: World,
        duration: int,
        notes: tuple[str, ...] = (),
        was: Mark | None = None,
        mark: Mark | None = None,
    ) -> int:
        """Add an entry and return its number."""
        self._last += 1
        result = outcome.result
        if result.notes:
            notes = (*result.notes, *notes)
        if not isinstance(result, ServedElsewhere):
            self._tally = self._tally.counting(tally_key(outcome, notes))
        if request.notes:  # notes on the way here, not departures from the document
            notes = (*request.notes, *notes)
        size, tally = size_of(request, answer), self._tally
        entry = Entry(self._last, request, answer, outcome, before, after, duration, notes, tally, was, mark, size)
        self._keep(entry)
        if self._waiting or self.reporting.log:
            self._announce(entry)
        return self._last

    def _keep(self, entry: Entry) -> None:
        """Put an entry in the ring and drop the oldest ones beyond the limits. The newest always stays."""
        self._bytes += entry.size
        self._entries.append(entry)
        while len(self._entries) > 1 and (self._bytes > self._most_bytes or len(self._entries) > self._capacity):
            gone = self._entries.popleft()
            LEFT_OVERS.put(gone)
            self._bytes -= gone.size
            if gone.after is not self._entries[0].before:  # another world was put in its place by hand
                OLD_WORLDS.part_with(gone.after)

    def _announce(self, entry: Entry) -> None:
        """Call the waiting readers and the log. The call has been performed, so a failure here is put in the entry."""
        failures: list[str] = []
        for callback in tuple(self._waiting):
            attempt("the notice to a waiting reader", callback, None, failures)
        if log := self.reporting.log:
            attempt("the log line", lambda: log(self, entry), None, failures)
        if failures and self._entries and self._entries[-1] is entry:
            self._entries[-1] = replace(entry, failures=tuple(failures))

    def amend(self, number: int, note: str) -> None:
        """Add a note to an entry of something that has gone on since, if the entry is kept."""
        if entry := self.entry(number):
            self._entries[number - self.first] = replace(entry, notes=(*entry.notes, note))
            self.line_cache.drop(number)

    def clear(self) -> int:
        """Empty the ring and return how many entries it had. Numbers and counts go on."""
        dropped = len(self._entries)
        self._entries.clear()
        self.order_messages.clear()
        self._bytes, self.emptied_after = 0, self._last
        return dropped

    @contextmanager
    def subscribed(self, callback: Callable[[], None]) -> Iterator[None]:
        """Within the block, `callback` is called after every new entry and at the end of the workspace."""
        self._waiting.add(callback)
        try:
            yield
        finally:
            self._waiting.discard(callback)

    def known(self) -> KnownSecrets:
        """The secrets of all entries of the ring."""
        for _ in self.learning():
            pass
        return self._known

    def learning(self) -> Iterator[None]:
        """Learn the secrets of all entries of the ring in small steps, so that the next `known` is fast."""
        for entry in list(self.after(self._learned)):
            yield from self._known.learning(entry.before, entry.after)
            self._learned = max(self._learned, entry.number)

    @property
    def last(self) -> int:
        """The number of the newest entry, also of one that was dropped; 0 = none yet."""
        return self._last

    @property
    def first(self) -> int:
        """The number of the oldest kept entry; one more than the last number if the ring is empty."""
        return self._entries[0].number if self._entries else self._last + 1

    def after(self, number: int) -> Iterator[Entry]:
        """The kept entries after that number, oldest first. No entry may be added during the iteration.

        A few new entries are found without walking through the others.
        """
        new = self._last - number
        if new <= FEW:
            return reversed(list(islice(reversed(self._entries), max(0, new))))
        return islice(self._entries, max(0, number + 1 - self.first), None)

    def newest(self, limit: int) -> list[Entry]:
        """Up to `limit` entries, newest first."""
        return [entry for _, entry in zip(range(limit), reversed(self._entries), strict=False)]

    def before(self, number: int, limit: int) -> list[Entry]:
        """Up to `limit` entries before that number, newest first."""
        newer = max(0, self._last + 1 - number)
        return list(islice(reversed(self._entries), newer, newer + limit))

    def entry(self, number: int) -> Entry | None:
        """The entry of that number, or None if it is not kept."""
        place = number - self.first
        return self._entries[place] if 0 <= place < len(self._entries) else None
