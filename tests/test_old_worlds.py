"""Old worlds go piece by piece, once nobody has them. What is counted is steps and references, not seconds."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest
from rpds import HashTrieMap, List

from simulator.core.world import Held, Statement, User, World, with_user
from simulator.core.world.stack import Stack
from simulator.evidence.journal import Journal
from simulator.old_worlds import LARGE, OLD_WORLDS, OldWorlds, taken_apart
from simulator.scenario.loader import load
from simulator.web.endpoints.desk import Desk
from simulator.web.server import create_app

MANY = LARGE + 10


def world_of(users: int) -> World:
    world = World()
    for number in range(users):
        world = with_user(world, User(f"u{number}", 100_000_000 + number))
    return world


def references(rows: list[User]) -> int:
    return sum(map(sys.getrefcount, rows))


def ended() -> None:
    """Wait until the threads that take apart have done so."""
    for thread in threading.enumerate():
        if thread.name == "old worlds":
            thread.join()


def test_a_world_is_freed_in_steps() -> None:
    """Each step frees a row or so: nobody has the rows in the end, and there were more steps than rows."""
    world = world_of(MANY)
    rows = [*world.users.values()]
    things: list[Any] = [world]
    del world
    held, steps, freed = references(rows), 0, 0
    for _ in taken_apart(things):
        steps += 1
        if steps % 100 == 0:
            before, freed = freed, held - references(rows)
            assert freed - before <= 100
    assert things == []
    assert held - references(rows) == MANY
    assert steps > MANY


def test_long_lists_of_one_user_are_freed_in_steps() -> None:
    """A row with very many things in it is taken apart as well."""
    rows: List[Held] = List()
    for number in range(MANY):
        rows = rows.push_front(Held(f"{number}", "a", number, "USDT"))
    things: list[Any] = [World(statements=HashTrieMap({"a": Statement("a", Stack(rows))}))]
    del rows
    assert sum(1 for _ in taken_apart(things)) > MANY


def test_what_somebody_else_has_stays() -> None:
    """A table that another world has as well is whole afterwards, and costs no step a row."""
    world = world_of(MANY)
    things: list[Any] = [World(users=world.users)]
    assert sum(1 for _ in taken_apart(things)) < 50
    assert len(world.users) == MANY
    assert world.users["u7"] == User("u7", 100_000_007)


def test_a_world_waits_until_nobody_has_it() -> None:
    """As long as a snapshot or the journal has it, nothing happens to it."""
    old, world = OldWorlds(), world_of(MANY)
    old.part_with(world, world, World())
    old.look()
    assert len(old) == 1
    assert len(world.users) == MANY
    row = world.users["u7"]
    held = sys.getrefcount(row)
    del world
    old.look()
    ended()
    assert len(old) == 0
    assert sys.getrefcount(row) < held


@pytest.fixture
def parted(monkeypatch: pytest.MonkeyPatch) -> list[World]:
    worlds: list[World] = []
    monkeypatch.setattr(OldWorlds, "part_with", lambda self, *those: worlds.extend(those))
    return worlds


@pytest.fixture
def desk() -> Desk:
    return create_app().desk


def test_whoever_puts_another_world_in_place_parts_with_the_old_one(desk: Desk, parted: list[World]) -> None:
    """A reset, another scenario and going back hand over what was there."""
    moment = desk.moment()
    for change in (desk.reset, lambda: desk.apply(load("demo", seed=1)), lambda: desk.go_back(moment)):
        before = desk.exchange.world
        change()
        assert any(world is before for world in parted)
        parted.clear()


def test_the_journal_parts_with_a_world_that_no_younger_entry_has(parted: list[World]) -> None:
    """When its last entry leaves the ring. A world that the next entry begins with stays."""
    from simulator.core.endpoint import Subject
    from simulator.core.world import Now
    from simulator.evidence.journal import ServedElsewhere
    from simulator.messages import Answer, Request
    from simulator.outcomes import Outcome

    journal = Journal(capacity=1)
    outcome = Outcome("", Subject(), Now(0, 0), ServedElsewhere())
    first, second, other = World(step=1), World(step=2), World(step=3)
    for before, after in ((first, second), (second, second), (other, other)):
        journal.add(Request("GET", "/", "", {}, "", b""), Answer(200, b""), outcome, before, after, 0)
    assert [world.step for world in parted] == [2]


def test_this_process_has_one_place_for_them() -> None:
    """Whoever runs a server looks at the same."""
    assert isinstance(OLD_WORLDS, OldWorlds)
