"""What of an order counts as canceled: size and funds, by how the order was placed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.desk import told
from support.spot_world import SpotDesk

from simulator.core.trading.amounts import FillProblem
from simulator.core.trading.booking import end
from simulator.core.world import Draft, EndStep, FillStep, OrderPlan, OrderStatus

MARKET: dict[str, Any] = {"type": "market", "price": None, "size": None}
HALF = FillStep(share=Decimal("0.5"))


@pytest.mark.parametrize(
    ("fields", "size", "funds"),
    [
        ({"price": "50000", "size": "0.002"}, "0.001", "50"),
        ({"side": "sell", "price": "61000", "size": "0.002"}, "0.001", "61"),
        ({**MARKET, "size": "0.002"}, "0.001", "0"),
        ({**MARKET, "funds": "60"}, "0", "30"),
    ],
)
def test_the_rest_of_an_order_that_is_canceled(fields: dict[str, Any], size: str, funds: str) -> None:
    """A limit order has both, by its own price; a market order has the one that it named."""
    desk = SpotDesk(OrderPlan(steps=(HALF, EndStep())))
    order = desk.placed(**fields)
    assert order.status is OrderStatus.CANCELED
    assert told(order.canceled_size) == (Decimal(size),)
    assert abs(order.canceled_funds - Decimal(funds)) < Decimal("0.01")
    assert order.held == 0


def test_a_part_of_an_order_that_is_canceled() -> None:
    """Parts add up, the order stays active until nothing is left, and each part gives its share of the money back."""
    desk = SpotDesk()
    order = desk.placed(price="50000", size="0.003")
    held = order.held
    for number in (1, 2, 3):
        draft = Draft(desk.world)
        order = end(draft, order, OrderStatus.CANCELED, order.created_at, Decimal("0.001"))
        desk.world = draft.done()
        assert told(order.canceled_size, order.canceled_funds) == (Decimal("0.001") * number, 50 * number)
        assert order.held == desk.trade("USDT").holds == held * (3 - number) / 3
        assert order.status.active is (number < 3)


@pytest.mark.parametrize(
    ("size", "status"),
    [
        ("0", OrderStatus.CANCELED),
        ("0.00100001", OrderStatus.CANCELED),
        ("0.0005", OrderStatus.EXPIRED),
    ],
)
def test_what_cannot_be_canceled(size: str, status: OrderStatus) -> None:
    """Nothing, more than what is left, and a part of an order that ends in another way."""
    desk = SpotDesk()
    order = desk.placed()
    with pytest.raises(FillProblem, match=r"at most 0\.001 of the order can be canceled"):
        end(Draft(desk.world), order, status, order.created_at, Decimal(size))
    ended = replace(order, status=OrderStatus.FILLED)
    with pytest.raises(FillProblem, match="the order is"):
        end(Draft(desk.world), ended, OrderStatus.CANCELED, order.created_at)
