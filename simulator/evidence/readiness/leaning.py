"""Which assumed rules the outcomes of calls depended on."""

from __future__ import annotations

from simulator.core.value import Value
from simulator.evidence.readiness.history import History


class LeanedRule(Value, frozen=True):
    """A rule of the ledger that is assumed, wholly or in part, and the calls that depended on it."""

    rule: str
    grade: str
    source: str
    reading: str
    count: int
    """How many calls depended on it."""
    entry: int
    """The number of the first of them."""


def leaned_on(history: History) -> tuple[LeanedRule, ...]:
    """The assumed rules that a history depended on, the most frequent first."""
    return ()
