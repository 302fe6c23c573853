"""Checkpoints that a workspace can go back to: the exchange's state and the call counts of that instant."""

from __future__ import annotations

from simulator.core.value import Value
from simulator.evidence.journal import Entry
from simulator.evidence.tally import Counts, tally_key
from simulator.exchange import State


class Checkpoint(Value, frozen=True):
    """An instant of a workspace as one value. `entry` is the number of the journal's newest entry at that instant.

    The tally is part of it, so that `expect` does not count a call that was rewound.
    """

    state: State
    tally: Counts
    entry: int


def after(entry: Entry) -> Checkpoint | None:
    """The checkpoint right after a call; None if the entry has no mark."""
    if entry.mark is None:
        return None
    business = entry.outcome.now.business + _passed(entry, before_call=False)
    return Checkpoint(State(entry.after, business, entry.mark), entry.tally.counts, entry.number)


def before(entry: Entry) -> Checkpoint | None:
    """The checkpoint at the instant of a call, as if the call had never come in; None if the entry has no mark."""
    if entry.was is None:
        return None
    counted = tally_key(entry.outcome, entry.notes)
    counts = entry.tally.counts
    times = counts[counted] - 1
    tally = counts.insert(counted, times) if times else counts.remove(counted)
    business = entry.outcome.now.business - _passed(entry, before_call=True)
    return Checkpoint(State(entry.before, business, entry.was), tally, entry.number - 1)


def _passed(entry: Entry, *, before_call: bool) -> int:
    """Business time that a fault let pass before or after the call was performed, ms."""
    struck = entry.outcome.struck
    if struck is None:
        return 0
    return struck.passed if before_call else struck.passed_after
