"""What happened: one entry a call, also the refused and the malformed ones, in a ring.

An entry keeps the values themselves: the request, the answer, what became of it and the worlds around it. Whatever
people see of it - views, differences, diagnoses - is made when somebody looks, and so is the redaction.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Final, TypeAlias

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core.refusals import Refusal
from simulator.core.value import Value
from simulator.core.world import World
from simulator.evidence.failures import attempt
from simulator.evidence.secrets import Known
from simulator.exchange import Mark, NotPerformed, Outcome
from simulator.messages import Answer, Request
from simulator.old_worlds import OLD_WORLDS

CAPACITY: Final = 10_000
MOST_BYTES: Final = 33_554_432
"""Of requests and answers, as they came and went."""
MOST_SHOWN: Final = 8_388_608
"""Bytes of what has been made of entries to be shown."""
FEW: Final = 1_000
"""Entries that are looked for from the end."""
FRAME: Final = 512
"""Bytes that an entry counts beside what a client sent and got."""


class ServedElsewhere(NotPerformed, frozen=True):
    """The call was addressed to this workspace, and its credential led it to another one: nothing happened here."""


class Tallied(Value, frozen=True):
    """What is counted apart. `staged` = the outcome is a fault's and not the exchange's."""

    operation: str
    user: str
    client: str
    outcome: str
    staged: bool
    departs: bool
    """Whether something was noted: a departure from the document in a call that was accepted."""


def tallied(outcome: Outcome, notes: tuple[str, ...]) -> Tallied:
    """As what a call is counted."""
    subject, staged = outcome.subject, outcome.struck is not None and outcome.prevented
    departs = bool(notes) and not isinstance(outcome.result, Refusal)
    return Tallied(outcome.operation, subject.user, subject.client, outcome.word, staged, departs)


Tally: TypeAlias = "HashTrieMap[Tallied, int]"
"""How often each was. A value: a snapshot keeps it and every entry has its own, at the cost of what is new in it."""


class Entry(Value, frozen=True):
    """One call: what was asked, what was answered, what became of it, the worlds before and after.

    `duration` is microseconds spent on the answer. An answer of status 0 = the client got none.
    """

    number: int
    request: Request
    answer: Answer
    outcome: Outcome
    before: World
    after: World
    duration: int
    notes: tuple[str, ...] = ()
    """Departures from the document, fields that nothing read: the reply's and the wire's."""
    tally: Tally = HashTrieMap()
    """What had been counted, this call included."""
    was: Mark | None = None
    mark: Mark | None = None
    """Where the exchange stood when the call came in, and where it stood afterwards."""
    size: int = FRAME
    """Bytes that it takes of the ring."""
    failures: tuple[str, ...] = ()
    """What went wrong when it was written down: whoever waits for entries, the log."""

    @property
    def refusal(self) -> Refusal | None:
        """Why the call was refused, if it was."""
        result = self.outcome.result
        return result if isinstance(result, Refusal) else None


def size_of(request: Request, answer: Answer) -> int:
    """How many bytes of the ring a call takes."""
    size = len(request.method) + len(request.path) + len(request.query) + len(request.body) + len(answer.body)
    for name, value in request.headers.items():
        size += len(name) + len(value)
    return size + FRAME


class Reporting(Value, frozen=True):
    """How the calls of a server are told of, the same in every workspace."""

    show_secrets: bool = False
    """Whether people see our own secrets as they are."""
    headers: bool = True
    """Whether an answer leads to its entry."""
    log: Callable[[Journal, Entry], None] | None = None
    """Is called after each new entry."""


QUIET: Final = Reporting()


class Shown:
    """What has been made of entries to be shown, the newest: who asks for the same again need not make it again."""

    def __init__(self, most_bytes: int = MOST_SHOWN) -> None:
        self._texts: dict[int, bytes] = {}
        self._bytes, self._most_bytes, self._known = 0, most_bytes, 0

    def get(self, number: int, known: int) -> bytes | None:
        """The text of an entry, if it was made when so many secrets were known as are now."""
        return self._texts.get(number) if known == self._known else None

    def keep(self, number: int, known: int, text: bytes) -> None:
        """Keep the text of an entry. Those that were made when less was known are dropped: they may show a secret."""
        if known != self._known:
            self._texts.clear()
            self._bytes, self._known = 0, known
        self._texts[number] = text
        self._bytes += len(text)
        while self._bytes > self._most_bytes:
            self._bytes -= len(self._texts.pop(next(iter(self._texts))))


class Journal:
    """The newest entries, so many and so many bytes. Numbers start at 1 and never repeat, also across a reset."""

    def __init__(self, capacity: int = CAPACITY, most_bytes: int = MOST_BYTES, reporting: Reporting = QUIET) -> None:
        self._entries: deque[Entry] = deque()
        self._capacity, self._most_bytes, self._bytes = capacity, most_bytes, 0
        self._last = 0
        self._known, self._learned = Known(), 0
        self._waiting: set[Callable[[], None]] = set()
        self.shown = Shown()
        self.reporting = reporting
        self.tally: Tally = HashTrieMap()
        """Every call since the scenario began, also those that the ring has dropped."""
        self.closed = False
        """Whether nothing will be written any more."""

    def close(self) -> None:
        """Its workspace ends: whoever waits for another entry need not."""
        self.closed = True
        for tell in tuple(self._waiting):
            tell()

    def start_over(self) -> None:
        """Count anew: the scenario begins again. What has been written down stays."""
        self.tally = HashTrieMap()

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
        """Write an entry and answer its number."""
        self._last += 1
        notes = (*outcome.result.notes, *notes)
        if not isinstance(outcome.result, ServedElsewhere):
            counted = tallied(outcome, notes)
            self.tally = self.tally.insert(counted, self.tally.get(counted, 0) + 1)
        if request.notes:  # on its way here: no departure from the document
            notes = (*request.notes, *notes)
        size = size_of(request, answer)
        entry = Entry(self._last, request, answer, outcome, before, after, duration, notes, self.tally, was, mark, size)
        self._keep(entry)
        self._announce(entry)
        return self._last

    def _keep(self, entry: Entry) -> None:
        """The newest is always kept, however large."""
        self._bytes += entry.size
        self._entries.append(entry)
        while len(self._entries) > 1 and (self._bytes > self._most_bytes or len(self._entries) > self._capacity):
            gone = self._entries.popleft()
            self._bytes -= gone.size
            if gone.after is not self._entries[0].before:  # another world was put in its place by hand
                OLD_WORLDS.part_with(gone.after)

    def _announce(self, entry: Entry) -> None:
        """Tell those who wait, and the log. The call has been performed: what fails here is told in the entry."""
        failures: list[str] = []
        for tell in tuple(self._waiting):
            attempt("telling who waits", tell, None, failures)
        if log := self.reporting.log:
            attempt("the log line", lambda: log(self, entry), None, failures)
        if failures and self._entries and self._entries[-1] is entry:
            self._entries[-1] = replace(entry, failures=tuple(failures))

    def clear(self) -> int:
        """Empty the ring, and say how many entries went. Numbers go on, and what was counted stays counted."""
        dropped = len(self._entries)
        self._entries.clear()
        self._bytes = 0
        return dropped

    @contextmanager
    def told(self, tell: Callable[[], None]) -> Iterator[None]:
        """Within the block, `tell` is called after every new entry."""
        self._waiting.add(tell)
        try:
            yield
        finally:
            self._waiting.discard(tell)

    def known(self) -> Known:
        """The secrets of all that is in the ring."""
        for _ in self.learning():
            pass
        return self._known

    def learning(self) -> Iterator[None]:
        """Get to know the secrets of all that is in the ring, in small steps: the next `known` is short then."""
        for entry in list(self.after(self._learned)):
            yield from self._known.learning(entry.before, entry.after)
            self._learned = max(self._learned, entry.number)

    @property
    def last(self) -> int:
        """The number of the newest entry that ever was; 0 = none yet."""
        return self._last

    @property
    def first(self) -> int:
        """The number of the oldest entry that is kept; one more than the last when there is none."""
        return self._entries[0].number if self._entries else self._last + 1

    def after(self, number: int) -> Iterator[Entry]:
        """Every kept entry after that number, oldest first. None may be added while it is gone through.

        A few new ones are found without going through the others.
        """
        new = self._last - number
        if new <= FEW:
            return reversed(list(islice(reversed(self._entries), max(0, new))))
        return islice(self._entries, max(0, number + 1 - self.first), None)

    def newest(self, limit: int) -> list[Entry]:
        """Up to `limit` entries, newest first."""
        return [entry for _, entry in zip(range(limit), reversed(self._entries), strict=False)]

    def entry(self, number: int) -> Entry | None:
        """The entry of that number, if it is still kept."""
        place = number - self.first
        return self._entries[place] if 0 <= place < len(self._entries) else None
