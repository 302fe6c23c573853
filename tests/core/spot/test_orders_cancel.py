"""Canceling orders: by either id, a part, a symbol, everything."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.shown import shown
from support.spot_world import SpotDesk

from simulator.core.refusals import Reason
from simulator.core.spot.orders_cancel import (
    CancelEverything,
    CancelOrder,
    CancelOrderByClientOid,
    CancelOrderByClientOidSync,
    CancelOrderSync,
    CancelPart,
    CancelSymbol,
)
from simulator.core.value import Reply
from simulator.core.world import OrderStatus

SIZES = {"originSize": "0.001", "dealSize": "0", "remainSize": "0", "canceledSize": "0.001", "status": "done"}


def deleted(desk: SpotDesk) -> Any:
    return desk.trading.sign(method="DELETE", path="/x", timestamp=desk.wall)


def answered(desk: SpotDesk, command: Any) -> Any:
    reply: Any = desk.do(command, Reply)
    return shown(reply.data())


@pytest.mark.parametrize(
    ("command", "by_oid", "sync"),
    [
        (CancelOrder, False, False),
        (CancelOrderSync, False, True),
        (CancelOrderByClientOid, True, False),
        (CancelOrderByClientOidSync, True, True),
    ],
)
def test_cancel(command: Any, by_oid: bool, sync: bool) -> None:
    """An active order of the user in that symbol is canceled once; the answer names it as the request did."""
    desk = SpotDesk()
    order = desk.placed(clientOid="mine")
    name = order.client_oid if by_oid else order.id
    assert desk.reason(command(deleted(desk), name, "ETH-USDT")) is Reason.ORDER_NOT_CANCELABLE
    assert desk.reason(command(deleted(desk), name, "DOGE-USDT")) is Reason.SYMBOL_UNKNOWN
    frank = desk.own_key("frank").sign(method="DELETE", path="/x")
    assert desk.reason(command(frank, name, "BTC-USDT")) is Reason.ORDER_NOT_CANCELABLE
    expected = {"clientOid" if by_oid else "orderId": name, **(SIZES if sync else {})}
    assert answered(desk, command(deleted(desk), name, "BTC-USDT")) == expected
    assert desk.now_of(order).status is OrderStatus.CANCELED
    assert desk.trade("USDT").holds == 0
    assert desk.reason(command(deleted(desk), name, "BTC-USDT")) is Reason.ORDER_NOT_CANCELABLE


@pytest.mark.parametrize(
    ("size", "left"), [("0.0004", "0.0006"), ("0.001", "0"), ("0.00100001", None), ("0.000000001", None)]
)
def test_cancel_a_part(size: str, left: str | None) -> None:
    """As much as is left can be canceled, in multiples of the increment; the rest keeps its place in the book."""
    desk = SpotDesk()
    orders = [desk.placed(), desk.placed()]
    command = CancelPart(deleted(desk), orders[0].id, "BTC-USDT", size)
    if left is None:
        assert desk.reason(command) is Reason.PARAMETER_INVALID
        return
    assert answered(desk, command) == {"orderId": orders[0].id, "cancelSize": size}
    order = desk.now_of(orders[0])
    assert (order.rest, order.canceled_size) == (Decimal(left), Decimal(size))
    assert order.held == Decimal(left) * 50_000 * Decimal("1.001")
    level = desk.world.resting("BTC-USDT").buys.levels.get(Decimal(50_000))
    assert level is not None
    assert sorted(level, key=level.__getitem__) == [order.id for order in orders if desk.now_of(order).status.active]


def test_a_symbol_and_everything() -> None:
    """All active orders of a symbol, or of the user, are canceled; those of others stay, and none is no error."""
    desk = SpotDesk()
    others = desk.placed(desk.own_key("frank"))
    bitcoin = [desk.placed() for _ in range(2)]
    ether = desk.placed(symbol="ETH-USDT", price="2000", size="1")
    assert answered(desk, CancelSymbol(deleted(desk), {"symbol": "BTC-USDT"})) == "success"
    assert [desk.now_of(order).status.active for order in (*bitcoin, ether, others)] == [False, False, True, True]
    answer = answered(desk, CancelEverything(deleted(desk)))
    assert answer == {"succeedSymbols": ["ETH-USDT"], "failedSymbols": []}
    assert answered(desk, CancelEverything(deleted(desk))) == {"succeedSymbols": [], "failedSymbols": []}
    assert answered(desk, CancelSymbol(deleted(desk), {"symbol": "BTC-USDT"})) == "success"
    assert desk.now_of(others).status.active
