"""Which amounts have all the decimal places of the exchange's tables, and which are short."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from support.openapi_document import own_key_over
from support.scenario_texts import situation
from support.wire import Broker, control

from simulator.core.money import padded, plain

PADDED = {
    "/api/v1/deposits": ("amount", "fee"),
    "/api/v1/withdrawals": ("amount", "fee"),
    "/api/v1/withdrawals/{id}": ("amount", "fee"),
    "/api/v1/hf/accounts/ledgers": ("amount", "fee", "balance"),
    "/api/v1/withdrawals/quotas?currency={code}": ("limitBTCAmount", "usedBTCAmount", "limitQuotaCurrencyAmount"),
}
"""Call -> its fields with eight places or more; every other amount is short."""
SHORT = (
    "/api/v1/accounts",
    "/api/v1/accounts/ledgers",
    "/api/v1/accounts/transferable?currency={code}&type=MAIN",
)
WORLD = """
given:
  currencies:
    FINE: {precision: 18, chains: {fine: {withdraw_precision: 18}}}
    WHOLE: {precision: 0, chains: {whole: {withdraw_precision: 0}}}
    CENTS: {precision: 2, chains: {cents: {withdraw_precision: 2}}}
  prices_usdt: {FINE: '3', WHOLE: '1', CENTS: '1'}
  users:
    ann: {balances: {FINE: '12.5', WHOLE: '12', CENTS: '12.5'}}
"""


@pytest.mark.parametrize(
    ("amount", "places", "text"),
    [
        ("0", 8, "0.00000000"),
        ("12.5", 8, "12.50000000"),
        ("999999", 8, "999999.00000000"),
        ("1E+3", 8, "1000.00000000"),
        ("0.123456789012345678", 8, "0.123456789012345678"),
        ("7.0000", 2, "7.00"),
        ("7", 0, "7"),
        ("7.5", 0, "7.5"),
    ],
)
def test_places(amount: str, places: int, text: str) -> None:
    """As many places as are asked for, and never a digit less than there is."""
    assert padded(Decimal(amount), places) == text


def _rows(data: Any) -> list[dict[str, Any]]:
    rows = data.get("items", [data]) if isinstance(data, dict) else data
    assert rows
    return list(rows)


def _places(text: str) -> int:
    return len(text.partition(".")[2])


@pytest.mark.parametrize(
    ("code", "amount", "places"), [("FINE", "1.5", 8), ("FINE", "0.123456789012345678", 18), ("CENTS", "1.25", 8)]
)
def test_where_amounts_have_all_their_places(wired: Callable[..., Broker], code: str, amount: str, places: int) -> None:
    """Deposits, withdrawals, quotas and the trading ledger have eight places, or as many as the amount needs."""
    broker = wired(situation(WORLD).world)
    key = own_key_over(broker, "ann")
    chain = code.lower()
    post = {"currency": code, "chain": chain}
    broker.signed(key, "POST", "/api/v3/deposit-address/create", json.dumps(post).encode())
    control(broker.send, "/deposits", {**post, "user": "ann", "amount": amount})
    paid = json.dumps({**post, "toAddress": "x", "amount": amount, "withdrawType": "ADDRESS"}).encode()
    name = broker.signed(key, "POST", "/api/v3/withdrawals", paid).json()["data"]["withdrawalId"]
    moved = {"clientOid": "1", "currency": code, "amount": amount, "type": "INTERNAL"}
    accounts = {"fromAccountType": "MAIN", "toAccountType": "TRADE"}
    broker.signed(key, "POST", "/api/v3/accounts/universal-transfer", json.dumps({**moved, **accounts}).encode())
    for path, fields in PADDED.items():
        answer = broker.signed(key, "GET", path.format(id=name, code=code)).json()
        for row in _rows(answer["data"]):
            assert {_places(row[field]) for field in fields} <= {8, places}, row
            assert row.get("amount") in (None, padded(Decimal(amount)))
    for path in SHORT:
        for row in _rows(broker.signed(key, "GET", path.format(code=code)).json()["data"]):
            texts = [row[field] for field in ("amount", "fee", "balance", "available", "holds") if field in row]
            assert texts == [plain(Decimal(text)) for text in texts]


@pytest.mark.parametrize(
    ("code", "remaining"), [("FINE", "333333.000000000000000000"), ("WHOLE", "999999"), ("CENTS", "999999.00")]
)
def test_what_remains_has_the_currencys_places(wired: Callable[..., Broker], code: str, remaining: str) -> None:
    """`remainAmount` is written with as many decimal places as its currency has."""
    broker = wired(situation(WORLD).world)
    key = own_key_over(broker, "ann")
    found = broker.signed(key, "GET", f"/api/v1/withdrawals/quotas?currency={code}").json()["data"]
    assert found["remainAmount"] == remaining
    assert (found["limitQuotaCurrencyAmount"], found["usedBTCAmount"]) == ("999999.00000000", "0.00000000")
    assert (found["usedQuotaCurrencyAmount"], found["lockedAmount"]) == ("0", "0")
