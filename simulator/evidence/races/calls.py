"""The calls of a race: entries of the journal with the commands that the exchange has logged for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from simulator.command_log import Logged, PutWorld
from simulator.core.refusals import Refusal
from simulator.core.value import Command, Reply, Value
from simulator.core.world import Now, World
from simulator.evidence.journal import Entry, Journal
from simulator.exchange import Exchange

MOST: Final = 8
"""Calls of one race: they have 40,320 orders."""
WITHIN: Final = 20
"""Calls overlap if each came at most so many ms after the one before it had ended."""
LOOKED_AT: Final = 500
"""Of the newest entries so many are searched for calls that overlap."""
WORD: Final = re.compile(rb"[A-Za-z0-9._-]{16,}")
"""What an answer may give that a later call can use: an id, a code, a token."""


class RaceError(Exception):
    """These calls cannot be raced; the message says why, and what to do."""


class RacedCall(Value, frozen=True):
    """A call as it was performed. In every order it keeps its instant and its step, from which its ids come."""

    entry: int
    command: Command
    operation: str
    user: str
    client: str
    now: Now
    step: int
    """The step of the world before it."""
    result: Reply | Refusal
    """What it was answered when it happened."""


class Lineup(Value, frozen=True):
    """The calls in the order in which they happened, and the world before the first of them."""

    base: World
    calls: tuple[RacedCall, ...]
    left_out: tuple[int, ...] = ()
    """Entries that happened between the calls and are no part of the race."""


def lineup(journal: Journal, exchange: Exchange, numbers: Sequence[int]) -> Lineup:
    """The calls of these entries. Raises `RaceError`."""
    if len(set(numbers)) != len(numbers):
        raise RaceError("an entry is named twice; name each call once")
    if not 2 <= len(numbers) <= MOST:
        raise RaceError(f"a race has 2 to {MOST} calls, not {len(numbers)}")
    log = _Log(exchange)
    places = [(log.place_of(_entry(journal, number)), number) for number in numbers]
    places.sort()
    first, last = places[0][0], places[-1][0]
    by_hand = [1 for logged in log.between(first, last) if isinstance(logged.command, PutWorld)]
    if by_hand:
        raise RaceError("between these calls another world was put in place (a rewind, a restored snapshot, an import)")
    calls = tuple(_raced(number, log.at(place)) for place, number in places)
    chosen = set(numbers)
    between = (entry.number for entry in journal.after(min(chosen)) if entry.number < max(chosen))
    left_out = tuple(number for number in between if number not in chosen)
    return Lineup(log.at(first).before, calls, left_out)


def overlapping(journal: Journal, exchange: Exchange, within: int = WITHIN) -> list[int]:
    """The newest entries whose calls overlapped, oldest first. Raises `RaceError` if there are none.

    A call that uses what the answer to another one gave came after it, however close they are.
    """
    log = _Log(exchange)
    group: list[Entry] = []
    for entry in journal.newest(LOOKED_AT):
        if log.find(entry) is None:
            continue
        if group and (_gap(entry, group) > within or _depends(group, entry)):
            if _races(group):
                break
            group = []
        group.append(entry)
    if not _races(group):
        raise RaceError(
            f"no two calls came within {within} ms of each other and changed something; give their numbers as entries,"
            " or a larger `within`"
        )
    if len(group) > MOST:
        numbers = ", ".join(str(entry.number) for entry in reversed(group))
        raise RaceError(f"{len(group)} calls overlapped, and a race has at most {MOST}: choose among entries {numbers}")
    return [entry.number for entry in reversed(group)]


def _races(group: Sequence[Entry]) -> bool:
    """True if there are two calls, and one of them changed something: others cannot tell an order from another."""
    return len(group) > 1 and any(entry.before is not entry.after for entry in group)


def _gap(entry: Entry, later: Iterable[Entry]) -> int:
    """The ms from the end of a call to the earliest arrival among later ones. A negative one is an overlap."""
    return min(_arrival(other) for other in later) - entry.outcome.now.wall


def _arrival(entry: Entry) -> int:
    return entry.outcome.now.wall - entry.duration // 1000


def _depends(later: Iterable[Entry], entry: Entry) -> bool:
    """True if one of the later calls sent something that the answer to this one was the first to contain."""
    new_words = set(WORD.findall(entry.answer.body)) - set(WORD.findall(_sent(entry)))
    return bool(new_words) and any(not new_words.isdisjoint(WORD.findall(_sent(other))) for other in later)


def _sent(entry: Entry) -> bytes:
    request = entry.request
    head = f"{request.path}?{request.query}".encode("latin-1", "replace")
    return b"\n".join((head, *request.headers.values(), request.body))


def _entry(journal: Journal, number: int) -> Entry:
    entry = journal.entry(number)
    if entry is None:
        gone = 0 < number <= journal.last
        raise RaceError(f"entry {number} is no longer kept" if gone else f"there is no entry {number}")
    return entry


def _raced(number: int, logged: Logged) -> RacedCall:
    outcome = logged.outcome
    subject, step = outcome.subject, logged.before.step
    return RacedCall(
        number, logged.command, outcome.operation, subject.user, subject.client, outcome.now, step, outcome.result
    )


class _Log:
    """The exchange's log with the places of entries in it."""

    def __init__(self, exchange: Exchange) -> None:
        self._log, self._begin = exchange.log, exchange.mark().logged - len(exchange.log)

    def at(self, place: int) -> Logged:
        return self._log[place]

    def between(self, first: int, last: int) -> Iterable[Logged]:
        return islice(self._log, first, last + 1)

    def find(self, entry: Entry) -> int | None:
        """The place of an entry's command; None if there is none."""
        if entry.mark is None or entry.was is None:
            return None
        end = min(entry.mark.logged - self._begin, len(self._log))
        for place in range(end - 1, max(entry.was.logged - self._begin, 0) - 1, -1):
            if self._log[place].outcome.result is entry.outcome.result:
                return place
        return None

    def place_of(self, entry: Entry) -> int:
        """The place of an entry's command. Raises `RaceError` if there is none."""
        place = self.find(entry)
        if place is not None:
            return place
        if entry.mark is not None and entry.mark.logged <= self._begin:
            raise RaceError(f"the command of entry {entry.number} is no longer kept: a reset or newer calls dropped it")
        raise RaceError(
            f"entry {entry.number} was never performed ({entry.outcome.word}): a fault, a rate pool or an unread body"
            " kept it from the exchange, so there is nothing to put in another order"
        )
