"""What an order costs does not depend on how many orders rest: calls are counted, not seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.spot_world import SpotDesk

from simulator.core.world import Account, Trader

SLACK = 12
"""Calls that one more part of sorted prices costs, at most."""


def calls_of(act: Callable[[], object]) -> int:
    """How many functions are called, of Python and of C."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def cost(resting: int, price: str) -> tuple[int, int]:
    """The calls of placing an order, and of canceling one, beside so many resting orders of somebody else."""
    desk = SpotDesk(rate_pools="count")
    frank = desk.own_key("frank")
    desk.world = desk.world.put(desk.world.wallet("frank").having(Account("USDT", "trade", Decimal(10**9))))
    for number in range(resting):
        if number % 150 == 0:
            desk.world = desk.world.put(replace(desk.world.trader("frank"), active=Trader("").active))
        desk.placed(frank, price=f"{40_000 + number}")
    mine = desk.placed()
    command, canceling = desk.order(price=price), desk.canceling(mine)
    return calls_of(lambda: desk.perform(command)), calls_of(lambda: desk.perform(canceling))


@pytest.mark.parametrize("price", ["50000", "60001"])
def test_a_full_book_costs_nothing(price: str) -> None:
    """An order that rests, one that is filled, and a cancellation make as many calls beside 1500 as beside 15."""
    cost(1, price)  # what is imported and kept at the first call of a process is no cost of an order
    few, many = cost(15, price), cost(1_500, price)
    assert all(abs(after - before) <= SLACK for before, after in zip(few, many, strict=True))
