"""Prices that are set by hand: of symbols, and of currencies."""

from __future__ import annotations

import json

import pytest
from support.control_calls import steer
from support.wire import Broker

START = {
    "BTC-USDT": {"last": "60000", "bid": "59999.9", "ask": "60000.1"},
    "ETH-BTC": {"last": "0.05", "bid": "0.04999", "ask": "0.05001"},
    "ETH-USDT": {"last": "3000", "bid": "2999.99", "ask": "3000.01"},
}


def _level1(broker: Broker) -> tuple[str, str, str]:
    data = broker.send("GET", "/api/v1/market/orderbook/level1?symbol=BTC-USDT").json()["data"]
    return data["price"], data["bestBid"], data["bestAsk"]


def test_prices_are_shown(broker: Broker) -> None:
    """Every symbol with its last price, bid and ask."""
    shown = steer(broker.send, "GET", "/prices").json()["prices"]
    assert {name: shown[name] for name in START} == START


@pytest.mark.parametrize(
    ("body", "prices"),
    [
        ({"last": "65000"}, ("65000", "64999.9", "65000.1")),
        ({"last": 65000}, ("65000", "64999.9", "65000.1")),
        ({"last": "65000", "bid": "64000"}, ("65000", "64000", "65000.1")),
        ({"last": "65000", "bid": "64000", "ask": "66000"}, ("65000", "64000", "66000")),
        ({"bid": "59000"}, ("60000", "59000", "60000.1")),
        ({"ask": "59999.9"}, ("60000", "59999.9", "59999.9")),
        ({"last": "0.1"}, ("0.1", "0.1", "0.2")),
    ],
)
def test_a_price_is_set(broker: Broker, body: dict[str, object], prices: tuple[str, str, str]) -> None:
    """With `last` alone the quotes stand beside it; what is not said stays; clients see it at once."""
    answer = steer(broker.send, "PUT", "/prices/BTC-USDT", body)
    last, bid, ask = prices
    assert answer.status == 200
    assert answer.json() == {"symbol": "BTC-USDT", "last": last, "bid": bid, "ask": ask, "fills": 0}
    assert _level1(broker) == prices
    shown = steer(broker.send, "GET", "/prices").json()["prices"]
    assert {name: shown[name] for name in START} == {**START, "BTC-USDT": {"last": last, "bid": bid, "ask": ask}}


@pytest.mark.parametrize(
    ("body", "field", "problem"),
    [
        ({"last": "60000.05"}, "last", "multiple of 0.1"),
        ({"last": "0"}, "last", "more than zero"),
        ({"last": "-1"}, "last", "expected an amount such as 0.5"),
        ({"last": "NaN"}, "last", "expected an amount such as 0.5"),
        ({"bid": "60000.2"}, "bid", "must not be above the ask, 60000.1"),
        ({"ask": "59999.8"}, "ask", "must not be below the bid, 59999.9"),
        ({"last": "1", "bid": "3", "ask": "2"}, "ask", "must not be below the bid, 3"),
        ({"price_usdt": "5"}, "price_usdt", "unknown key"),
        ({}, "", "must have at least one of last, bid, ask"),
    ],
)
def test_an_impossible_price_changes_nothing(broker: Broker, body: dict[str, object], field: str, problem: str) -> None:
    """The problem names the field, says what was expected, and every price is as it was."""
    answer = steer(broker.send, "PUT", "/prices/BTC-USDT", body)
    assert answer.status == 422
    errors = answer.json()["errors"]
    assert [error for error in errors if field in json.dumps(error) and problem in json.dumps(error)], errors
    assert _level1(broker) == ("60000", "59999.9", "60000.1")


def test_a_currency_has_a_price_of_its_own(broker: Broker) -> None:
    """What a currency is worth is set by its code, and moves no market."""
    answer = steer(broker.send, "PUT", "/prices/BTC", {"price_usdt": "65000"})
    assert (answer.status, answer.json()["price_usdt"]) == (200, "65000")
    assert _level1(broker) == ("60000", "59999.9", "60000.1")


def test_an_unknown_name_is_told(broker: Broker) -> None:
    """A 404 lists the symbols and the currencies that there are."""
    answer = steer(broker.send, "PUT", "/prices/BTC-DOGE", {"last": "1"})
    assert answer.status == 404
    assert "no symbol or currency 'BTC-DOGE'; there are BTC-USDT, ETH-BTC," in answer.json()["detail"]


def test_a_reset_puts_the_prices_back(broker: Broker) -> None:
    """Prices that were set are part of the world."""
    steer(broker.send, "PUT", "/prices/BTC-USDT", {"last": "65000"})
    assert steer(broker.send, "POST", "/reset").status == 200
    assert _level1(broker) == ("60000", "59999.9", "60000.1")
