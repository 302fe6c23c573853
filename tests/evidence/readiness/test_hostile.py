"""An assessment reads what clients have sent, whatever that is: nothing that is sent makes it fail."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from support.desk import payment
from support.readiness.bench import ADDRESS, INNER_TRANSFER, TRANSFER, Bench
from support.readiness.ordering import FUNDED, guard, order
from support.spot_world import ADD
from support.wire import FORM, JSON, REFRESH, TOKEN, WITHDRAWAL

VALUES = [
    "NaN",
    "Infinity",
    "-1e999999999",
    "1e400",
    "9" * 5_000,
    10**400,
    1e308,
    True,
    None,
    [],
    {},
    ["UID"],
    "²",
    "\ud800",
]
BODIES = [b"", b"{", b"[]", b"{" * 5_000, b'{"a":' * 5_000, b"\xff\xfe", b'{"validation": 7}', b'{"amount": 1e999999}']


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_no_value_makes_an_assessment_fail(runner: asyncio.Runner, value: object) -> None:
    """Odd values in every field of a payment, a transfer and a refresh are read as what they are: nothing special."""
    bench = Bench(runner)
    bench.key("frank")
    fields = payment(memo="1", remark="r", withdrawType="UID", validation={"transactionId": "x", "factors": []})
    for name in fields:
        for changes in ({name: value}, {name: value, "validation": None}):
            body = {key: text for key, text in {**fields, **changes}.items() if text is not None or key == name}
            bench.signed("POST", WITHDRAWAL, body)
    bench.pay(amount=value)
    bench.transfer(oid="one", currency=value)
    bench.signed("POST", TRANSFER, {"clientOid": value, "amount": value})
    bench.signed("POST", INNER_TRANSFER, {"clientOid": value, "amount": value})
    bench.signed("POST", ADDRESS, {"currency": value, "chain": value})
    bench.send("POST", REFRESH, json.dumps({"refresh_token": value}).encode(), JSON)
    assert bench.assess().operations["withdraw"] > 1


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_no_order_makes_an_assessment_fail(runner: asyncio.Runner, value: object) -> None:
    """Odd values in every field of an order and of a batch, and odd ids, are read as what they are."""
    bench = Bench(runner, FUNDED)
    names = ("symbol", "side", "type", "price", "size", "funds", "clientOid", "timeInForce", "postOnly", "stp")
    for _ in range(2):
        for name in names:
            bench.signed(
                "POST", ADD, {"symbol": "BTC-USDT", "side": "buy", "price": "59000", "size": "0.01", name: value}
            )
            changes: dict[str, Any] = {name: value}
            order(bench, **changes)
        for rows in (value, [value], [{"clientOid": value, "side": "buy"}], [{**dict.fromkeys(names, value)}]):
            bench.signed("POST", f"{ADD}/multi", {"orderList": rows})
        bench.lose("add_orders")
        bench.signed(
            "POST",
            f"{ADD}/multi",
            {"orderList": [{"symbol": "BTC-USDT", "side": "buy", "price": "59000", "size": "0.001"}]},
        )
        bench.signed("POST", f"{ADD}/alter", {"symbol": "BTC-USDT", "orderId": value, "newPrice": value})
        bench.signed("POST", "/api/v1/stop-order", {"symbol": value, "stopPrice": value, "clientOid": value})
        bench.signed("POST", f"{ADD}/dead-cancel-all", {"timeout": value})
        guard(bench)
        for name in ("%00", "client-order/%F0%9F%92%A9", "", "%2F"):
            for method in ("GET", "DELETE"):
                bench.signed(method, f"{ADD}/{name}?symbol=BTC-USDT")
    assert bench.assess().operations["add_order"] > 1


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body)[:20])
def test_no_body_makes_an_assessment_fail(runner: asyncio.Runner, body: bytes) -> None:
    """Bodies that cannot be read have no fields."""
    bench = Bench(runner)
    key = bench.key("frank")
    for headers in (JSON, FORM):
        bench.send("POST", REFRESH, body, headers)
    for _ in range(3):
        bench.broker.signed(key, "POST", WITHDRAWAL, body)
        bench.send("GET", f"{TOKEN}?code=%00&code=&=&&client_id=demo-broker")
        bench.signed("GET", "/api/v1/hf/accounts/ledgers?limit=%C2%B2&lastId=%C2%B2")
        bench.signed("GET", "/api/v1/withdrawals?pageSize=%C2%B2")
    assert bench.assess().operations
