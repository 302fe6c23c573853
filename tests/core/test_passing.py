"""The passing of time: how much of what is due is called much, and when something happens next."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.demo_world import demo_world
from support.deposits_and_transfers import arrive, slow
from support.desk import START, Desk, payment
from support.spot_world import SpotDesk

from simulator.core.choices import After
from simulator.core.control.administration import ChangeChoices
from simulator.core.funds.arrivals import DepositArrived
from simulator.core.passing import MUCH, PassTime, TimePassed, much_due, next_due, overtaken
from simulator.core.world import Line, Now, Withdrawal


def waiting(withdrawal: Withdrawal, count: int, apart: int) -> Desk:
    """A desk where so many withdrawals wait five seconds, each made `apart` ms after the one before."""
    world = demo_world(settlement=After(5_000))
    rows = [replace(withdrawal, id=f"{number:024x}", created_at=START + number * apart) for number in range(count)]
    line = Line()
    for row in rows:
        line = line.joined(row.id)
    return Desk(world.put(*rows, unsettled=line))


@pytest.mark.parametrize(
    ("count", "apart", "passed", "much"),
    [
        (100, 0, 5_000, False),
        (101, 0, 4_999, False),
        (101, 0, 5_000, True),
        (101, 1, 5_099, False),
        (101, 1, 5_100, True),
        (0, 0, 5_000, False),
    ],
)
def test_how_many_withdrawals_are_much(count: int, apart: int, passed: int, much: bool) -> None:
    """More than a hundred that are due by now, the hundred-and-first at this very instant."""
    assert MUCH == 100
    desk = Desk(settlement="manual")
    desk = waiting(desk.pay(desk.key("frank"), payment()).withdrawal, count, apart)
    assert much_due(desk.world, Now(START + passed, START)) is much
    manual = replace(desk.world, choices=replace(desk.world.choices, settlement="manual"))
    assert not much_due(manual, Now(START + passed, START))


@pytest.mark.parametrize(
    ("counts", "passed", "much"),
    [
        ({1: 100}, 1_000, False),
        ({1: 101}, 999, False),
        ({1: 101}, 1_000, True),
        ({1: 50, 2: 50}, 2_000, False),
        ({1: 51, 2: 1}, 999, False),
        ({1: 51, 2: 1}, 1_000, True),
        ({}, 9_000, False),
    ],
)
def test_how_many_deposits_are_much(counts: dict[int, int], passed: int, much: bool) -> None:
    """A hundred are shared by the lines: with two of them, more than fifty of one that are due by now are much."""
    desk = Desk(confirmation_time=1_000)
    slow(desk, confirms=10)
    deposit = desk.do(arrive(seen=9), DepositArrived).deposit
    world = demo_world(confirmation_time=1_000)
    for missing, count in counts.items():
        rows = [replace(deposit, id=f"{missing}-{number}", confirmed=10 - missing) for number in range(count)]
        line = Line()
        for row in rows:
            line = line.joined(row.id)
        world = world.put(*rows, arriving=world.arriving.insert(missing, line))
    assert much_due(world, Now(START + passed, START)) is much


def test_nothing_waits() -> None:
    """A world in which nothing is under way is overtaken by no instant."""
    world = demo_world(settlement=After(5_000))
    assert (next_due(world), overtaken(world), much_due(world, Now(START, START))) == (None, False, False)


def test_what_happens_next() -> None:
    """The soonest of what waits: an order's expiry, a withdrawal in its time, a deposit with its last confirmation."""
    desk = SpotDesk(settlement=After(5_000), confirmation_time=1_000)
    desk.pay(desk.key("frank"), payment())
    assert next_due(desk.world) == START + 5_000
    desk.placed(timeInForce="GTT", cancelAfter=7)
    assert next_due(desk.world) == START + 5_000
    slow(desk, confirms=4)
    desk.perform(arrive(seen=0))
    assert next_due(desk.world) == START + 4_000
    desk.perform(arrive(seen=2))
    assert next_due(desk.world) == START + 2_000
    assert overtaken(desk.world)
    for passed, following in ((2_000, 4_000), (2_000, 5_000), (1_000, 7_000), (2_000, None)):
        desk.advance(passed)
        desk.do(PassTime(), TimePassed)
        assert next_due(desk.world) == (following and START + following)
    assert not overtaken(desk.world)


def test_what_waits_for_a_hand_is_not_due() -> None:
    """A withdrawal that settles by hand has no instant."""
    desk = Desk(settlement=After(5_000))
    desk.pay(desk.key("frank"), payment())
    waiting_by_hand = replace(desk.world.choices, settlement="manual")
    assert next_due(replace(desk.world, choices=waiting_by_hand)) is None
    desk.perform(ChangeChoices(waiting_by_hand))
    assert (next_due(desk.world), overtaken(desk.world)) == (None, False)
