"""Prices of a market: increments, and quotes around a last price."""

from __future__ import annotations

from decimal import Decimal

import pytest

from simulator.core.trading.quotes import around, new_market, price_of, price_problem
from simulator.scenario.built_in_symbols import BUILT_IN


@pytest.mark.parametrize(
    ("price", "increment", "problem"),
    [
        ("0", "0.1", "must be more than zero"),
        ("0.1", "0.1", ""),
        ("0.15", "0.1", "must be a multiple of 0.1, the symbol's price_increment"),
        ("60000.10", "0.1", ""),
        ("60000.5", "0.5", ""),
        ("60000.3", "0.5", "must be a multiple of 0.5, the symbol's price_increment"),
        ("0.00000001", "0.00000001", ""),
        ("0.000000011", "0.00000001", "must be a multiple of 0.00000001, the symbol's price_increment"),
    ],
)
def test_prices_are_multiples_of_the_increment(price: str, increment: str, problem: str) -> None:
    """A price is a whole number of increments and more than zero; the message has no exponent."""
    assert price_problem(Decimal(price), Decimal(increment)) == problem


@pytest.mark.parametrize(
    ("price", "bid", "ask"), [("60000", "59999.9", "60000.1"), ("0.2", "0.1", "0.3"), ("0.1", "0.1", "0.2")]
)
def test_quotes_are_around_the_price(price: str, bid: str, ask: str) -> None:
    """The bid is an increment below the last price, the ask one above it, and no bid is zero."""
    assert around(Decimal(price), Decimal("0.1")) == (Decimal(bid), Decimal(ask))


@pytest.mark.parametrize(
    ("price", "increment", "nearest"), [("0.04615386", "0.00001", "0.04615"), ("3", "2", "4"), ("0.0001", "0.1", "0.1")]
)
def test_the_nearest_price(price: str, increment: str, nearest: str) -> None:
    """The nearest multiple of the increment, of two the even one, and never zero."""
    assert price_of(Decimal(price), Decimal(increment)) == Decimal(nearest)


def test_a_new_market_knows_its_first_price() -> None:
    """It has been there since ever, so that the price of any earlier instant is known."""
    market = new_market(BUILT_IN["BTC-USDT"], Decimal(7), ask=Decimal(9))
    assert (market.last, market.bid, market.ask) == (Decimal(7), Decimal("6.9"), Decimal(9))
    assert [(change.at, change.last, change.sequence) for change in market.prices] == [(0, Decimal(7), 1)]
