"""Placing and canceling by the calls before the high-frequency family; and of futures, which share their paths."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from support.shown import shown
from support.spot_reads import looked_up
from support.spot_world import SpotDesk, order_fields

from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.spot.orders_old_trading import (
    NOTE,
    AddOrderOld,
    AddOrdersOld,
    CancelOrderByClientOidOld,
    CancelOrderOld,
    CancelOrdersOld,
    CheckOrderOld,
)
from simulator.core.world import OrderStatus

PATH = "/api/v1/orders"


def sent(desk: SpotDesk, command: Any, fields: dict[str, object]) -> Any:
    """The command with this body, signed now."""
    return command(desk.trading.sign(json.dumps(fields).encode(), path=PATH, timestamp=desk.wall), Body(fields))


def sent_as(desk: SpotDesk, command: Any, fields: dict[str, object]) -> Any:
    """The same with values that `json` does not write."""
    return command(desk.trading.sign(b"{}", path=PATH, timestamp=desk.wall), Body(fields))


def asked(desk: SpotDesk, **query: str) -> CancelOrdersOld:
    return CancelOrdersOld(desk.trading.sign(method="DELETE", path=PATH, timestamp=desk.wall), query)


def data_of(desk: SpotDesk, command: Any) -> Any:
    """What a client reads of an answer that must be good."""
    reply: Any = desk.perform(command).result
    return shown(reply.data())


def test_an_order_is_placed_as_by_the_newer_call() -> None:
    """The same order comes of it; its clientOid is compulsory here. The test call books nothing."""
    desk = SpotDesk()
    fields = order_fields(clientOid="mine")
    tested = data_of(desk, sent(desk, CheckOrderOld, fields))
    assert not desk.world.orders
    placed = data_of(desk, sent(desk, AddOrderOld, fields))
    [order] = desk.world.orders.values()
    assert placed == {"orderId": order.id, "clientOid": "mine"}
    assert tested["clientOid"] == "mine"
    assert desk.reason(sent(desk, AddOrderOld, order_fields())) is Reason.PARAMETER_INVALID


def test_some_orders_of_one_symbol() -> None:
    """Each is accepted or refused for itself; the symbol stands beside the list."""
    desk = SpotDesk()
    good, bad = order_fields(clientOid="a", symbol=None), order_fields(clientOid="b", symbol=None, size="0.000000001")
    rows = data_of(desk, sent(desk, AddOrdersOld, {"symbol": "BTC-USDT", "orderList": [good, bad]}))["data"]
    [order] = desk.world.orders.values()
    assert [(row["status"], row["id"], row["clientOid"]) for row in rows] == [
        ("success", order.id, "a"),
        ("fail", None, "b"),
    ]
    assert rows[0]["failMsg"] is None
    assert rows[1]["failMsg"]
    differ = ("id", "clientOid", "size", "visibleSize", "status", "failMsg")
    assert [rows[1][name] for name in rows[1] if name not in differ] == [
        rows[0][name] for name in rows[0] if name not in differ
    ]
    assert rows[1]["size"] == "0.000000001"


@pytest.mark.parametrize("size", ["much", "1" * 400, -1, True, None, Decimal("1e999999"), ["1"]])
def test_refused_row_shows_what_can_be_read(size: object) -> None:
    """An amount that is none, or without end, is null in the row of the order that was refused."""
    desk = SpotDesk()
    bad = order_fields(size=size, cancelAfter="soon", side=5, iceberg="yes")
    [row] = data_of(desk, sent_as(desk, AddOrdersOld, {"symbol": "BTC-USDT", "orderList": [bad]}))["data"]
    assert (row["size"], row["side"], row["cancelAfter"], row["iceberg"]) == (None, None, 0, False)


def test_cancellation() -> None:
    """By id, by clientOid, of one symbol, and of all: the answers name the orders that were canceled."""
    desk = SpotDesk()
    orders = [desk.placed(clientOid=f"c{number}") for number in range(4)]
    other = desk.placed(symbol="ETH-USDT", price="2000", size="1")
    ids = [order.id for order in orders]
    assert shown(looked_up(desk, CancelOrderOld, ids[0]).data()) == {"cancelledOrderIds": ids[:1]}
    by_name = shown(looked_up(desk, CancelOrderByClientOidOld, "c1").data())
    assert by_name == {"cancelledOrderId": ids[1], "clientOid": "c1"}
    assert data_of(desk, asked(desk, symbol="BTC-USDT", tradeType="MARGIN_TRADE")) == {"cancelledOrderIds": []}
    assert data_of(desk, asked(desk, symbol="BTC-USDT")) == {"cancelledOrderIds": ids[2:]}
    assert data_of(desk, asked(desk)) == {"cancelledOrderIds": [other.id]}
    assert {order.status for order in desk.world.orders.values()} == {OrderStatus.CANCELED}
    for command, name in ((CancelOrderOld, ids[0]), (CancelOrderByClientOidOld, "c1"), (CancelOrderOld, "x")):
        assert looked_up(desk, command, name).reason is Reason.ORDER_NOT_CANCELABLE


def test_another_users_order_stays() -> None:
    """Nobody cancels the order of another."""
    desk = SpotDesk()
    order = desk.placed(clientOid="mine")
    frank = desk.own_key("frank")
    for command, name in ((CancelOrderOld, order.id), (CancelOrderByClientOidOld, "mine")):
        assert looked_up(desk, command, name, key=frank).reason is Reason.ORDER_NOT_CANCELABLE
    assert desk.now_of(order).status.active


@pytest.mark.parametrize("command", [AddOrderOld, CheckOrderOld, AddOrdersOld])
def test_futures_are_not_traded(command: Any) -> None:
    """An order of futures, with the fields that futures have, is 404 as a path that is not there; a note says why."""
    desk = SpotDesk()
    futures: dict[str, object] = {"clientOid": "f", "side": "buy", "symbol": "XBTUSDTM", "leverage": 5, "size": 1}
    fields: dict[str, object] = {"orderList": [futures]} if command is AddOrdersOld else futures
    for refusal in (desk.refusal(sent(desk, command, fields)), desk.refusal(asked(desk, symbol="XBTUSDTM"))):
        denial = refusal.reason.denial
        assert (denial.code, denial.status, refusal.text) == ("404", 404, "Not Found")
        assert NOTE in refusal.notes


@pytest.mark.parametrize(("symbol", "of_each"), [("XBTUSDTM", "BTC-USDT"), ("BTC-USDT", "XBTUSDTM")])
def test_futures_in_either_place_of_a_list(symbol: str, of_each: str) -> None:
    """A symbol of futures is refused beside the list and in it, whatever the other one is."""
    desk = SpotDesk()
    items = [order_fields(clientOid="a", symbol="BTC-USDT"), order_fields(clientOid="b", symbol=of_each)]
    fields: dict[str, object] = {"symbol": symbol, "orderList": items}
    assert desk.reason(sent(desk, AddOrdersOld, fields)) is Reason.FUTURES_NOT_TRADED
    assert not desk.world.orders


def test_refused_row_shows_what_was_asked_for() -> None:
    """Words and flags are those of the request, or what KuCoin takes without them."""
    desk = SpotDesk()
    flags = {"postOnly": True, "hidden": True, "iceberg": True}
    words = {"type": "market", "stp": "DC", "timeInForce": "GTT", "cancelAfter": 7}
    bad = [order_fields(size="0.000000001", **more) for more in (words | flags, {"type": None})]
    rows = data_of(desk, sent_as(desk, AddOrdersOld, {"symbol": "BTC-USDT", "orderList": bad}))["data"]
    names = ("type", "stp", "timeInForce", "cancelAfter", "postOnly", "hidden", "iceberg", "iceberge")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("market", "DC", "GTT", 7, True, True, True, True),
        ("limit", "", "GTC", 0, False, False, False, False),
    ]
