"""Prices that were set, and symbols of a scenario's own, are part of an exported state."""

from __future__ import annotations

import copy

import pytest
from support.control_calls import steer
from support.wire import Broker


def test_prices_are_exported_and_taken_over(broker: Broker) -> None:
    """After an import, the price that was set when the state was exported is there again, with its history."""
    stats = "/api/v1/market/stats?symbol=BTC-USDT"
    steer(broker.send, "PUT", "/prices/BTC-USDT", {"last": "65000", "ask": "65100"})
    exported = steer(broker.send, "GET", "/state").json()
    before = broker.send("GET", stats).json()["data"]
    steer(broker.send, "PUT", "/prices/BTC-USDT", {"last": "70000"})
    assert steer(broker.send, "PUT", "/state", exported).status == 200
    after = broker.send("GET", stats).json()["data"]
    assert (after["last"], after["sell"], after["changePrice"]) == ("65000", "65100", "5000")
    assert {**after, "time": 0} == {**before, "time": 0}


@pytest.mark.parametrize(
    ("table", "field", "value", "place"),
    [
        ("symbols", "price_increment", "0", "].price_increment"),
        ("symbols", "base_increment", "0", "].base_increment"),
        ("symbols", "quote_increment", "-1", "].quote_increment"),
        ("symbols", "quote", "DOGE", "world.symbols["),
        ("markets", "last", "0", "].last"),
        ("markets", "ask", "1", "].bid"),
    ],
)
def test_what_no_market_can_have_is_refused(broker: Broker, table: str, field: str, value: str, place: str) -> None:
    """The place is named, and the world stays as it is."""
    exported = steer(broker.send, "GET", "/state").json()
    wrong = copy.deepcopy(exported)
    [row] = [row for row in wrong["state"]["world"][table] if row["symbol"] == "BTC-USDT"]
    row[field] = value
    answer = steer(broker.send, "PUT", "/state", wrong)
    assert answer.status == 422
    assert place in answer.text
    assert steer(broker.send, "GET", "/state").json() == exported
