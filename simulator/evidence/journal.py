"""What happened: one entry a call, also the refused and the malformed ones, in a ring.

No entry holds a secret: it keeps method, path and what the refusal said of them, never query, header or body, and what
looks like a credential in any of them is hidden.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from functools import lru_cache
from typing import Any, Final

from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Value
from simulator.exchange import Outcome, Struck

CAPACITY: Final = 10_000
LONGEST: Final = 200
"""Characters of anything a client sent that an entry keeps."""
CREDENTIAL: Final = re.compile(
    r"eyJ[\w.-]{20,}"  # a JWT
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a key's secret
    r"|(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{16}(?:[0-9a-f]{8})?(?![0-9a-z])",  # a passphrase; a code or a key
    re.IGNORECASE,
)
HIDDEN: Final = "(hidden)"


def shown(text: str) -> str:
    """What an entry keeps of a text: its beginning, and no credential, for secrets end up in strange places."""
    return _hidden(text[: 2 * LONGEST])


@lru_cache(maxsize=1024)
def _hidden(text: str) -> str:
    """The same few paths and notes come again and again."""
    return CREDENTIAL.sub(HIDDEN, text)[:LONGEST]


class Tallied(Value, frozen=True):
    """What is counted apart. `staged` = the outcome is a fault's and not the exchange's."""

    operation: str
    user: str
    client: str
    outcome: str
    staged: bool
    departs: bool
    """Whether something was noted: a departure from the document in a call that was accepted."""


class Entry(Value, frozen=True):
    """One call. `business` and `wall` are ms, `duration` is microseconds spent on the answer.

    `status` 0 = the client got no answer.
    """

    number: int
    method: str
    path: str
    status: int
    operation: str
    user: str
    client: str
    business: int
    wall: int
    duration: int
    notes: tuple[str, ...]
    outcome: str
    """`OK`, `NOT_PERFORMED`, or the name of a reason: what happened, whatever the client was told of it."""
    reason: Reason | None = None
    expected: str = ""
    received: str = ""
    struck: Struck | None = None

    def as_data(self) -> dict[str, Any]:
        """The entry as JSON data; a refused one says which rule refused it and why."""
        data: dict[str, Any] = {
            "number": self.number,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "operation": self.operation,
            "user": self.user,
            "client": self.client,
            "businessTime": self.business,
            "wallTime": self.wall,
            "microseconds": self.duration,
            "outcome": self.outcome,
            "notes": list(self.notes),
        }
        if self.struck:
            fault = self.struck.fault
            data["fault"] = {
                "id": self.struck.id,
                "at": fault.at,
                "effect": fault.effect,
                "custom": bool(fault.respond),
            }
        if self.reason:
            denial = self.reason.denial
            data["diagnosis"] = {
                "meaning": denial.meaning,
                "rule": denial.rule,
                "grade": denial.grade.value,
                "expected": self.expected,
                "received": self.received,
            }
        return data


class Journal:
    """The newest entries. Numbers start at 1 and never repeat, also across a reset."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._entries: deque[Entry] = deque(maxlen=capacity)
        self._last = 0
        self.tally: Counter[Tallied] = Counter()
        """Every call since the scenario began, also those that the ring has dropped."""

    def start_over(self) -> None:
        """Count anew: the scenario begins again. What has been written down stays."""
        self.tally.clear()

    def add(
        self, method: str, path: str, status: int, outcome: Outcome, duration: int, notes: tuple[str, ...] = ()
    ) -> int:
        """Write an entry and answer its number."""
        self._last += 1
        result = outcome.result
        refused: tuple[Reason | None, str, str] = (None, "", "")
        if isinstance(result, Refusal):
            refused = (result.reason, shown(result.expected), shown(result.received))
        else:
            notes = (*result.notes, *notes)
        subject, struck, word = outcome.subject, outcome.struck, outcome.word
        staged = struck is not None and outcome.prevented
        departs = bool(notes) and not refused[0]
        self.tally[Tallied(outcome.operation, subject.user, subject.client, word, staged, departs)] += 1
        self._entries.append(
            Entry(
                self._last,
                method[:LONGEST],
                shown(path),
                status,
                outcome.operation,
                subject.user,
                subject.client,
                outcome.now.business,
                outcome.now.wall,
                duration,
                tuple(map(shown, notes)),
                word,
                *refused,
                struck,
            )
        )
        return self._last

    def newest(self, limit: int) -> list[Entry]:
        """Up to `limit` entries, newest first."""
        return [entry for _, entry in zip(range(limit), reversed(self._entries), strict=False)]

    def entry(self, number: int) -> Entry | None:
        """The entry of that number, if it is still kept."""
        place = number - (self._entries[0].number if self._entries else 0)
        return self._entries[place] if 0 <= place < len(self._entries) else None
