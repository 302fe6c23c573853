"""The passing of time: everything that happens by itself, whether or not a client calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from msgspec.structs import replace

from simulator.core.choices import After
from simulator.core.endpoint import Operation
from simulator.core.funds.arrivals import credit_due, credited_at
from simulator.core.funds.settlement import settle_due, settles_at
from simulator.core.value import Reply, Value
from simulator.core.world import Deposit, Due, Line, Now, Order, Withdrawal, World

MUCH: Final = 100
"""How many withdrawals, deposits, or changes of orders may be due before it is called much: they take some 5 ms."""


class PassTime(Value, frozen=True):
    """Let happen what is due by now."""


class TimePassed(Reply, frozen=True):
    """The withdrawals that settled, oldest first, the deposits that were credited, and the orders that changed.

    Deposits and orders come soonest first; an order that changed twice stands there twice, as it was then.
    """

    settled: tuple[Withdrawal, ...]
    credited: tuple[Deposit, ...] = ()
    orders: tuple[Order, ...] = ()
    happened: tuple[Due, ...] = ()
    """What changed them."""


def pass_time(world: World, command: PassTime, now: Now) -> tuple[World, TimePassed]:
    """Time is an argument of every operation; this one does nothing else."""
    world, settled = settle_due(world, now)
    world, credited = credit_due(world, now)
    passed = TimePassed(settled=settled, credited=credited)
    if world.agenda.head is None:
        return world, passed
    from simulator.core.trading.agenda import run_due  # the engine of orders is not imported before there is one

    world, orders, happened = run_due(world, now)
    return world, replace(passed, orders=orders, happened=happened)


def overtaken(world: World) -> bool:
    """True if anything waits for time to pass."""
    return bool(world.unsettled.places or world.arriving or world.agenda.instants.parts)


def much_due(world: World, now: Now) -> bool:
    """True if more is due by now than takes a moment. Of each line two places are looked at, however long it is."""

    def due(line: Line, place: int, when: Callable[[str], int]) -> bool:
        last = line.at(place)
        return last is not None and when(last) <= now.business and when(line.head) <= now.business

    head = world.agenda.head
    if head is not None and head.at <= now.business:
        last = world.agenda.instants.at(MUCH)
        if last is not None and last[0] <= now.business:
            return True
    delay = world.choices.settlement
    if isinstance(delay, After):
        settling = partial(settles_at, delay=delay)
        if due(world.unsettled, MUCH, lambda name: settling(world.withdrawals[name])):
            return True
    place = MUCH // max(1, len(world.arriving))
    return any(
        due(line, place, lambda name: credited_at(world, world.deposits[name])) for line in world.arriving.values()
    )


def next_due(world: World) -> int | None:
    """When something happens next by itself, ms of the business clock; None = nothing waits."""
    instants = [credited_at(world, world.deposits[line.head]) for line in world.arriving.values() if line]
    delay = world.choices.settlement
    if isinstance(delay, After) and world.unsettled:
        instants.append(settles_at(world.withdrawals[world.unsettled.head], delay))
    if (due := world.agenda.head) is not None:
        instants.append(due.at)
    return min(instants, default=None)


OPERATIONS: Final = (Operation(pass_time, PassTime, "H52"),)
"""What happens by the passing of time alone."""
