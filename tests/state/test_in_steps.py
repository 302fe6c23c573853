"""What is done for each row is done in steps of Python, between which the interpreter can give others a turn.

One call of C over all rows would be a single step, however many rows there are. What is counted is steps.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from msgspec.structs import replace

from simulator.clock import ClockSettings
from simulator.core.world import DepositBook, User, World, with_user
from simulator.exchange import State
from simulator.scenario.loader import Scenario
from simulator.state import consistency
from simulator.state.indexes import indexed
from simulator.watch import difference
from simulator.web.server import create_app

MANY = 500


def world_of(users: int) -> World:
    world = World()
    for number in range(users):
        world = with_user(world, User(f"u{number}", 100_000_000 + number))
    return world


def steps_of(work: Callable[[], Any], *functions: str) -> int:
    """How many lines of functions of those names are run, comprehensions and generators within them included."""
    count = 0

    def traced(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        if not any(function in frame.f_code.co_qualname for function in functions):
            return None
        count += event == "line"
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def state_of(world: World) -> State:
    return replace(create_app().desk.exchange.state(), world=world)


def test_who_is_found_by_what_is_checked_step_by_step() -> None:
    """Identities that users tell of, and those that lead to them, are compared one by one."""
    state = state_of(world_of(MANY))
    assert steps_of(lambda: [*consistency.problems(state)], "_identities") > 4 * MANY


def test_indexes_are_made_step_by_step() -> None:
    """A table of an imported world is made row by row."""
    world = World()
    for number in range(MANY):
        world = world.put(DepositBook(f"u{number}"))
    assert steps_of(lambda: indexed(world), "table_of") > MANY


def test_an_edit_is_compared_step_by_step() -> None:
    """Two worlds with as many users are held against each other row by row."""
    one, other = (Scenario("x", "", world_of(MANY), ClockSettings()) for _ in range(2))
    assert steps_of(lambda: difference(one, other), "_alike") > MANY
