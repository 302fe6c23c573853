"""python-kucoin's older calls for orders, its dead man's switch, and what it asks for in vain at any exchange."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.control_calls import steer
from support.sdks.python_kucoin import PythonKucoin
from support.wire import Broker

from simulator.web.server import LocalServer

SYMBOL = "BTC-USDT"


@pytest.fixture
def api(server: LocalServer, online: Broker) -> Iterator[Any]:
    """The client with alice's key, which can trade, and money to trade with."""
    assert steer(online.send, "PATCH", "/users/alice", {"trade": {"USDT": "10000", "BTC": "2"}}).status == 200
    assert steer(online.send, "PATCH", "/choices", dict(PythonKucoin.SETTINGS)).status == 200
    sdk = PythonKucoin(server.url, online.key("alice", "API_COMMON", "API_SPOT"))
    yield sdk.api
    sdk.close()


def test_older_calls(api: Any) -> None:
    """An order is placed, read in each way, and canceled; a market order is filled and its fill is read."""
    made = api.create_limit_order(SYMBOL, "buy", "50000", "0.01", client_oid="old", remark="by hand")
    order = api.get_order(made["orderId"])
    assert (order["clientOid"], order["price"], order["size"], order["isActive"]) == ("old", "50000", "0.01", True)
    assert order["remark"] == "by hand"
    assert api.get_order_by_client_oid("old") == order
    assert api.get_orders(SYMBOL, status="active")["items"] == api.get_recent_orders() == [order]
    assert api.cancel_order(made["orderId"]) == {"cancelledOrderIds": [made["orderId"]]}
    done = api.get_order(made["orderId"])
    assert (done["isActive"], done["cancelExist"]) == (False, True)
    api.create_market_order(SYMBOL, "sell", size="0.01", client_oid="sold")
    [fill] = api.get_recent_fills()
    assert (fill["price"], fill["funds"], fill["fee"], fill["side"]) == ("59999.9", "599.999", "0.599999", "sell")
    assert api.get_order_by_client_oid("sold")["dealFunds"] == "599.999"


def test_older_calls_for_several(api: Any) -> None:
    """Each of several orders has its row, also the one that is refused; all of a symbol are canceled at once."""
    asked = [
        {"type": "limit", "side": "buy", "price": price, "size": "0.01", "client_oid": f"oid-{price}"}
        for price in ("50000", "1", "51000")
    ]
    rows = api.create_orders(SYMBOL, asked)["data"]
    assert [(row["status"], row["price"], row["clientOid"]) for row in rows] == [
        ("success", "50000", "oid-50000"),
        ("fail", "1", "oid-1"),
        ("success", "51000", "oid-51000"),
    ]
    assert (
        api.create_orders(SYMBOL, [{**asked[0], "size": "1000", "client_oid": "poor"}])["data"][0]["failMsg"]
        == "Balance insufficient!"
    )
    assert len(api.create_test_order(SYMBOL, "limit", "buy", size="0.01", price="50000")["orderId"]) == 24
    assert api.cancel_all_orders(SYMBOL)["cancelledOrderIds"] == [rows[0]["id"], rows[2]["id"]]
    assert api.get_orders(SYMBOL, status="active")["items"] == []


def test_dead_mans_switch(api: Any, online: Broker) -> None:
    """Orders of the symbol are canceled when the time is over without another call."""
    api.hf_create_limit_order(SYMBOL, "buy", "50000", "0.01")
    switch = api.hf_auto_cancel_order(5, SYMBOL)
    assert switch["triggerTime"] - switch["currentTime"] == 5
    assert len(api.hf_get_active_orders(SYMBOL)) == 1
    assert steer(online.send, "POST", "/clock/advance", {"by": "5s"}).status == 200
    assert api.hf_get_active_orders(SYMBOL) == []


def test_stop_orders(api: Any) -> None:
    """They are read by id and by clientOid, and canceled by clientOid and all at once."""
    made = [
        api.create_stop_order(SYMBOL, "market", "sell", stop, size="0.01", client_oid=f"s{stop}")
        for stop in (59_000, 58_000)
    ]
    assert api.get_stop_order(made[0]["orderId"])["stopPrice"] == "59000.00000000000000000000"
    [row] = api.get_stop_order_by_client_oid("s58000")
    assert (row["id"], row["stop"], row["size"]) == (made[1]["orderId"], "loss", "0.01000000000000000000")
    assert api.cancel_stop_order_by_client_oid("s59000")["cancelledOrderId"] == made[0]["orderId"]
    assert api.cancel_all_stop_orders()["cancelledOrderIds"] == [made[1]["orderId"]]
    assert api.get_stop_orders()["items"] == []


def test_what_it_asks_for_in_vain(api: Any) -> None:
    """Its wrong paths and its unsigned call are refused as at KuCoin, and nothing happens to the order."""
    api.hf_create_limit_order(SYMBOL, "buy", "50000", "0.01", client_oid="one")
    for ask in (
        lambda: api.hf_cancel_order_by_client_oid("one", SYMBOL),
        api.hf_get_auto_cancel_order,
        lambda: api.get_fills("TRADE"),
        api.get_historical_orders,
        lambda: api.oco_create_order(SYMBOL, "buy", "0.01", "50000", "61000", "62000"),
    ):
        with pytest.raises(Exception, match=r"400100|999999|400001|missing|404"):
            ask()
    assert [order["clientOid"] for order in api.hf_get_active_orders(SYMBOL)] == ["one"]
