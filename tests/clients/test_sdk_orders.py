"""What a broker does to orders with the SDKs that it already uses: changed, canceled, triggered, refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.sdks import Money
from support.sdks.checks import EACH, Desk
from support.sdks.order_checks import bought, filled_in_part, funded, sold

from simulator.web.server import LocalServer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the official SDK's own


@pytest.fixture(autouse=True)
def _money(desk: Desk) -> None:
    """There is something to trade with."""
    funded(desk)


def held(desk: Desk, currency: str = "USDT") -> Decimal:
    """What orders hold."""
    balance: Money = desk.sdk.balance(currency, "trade")
    return balance.held


def open_now(desk: Desk) -> list[str]:
    return sorted(order.client_oid for order in desk.sdk.open_orders())


@EACH
def test_an_sdk_changes_an_order(desk: Desk) -> None:
    """Price and size change, the order has a new id and its old clientOid, and holds what it now needs."""
    first = desk.sdk.place("buy", "50000", "0.01", "one")
    assert held(desk) == Decimal("500.5")
    second = desk.sdk.alter(first, "51000", "0.02")
    assert second != first
    changed = desk.sdk.order(second)
    assert (changed.client_oid, changed.price, changed.size, changed.status) == ("one", 51_000, Decimal("0.02"), "open")
    assert desk.sdk.order_by_oid("one") == changed
    assert desk.sdk.order(first).status == "canceled"
    assert held(desk) == Decimal("1021.02")


@EACH
def test_an_sdk_cancels_an_order(desk: Desk) -> None:
    """What it held is free again, a second time is refused in KuCoin's words, and what was filled stays filled."""
    order_id = desk.sdk.place("buy", "50000", "0.01", "one")
    filled_in_part(desk)
    desk.sdk.cancel_order(order_id)
    order = desk.sdk.order(order_id)
    assert (order.status, order.filled, order.fee) == ("canceled", Decimal("0.004"), Decimal("0.2"))
    assert desk.sdk.balance("USDT", "trade") == (Decimal("9799.8"), Decimal("9799.8"), 0)
    with pytest.raises(Exception, match="Order not exist or not allow to be cancelled"):
        desk.sdk.cancel_order(order_id)


@EACH
def test_an_sdk_cancels_by_client_oid(desk: Desk) -> None:
    """The order of that clientOid is canceled, and no other."""
    bought(desk)
    sold(desk)
    if desk.has("cancel_order_by_oid"):
        desk.sdk.cancel_order_by_oid("one")
        assert open_now(desk) == ["two"]
        assert held(desk) == 0
        assert held(desk, "BTC") == Decimal("0.02")


@EACH
def test_an_sdk_cancels_a_part(desk: Desk) -> None:
    """The rest stays in the book, with what it needs."""
    order_id = desk.sdk.place("buy", "50000", "0.01", "one")
    if desk.has("cancel_part"):
        desk.sdk.cancel_part(order_id, "0.004")
        assert (open_now(desk), held(desk)) == (["one"], Decimal("300.3"))


@EACH
@pytest.mark.parametrize("way", ["cancel_symbol", "cancel_everything"])
def test_an_sdk_cancels_all(desk: Desk, way: str) -> None:
    """Both orders end, and nothing is held."""
    bought(desk)
    sold(desk)
    getattr(desk.sdk, way)()
    assert open_now(desk) == []
    assert held(desk) == held(desk, "BTC") == 0
    assert [order.status for order in desk.sdk.closed_orders()] == ["canceled", "canceled"]


@EACH
def test_an_sdk_sees_the_price_come(desk: Desk) -> None:
    """An order that rests is filled whole, at its own price, when the price that the test sets comes to it."""
    order_id = desk.sdk.place("buy", "58000", "0.01", "one")
    desk.steers("PUT", "/prices/BTC-USDT", {"last": "58001", "bid": "58000.5", "ask": "58001.5"})
    assert desk.sdk.fills() == []
    desk.steers("PUT", "/prices/BTC-USDT", {"last": "57999", "bid": "57998.5", "ask": "57999.5"})
    [fill] = desk.sdk.fills()
    assert fill == (order_id, "buy", 58_000, Decimal("0.01"), 580, Decimal("0.58"), "maker")
    assert desk.sdk.balance("USDT", "trade") == (Decimal("9419.42"), Decimal("9419.42"), 0)


@EACH
def test_an_sdk_has_a_stop_order(desk: Desk) -> None:
    """It waits without being an order, can be canceled, and becomes one when the price comes to it."""
    canceled = desk.sdk.place_stop("sell", "59000", "58000", "0.01", "gone")
    desk.sdk.place_stop("sell", "59500", "58500", "0.02", "stop")
    assert desk.sdk.stop_orders() == {"gone": 59_000, "stop": 59_500}
    desk.sdk.cancel_stop(canceled)
    assert desk.sdk.stop_orders() == {"stop": 59_500}
    assert desk.sdk.open_orders() == []
    desk.steers("PUT", "/prices/BTC-USDT", {"last": "59500"})
    assert desk.sdk.stop_orders() == {}
    [fill] = desk.sdk.fills()
    assert (fill.side, fill.size, fill.liquidity) == ("sell", Decimal("0.02"), "taker")
    assert fill.price > 58_500


REFUSED = [
    ("50000", "10", "200004|Balance insufficient!"),
    ("50000", "0.000001", "below the minimum requirement"),
    ("50000.05", "0.01", "Price increment invalid"),
    ("90000", "0.01", "400370|Max. price"),
]


@EACH
@pytest.mark.parametrize(("price", "size", "text"), REFUSED, ids=["money", "minimum", "increment", "price"])
def test_an_sdk_is_refused(desk: Desk, price: str, size: str, text: str) -> None:
    """KuCoin's own words reach the caller, and nothing is held. Ccxt rounds to the increment by itself."""
    if (type(desk.sdk).__name__, price) == ("Ccxt", "50000.05"):
        desk.sdk.place("buy", price, size, "rounded")
        assert desk.sdk.order_by_oid("rounded").price in (Decimal(50_000), Decimal("50000.1"))
        return
    with pytest.raises(Exception, match=text):
        desk.sdk.place("buy", price, size, "refused")
    assert held(desk) == 0
    assert open_now(desk) == []


@EACH
def test_an_sdk_repeats_a_client_oid(desk: Desk) -> None:
    """The second order of a clientOid is refused, so that an answer that was lost does not buy twice."""
    bought(desk)
    with pytest.raises(Exception, match="clientOidDuplicated"):
        bought(desk)
    assert (open_now(desk), held(desk)) == (["one"], Decimal("500.5"))


@EACH
def test_an_sdk_needs_the_permission(desk: Desk, server: LocalServer) -> None:
    """A key without API_SPOT reads orders and places none."""
    bought(desk)
    reader = type(desk.sdk)(server.url, desk.broker.key("alice", "API_COMMON"))
    assert reader.order_by_oid("one").status == "open"
    with pytest.raises(Exception, match="400007"):
        reader.place("buy", "50000", "0.01", "two")
    reader.close()
