"""Placing orders: what the calls answer, several at once, one in another's place, and whose they are."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.desk import hmac_sha256, told
from support.shown import shown
from support.spot_world import SpotDesk, order_fields

from simulator.core.control.orders import FillOrder
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.spot.orders_add import AddOrder, AddOrders, AddOrdersSync, AddOrderSync, AlterOrder, CheckOrder
from simulator.core.value import Reply
from simulator.core.world import FillStep, OrderPlan, OrderStatus


def answered(desk: SpotDesk, command: Any, fields: dict[str, Any]) -> Any:
    """The data of the answer, as JSON shows it."""
    signed = desk.trading.sign(json.dumps(fields).encode(), path="/x", timestamp=desk.wall)
    reply: Any = desk.do(command(signed, Body(fields)), Reply)
    return shown(reply.data())


def test_add() -> None:
    """The answer has the two ids; that of the sync call says how far the order is, in KuCoin's fields."""
    desk = SpotDesk()
    added = answered(desk, AddOrder, order_fields(clientOid="a"))
    assert added == {"orderId": next(iter(desk.world.orders)), "clientOid": "a"}
    assert answered(desk, AddOrder, order_fields())["clientOid"] is None
    at = desk.exchange.clock.now().business
    done = answered(desk, AddOrderSync, order_fields(clientOid="b", price="60001"))
    assert done.pop("orderId") in desk.world.orders
    assert done == {
        "clientOid": "b",
        "orderTime": at,
        "originSize": "0.001",
        "dealSize": "0.001",
        "remainSize": "0",
        "canceledSize": "0",
        "status": "done",
        "matchTime": at,
    }
    assert answered(desk, AddOrderSync, order_fields())["status"] == "open"


def test_check_only() -> None:
    """A test order is checked with its money and answered, and nothing has changed."""
    desk = SpotDesk()
    before = desk.world
    assert answered(desk, CheckOrder, order_fields(clientOid="a"))["clientOid"] == "a"
    assert desk.world is before
    fields = order_fields(size="10000")
    command = CheckOrder(desk.trading.sign(json.dumps(fields).encode(), path="/x"), Body(fields))
    assert desk.reason(command) is Reason.ORDER_BALANCE_INSUFFICIENT


def test_several() -> None:
    """Each order of a list is accepted or refused for itself; the next one has what the ones before it left."""
    desk = SpotDesk()
    orders = [
        order_fields(clientOid="a", size="12"),
        order_fields(clientOid="a"),
        order_fields(price="0.1"),
        order_fields(size="12"),
        {**order_fields(type="market", price=None), "symbol": "ETH-USDT"},
    ]
    rows = answered(desk, AddOrders, {"orderList": orders})
    assert [row["success"] for row in rows] == [True, False, False, False, False]
    assert rows[0] == {"orderId": rows[0]["orderId"], "clientOid": "a", "success": True}
    assert [row.get("failMsg") for row in rows[1:]] == [
        "validation.createOrder.clientOidDuplicated",
        "The order funds should more then 0.1 USDT.",
        "Balance insufficient!",
        "Parameter Error: type must be limit",
    ]
    (row,) = answered(desk, AddOrdersSync, {"orderList": [order_fields(clientOid="c", type=None)]})
    assert (row["success"], row["status"], row["remainSize"], row["clientOid"]) == (True, "open", "0.001", "c")


def test_a_list_is_of_one_to_five() -> None:
    """A list of none or of six orders is malformed, and nothing of it is placed."""
    desk = SpotDesk()
    for orders in ([], [order_fields()] * 6, [5]):
        fields = {"orderList": orders}
        command = AddOrders(desk.trading.sign(json.dumps(fields).encode(), path="/x"), Body(fields))
        assert desk.reason(command) is Reason.PARAMETER_INVALID
    assert not desk.world.orders


def test_alter() -> None:
    """The order is canceled, and one with its clientOid has the new price and what is left of the new size."""
    desk = SpotDesk()
    order = desk.placed(clientOid="a")
    altered = answered(desk, AlterOrder, {"symbol": "BTC-USDT", "orderId": order.id, "newPrice": "50100"})
    new = desk.world.orders[altered["newOrderId"]]
    assert (altered["clientOid"], new.client_oid) == ("a", "a")
    assert told(new.terms.price, new.rest) == (50_100, order.rest)
    assert desk.now_of(order).status is OrderStatus.CANCELED
    assert desk.trade("USDT").holds == new.held
    again = answered(desk, AlterOrder, {"symbol": "BTC-USDT", "clientOid": "a", "newSize": "0.0005"})
    assert f"{desk.world.orders[again['newOrderId']].rest:f}" == "0.0005"


def test_an_alteration_that_is_refused() -> None:
    """If the new order cannot be placed, the old one stays as it was."""
    desk = SpotDesk()
    order = desk.placed()
    fields = {"symbol": "BTC-USDT", "orderId": order.id, "newSize": "10000"}
    command = AlterOrder(desk.trading.sign(json.dumps(fields).encode(), path="/x"), Body(fields))
    assert desk.reason(command) is Reason.ORDER_BALANCE_INSUFFICIENT
    assert desk.now_of(order) == order


def test_tags() -> None:
    """Partner headers tag an order for their broker, if the key is that broker's or a user's own."""
    desk = SpotDesk()
    client = desk.world.clients["demo-broker"]
    of_broker, own = desk.key("alice"), desk.trading
    granted = replace(desk.world.api_keys[of_broker.api_key], groups=desk.world.api_keys[own.api_key].groups)
    desk.world = desk.world.put(granted)

    def order(key: Any, partner: str) -> tuple[bool, str]:
        command = desk.order(key)
        timestamp = command.signed.timestamp or ""
        signed = replace(
            command.signed,
            partner=partner,
            partner_sign=hmac_sha256(client.broker_key, f"{timestamp}{partner}{key.api_key}".encode()),
            partner_verify="true" if partner else None,
        )
        reply: Any = desk.perform(replace(command, signed=signed)).result
        return reply.order.tagged, reply.order.client_id

    assert order(of_broker, client.partner) == (True, "demo-broker")
    assert order(own, client.partner) == (True, "demo-broker")
    assert order(own, "") == (False, "")
    assert order(of_broker, "NOBODY") == (False, "demo-broker")
    other = replace(desk.world.clients["other-broker"], partner="OTHER", broker_key=client.broker_key)
    desk.world = desk.world.put(other)
    assert order(of_broker, "OTHER") == (False, "demo-broker")


@pytest.mark.parametrize("price", [{}, {"newPrice": "50100"}])
@pytest.mark.parametrize("size", ["0.0004", "0.0003"])
def test_an_alteration_to_what_is_filled(price: dict[str, str], size: str) -> None:
    """If no more is wanted than is filled already, the order is canceled and none comes in its place."""
    desk = SpotDesk()
    order = desk.placed(clientOid="a")
    desk.perform(FillOrder(order.id, FillStep(size=Decimal("0.0004"))))
    altered = answered(desk, AlterOrder, {"symbol": "BTC-USDT", "orderId": order.id, "newSize": size, **price})
    assert altered == {"newOrderId": order.id, "clientOid": "a"}
    assert (len(desk.world.orders), desk.now_of(order).status) == (1, OrderStatus.CANCELED)
    assert desk.trade("USDT").holds == 0


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"clientOid": "a"}, "newPrice or newSize is compulsory"),
        ({"clientOid": "a", "newPrice": "", "newSize": None}, "newPrice or newSize is compulsory"),
        ({"newPrice": "50100"}, "orderId or clientOid is compulsory"),
        ({"clientOid": "b", "newPrice": "50100"}, "clientOid must be that of a limit order"),
    ],
)
def test_an_alteration_of_nothing(fields: dict[str, str], text: str) -> None:
    """Whoever says neither which order nor what is new, or names an order without a price, is told which field."""
    desk = SpotDesk(OrderPlan(client_oid="b", steps=(FillStep(after=1),)))
    desk.placed(clientOid="a")
    desk.placed(clientOid="b", type="market", price=None)
    before = desk.world
    sent = {"symbol": "BTC-USDT", **fields}
    refusal = desk.refusal(AlterOrder(desk.trading.sign(json.dumps(sent).encode(), path="/x"), Body(sent)))
    assert refusal.reason is Reason.PARAMETER_INVALID
    assert f"{refusal.details['field']} {refusal.details['problem']}" == text
    assert desk.world is before
