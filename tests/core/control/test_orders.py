"""Orders by hand: what a hand may do to one, and what is refused and leaves it as it was."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.desk import told
from support.spot_world import SpotDesk

from simulator.core.control.orders import (
    PART_IS_REPORTED,
    UNKNOWN,
    EndOrder,
    FillOrder,
    OrderMoved,
    OrderPlansPut,
    PutOrderPlans,
)
from simulator.core.world import EndStep, FillStep, Order, OrderPlan, OrderStatus

CANCELED = OrderStatus.CANCELED


def moved(desk: SpotDesk, command: FillOrder | EndOrder) -> Order:
    """The order after something was done to it by hand."""
    order = desk.do(command, OrderMoved).order
    assert order is not None
    assert order == desk.now_of(order)
    return order


@pytest.mark.parametrize("command", [FillOrder("nobody's", FillStep()), EndOrder("nobody's", CANCELED)])
def test_an_order_that_is_unknown(command: Any) -> None:
    """Nothing is done to an order that there is not, and the answer says so."""
    desk = SpotDesk()
    before = desk.world
    assert desk.do(command, OrderMoved) == UNKNOWN
    assert UNKNOWN.order is None
    assert desk.world is before


@pytest.mark.parametrize(
    ("step", "size", "price", "liquidity"),
    [
        (FillStep(), "0.001", "50000", "maker"),
        (FillStep(size=Decimal("0.0004")), "0.0004", "50000", "maker"),
        (FillStep(price=Decimal(49_000)), "0.001", "49000", "maker"),
        (FillStep(share=Decimal("0.5"), liquidity="taker"), "0.0005", "50000", "taker"),
        (FillStep(size=Decimal("0.0004"), price=Decimal(49_000), lost=True), "0.0004", "49000", "maker"),
    ],
)
def test_a_fill_by_hand(step: FillStep, size: str, price: str, liquidity: str) -> None:
    """What the step says is done as it is, and what it leaves open follows from the order."""
    desk = SpotDesk()
    order = moved(desk, FillOrder(desk.placed().id, step))
    [fill] = order.fills
    assert told(fill.size, fill.price, fill.liquidity, fill.lost) == (
        Decimal(size),
        Decimal(price),
        liquidity,
        step.lost,
    )
    assert order.status is (OrderStatus.FILLED if size == "0.001" else OrderStatus.OPEN)


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (FillStep(size=Decimal("0.002")), "the size must be more than 0 and at most 0.001, what is left of the order"),
        (FillStep(price=Decimal(50_001)), "the price of this buy must not be worse than 50000"),
    ],
)
def test_a_fill_by_hand_that_is_impossible(step: FillStep, problem: str) -> None:
    """Nothing is made to fit: what the order does not allow is refused with the reason, and changes nothing."""
    desk = SpotDesk()
    order = desk.placed()
    assert desk.do(FillOrder(order.id, step), OrderMoved) == OrderMoved(order=None, problem=problem)
    assert desk.now_of(order) == order


def test_an_order_that_has_ended_is_not_filled() -> None:
    """The answer says how it ended."""
    desk = SpotDesk()
    order = desk.placed()
    desk.perform(desk.canceling(order))
    assert desk.do(FillOrder(order.id, FillStep()), OrderMoved).problem == "the order is canceled"
    assert desk.do(EndOrder(order.id, CANCELED), OrderMoved).problem == "the order is canceled"


@pytest.mark.parametrize("status", [CANCELED, OrderStatus.REJECTED, OrderStatus.EXPIRED])
@pytest.mark.parametrize("lost", [False, True])
def test_an_end_by_hand(status: OrderStatus, lost: bool) -> None:
    """All the rest of it ends in that state, and what it held is free; the feeds may never report the end."""
    desk = SpotDesk()
    order = moved(desk, EndOrder(desk.placed().id, status, lost=lost))
    assert told(order.status, order.end_lost, order.held, desk.trade("USDT").holds) == (status, lost, 0, 0)


def test_a_part_that_ends_by_hand() -> None:
    """So much of it is canceled and the rest stays; its report cannot be lost, and a part has no other end."""
    desk = SpotDesk()
    order = moved(desk, EndOrder(desk.placed().id, CANCELED, Decimal("0.0004")))
    assert (order.status, order.canceled_size, order.end_lost) == (OrderStatus.OPEN, Decimal("0.0004"), False)
    for command, problem in (
        (EndOrder(order.id, CANCELED, Decimal("0.0001"), lost=True), PART_IS_REPORTED),
        (EndOrder(order.id, CANCELED, Decimal("0.0007")), "at most 0.0006 of the order can be canceled"),
        (EndOrder(order.id, OrderStatus.EXPIRED, Decimal("0.0001")), "at most 0.0006 of the order can be canceled"),
    ):
        assert desk.do(command, OrderMoved) == OrderMoved(order=None, problem=problem)
        assert desk.now_of(order) == order
    last = moved(desk, EndOrder(order.id, CANCELED, Decimal("0.0006"), lost=True))
    assert (last.status, last.canceled_size, last.end_lost) == (CANCELED, Decimal("0.001"), True)


def test_plans_count_from_now_on() -> None:
    """New orders follow the plans that are put, and those that are there keep theirs."""
    desk = SpotDesk()
    order = desk.placed()
    plans = (OrderPlan(steps=(EndStep(0, "reject"),)),)
    assert desk.do(PutOrderPlans(plans), OrderPlansPut).plans == plans == desk.world.order_plans
    assert (desk.now_of(order).plan, desk.placed().status) == (None, OrderStatus.REJECTED)
