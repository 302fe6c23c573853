"""Orders of every kind in KuCoin's own SDK: each model that shows them parses, and shows what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import pytest
from support.control_calls import steer
from support.sdks.official import Official
from support.wire import Broker

from simulator.web.server import LocalServer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the official SDK's own
LIMIT: Final = {"type": "limit", "side": "buy", "price": "50000", "size": "0.01"}
MARKET: Final = {"type": "market", "side": "buy"}
KINDS: Final[dict[str, dict[str, Any]]] = {
    "plain": LIMIT,
    "crossing": {**LIMIT, "price": "61000"},
    "GTT": {**LIMIT, "timeInForce": "GTT", "cancelAfter": 60},
    "IOC": {**LIMIT, "timeInForce": "IOC"},
    "FOK": {**LIMIT, "timeInForce": "FOK", "price": "60500"},
    "postOnly": {**LIMIT, "postOnly": True},
    "hidden": {**LIMIT, "hidden": True},
    "iceberg": {**LIMIT, "iceberg": True, "visibleSize": "0.001"},
    **{stp: {**LIMIT, "stp": stp} for stp in ("DC", "CO", "CN", "CB")},
    "words": {**LIMIT, "remark": "remark", "tags": "tags"},
    "market by size": {**MARKET, "size": "0.01"},
    "market by funds": {**MARKET, "funds": "60.0001"},
    "market sell": {**MARKET, "side": "sell", "size": "0.01"},
}
SYMBOL: Final = {"symbol": "BTC-USDT"}
AMOUNTS: Final = {"price", "size", "funds", "visibleSize", "stopPrice"}
"""Stop orders have more decimal places."""


@pytest.fixture
def sdk(server: LocalServer, online: Broker) -> Iterator[Official]:
    """The SDK with a key that can trade, and money to trade with."""
    assert steer(online.send, "PATCH", "/users/alice", {"trade": {"USDT": "10000", "BTC": "2"}}).status == 200
    made = Official(server.url, online.key("alice", "API_COMMON", "API_SPOT"))
    yield made
    made.close()


@pytest.mark.parametrize("kind", KINDS)
def test_kind_of_order(sdk: Official, kind: str) -> None:
    """Both families show the order that was asked for, one by one and in the list of its state."""
    asked = {**SYMBOL, **KINDS[kind], "clientOid": "kind"}
    order_id = sdk.ask("add_order", **asked)["orderId"]
    named = {**SYMBOL, "orderId": order_id, "clientOid": "kind"}
    order = sdk.ask("get_order_by_order_id", **named)
    assert {name: order[name] for name in asked} == asked
    assert sdk.ask("get_order_by_client_oid", **named) == order
    lists = sdk.ask("get_open_orders", **SYMBOL)["data"], sdk.ask("get_closed_orders", **SYMBOL)["items"]
    assert lists == (([order], []) if order["active"] else ([], [order]))
    older = sdk.ask("get_order_by_order_id_old", **named)
    assert {name: older[name] for name in asked} == asked
    assert older["isActive"] is order["active"]
    assert sdk.ask("get_order_by_client_oid_old", **named) == older
    assert sdk.ask("get_recent_orders_list_old")["data"] == [older]
    state = "active" if order["active"] else "done"
    assert sdk.ask("get_orders_list_old", **SYMBOL, status=state)["items"] == [older]
    fills = sdk.ask("get_trade_history", **named)["items"]
    assert [fill["size"] for fill in fills] == ([order["dealSize"]] if order["dealSize"] != "0" else [])
    assert len(sdk.ask("get_trade_history_old", **SYMBOL)["items"]) == len(fills)
    assert len(sdk.ask("get_recent_trade_history_old")["data"]) == len(fills)


@pytest.mark.parametrize("kind", KINDS)
def test_kind_of_stop_order(sdk: Official, kind: str) -> None:
    """A stop order of each kind is shown alike by id, by clientOid and in the list."""
    asked = {**SYMBOL, **KINDS[kind], "clientOid": "kind", "stopPrice": "61000"}
    asked.pop("tags", None)  # the SDK's request has none
    order_id = sdk.ask("add_stop_order", **asked)["orderId"]
    stop = sdk.ask("get_stop_order_by_order_id", orderId=order_id)
    assert {name: stop[name] for name in asked.keys() - AMOUNTS} == {
        name: asked[name] for name in asked.keys() - AMOUNTS
    }
    assert [Decimal(stop[name]) for name in AMOUNTS & asked.keys()] == [
        Decimal(asked[name]) for name in AMOUNTS & asked.keys()
    ]
    assert (stop["id"], stop["status"], stop["stop"]) == (order_id, "NEW", "entry")
    [listed] = sdk.ask("get_stop_orders_list", **SYMBOL)["items"]
    [named] = sdk.ask("get_stop_order_by_client_oid", **SYMBOL, clientOid="kind")["data"]
    assert {name: listed[name] for name in stop} == {name: named[name] for name in stop} == stop
