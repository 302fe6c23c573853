"""What one can go back to: a state of the exchange with what had been counted by then."""

from __future__ import annotations

from simulator.core.value import Value
from simulator.evidence.journal import Entry, Tally, tallied
from simulator.exchange import State


class Moment(Value, frozen=True):
    """An instant of a workspace as one value. `entry` is the number of the newest entry of the journal at that time.

    The tally is part of it: what is tried and taken back has never happened to `expect`.
    """

    state: State
    tally: Tally
    entry: int


def after(entry: Entry) -> Moment | None:
    """How things stood right after a call; None when nobody noted it."""
    if entry.mark is None:
        return None
    business = entry.outcome.now.business + _passed(entry, before_call=False)
    return Moment(State(entry.after, business, entry.mark), entry.tally, entry.number)


def before(entry: Entry) -> Moment | None:
    """How things stood at the instant at which a call was performed, as if it had never come in."""
    if entry.was is None:
        return None
    counted = tallied(entry.outcome, entry.notes)
    times = entry.tally[counted] - 1
    tally = entry.tally.insert(counted, times) if times else entry.tally.remove(counted)
    business = entry.outcome.now.business - _passed(entry, before_call=True)
    return Moment(State(entry.before, business, entry.was), tally, entry.number - 1)


def _passed(entry: Entry, *, before_call: bool) -> int:
    """How much business time a fault let pass before or after the call was performed, ms."""
    struck = entry.outcome.struck
    return struck.fault.advance if struck and (struck.fault.at == "before") == before_call else 0
