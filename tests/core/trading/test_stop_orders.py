"""Stop orders: they wait, trigger by the last price, and become orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.desk import told
from support.spot_world import SpotDesk

from simulator.core.trading import stop_orders
from simulator.core.world import Draft, OrderTerms, OrderType, Side, StopOrder


def waiting(desk: SpotDesk, stop: Any, price: str, size: str = "1", number: int = 1) -> StopOrder:
    """A market sell or buy that waits."""
    key = desk.world.api_keys[desk.trading.api_key]
    terms = OrderTerms(
        symbol="BTC-USDT", side=Side.SELL if stop == "loss" else Side.BUY, type=OrderType.MARKET, size=Decimal(size)
    )
    row = StopOrder(
        id=f"stop-{number}",
        number=desk.world.orders_made + 1,
        user="alice",
        api_key=key.api_key,
        client_id="",
        client_oid=f"oid-{number}",
        tagged=False,
        terms=terms,
        stop=stop,
        stop_price=Decimal(price),
        created_at=0,
    )
    draft = Draft(desk.world)
    stop_orders.wait(draft, row)
    desk.world = draft.done()
    return row


@pytest.mark.parametrize(
    ("stop", "price", "last", "status"),
    [
        ("loss", "59000", "59000.1", "NEW"),
        ("loss", "59000", "59000", "TRIGGERED"),
        ("entry", "61000", "60999.9", "NEW"),
        ("entry", "61000", "61000", "TRIGGERED"),
    ],
)
def test_triggers(stop: str, price: str, last: str, status: str) -> None:
    """It waits a step before its price and triggers at it; nothing is held before, and the order trades at once."""
    desk = SpotDesk()
    row = waiting(desk, stop, price)
    assert told(desk.trade("BTC").holds, desk.trade("USDT").holds) == (0, 0)
    desk.price(last)
    now = desk.world.stop_orders[row.id]
    assert now.status == status
    orders = [*desk.world.orders.values()]
    assert [order.id for order in orders] == ([now.order_id] if status == "TRIGGERED" else [])
    assert all(order.client_oid == "oid-1" and not order.status.active for order in orders)
    assert bool(desk.world.trader("alice").stops) is (status == "NEW")


def test_a_stop_order_without_money() -> None:
    """It has triggered, no order came of it, and the others trigger all the same, the oldest first."""
    desk = SpotDesk()
    poor, rich = waiting(desk, "loss", "59000", "1000"), waiting(desk, "loss", "59500", number=2)
    desk.price("58000")
    stops = desk.world.stop_orders
    assert (stops[poor.id].status, stops[poor.id].order_id) == ("TRIGGERED", "")
    assert stops[rich.id].order_id in desk.world.orders


@pytest.mark.parametrize("choice", ["refuse", "allow_after_end"])
@pytest.mark.parametrize("crossed", [True, False])
def test_a_client_oid_that_was_taken_meanwhile(choice: str, crossed: bool) -> None:
    """No two active orders of a user have the same clientOid: if one has it, a stop order triggers without an order.

    By the switch, one that the same price fills no longer has it.
    """
    desk = SpotDesk(repeated_order_client_oid=choice)
    row = waiting(desk, "loss", "59000")
    desk.placed(price="58500" if crossed else "50000", clientOid=row.client_oid)
    desk.price("58000")
    now = desk.world.stop_orders[row.id]
    assert now.status == "TRIGGERED"
    assert bool(now.order_id) is (crossed and choice == "allow_after_end")


def test_a_canceled_stop_order() -> None:
    """It triggers no more."""
    desk = SpotDesk()
    row = waiting(desk, "loss", "59000")
    draft = Draft(desk.world)
    stop_orders.cancel(draft, row)
    desk.world = draft.done()
    desk.price("58000")
    assert desk.world.stop_orders[row.id] == replace(row, status="CANCELED")
    assert not desk.world.orders


@pytest.mark.parametrize("changed", ["frozen", "closed", "none"])
def test_a_stop_order_is_judged_when_it_triggers(changed: str) -> None:
    """Of one whose user is frozen by then, or whose symbol is closed, no order comes."""
    desk = SpotDesk()
    row = waiting(desk, "loss", "59000")
    if changed == "frozen":
        desk.world = desk.world.put(replace(desk.world.users["alice"], frozen=True))
    if changed == "closed":
        desk.world = desk.world.put(replace(desk.world.symbols["BTC-USDT"], enabled=False))
    desk.price("58000")
    now = desk.world.stop_orders[row.id]
    assert (now.status, bool(now.order_id), len(desk.world.orders)) == (
        "TRIGGERED",
        changed == "none",
        changed == "none",
    )
