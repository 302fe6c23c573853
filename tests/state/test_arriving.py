"""Deposits that wait for confirmations, carried to another server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from rpds import HashTrieMap
from support.deposits_and_transfers import arrive, slow
from support.desk import Desk

from simulator.core.funds.arrivals import DepositArrived
from simulator.core.passing import PassTime, TimePassed
from simulator.core.spec import MINUTE
from simulator.core.world import Line
from simulator.exchange import State
from simulator.state.consistency import problems
from simulator.state.decoding import imported
from simulator.state.encoding import exported

Lines = Any
"""What waits, by how many confirmations it misses."""


def waiting() -> Desk:
    """A desk at which two deposits wait for two confirmations, a minute apart, and one for three."""
    desk = Desk()
    slow(desk)
    desk.do(arrive(seen=1), DepositArrived)
    desk.advance(MINUTE)
    for seen in (1, 0):
        desk.do(arrive(seen=seen), DepositArrived)
    return desk


def carried(desk: Desk) -> State:
    return imported(json.loads(b"".join(exported(desk.exchange.state())))["state"], desk.world.origins)


def test_what_waits_goes_on_waiting() -> None:
    """The state is sound, and the same deposits are credited in the same order at the same instants."""
    here, there = waiting(), Desk()
    state = carried(here)
    assert list(problems(state)) == []
    there.exchange.restore(state)
    for desk in (here, there):
        desk.advance(3 * MINUTE)
    credited = here.do(PassTime(), TimePassed).credited
    assert there.do(PassTime(), TimePassed).credited == credited
    assert [each.missing for each in credited] == [2, 2, 3]


def turned(lines: Lines) -> Lines:
    """The line of two the other way round."""
    first, second = (lines[2].places[place] for place in range(2))
    return lines.insert(2, Line(HashTrieMap({0: second, 1: first})))


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda lines: lines.remove(2), "has not exactly the deposits that are PROCESSING"),
        (lambda lines: lines.insert(1, lines[3]).remove(3), "each by the number that it misses"),
        (lambda lines: lines.insert(3, lines[3].joined(lines[2].head)), "has not exactly"),
        (lambda lines: lines.insert(7, Line()), "is an empty line; leave it out"),
        (lambda lines: lines.insert(3, Line(lines[3].places, 5)), "do not follow one another"),
        (turned, "does not begin with the oldest"),
    ],
)
def test_lines_that_do_not_fit_are_told(change: Callable[[Lines], Lines], detail: str) -> None:
    """Each deposit that is PROCESSING waits once, with those that miss as many confirmations, the oldest first."""
    state: Any = carried(waiting())
    wrong = replace(state, world=replace(state.world, arriving=change(state.world.arriving)))
    [(place, said), *_] = problems(wrong)
    assert place.startswith(".world.arriving")
    assert detail in said
