"""Orders seen, filled and ended by hand, and the plans for those to come (H140)."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest
from support.demo_world import demo_world
from support.desk import START, Key
from support.spot_world import traded
from support.wire import JSON, Asgi, Broker, still_app

V1 = "/_sim/v1"
ORDERS = "/api/v1/hf/orders"
RESTING = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "50000", "size": "0.5"}


@pytest.fixture
def broker(runner: asyncio.Runner) -> Broker:
    return Broker(Asgi(still_app(traded(demo_world())), runner), lambda: START)


def trading_key(broker: Broker, user: str = "alice") -> Key:
    return broker.key(user, "API_COMMON", "API_SPOT")


def placed(broker: Broker, key: Key, **changes: Any) -> str:
    """An order is accepted; its id."""
    body = json.dumps(RESTING | changes).encode()
    answer = broker.signed(key, "POST", ORDERS, body).json()
    assert answer["code"] == "200000", answer
    order_id: str = answer["data"]["orderId"]
    return order_id


def sent(broker: Broker, order: str, deed: str, **body: Any) -> Any:
    return broker.send("POST", f"{V1}/orders/{order}/{deed}", json.dumps(body).encode(), JSON)


def test_filled_by_hand(broker: Broker) -> None:
    """A part, a size, then the rest: each at the order's own price as a maker; what is held goes down with it."""
    order = placed(broker, trading_key(broker))
    seen = []
    for body in ({"size": "40%"}, {"size": "0.1", "price": "49000"}, {}):
        answer = sent(broker, order, "fill", **body).json()
        seen.append((answer["status"], answer["filled_size"], answer["rest"], answer["filled_funds"], answer["held"]))
    assert seen == [
        ("open", "0.2", "0.3", "10000", "15015"),
        ("open", "0.3", "0.2", "14900", "10010"),
        ("filled", "0.5", "0", "24900", "0"),
    ]
    assert [fill["role"] for fill in answer["fills"]] == ["maker"] * 3
    again = sent(broker, order, "fill")
    assert (again.status, again.json()["detail"]) == (409, "the order is filled")


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"size": "0.51"}, 409, "at most 0.5, what is left"),
        ({"size": "0.000000001"}, 409, "must be a multiple of 0.00000001"),
        ({"price": "50000.1"}, 409, "must not be worse than 50000"),
        ({"size": "101%"}, 400, "size must be at most 100%"),
        ({"size": "half"}, 400, "size must be a part of the order such as 40%"),
        ({"size": True}, 400, "size must be a part"),
        ({"role": "both"}, 400, "role must be maker or taker"),
        ({"report": "late"}, 400, "report must be lost"),
        ({"prize": "1"}, 400, "(did you mean price?)"),
    ],
)
def test_what_no_order_allows_changes_nothing(broker: Broker, body: Any, status: int, detail: str) -> None:
    """More than is left, a worse price, a part that is none: refused with the reason, and the order stays."""
    order = placed(broker, trading_key(broker))
    before = broker.send("GET", f"{V1}/orders/{order}").json()
    answer = sent(broker, order, "fill", **body)
    assert answer.status == status
    assert detail in answer.text
    assert broker.send("GET", f"{V1}/orders/{order}").json() == before


@pytest.mark.parametrize(("deed", "status"), [("cancel", "canceled"), ("reject", "rejected"), ("expire", "expired")])
def test_ended_by_hand(broker: Broker, deed: str, status: str) -> None:
    """The rest ends, what it held comes back, and it ends once."""
    order = placed(broker, trading_key(broker))
    sent(broker, order, "fill", size="0.2")
    answer = sent(broker, order, deed).json()
    assert (answer["status"], answer["filled_size"], answer["canceled_size"], answer["held"]) == (
        status,
        "0.2",
        "0.3",
        "0",
    )
    again = sent(broker, order, deed)
    assert (again.status, again.json()["detail"]) == (409, f"the order is {status}")


@pytest.mark.parametrize("deed", ["fill", "cancel", "reject", "expire"])
def test_a_report_is_lost_by_hand(broker: Broker, deed: str) -> None:
    """Each call takes `report: lost` and no other word, and the order shows that nobody is told of its end."""
    order = placed(broker, trading_key(broker))
    filled = sent(broker, order, "fill", size="0.2", report="lost").json()
    assert ([fill["report"] for fill in filled["fills"]], "report" in filled) == (["lost"], False)
    assert "report must be lost" in sent(broker, order, deed, report="late").text
    assert sent(broker, order, deed, report="lost").json()["report"] == "lost"
    assert broker.send("GET", f"{V1}/orders/{order}").json()["report"] == "lost"


def test_a_part_is_canceled_by_hand(broker: Broker) -> None:
    """A cancellation with a size leaves the rest in the book."""
    order = placed(broker, trading_key(broker))
    answer = sent(broker, order, "cancel", size="0.2").json()
    assert (answer["status"], answer["canceled_size"], answer["rest"]) == ("open", "0.2", "0.3")


def test_an_order_that_holds_nothing_is_listed(broker: Broker) -> None:
    """A sell whose funds buy less than the least size has no hold: it is canceled, and it was an order all the same."""
    key = trading_key(broker)
    dear = json.dumps({"last": "999999999"}).encode()
    assert broker.send("PUT", f"{V1}/prices/BTC-USDT", dear, JSON).status == 200
    order = placed(broker, key, side="sell", type="market", price=None, size=None, funds="0.1")
    listed = broker.send("GET", f"{V1}/orders").json()["orders"]
    assert [(row["order_id"], row["status"], row["held"]) for row in listed] == [(order, "canceled", "0")]


def test_found_by_client_oid(broker: Broker) -> None:
    """A clientOid names an order as its id does, unless two users have used it; a name that nobody has is a 404."""
    order = placed(broker, trading_key(broker), clientOid="mine")
    assert broker.send("GET", f"{V1}/orders/mine").json()["order_id"] == order
    other = placed(broker, trading_key(broker, "bob"), clientOid="mine")
    answer = broker.send("GET", f"{V1}/orders/mine")
    assert answer.status == 409
    assert order in answer.json()["detail"]
    assert other in answer.json()["detail"]
    assert broker.send("GET", f"{V1}/orders/nobodys").status == 404


def test_listed(broker: Broker) -> None:
    """The newest first, by user, symbol and state."""
    key = trading_key(broker)
    first, second = placed(broker, key), placed(broker, key, symbol="ETH-USDT", price="2000", size="1")
    sent(broker, first, "cancel")

    def listed(query: str = "") -> list[str]:
        answer = broker.send("GET", f"{V1}/orders{query}")
        return [order["order_id"] for order in answer.json()["orders"]]

    assert listed() == [second, first]
    assert listed("?limit=1") == [second]
    assert listed("?state=done") == [first]
    assert listed("?state=active&user=alice") == [second]
    assert listed("?symbol=BTC-USDT") == [first]
    assert listed("?user=bob") == []
    assert broker.send("GET", f"{V1}/orders?state=open").status == 400


def test_the_list_of_stop_orders(broker: Broker) -> None:
    """Those that wait, newest first, of everybody, of a user or of a symbol; one that was triggered is none of them."""
    key, other = trading_key(broker), trading_key(broker, "bob")

    def added(key: Key, **changes: Any) -> str:
        body = json.dumps(RESTING | {"size": "0.001"} | changes).encode()
        stop_id: str = broker.signed(key, "POST", "/api/v1/stop-order", body).json()["data"]["orderId"]
        return stop_id

    first = added(key, stopPrice="61000", clientOid="above")
    second = added(other, symbol="ETH-USDT", side="sell", price="1900", size="1", stopPrice="1950")

    def listed(query: str = "") -> list[str]:
        return [stop["order_id"] for stop in broker.send("GET", f"{V1}/stop-orders{query}").json()["stop_orders"]]

    assert listed() == [second, first]
    assert listed("?limit=1") == listed("?user=bob") == listed("?symbol=ETH-USDT") == [second]
    assert listed("?user=nobody") == listed("?symbol=NO-SUCH") == listed("?user=bob&symbol=BTC-USDT") == []
    shown = broker.send("GET", f"{V1}/stop-orders?user=alice").json()["stop_orders"][0]
    assert (shown["stop"], shown["stop_price"], shown["price"], shown["funds"]) == ("entry", "61000", "50000", None)
    assert (shown["user"], shown["client_oid"], shown["side"], shown["type"]) == ("alice", "above", "buy", "limit")
    broker.send("PUT", f"{V1}/prices/BTC-USDT", b'{"last": "61000"}', JSON)
    assert listed() == [second]


def test_plans_are_shown_as_they_are_written(broker: Broker) -> None:
    """What is put is what is shown, it counts for the next order, and an order that is there keeps its own."""
    key = trading_key(broker)
    before = placed(broker, key)
    plans = {
        "orders": [
            {
                "user": "alice",
                "symbol": "BTC-USDT",
                "side": "buy",
                "type": "limit",
                "client_oid": "slow-*",
                "match": {"postOnly": "false"},
                "unknown_for": "2s",
                "stale_for": "3s",
                "plan": [
                    {"fill": "40%"},
                    {"after": "5s", "fill": "0.1", "price": "49990", "role": "maker"},
                    {"after": "1m", "cancel": "rest"},
                ],
            },
            {"plan": [{"fill": "rest"}]},
        ]
    }
    put = broker.send("PUT", f"{V1}/order-plans", json.dumps(plans).encode(), JSON)
    assert (put.status, put.json()) == (200, plans)
    assert broker.send("GET", f"{V1}/order-plans").json() == plans
    slow = broker.send("GET", f"{V1}/orders/{placed(broker, key, clientOid='slow-1')}").json()
    assert (slow["filled_size"], slow["next_step"], slow["plan"]) == ("0.2", 1, plans["orders"][0])
    assert broker.send("GET", f"{V1}/orders/{placed(broker, key, clientOid='fast')}").json()["status"] == "filled"
    assert broker.send("GET", f"{V1}/orders/{before}").json()["status"] == "open"
    nothing = broker.send("PUT", f"{V1}/order-plans", b"", JSON)
    assert nothing.status == 422


def test_money_is_where_the_fills_put_it(broker: Broker) -> None:
    """After a fill by hand the trade account has paid funds and fee to the last digit."""
    order = placed(broker, trading_key(broker))
    sent(broker, order, "fill", size="0.1", price="49999.9")
    accounts = broker.send("GET", f"{V1}/users/alice").json()["accounts"]
    [usdt] = [row for row in accounts if row["type"] == "trade" and row["currency"] == "USDT"]
    assert Decimal(usdt["balance"]) == 1_000_000 - Decimal("0.1") * Decimal("49999.9") * Decimal("1.001")
