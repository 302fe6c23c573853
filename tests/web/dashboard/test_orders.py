"""The screens of orders: the list, the prices, the plans, and one order with the hand that fills and ends it."""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from support.dashboard import Dashboard
from support.desk import Key
from support.placed_orders import place, trading_key
from support.wire import JSON

from simulator.core.world import Order, OrderStatus


@pytest.fixture
def key(dashboard: Dashboard) -> Key:
    """A key of alice, who has 1000 USDT in her trade account."""
    return trading_key(dashboard.broker)


def order_of(dashboard: Dashboard, order_id: str) -> Order:
    return dashboard.app.desk.exchange.world.orders[order_id]


def plain(text: str) -> str:
    """The text of a page in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


# --- the list
def test_the_list_finds_orders_by_user_symbol_and_state(dashboard: Dashboard, key: Key) -> None:
    """Newest first, everybody's or as the filters say; an unknown user has none, and a wrong state is refused."""
    resting = place(dashboard.broker, key, clientOid="resting")
    place(dashboard.broker, key, clientOid="done", type="market", price=None, size=None, funds="10")
    place(dashboard.broker, key, clientOid="other", symbol="ETH-USDT", price="2500", size="0.001")

    def listed(query: str) -> list[str]:
        return re.findall(r'<span class="soft mono">(.*?)</span>', dashboard.get(f"/orders{query}").text)

    assert listed("") == ["other", "done", "resting"]
    assert listed("?user=ALICE@example.test&symbol=BTC-USDT") == ["done", "resting"]
    assert listed("?state=active&symbol=BTC-USDT") == ["resting"]
    assert listed("?state=done") == ["done"]
    assert listed("?user=nobody") == listed("?user=bob") == []
    assert "state must be active or done" in dashboard.get("/orders?state=odd", 400).text
    shown = dashboard.get("/orders").text
    assert f'href="/_sim/orders/{resting}"' in shown
    number = dashboard.journal.last
    assert resting in dashboard.get(f"/calls/{number - 2}").text  # the id of an order is no secret
    assert "0 of 0.004" in plain(shown)


def test_an_empty_world_has_a_page_too(dashboard: Dashboard) -> None:
    """Without an order the page says so, and shows the prices of the symbols."""
    shown = plain(dashboard.get("/orders").text)
    assert "No order has been placed" in shown
    assert "BTC-USDT 59999.9 60000 60000.1" in shown


def test_stop_orders_are_listed_and_a_button_sets_their_price(dashboard: Dashboard, key: Key) -> None:
    """Those that wait, by user and symbol, each with what it waits for; the button triggers it, and it is an order."""
    body = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "50000", "size": "0.001"}
    stop = json.dumps({**body, "stopPrice": "61000", "clientOid": "above"}).encode()
    stop_id = dashboard.broker.signed(key, "POST", "/api/v1/stop-order", stop).json()["data"]["orderId"]
    shown = dashboard.get("/orders?user=alice&symbol=BTC-USDT")
    assert "a last price of 61000 or more" in plain(shown.text)
    assert f"q={stop_id}&amp;kind=stop_order" in shown.text
    inspected = plain(dashboard.get(f"/inspect?q={stop_id}&kind=stop_order").text)
    assert "Stop order" in inspected
    assert "None" not in inspected  # what an order does not have is left out
    assert "No stop order is like that." in plain(dashboard.get("/orders?user=bob").text)
    assert "No stop order is like that." in plain(dashboard.get("/orders?symbol=ETH-USDT").text)
    set_to = dashboard.post("/orders", do="price", symbol="BTC-USDT", last="61000")
    assert "No stop order waits." in plain(set_to.text)
    assert "above" in set_to.text


# --- one order
@pytest.mark.parametrize(("size", "filled"), [("25%", "0.001"), ("50%", "0.002"), ("rest", "0.004")])
def test_a_button_fills_a_part(dashboard: Dashboard, key: Key, size: str, filled: str) -> None:
    """25 %, 50 % and the rest are filled at the order's own price, as maker; the page shows fill, fee and hold."""
    order_id = place(dashboard.broker, key)
    shown = plain(dashboard.post(f"/orders/{order_id}", do="fill", size=size).text)
    order = order_of(dashboard, order_id)
    assert (order.deal_size, order.fee) == (Decimal(filled), Decimal(filled) * 50)
    assert "The order was filled." in shown
    assert f"{filled} of 0.004" in shown
    assert f"{filled} 50000 {(Decimal(filled) * 50).normalize():f} maker" in shown
    assert f"On hold {order.held.normalize():f} USDT" in shown


def test_a_size_at_a_price_is_filled(dashboard: Dashboard, key: Key) -> None:
    """The form fills a size at a better price in the role that it names, and nothing beyond size or price."""
    order_id = place(dashboard.broker, key)
    assert dashboard.post(f"/orders/{order_id}", do="fill", size="0.0015", price="49990", role="taker")
    (fill,) = order_of(dashboard, order_id).fills
    assert (fill.size, fill.price, fill.liquidity) == (Decimal("0.0015"), Decimal(49990), "taker")
    for status, wrong in (
        (409, {"size": "0.003"}),
        (409, {"size": "0.001", "price": "50001"}),
        (400, {"size": "much"}),
        (400, {"size": "-1"}),
        (400, {"price": "x"}),
        (400, {"role": "owner"}),
    ):
        assert "Nothing was changed." in dashboard.post(f"/orders/{order_id}", status, do="fill", **wrong).text
    assert len(order_of(dashboard, order_id).fills) == 1


@pytest.mark.parametrize(
    ("action", "status"),
    [("cancel", OrderStatus.CANCELED), ("reject", OrderStatus.REJECTED), ("expire", OrderStatus.EXPIRED)],
)
def test_a_button_ends_an_order(dashboard: Dashboard, key: Key, action: str, status: OrderStatus) -> None:
    """The rest is canceled, rejected or expired, nothing stays on hold, and the page offers no more buttons."""
    order_id = place(dashboard.broker, key)
    dashboard.post(f"/orders/{order_id}", do="fill", size="25%")
    shown = plain(dashboard.post(f"/orders/{order_id}", do=action).text)
    order = order_of(dashboard, order_id)
    assert (order.status, order.held, order.deal_size) == (status, Decimal(0), Decimal("0.001"))
    assert "On hold 0 USDT" in shown
    assert "Fill it by hand" not in shown
    assert "Nothing was changed." in dashboard.post(f"/orders/{order_id}", 409, do=action).text


def test_the_page_has_plan_life_and_money(dashboard: Dashboard, key: Key) -> None:
    """Steps of the plan that are done, next and later; what happened, what is to come; each movement of money."""
    plan = {
        "plan": [{"fill": "40%"}, {"after": "1m", "fill": "30%", "price": "49990"}, {"after": "1h", "cancel": "rest"}]
    }
    dashboard.send("PUT", "/_sim/v1/order-plans", json.dumps(plan).encode(), JSON)
    place(dashboard.broker, key, clientOid="planned")
    shown = plain(dashboard.get("/orders/planned").text)
    assert "fill 40% done after 1m: fill 30% at 49990 next after 1h: cancel the rest later" in shown
    assert "accepted: limit buy of 0.004 BTC at 50000" in shown
    assert "plan step of" in shown
    assert "still to come" in shown
    assert shown.count("trade out") == shown.count("trade in") == shown.count("order hold") == 1
    dashboard.post("/time", do="advance", by="1m")
    assert "at 49990 done after 1h: cancel the rest next" in plain(dashboard.get("/orders/planned").text)
    dashboard.post("/orders/planned", do="cancel")
    assert "cancel the rest never" in plain(dashboard.get("/orders/planned").text)


def test_an_order_that_is_not_there_is_told(dashboard: Dashboard, key: Key) -> None:
    """An unknown id is a 404, a clientOid of two users a 409, an unknown button a 400."""
    place(dashboard.broker, key, clientOid="twice")
    place(dashboard.broker, trading_key(dashboard.broker, "bob", "900"), clientOid="twice")
    assert "no order" in dashboard.get("/orders/nothing", 404).text
    assert "2 users have an order" in dashboard.get("/orders/twice", 409).text
    assert dashboard.post("/orders/nothing", 404, do="fill", size="rest")
    assert dashboard.post("/orders/nothing", 400, do="explode")
    assert dashboard.post("/orders", 400, do="explode")


# --- prices and plans
def test_the_form_sets_prices_and_fills_what_they_reach(dashboard: Dashboard, key: Key) -> None:
    """Last, bid and ask are set; an empty one follows; a resting order that they reach is filled, and that is said."""
    order_id = place(dashboard.broker, key)
    assert (
        "no orders were filled by that" in dashboard.post("/orders", do="price", symbol="BTC-USDT", last="51000").text
    )
    shown = dashboard.post("/orders", do="price", symbol="BTC-USDT", last="49000", bid="48999", ask="49001").text
    assert "1 order was filled by that" in shown
    assert order_of(dashboard, order_id).status is OrderStatus.FILLED
    assert dashboard.send("GET", "/_sim/v1/prices").json()["prices"]["BTC-USDT"] == {
        "last": "49000",
        "bid": "48999",
        "ask": "49001",
    }
    assert 'value="48999"' in dashboard.get("/orders?price=BTC-USDT").text


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (404, {"symbol": "NO-SUCH", "last": "1"}),
        (404, {"symbol": "a%2fb?c#d", "last": "1"}),
        (422, {"symbol": "BTC-USDT"}),
        (422, {"symbol": "BTC-USDT", "last": "soon"}),
        (422, {"symbol": "BTC-USDT", "bid": "60000", "ask": "59000"}),
        (422, {"symbol": "USDT", "last": "1"}),
    ],
)
def test_a_wrong_price_is_told(dashboard: Dashboard, status: int, fields: dict[str, str]) -> None:
    """A price that cannot be is refused with the reader's words, and the prices stay."""
    before = dashboard.app.desk.exchange.world.markets
    assert "Nothing was changed." in dashboard.post("/orders", status, do="price", **fields).text
    assert dashboard.post("/orders", 400, do="price", symbol="a/../b", last="1")
    assert dashboard.app.desk.exchange.world.markets == before


def test_plans_are_put_in_force_as_they_are_written(dashboard: Dashboard, key: Key) -> None:
    """Plans in the words of a scenario replace those before; a wrong text is kept, and nothing changes."""
    written = "orders:\n  - client_oid: bot-*\n    plan: [{fill: 50%}]\n"
    assert "The plans are in force." in dashboard.post("/orders", do="plans", written=written).text
    assert order_of(dashboard, place(dashboard.broker, key, clientOid="bot-1")).deal_size == Decimal("0.002")
    wrong = dashboard.post("/orders", 422, do="plans", written="orders: [{plan: [{fill: 200%}]}]").text
    assert "fill: 200%}]}]</textarea>" in wrong
    plans: list[Any] = dashboard.send("GET", "/_sim/v1/order-plans").json()["orders"]
    assert plans == [{"client_oid": "bot-*", "plan": [{"fill": "50%"}]}]
