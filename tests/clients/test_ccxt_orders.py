"""ccxt's kucoin trades, of which only `urls["api"]` is changed: what its unified orders and trades contain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ccxt
import pytest
from support.control_calls import steer
from support.wire import Broker

from simulator.web.server import LocalServer

SYMBOL = "BTC/USDT"
MINUTE = 60_000


@pytest.fixture
def kucoin(server: LocalServer, online: Broker) -> Iterator[Any]:
    """Ccxt with alice's key, which can trade, and money to trade with."""
    assert steer(online.send, "PATCH", "/users/alice", {"trade": {"USDT": "10000", "BTC": "2"}}).status == 200
    key = online.key("alice", "API_COMMON", "API_SPOT")
    exchange = ccxt.kucoin({"apiKey": key.api_key, "secret": key.secret, "password": key.passphrase})
    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], server.url)
    yield exchange
    exchange.session.close()


def test_order_in_two_parts(kucoin: Any, online: Broker) -> None:
    """Amounts, the average and the fee of an order follow its fills, and its trades are those fills."""
    made = kucoin.create_order(SYMBOL, "limit", "buy", 0.01, 50000, {"clientOrderId": "one"})
    for body in ({"size": "40%"}, {"price": "49000"}):
        assert steer(online.send, "POST", f"/orders/{made['id']}/fill", body).status == 200
    order = kucoin.fetch_order(made["id"], SYMBOL)
    assert (order["id"], order["clientOrderId"], order["type"], order["timeInForce"]) == (
        made["id"],
        "one",
        "limit",
        "GTC",
    )
    assert (order["amount"], order["filled"], order["remaining"], order["status"]) == (0.01, 0.01, 0.0, "closed")
    assert (order["cost"], order["average"]) == (494.0, 49_400.0)
    assert order["fee"] == {"currency": "USDT", "cost": 0.494}
    assert abs(order["timestamp"] - kucoin.milliseconds()) < MINUTE
    trades = kucoin.fetch_order_trades(made["id"], SYMBOL)
    assert sorted((trade["price"], trade["amount"], trade["cost"], trade["fee"]["cost"]) for trade in trades) == [
        (49_000.0, 0.006, 294.0, 0.294),
        (50_000.0, 0.004, 200.0, 0.2),
    ]
    assert {(trade["takerOrMaker"], trade["fee"]["rate"], trade["order"]) for trade in trades} == {
        ("maker", 0.001, made["id"])
    }
    assert len({trade["id"] for trade in trades}) == 2


def test_market_orders(kucoin: Any) -> None:
    """By size and by cost, plain and sync: filled at once at the set ask and bid."""
    bought = kucoin.create_order(SYMBOL, "market", "buy", 0.01)
    sold = kucoin.create_order(SYMBOL, "market", "sell", 0.02, None, {"sync": True})
    assert (sold["filled"], sold["info"]["status"]) == (0.02, "done")
    spent = kucoin.create_market_buy_order_with_cost(SYMBOL, 60.0001)
    orders = [kucoin.fetch_order(made["id"], SYMBOL) for made in (bought, sold, spent)]
    assert [(order["side"], order["average"], order["filled"], order["fee"]["cost"]) for order in orders] == [
        ("buy", 60000.1, 0.01, 0.600001),
        ("sell", 59999.9, 0.02, 1.199998),
        ("buy", 60000.1, 0.001, 0.0600001),
    ]
    assert kucoin.fetch_balance()["BTC"] == {"free": 1.991, "used": 0.0, "total": 1.991}


@pytest.mark.parametrize(
    ("price", "params", "filled", "status"),
    [
        (60_500, {"timeInForce": "IOC"}, 0.01, "closed"),
        (59_000, {"timeInForce": "IOC"}, 0.0, "canceled"),
        (59_000, {"timeInForce": "FOK"}, 0.0, "canceled"),
        (60_500, {"timeInForce": "FOK"}, 0.01, "closed"),
        (59_000, {"postOnly": True}, 0.0, "open"),
        (60_500, {"postOnly": True}, 0.0, "canceled"),
        (59_000, {"timeInForce": "GTT", "cancelAfter": 60}, 0.0, "open"),
        (59_000, {"hidden": True}, 0.0, "open"),
        (59_000, {"iceberg": True, "visibleSize": "0.001"}, 0.0, "open"),
    ],
)
def test_kinds_of_limit_orders(kucoin: Any, price: float, params: dict[str, Any], filled: float, status: str) -> None:
    """Each ends, or rests, as its kind says, and is what was asked for."""
    order = kucoin.fetch_order(kucoin.create_order(SYMBOL, "limit", "buy", 0.01, price, params)["id"], SYMBOL)
    assert (order["filled"], order["status"]) == (filled, status)
    assert order["timeInForce"] == params.get("timeInForce", "GTC")
    assert {name: order["info"][name] for name in params if name != "timeInForce"} == {
        name: value for name, value in params.items() if name != "timeInForce"
    }


@pytest.mark.parametrize("sync", [False, True])
def test_many_orders_by_the_newer_call(kucoin: Any, sync: bool) -> None:
    """They are there, although ccxt reads none of this call's answer: it looks for the older call's."""
    asked: list[dict[str, Any]] = [
        {"symbol": SYMBOL, "type": "limit", "side": "buy", "amount": 0.01, "price": price, "params": {}}
        for price in (50_000, 51_000)
    ]
    kucoin.create_orders(asked, {"sync": sync})
    assert sorted(order["price"] for order in kucoin.fetch_open_orders(SYMBOL)) == [50_000.0, 51_000.0]


def test_lists(kucoin: Any) -> None:
    """Open and closed orders and trades, by a span of time."""
    start = kucoin.fetch_time()
    kucoin.create_order(SYMBOL, "limit", "buy", 0.01, 50_000)
    kucoin.create_order(SYMBOL, "market", "buy", 0.01)
    [opened] = kucoin.fetch_open_orders(SYMBOL, since=start)
    [closed] = kucoin.fetch_closed_orders(SYMBOL, since=start, limit=50)
    [trade] = kucoin.fetch_my_trades(SYMBOL, since=start, limit=50)
    assert (opened["status"], closed["status"], trade["order"]) == ("open", "closed", closed["id"])
    assert kucoin.fetch_closed_orders("ETH/USDT") == kucoin.fetch_my_trades("ETH/USDT") == []
    assert kucoin.fetch_closed_orders(SYMBOL, params={"side": "sell"}) == []


def test_trigger_orders(kucoin: Any, online: Broker) -> None:
    """Stop loss and take profit wait, are read by id and by clientOid, and become orders when the price comes."""
    stop = kucoin.create_order(SYMBOL, "market", "sell", 0.01, None, {"stopLossPrice": 58_000, "clientOrderId": "sl"})
    gain = kucoin.create_order(SYMBOL, "limit", "sell", 0.01, 62_000, {"takeProfitPrice": 61_000})
    assert kucoin.fetch_open_orders(SYMBOL) == []
    waiting = kucoin.fetch_open_orders(SYMBOL, params={"trigger": True})
    assert {(order["id"], order["triggerPrice"], order["status"]) for order in waiting} == {
        (stop["id"], 58_000.0, "open"),
        (gain["id"], 61_000.0, "open"),
    }
    by_oid = kucoin.fetch_order(None, SYMBOL, {"trigger": True, "clientOrderId": "sl"})
    assert by_oid == kucoin.fetch_order(stop["id"], SYMBOL, {"trigger": True})
    assert (by_oid["type"], by_oid["amount"], by_oid["info"]["stop"]) == ("market", 0.01, "loss")
    assert steer(online.send, "PUT", "/prices/BTC-USDT", {"last": "61000"}).status == 200
    [order] = kucoin.fetch_open_orders(SYMBOL)
    assert (order["price"], order["amount"], order["side"]) == (62_000.0, 0.01, "sell")
    kucoin.cancel_all_orders(SYMBOL, {"trigger": True})
    assert kucoin.fetch_open_orders(SYMBOL, params={"trigger": True}) == []
    assert len(kucoin.fetch_open_orders(SYMBOL)) == 1


@pytest.mark.parametrize(
    ("error", "size", "price", "params"),
    [
        (ccxt.InsufficientFunds, 10, 50_000, {}),
        (ccxt.InvalidOrder, 0.00001, 1, {}),
        (ccxt.InvalidOrder, 0.01, 90_000, {}),
        (ccxt.ExchangeError, 0.01, 50_000, {"timeInForce": "GTT"}),
        (ccxt.ExchangeError, 0.01, 50_000, {"clientOrderId": "not allowed!"}),
        (ccxt.ExchangeError, 0.01, 50_000, {"remark": "x" * 21}),
    ],
)
def test_refusals_by_class(
    kucoin: Any, error: type[Exception], size: float, price: float, params: dict[str, Any]
) -> None:
    """KuCoin's codes and texts raise the classes that ccxt has for them, and there is no order."""
    with pytest.raises(error):
        kucoin.create_order(SYMBOL, "limit", "buy", size, price, params)
    assert kucoin.fetch_open_orders(SYMBOL) == []


def test_order_that_is_not_there(kucoin: Any) -> None:
    """It is not found and cannot be canceled, which ccxt has one class for. Spot has no `cancel_orders`."""
    unknown = "6717422bd51c29000775ea03"
    for ask in (kucoin.fetch_order, kucoin.cancel_order):
        with pytest.raises(ccxt.OrderNotFound):
            ask(unknown, SYMBOL)
        with pytest.raises(ccxt.OrderNotFound):
            ask(None, SYMBOL, {"clientOrderId": "unknown"})
    with pytest.raises(ccxt.NotSupported):
        kucoin.cancel_orders([unknown], SYMBOL)
