"""The steps of an order's plan: which of them fill nothing, in which role they fill, and what is rejected at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.spot_world import SpotDesk

from simulator.core.world import EndStep, FillStep, OrderPlan, OrderStatus


def test_a_step_of_nothing() -> None:
    """A share of less than an increment fills nothing, and the plan goes on."""
    steps = (FillStep(share=Decimal("0.000001")), FillStep(share=Decimal("0.5")))
    desk = SpotDesk(OrderPlan(steps=steps))
    order = desk.placed()
    assert (order.status, order.deal_size, len(order.fills)) == (OrderStatus.OPEN, Decimal("0.0005"), 1)


@pytest.mark.parametrize(
    ("steps", "was_in_book"),
    [
        ((EndStep(0, "reject"), FillStep()), False),
        ((EndStep(0, "expire"), EndStep(0, "reject")), True),
        ((EndStep(1, "reject"),), True),
        ((FillStep(share=Decimal("0.1")), EndStep(0, "reject")), True),
        ((), True),
    ],
)
def test_what_is_rejected_at_once_was_never_in_the_book(steps: Any, was_in_book: bool) -> None:
    """Only the first step counts, and only without a wait."""
    assert SpotDesk(OrderPlan(steps=steps)).placed().in_book is was_in_book


@pytest.mark.parametrize(
    ("fields", "roles"),
    [
        ({"price": "61000"}, ["taker", "maker"]),
        ({"price": "61000", "postOnly": True}, ["maker", "maker"]),
        ({"price": "50000"}, ["maker", "maker"]),
        ({"price": "61000", "timeInForce": "IOC"}, ["taker", "taker"]),
        ({"type": "market", "price": None, "side": "sell"}, ["taker", "taker"]),
    ],
)
def test_roles_in_a_plan(fields: dict[str, Any], roles: list[str]) -> None:
    """Without a word the first fill of an order that crosses is a taker's, and what rests afterwards is a maker."""
    order = SpotDesk(OrderPlan(steps=(FillStep(share=Decimal("0.4")), FillStep()))).placed(**fields)
    assert [fill.liquidity for fill in reversed([*order.fills])] == roles
    assert order.status is OrderStatus.FILLED
