"""What the private feeds tell of orders: each turn once, in order, with numbers that add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.spot_world import SpotDesk
from support.transitions import of, watched

from simulator.core.stream.balances import TOPIC as BALANCE
from simulator.core.stream.orders import V1, V2
from simulator.core.trading import lifecycle
from simulator.core.world import Draft, OrderStatus

TURNS = ("type", "status", "filledSize", "remainSize", "canceledSize")


def turns(pushes: Any, topic: str = V2) -> list[tuple[str, ...]]:
    """Type, status and the three sizes of each message."""
    return [tuple(data[name] for name in TURNS) for data in of(pushes, topic, "alice")]


@pytest.fixture
def desk() -> SpotDesk:
    """A desk of alice, who has money in her trade account."""
    return SpotDesk()


def test_an_order_that_rests(desk: SpotDesk) -> None:
    """It is received, and then in the book; the older topic has the second one only."""
    with watched(desk.exchange) as pushes:
        order = desk.placed(clientOid="c-1")
    assert turns(pushes) == [("received", "new", "0", "0.001", "0"), ("open", "open", "0", "0.001", "0")]
    assert turns(pushes, V1) == [("open", "open", "0", "0.001", "0")]
    last = of(pushes, V2, "alice")[1]
    at = order.created_at
    assert last == {
        "canceledSize": "0",
        "clientOid": "c-1",
        "filledSize": "0",
        "orderId": order.id,
        "orderTime": at,
        "orderType": "limit",
        "originSize": "0.001",
        "price": "50000",
        "remainSize": "0.001",
        "side": "buy",
        "size": "0.001",
        "status": "open",
        "symbol": "BTC-USDT",
        "ts": at * 1_000_000,
        "type": "open",
    }


def test_an_order_that_takes(desk: SpotDesk) -> None:
    """It is received, matched as a taker, and filled; balances go with it."""
    with watched(desk.exchange) as pushes:
        desk.placed(price="61000")
    assert turns(pushes) == [
        ("received", "new", "0", "0.001", "0"),
        ("match", "match", "0.001", "0", "0"),
        ("filled", "done", "0.001", "0", "0"),
    ]
    match = of(pushes, V2, "alice")[1]
    assert (match["matchSize"], match["liquidity"], match["feeType"]) == ("0.001", "taker", "takerFee")
    events = [data["relationEvent"] for data in of(pushes, BALANCE, "alice")]
    assert events == ["trade.hold", "trade.setted", "trade.setted"]


def test_an_order_by_funds(desk: SpotDesk) -> None:
    """A market order that names funds tells what is left of them."""
    with watched(desk.exchange) as pushes:
        desk.placed(type="market", price=None, size=None, funds="60")
    received, *_, last = of(pushes, V2, "alice")
    assert (received["originFunds"], received["remainFunds"], received["originSize"]) == ("60", "60", "0")
    assert (last["type"], last["remainFunds"]) == ("filled", "0")
    assert "price" not in received


def test_an_order_that_is_canceled(desk: SpotDesk) -> None:
    """The end says how much was canceled, and nothing remains."""
    order = desk.placed()
    with watched(desk.exchange) as pushes:
        desk.exchange.perform(desk.canceling(order))
    assert turns(pushes) == [("canceled", "done", "0", "0", "0.001")]
    [data] = of(pushes, BALANCE, "alice")
    assert (data["relationEvent"], data["hold"]) == ("trade.hold", "0")
    assert Decimal(data["holdChange"]) == -Decimal(data["availableChange"]) < 0
    assert data["relationContext"] == {"symbol": "BTC-USDT", "orderId": order.id}


def test_balances_end_where_the_account_stands(desk: SpotDesk) -> None:
    """After each command the last message of an account has its numbers."""
    with watched(desk.exchange) as pushes:
        desk.placed()
        desk.placed(price="61000", size="0.0123")
        desk.placed(side="sell", price="59000", size="0.004")
        desk.exchange.perform(desk.canceling(desk.placed(price="40000")))
    for currency in ("USDT", "BTC"):
        last = [data for data in of(pushes, BALANCE, "alice") if data["currency"] == currency][-1]
        account = desk.trade(currency)
        numbers = tuple(map(Decimal, (last["total"], last["available"], last["hold"])))
        assert numbers == (account.balance, account.available, account.holds)


def test_a_maker_fill(desk: SpotDesk) -> None:
    """A price that reaches the order fills it as a maker, at its own price; the trade is public as the taker's sell."""
    order = desk.placed()
    with watched(desk.exchange) as pushes:
        desk.price("49000")
    assert turns(pushes) == [("match", "open", "0.001", "0", "0"), ("filled", "done", "0.001", "0", "0")]
    match = of(pushes, V2, "alice")[0]
    assert (match["matchPrice"], match["liquidity"], match["feeType"]) == ("50000", "maker", "makerFee")
    [trade] = of(pushes, "/market/match:BTC-USDT")
    assert (trade["makerOrderId"], trade["tradeId"]) == (order.id, match["tradeId"])
    out, into = of(pushes, BALANCE, "alice")
    assert out["relationContext"] == {"symbol": "BTC-USDT", "orderId": order.id, "tradeId": match["tradeId"]}
    assert (into["currency"], into["availableChange"]) == ("BTC", "0.001")


def test_a_part_is_canceled(desk: SpotDesk) -> None:
    """The order is updated: its size is smaller by that part, and it stays in the book."""
    order = desk.placed()
    with watched(desk.exchange) as pushes:
        draft = Draft(desk.world)
        lifecycle.end(draft, draft.order(order.id), OrderStatus.CANCELED, order.created_at, Decimal("0.0004"))
        desk.world = draft.done()
    assert turns(pushes) == [("update", "open", "0", "0.0006", "0.0004")]
    [data] = of(pushes, V2, "alice")
    assert (data["originSize"], data["oldSize"], data["size"]) == ("0.001", "0.001", "0.0006")


def test_what_is_refused_is_not_told(desk: SpotDesk) -> None:
    """A test order, or one that cannot be paid, makes no message."""
    with watched(desk.exchange) as pushes:
        desk.exchange.perform(desk.order(size="100"))
        desk.exchange.perform(desk.order(price="0"))
    assert pushes == []
