"""What an order may cost, holds and allows, at each edge and a step beyond it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pytest
from msgspec.structs import replace
from support.spot_world import BTC_USDT, SpotDesk

from simulator.core.trading.amounts import (
    FillProblem,
    affordable,
    check_fill,
    crosses,
    multiple_below,
    share_of,
    spent,
    taker_price,
    worst_price,
)
from simulator.core.trading.quotes import new_market
from simulator.core.world import Account, FillStep, Order, OrderPlan, OrderStatus, OrderTerms, OrderType, Side

MARKET: Final = new_market(BTC_USDT, Decimal(60_000))
WAIT: Final = OrderPlan(steps=(FillStep(after=1_000),))
"""Nothing happens at once, so that an order is as it was placed."""
BY_SIZE: Final = {"type": "market", "price": None, "size": "0.5"}
BY_FUNDS: Final = {"type": "market", "price": None, "size": None, "funds": "600"}


def order_of(**fields: Any) -> Order:
    """An order that has just been placed."""
    return SpotDesk(WAIT).placed(**fields)


@pytest.mark.parametrize(
    ("amount", "increment", "multiple"),
    [("0.3", "0.1", "0.3"), ("0.39", "0.1", "0.3"), ("0.09", "0.1", "0.0"), ("7", "3", "6"), ("0", "0.1", "0")],
)
def test_multiples(amount: str, increment: str, multiple: str) -> None:
    """The greatest multiple that is not above the amount."""
    assert multiple_below(Decimal(amount), Decimal(increment)) == Decimal(multiple)


@pytest.mark.parametrize(("funds", "size"), [("600", "0.01"), ("599.9999", "0.00999999"), ("0.0005", "0")])
def test_what_funds_buy(funds: str, size: str) -> None:
    """So much of the base currency as the funds pay for, a multiple of the increment."""
    assert affordable(Decimal(funds), Decimal(60_000), BTC_USDT.base_increment) == Decimal(size)


@pytest.mark.parametrize(
    ("side", "price", "at_once"),
    [("buy", "60000.1", True), ("buy", "60000", False), ("sell", "59999.9", True), ("sell", "60000", False)],
)
def test_what_trades_at_once(side: str, price: str, *, at_once: bool) -> None:
    """A price that reaches the best one of the other side, which is the price that is paid."""
    terms = OrderTerms(symbol="BTC-USDT", side=Side(side), type=OrderType.LIMIT, price=Decimal(price), size=Decimal(1))
    assert crosses(MARKET, terms) is at_once
    assert taker_price(MARKET, Side(side)) == Decimal("60000.1" if side == "buy" else "59999.9")
    assert worst_price(MARKET, BTC_USDT, terms) == Decimal(price)
    assert crosses(MARKET, replace(terms, type=OrderType.MARKET, price=None))


FILLS: Final[list[tuple[dict[str, Any], str, str, str, str]]] = [
    ({}, "0.001", "50000", "maker", ""),
    ({}, "0.001", "50000.1", "maker", "the price of this buy must not be worse than 50000"),
    ({}, "0.001", "1", "maker", ""),
    ({}, "0.001", "0", "maker", "the price must be more than zero, and not 0"),
    ({}, "0.001", "-1", "maker", "the price must be more than zero, and not -1"),
    ({}, "0", "50000", "maker", "the size must be more than 0 and at most 0.001, what is left of the order"),
    ({}, "-0.1", "50000", "maker", "the size must be more than 0 and at most 0.001, what is left of the order"),
    ({}, "0.00100001", "50000", "maker", "the size must be more than 0 and at most 0.001, what is left of the order"),
    ({}, "0.00000001", "50000", "maker", ""),
    ({}, "0.000000015", "50000", "maker", "the size must be a multiple of 0.00000001"),
    ({"side": "sell", "price": "70000"}, "0.001", "70000", "maker", ""),
    ({"side": "sell", "price": "70000"}, "0.001", "90000", "maker", ""),
    (
        {"side": "sell", "price": "70000"},
        "0.001",
        "69999.9",
        "maker",
        "the price of this sell must not be worse than 70000",
    ),
    ({"postOnly": True}, "0.001", "50000", "maker", ""),
    ({"postOnly": True}, "0.001", "50000", "taker", "a postOnly order is never a taker"),
    ({}, "0.001", "50000", "taker", ""),
    ({"timeInForce": "IOC"}, "0.0005", "50000", "taker", ""),
    ({"timeInForce": "IOC"}, "0.0005", "50000", "maker", "an order that never is in the book is no maker"),
    ({"timeInForce": "FOK"}, "0.001", "50000", "taker", ""),
    ({"timeInForce": "FOK"}, "0.0005", "50000", "taker", "a FOK order is filled as a whole"),
    (BY_SIZE, "0.5", "66000.11", "taker", ""),
    (BY_SIZE, "0.5", "66000.12", "taker", "the price of this buy must not be worse than 66000.11"),
    ({**BY_SIZE, "side": "sell"}, "0.1", "53999.91", "taker", ""),
    ({**BY_SIZE, "side": "sell"}, "0.1", "53999.9", "taker", "the price of this sell must not be worse than 53999.91"),
    (BY_FUNDS, "0.01", "60000", "taker", ""),
    (BY_FUNDS, "0.01000001", "60000", "taker", "at most 0.01,"),
    (BY_FUNDS, "0.01", "0", "taker", "the price must be more than zero, and not 0"),
    ({**BY_FUNDS, "side": "sell"}, "0.01000001", "59999.9", "taker", ""),
    ({**BY_FUNDS, "side": "sell"}, "0.01000002", "59999.9", "taker", "at most 0.01000001,"),
    ({**BY_FUNDS, "side": "sell"}, "0.01000002", "54000", "taker", "at most 0.01000001,"),
]


@pytest.mark.parametrize(("fields", "size", "price", "liquidity", "problem"), FILLS)
def test_what_an_order_allows(fields: dict[str, Any], size: str, price: str, liquidity: Any, problem: str) -> None:
    """The edge itself is allowed, and a step beyond it is not; the problem says what is."""
    order, problems = order_of(**fields), ""
    try:
        check_fill(MARKET, BTC_USDT, order, Decimal(size), Decimal(price), liquidity)
    except FillProblem as caught:
        problems = str(caught)
    assert problem in problems
    assert bool(problems) is bool(problem)


@pytest.mark.parametrize(
    ("fields", "currency", "amount"),
    [
        ({}, "USDT", "50.05"),
        ({"side": "sell", "price": "70000"}, "BTC", "0.001"),
        ({**BY_SIZE}, "USDT", "30030.05005"),
        ({**BY_SIZE, "side": "sell"}, "BTC", "0.5"),
        ({**BY_FUNDS}, "USDT", "600.6"),
        ({**BY_FUNDS, "side": "sell"}, "BTC", "0.01000001"),
    ],
)
def test_what_an_order_holds(fields: dict[str, Any], currency: str, amount: str) -> None:
    """A buy holds its funds and the fee, a sell its size; a market order is measured by the price of now."""
    desk = SpotDesk(WAIT)
    order = desk.placed(**fields)
    assert order.held == desk.trade(currency).holds == Decimal(amount)
    half = order.rest / 2
    assert share_of(BTC_USDT, order, order.rest) == order.held
    sells_funds = order.terms.size is None and order.terms.side is Side.SELL
    assert share_of(BTC_USDT, order, half) == (Decimal("0.00500000") if sells_funds else order.held / 2)


@pytest.mark.parametrize(
    ("side", "left", "size", "nothing"),
    [
        ("buy", "0.0006", "0.005", True),
        ("buy", "0.00060001", "0.005", False),
        ("sell", "1", "0.01000001", True),
        ("sell", "1", "0.01", False),
        ("sell", "0.0001", "0.01", True),
        ("buy", "1", "0.01000001", False),
    ],
)
def test_when_an_order_by_funds_is_spent(side: str, left: str, size: str, *, nothing: bool) -> None:
    """What is left buys less than an increment, or the whole hold of a sell is sold."""
    order = order_of(**BY_FUNDS, side=side)
    price = Decimal(60_000) if left != "0.0006" else Decimal("60000.1")
    assert spent(replace(order, held=Decimal("0.01000001")), BTC_USDT, Decimal(left), Decimal(size), price) is nothing


@pytest.mark.parametrize(("left", "accepted"), [("0", True), ("0.00000001", False)])
def test_all_the_money_can_be_held(left: str, *, accepted: bool) -> None:
    """An order may need exactly what is available, and not a step more."""
    desk = SpotDesk()
    needed = desk.placed().held
    wallet = SpotDesk().world.wallet("alice")
    poor = SpotDesk()
    poor.world = poor.world.put(wallet.having(Account("USDT", "trade", needed - Decimal(left))))
    assert (poor.perform(poor.order()).word == "OK") is accepted


def test_an_order_that_has_ended_is_not_filled() -> None:
    """Whatever the fill is, the problem is how the order ended."""
    order = replace(order_of(), status=OrderStatus.CANCELED)
    with pytest.raises(FillProblem, match="the order is canceled"):
        check_fill(MARKET, BTC_USDT, order, Decimal("0.001"), Decimal(50_000), "maker")
