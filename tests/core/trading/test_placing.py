"""The rules of placing an order, each a step before its edge and at it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.desk import START, Desk, told
from support.spot_world import BTC_USDT, SpotDesk

from simulator.core.refusals import Reason, Refusal
from simulator.core.trading.fee_rates import rates
from simulator.core.trading.placing import MOST_OF_A_SYMBOL, MOST_OF_A_USER
from simulator.core.world import OrderStatus, Trader

MARKET = {"type": "market", "price": None, "size": None}
EDGES = [
    ({"size": "0.00001", "price": "50000"}, {"size": "0.00000999"}, Reason.SIZE_BELOW_MINIMUM),
    ({"size": "0.00100001"}, {"size": "0.001000001"}, Reason.SIZE_INCREMENT_INVALID),
    ({"price": "50000.1"}, {"price": "50000.01"}, Reason.PRICE_INCREMENT_INVALID),
    ({"price": "100", "size": "0.001"}, {"price": "99.9", "size": "0.001"}, Reason.ORDER_FUNDS_BELOW_MINIMUM),
    ({**MARKET, "funds": "0.1"}, {**MARKET, "funds": "0.099999"}, Reason.FUNDS_BELOW_MINIMUM),
    ({**MARKET, "funds": "5.000001"}, {**MARKET, "funds": "5.0000001"}, Reason.FUNDS_INCREMENT_INVALID),
    ({"price": "66000.1"}, {"price": "66000.2"}, Reason.PRICE_ABOVE_LIMIT),
    ({"side": "sell", "price": "54000"}, {"side": "sell", "price": "53999.9"}, Reason.PRICE_BELOW_LIMIT),
    ({"timeInForce": "GTT", "cancelAfter": 2_592_000}, {"timeInForce": "GTT", "cancelAfter": 2_592_001}, None),
    ({"timeInForce": "GTT", "cancelAfter": -1}, {"timeInForce": "GTT", "cancelAfter": -2}, None),
    ({"timeInForce": "GTT", "cancelAfter": 1}, {"timeInForce": "GTT", "cancelAfter": 0}, None),
    ({"timeInForce": "GTT", "cancelAfter": "5"}, {"timeInForce": "GTT"}, None),
    ({"clientOid": "a" * 40}, {"clientOid": "a" * 41}, None),
    ({"clientOid": "A-z_0"}, {"clientOid": "a.b"}, None),
    ({"remark": "r" * 20}, {"remark": "r" * 21}, None),
    ({"tags": "t" * 20}, {"tags": "é"}, None),
    ({"iceberg": True, "visibleSize": "0.00005"}, {"iceberg": True, "visibleSize": "0.00004999"}, None),
    ({"iceberg": True, "visibleSize": "0.001"}, {"iceberg": True, "visibleSize": "0.00100001"}, None),
    ({**MARKET, "size": "0.001"}, {**MARKET, "size": "0.001", "funds": "60"}, None),
    ({**MARKET, "funds": "60"}, MARKET, None),
    ({"size": "0.001"}, {"size": "x"}, Reason.ORDER_NUMBER_INVALID),
    ({"price": "1000"}, {"price": "0"}, Reason.ORDER_NUMBER_INVALID),
    ({"size": 1}, {"size": None}, None),
    ({"stp": "CN"}, {"stp": "XX"}, None),
]
"""What passes, what does not, and why; None = an invalid parameter."""


@pytest.mark.parametrize(("good", "bad", "reason"), EDGES)
def test_edges(good: dict[str, Any], bad: dict[str, Any], reason: Reason | None) -> None:
    """At the edge an order is accepted, and a step beyond it is refused and changes nothing."""
    desk = SpotDesk()
    desk.placed(**good)
    before = desk.world
    assert desk.reason(desk.order(**bad)) is (reason or Reason.PARAMETER_INVALID)
    assert desk.world is before


@pytest.mark.parametrize(
    ("field", "limit", "order", "reason"),
    [
        ("base_max_size", "0.001", {"size": "0.00100001"}, Reason.SIZE_ABOVE_MAXIMUM),
        ("quote_max_size", "60", {**MARKET, "funds": "60.000001"}, Reason.FUNDS_ABOVE_MAXIMUM),
    ],
)
def test_maxima(field: str, limit: str, order: dict[str, Any], reason: Reason) -> None:
    """As much as the symbol allows passes, and one increment more is refused."""
    desk = SpotDesk()
    desk.world = desk.world.put(replace(BTC_USDT, **{field: Decimal(limit)}))
    desk.placed(**{**order, **({"size": limit} if order.get("size") else {"funds": limit})})
    assert desk.reason(desk.order(**order)) is reason


@pytest.mark.parametrize(("later", "reason"), [(0, None), (1, Reason.CLIENT_TIME_WINDOW_PASSED)])
def test_time_window(later: int, reason: Reason | None) -> None:
    """An order that arrives at the last ms of its window is accepted, and one ms later it is refused."""
    desk = SpotDesk()
    desk.wall = START + 1_000 + later
    outcome = desk.perform(desk.order(allowMaxTimeWindow=1_000, clientTimestamp=START))
    assert outcome.word == ("OK" if reason is None else reason.name)
    assert desk.reason(desk.order(allowMaxTimeWindow=1_000)) is Reason.PARAMETER_INVALID


@pytest.mark.parametrize(
    ("active", "full"),
    [
        ({"BTC-USDT": MOST_OF_A_SYMBOL - 1}, False),
        ({"BTC-USDT": MOST_OF_A_SYMBOL}, True),
        ({"A": MOST_OF_A_USER - 1}, False),
        ({"A": MOST_OF_A_USER}, True),
    ],
)
def test_how_many_orders(active: dict[str, int], full: bool) -> None:
    """200 orders of a symbol and 2000 of a user can be active, and not one more."""
    desk = SpotDesk()
    counts = Trader("").active
    for symbol, count in active.items():
        counts = counts.insert(symbol, count)
    desk.world = desk.world.put(replace(desk.world.trader("alice"), active=counts))
    result = desk.perform(desk.order()).result
    if isinstance(result, Refusal):
        counted = "200 orders in BTC-USDT" if "BTC-USDT" in active else "2000 orders"
        assert result.expected == f"at most {counted} that are active or wait for a price"
        assert (result.reason, result.received) == (Reason.TOO_MANY_ORDERS, "one more")
    assert isinstance(result, Refusal) is full


@pytest.mark.parametrize("choice", ["refuse", "allow_after_end"])
def test_client_oids(choice: str) -> None:
    """A clientOid is good for one order of a user; by the switch it is free again when that order has ended."""
    desk = SpotDesk(repeated_order_client_oid=choice)
    order = desk.placed(clientOid="mine")
    assert desk.reason(desk.order(clientOid="mine")) is Reason.ORDER_CLIENT_OID_USED
    desk.perform(desk.canceling(order))
    again = desk.perform(desk.order(clientOid="mine"))
    assert again.word == ("OK" if choice == "allow_after_end" else Reason.ORDER_CLIENT_OID_USED.name)
    assert desk.placed(desk.own_key("frank"), clientOid="mine").user == "frank"
    assert [desk.placed().client_oid for _ in range(2)] == ["", ""]


def test_texts() -> None:
    """Refusals name KuCoin's limits in KuCoin's words."""
    desk = SpotDesk()
    texts = {
        "The order funds should more then 0.1 USDT.": desk.order(price="99.9"),
        "Max. price: 66000.11000000000000000000": desk.order(price="66001"),
        "Order size invalid.": desk.order(size="1e5"),
        "validation.createOrder.symbolNotAvailable": desk.order(),
    }
    closed = replace(BTC_USDT, enabled=False)
    for text, command in texts.items():
        if "symbolNotAvailable" in text:
            desk.world = desk.world.put(closed)
        assert desk.refusal(command).text == text


@pytest.mark.parametrize(("balance", "enough"), [("50.05", True), ("50.049999", False)])
def test_money(balance: str, enough: bool) -> None:
    """A limit buy needs price x size x (1 + fee rate) in the trade account; what is in main does not help."""
    desk = SpotDesk()
    account = replace(desk.trade("USDT"), balance=Decimal(balance))
    desk.world = desk.world.put(desk.world.wallet("alice").having(account))
    outcome = desk.perform(desk.order())
    assert outcome.word == ("OK" if enough else Reason.ORDER_BALANCE_INSUFFICIENT.name)
    assert desk.trade("USDT").holds == (Decimal("50.05") if enough else 0)


@pytest.mark.parametrize(
    ("fields", "currency", "held"),
    [
        ({}, "USDT", "50.05"),
        ({"side": "sell", "price": "61000", "size": "2"}, "BTC", "2"),
        ({**MARKET, "size": "0.5"}, "USDT", None),
    ],
)
def test_holds(fields: dict[str, Any], currency: str, held: str | None) -> None:
    """A buy holds with the fee ahead, a sell its size, and what was filled at once holds nothing."""
    desk = SpotDesk()
    order = desk.placed(**fields)
    assert desk.trade(currency).holds == order.held == Decimal(held or 0)


def test_fee_rates() -> None:
    """The rates fall with the VIP level, and the symbol's coefficients multiply them; a level too high is the last."""
    user = Desk().world.users["alice"]
    assert rates(user, BTC_USDT) == (Decimal("0.001"), Decimal("0.001"))
    free = replace(BTC_USDT, taker_fee_coefficient=Decimal(0), maker_fee_coefficient=Decimal("0.5"))
    assert told(*rates(replace(user, level=3), free)) == (0, Decimal("0.00025"))
    assert rates(replace(user, level=12), BTC_USDT) == rates(replace(user, level=99), BTC_USDT)


def test_numbers_are_new() -> None:
    """Orders, fills and rows of one step have different ids, which are the same with the same seed."""
    seen = []
    for _ in range(2):
        desk = SpotDesk()
        orders = [desk.placed(price="60001", clientOid=f"n{number}") for number in range(3)]
        fills = [fill for order in orders for fill in order.fills]
        assert [order.status for order in orders] == [OrderStatus.FILLED] * 3
        assert len({order.id for order in orders}) == len({fill.id for fill in fills}) == 3
        assert sorted(fill.number for fill in fills) == [fill.number for fill in fills]
        assert all(10**13 < fill.number < 10**14 for fill in fills)
        assert all(int(float(fill.trade_id)) == fill.trade_id > 10**16 for fill in fills)
        seen.append([order.id for order in orders])
    assert seen[0] == seen[1]
