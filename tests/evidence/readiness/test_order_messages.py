"""A message of a private feed about an order counts as a look at it, if it went out on a session of the user."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import pytest
from support.feeds_without_ports import subscribed
from support.readiness.bench import Bench

from simulator.core.stream.orders import V1, V2

FUNDED: Final = "given: {users: {frank: {trade: {USDT: '5000'}}}}"
ENDS: Final = {
    "orders/partly-filled": "[{fill: 40%}, {after: 5s, cancel: rest}]",
    "orders/expired-in-part": "[{fill: 40%}, {after: 5s, expire: rest}]",
    "orders/canceled-by-exchange": "[{after: 5s, cancel: rest}]",
    "orders/rejected": "[{after: 5s, reject: rest}]",
}
"""By situation: a plan that leads to it five seconds after the acceptance."""


class Listening:
    """A broker that places an order and looks at nothing; perhaps it listens to a feed."""

    def __init__(self, runner: asyncio.Runner, text: str, *topics: str, user: str = "frank") -> None:
        self.bench = Bench(runner, f"{FUNDED}\n{text}")
        self.bench.key("frank")
        if topics:
            token = self.bench.signed("POST", "/api/v1/bullet-private", user=user).json()["data"]["token"]
            self.transport = subscribed(self.bench.wire, *topics, token=token)

    def order(self, **changes: Any) -> str:
        """The id of an order that rests."""
        fields = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "size": "0.01", "price": "59000", **changes}
        order_id: str = self.bench.signed("POST", "/api/v1/hf/orders", fields).json()["data"]["orderId"]
        return order_id

    def ends(self) -> None:
        """The order ends, and something else is asked for afterwards, so that the journal knows of it."""
        self.bench.advance("5s")
        self.bench.currency()

    def row(self, situation: str) -> Any:
        """The one case of the situation."""
        [row] = self.bench.assess().occurrences[situation]
        return row


@pytest.mark.parametrize("topic", [V1, V2])
@pytest.mark.parametrize("situation", ENDS)
def test_who_listens_has_looked(runner: asyncio.Runner, situation: str, topic: str) -> None:
    """The message of the end handles the case, and the text names the session that it went out on."""
    broker = Listening(runner, f"orders: [{{user: frank, plan: {ENDS[situation]}}}]", topic)
    broker.order()
    broker.ends()
    row = broker.row(situation)
    assert row.handled is True
    session = broker.bench.steer("GET", "/streams")["streams"][0]["entry"]
    assert f"#{session} is the session whose feed told it" in row.why


@pytest.mark.parametrize(
    ("more", "topics", "user"),
    [
        ("", (), "frank"),
        ("", ("/account/balance", "/market/ticker:all"), "frank"),
        ("", (V2,), "erin"),
        ("stream_faults: [{topic: /spotMarket/tradeOrdersV2, effect: drop, times: 9}]", (V2,), "frank"),
        ("stream_faults: [{topic: /spotMarket/tradeOrdersV2, effect: late, delay: 1h, times: 9}]", (V2,), "frank"),
    ],
)
def test_who_is_not_told_has_not_looked(runner: asyncio.Runner, more: str, topics: tuple[str, ...], user: str) -> None:
    """Without a session, on other topics, as another user, or if a fault keeps the message, nothing is decided."""
    plan = ENDS["orders/partly-filled"]
    broker = Listening(runner, f"{more}\norders: [{{user: frank, plan: {plan}}}]", *topics, user=user)
    broker.order()
    broker.ends()
    assert broker.row("orders/partly-filled").handled is None


def test_a_lost_report_is_no_look(runner: asyncio.Runner) -> None:
    """If the plan keeps the end from the feeds, the message of the acceptance does not stand in for it."""
    broker = Listening(runner, "orders: [{user: frank, plan: [{after: 5s, reject: rest, report: lost}]}]", V2)
    broker.order()
    broker.ends()
    assert broker.row("orders/rejected").handled is None


def test_a_session_that_begins_afterwards_is_no_look(runner: asyncio.Runner) -> None:
    """Nothing is told again to who subscribes when the order is over."""
    broker = Listening(runner, f"orders: [{{user: frank, plan: {ENDS['orders/rejected']}}}]")
    broker.order()
    broker.ends()
    token = broker.bench.signed("POST", "/api/v1/bullet-private").json()["data"]["token"]
    subscribed(broker.bench.wire, V2, token=token)
    broker.bench.currency()
    assert broker.row("orders/rejected").handled is None


def test_a_message_does_not_excuse_a_mistake(runner: asyncio.Runner) -> None:
    """Who cancels again and again what a feed has told to be over has understood nothing; once is no mistake."""
    broker = Listening(runner, f"orders: [{{user: frank, plan: {ENDS['orders/rejected']}}}]", V2)
    order = broker.order()
    broker.ends()
    broker.bench.signed("DELETE", f"/api/v1/hf/orders/{order}?symbol=BTC-USDT")
    row = broker.row("orders/cancel-of-ended")
    assert (row.handled, "a feed had told before" in row.why) == (True, True)
    for _ in range(3):
        broker.bench.signed("DELETE", f"/api/v1/hf/orders/{order}?symbol=BTC-USDT")
    assert broker.row("orders/cancel-of-ended").handled is False


def test_the_report_of_a_server_counts_messages(runner: asyncio.Runner) -> None:
    """The record that a report is made of has the case as handled, and cites the session; no message is a call."""
    broker = Listening(runner, f"orders: [{{user: frank, plan: {ENDS['orders/rejected']}}}]", V2)
    broker.order()
    broker.ends()
    [record] = broker.bench.steer("GET", "/report/records")["records"]
    row = record["situations"]["orders/rejected"]
    assert (row["handled"], row["undecided"]) == (1, 0)
    assert "_message" not in json.dumps(record)


def test_a_triggered_stop_order_is_told(runner: asyncio.Runner) -> None:
    """The message that a stop order was triggered is a look at it; that it waits is none."""
    for topics, handled in ((("/spotMarket/advancedOrders",), True), ((), None)):
        broker = Listening(runner, "", *topics)
        fields = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "size": "0.01", "price": "62000"}
        broker.bench.signed("POST", "/api/v1/stop-order", {**fields, "stopPrice": "61000"})
        broker.bench.steer("PUT", "/prices/BTC-USDT", {"last": "61000"})
        broker.bench.currency()
        assert broker.row("orders/stop-triggered").handled is handled
