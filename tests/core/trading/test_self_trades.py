"""Self-trade prevention where an order would rest, and where it buys nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.desk import told
from support.spot_world import SpotDesk

from simulator.core.world import Order


def shape(order: Order) -> tuple[str, str, str]:
    """Status, filled and canceled size."""
    return order.status.value, f"{order.deal_size.normalize():f}", f"{order.canceled_size.normalize():f}"


@pytest.mark.parametrize(
    ("stp", "old", "new"),
    [
        ("CN", ("open", "0", "0"), ("canceled", "0", "1")),
        ("CO", ("canceled", "0", "1"), ("open", "0", "0")),
        ("CB", ("canceled", "0", "1"), ("canceled", "0", "1")),
        ("DC", ("canceled", "0", "1"), ("canceled", "0", "1")),
    ],
)
def test_self_trades_within_the_spread(stp: str, old: tuple[str, str, str], new: tuple[str, str, str]) -> None:
    """An order that reaches none of the market's prices, but one of the user's own, is judged before it rests."""
    desk = SpotDesk()
    resting = desk.placed(side="sell", price="61000", size="1")
    desk.price(bid="60000", ask="62000")
    order = desk.placed(price="61000", size="1", stp=stp)
    assert (shape(desk.now_of(resting)), shape(order)) == (old, new)
    assert desk.trade("USDT").holds == order.held


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("stp", [None, "DC"])
def test_funds_that_buy_nothing(side: str, stp: str | None) -> None:
    """An order by funds for less than an increment is canceled, holds nothing, and cancels no other order."""
    desk = SpotDesk()
    other = desk.placed(side="buy" if side == "sell" else "sell", price="59999.9" if side == "sell" else "60000.1")
    desk.world = desk.world.put(replace(desk.world.symbols["BTC-USDT"], base_increment=Decimal(1)))
    order = desk.placed(type="market", price=None, size=None, side=side, funds="100", stp=stp)
    assert shape(order) == ("canceled", "0", "0")
    assert told(order.held, order.canceled_funds) == (0, 100)
    assert (desk.now_of(other), desk.trade("USDT").holds + desk.trade("BTC").holds) == (other, other.held)


@pytest.mark.parametrize(
    ("side", "other_side", "better", "worse"), [("buy", "sell", 60500, 61000), ("sell", "buy", 61000, 60500)]
)
def test_the_best_own_price_is_met_first(side: str, other_side: str, better: int, worse: int) -> None:
    """Of two own orders that are reached, the one at the better price is met first, whichever was placed first."""
    desk = SpotDesk()
    desk.price(bid="60000", ask="62000")
    later, first = (desk.placed(side=other_side, price=str(price), size="0.5") for price in (worse, better))
    order = desk.placed(side=side, price=str(worse), size="0.5", stp="DC")
    shapes = [shape(desk.now_of(known)) for known in (first, later, order)]
    assert shapes == [("canceled", "0", "0.5"), ("open", "0", "0"), ("canceled", "0", "0.5")]
