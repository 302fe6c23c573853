"""What an order shows of itself while the reports of its fills are late."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.desk import START, told
from support.spot_world import SpotDesk

from simulator.core.spot.reports import latest_delay, reported
from simulator.core.world import EndStep, FillStep, Order, OrderPlan, OrderStatus, World

STEPS = (FillStep(share=Decimal("0.3")), FillStep(after=40, share=Decimal("0.5")), EndStep(after=40))
MARKET: dict[str, Any] = {"type": "market", "price": None}


def lived(**fields: Any) -> Order:
    """An order with a fill at once, another one 40 ms later, and an end after 80 ms; reports are 100 ms late."""
    desk = SpotDesk(OrderPlan(steps=STEPS, stale_for=100))
    order = desk.placed(**fields)
    for _ in range(2):
        desk.advance(40)
        desk.price("60000")
        desk.perform(desk.order(clientOid="other"))
    return desk.now_of(order)


@pytest.mark.parametrize(("fields", "in_book"), [({}, True), (MARKET, False)])
def test_an_order_is_behind_its_fills(fields: dict[str, Any], in_book: bool) -> None:
    """It shows the fills that are reported and their sums, as an open order that nothing has ended or canceled."""
    order = lived(**fields)
    later, first = order.fills
    assert (later.at - START, first.at - START) == (40, 0)
    for at, fills in ((99, []), (100, [first]), (139, [first])):
        shown = reported(order, START + at)
        assert shown is not None
        assert (shown.status, shown.in_book, [*shown.fills]) == (OrderStatus.OPEN, in_book, fills)
        sums = [sum((getattr(fill, name) for fill in fills), Decimal(0)) for name in ("size", "funds", "fee")]
        assert [shown.deal_size, shown.deal_funds, shown.fee] == sums
        assert len({*sums}) == (3 if fills else 1)
        assert shown.updated_at == START
        assert told(shown.canceled_size, shown.canceled_funds) == (0, 0)
    assert reported(order, START + 140) is order


def test_what_was_canceled_of_an_order_that_goes_on() -> None:
    """A part that was canceled is shown at once, because only fills are late."""
    order = replace(lived(), status=OrderStatus.OPEN, canceled_size=Decimal(3), canceled_funds=Decimal(4))
    shown = reported(order, START)
    assert shown is not None
    assert told(shown.canceled_size, shown.canceled_funds) == (3, 4)


def test_an_order_that_was_never_in_the_book() -> None:
    """A limit order that traded at once shows itself in the book as long as its fill is not known."""
    order = replace(lived(), in_book=False)
    shown = reported(order, START)
    assert shown is not None
    assert shown.in_book


@pytest.mark.parametrize(("unknown_for", "at", "known"), [(0, 0, True), (20, 19, False), (20, 20, True)])
def test_an_order_that_is_unknown_at_first(unknown_for: int, at: int, known: bool) -> None:
    """It is found from the instant on at which the plan lets it be known."""
    order = replace(lived(), plan=OrderPlan(unknown_for=unknown_for))
    assert (reported(order, START + at) is order) is known
    assert reported(replace(order, plan=None), 0) is not None


def test_the_latest_delay() -> None:
    """It is the longest of all plans, and none without a plan."""
    assert latest_delay(World()) == 0
    plans = tuple(OrderPlan(stale_for=delay) for delay in (5, 70, 6))
    assert latest_delay(World(order_plans=plans)) == 70
