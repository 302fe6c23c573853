"""Look-ups of orders and fills by the calls before the high-frequency family; and of futures, which share them."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import START
from support.shown import shown
from support.spot_reads import looked_up, seen
from support.spot_world import SpotDesk

from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import DAY
from simulator.core.spot.orders_old import (
    GetOrder,
    GetOrderByClientOid,
    ListFills,
    ListOrders,
    ListRecentFills,
    ListRecentOrders,
)

PAGE = {"currentPage": 2, "pageSize": 20, "totalNum": 0, "totalPage": 0, "items": []}


def ids(rows: Any) -> list[str]:
    return [row["id"] for row in (rows["items"] if isinstance(rows, dict) else rows)]


def test_nobody_has_traded() -> None:
    """Every list is empty in its own envelope, whatever is asked for."""
    desk = SpotDesk()
    for command in (ListOrders, ListFills):
        assert seen(desk, command, symbol="BTC-USDT", currentPage=2, pageSize=20) == PAGE
        assert seen(desk, command) == {**PAGE, "currentPage": 1, "pageSize": 50}
    assert shown(looked_up(desk, ListRecentOrders).data()) == shown(looked_up(desk, ListRecentFills).data()) == []


def test_futures_are_true_and_empty() -> None:
    """A symbol without a hyphen is one of futures: nobody trades there, whatever there is on the spot market."""
    desk = SpotDesk()
    desk.placed()
    desk.placed(type="market", price=None)
    for command in (ListOrders, ListFills):
        assert seen(desk, command, symbol="XBTUSDTM", currentPage=2, pageSize=20) == PAGE
        assert seen(desk, command, tradeType="MARGIN_TRADE", currentPage=2, pageSize=20) == PAGE
        assert seen(desk, command, symbol="BTC-USDT", status="done")["totalNum"] == 1


def test_orders() -> None:
    """The active ones, or those that have ended, of one symbol or of all, the newest first."""
    desk = SpotDesk()
    rests = desk.placed()
    desk.advance(1)
    bought = desk.placed(type="market", price=None)
    desk.advance(1)
    other = desk.placed(symbol="ETH-USDT", type="market", side="sell", price=None, size="1")
    assert ids(seen(desk, ListOrders, status="active")) == [rests.id]
    assert ids(seen(desk, ListOrders)) == [other.id, bought.id]
    assert ids(seen(desk, ListOrders, symbol="BTC-USDT")) == [bought.id]
    assert ids(seen(desk, ListOrders, side="sell", type="market")) == [other.id]
    assert ids(seen(desk, ListOrders, startAt=START, endAt=START + 1)) == [bought.id]
    assert ids(shown(looked_up(desk, ListRecentOrders).data())) == [other.id, bought.id, rests.id]
    desk.advance(DAY)
    assert ids(shown(looked_up(desk, ListRecentOrders).data())) == [other.id]


def test_one_order() -> None:
    """An order is found by its id and by its clientOid, and says nothing of what remains."""
    desk = SpotDesk()
    order = desk.placed(clientOid="mine")
    frank = desk.own_key("frank")
    for command, name in ((GetOrder, order.id), (GetOrderByClientOid, "mine")):
        assert shown(looked_up(desk, command, name).data()) == {
            "id": order.id,
            "symbol": "BTC-USDT",
            "opType": "DEAL",
            "type": "limit",
            "side": "buy",
            "price": "50000",
            "size": "0.001",
            "funds": "0",
            "dealFunds": "0",
            "dealSize": "0",
            "fee": "0",
            "feeCurrency": "USDT",
            "stp": "",
            "stop": "",
            "stopTriggered": False,
            "stopPrice": "0",
            "timeInForce": "GTC",
            "postOnly": False,
            "hidden": False,
            "iceberg": False,
            "visibleSize": "0",
            "cancelAfter": 0,
            "channel": "API",
            "clientOid": "mine",
            "remark": None,
            "tags": None,
            "isActive": True,
            "cancelExist": False,
            "createdAt": START,
            "tradeType": "TRADE",
        }
        refusal = looked_up(desk, command, name, key=frank)
        assert isinstance(refusal, Refusal)
        assert refusal.reason is Reason.ORDER_UNKNOWN


def test_fills() -> None:
    """All fills, those of a symbol or those of an order; `tradeId` is a text."""
    desk = SpotDesk()
    bought = desk.placed(type="market", price=None)
    desk.advance(1)
    desk.placed(symbol="ETH-USDT", type="market", side="sell", price=None, size="1")
    both = seen(desk, ListFills)["items"]
    assert [(row["symbol"], row["createdAt"] - START) for row in both] == [("ETH-USDT", 1), ("BTC-USDT", 0)]
    [fill] = desk.now_of(bought).fills
    assert both[1]["tradeId"] == str(fill.trade_id)
    assert seen(desk, ListFills, symbol="BTC-USDT")["items"] == both[1:]
    assert seen(desk, ListFills, orderId=bought.id)["items"] == both[1:]
    assert seen(desk, ListFills, side="sell")["items"] == both[:1]
    assert shown(looked_up(desk, ListRecentFills).data()) == both
    desk.advance(DAY)
    assert shown(looked_up(desk, ListRecentFills).data()) == both[:1]


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (ListOrders, {"status": "new"}),
        (ListFills, {"pageSize": "501"}),
        (ListFills, {"startAt": "2", "endAt": "1"}),
    ],
)
def test_what_cannot_be_asked(command: type, asked: dict[str, str]) -> None:
    """Words, sizes and spans have their bounds."""
    desk = SpotDesk()
    signed = desk.trading.sign(method="GET", path="/x")
    assert desk.reason(command(signed, asked)) is Reason.PARAMETER_INVALID
