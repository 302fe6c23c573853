"""A dead coin: a currency whose `chains` are null."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from support.desk import Key
from support.openapi_document import own_key_over
from support.scenario_texts import situation
from support.wire import JSON, V1, Answer, Broker

WORLD = """
given:
  currencies: {DEAD: {chains: null}, BTC: {chains: null}}
  prices_usdt: {DEAD: '1'}
  users:
    ann: {uid: 200000011, balances: {DEAD: 12.5, USDT: 1, BTC: 2}}
    ben: {uid: 200000012}
"""
INVALID = "900014"


@pytest.fixture
def broker(wired: Callable[..., Broker]) -> Broker:
    """A broker in a world in which DEAD and BTC have no chain."""
    return wired(situation(WORLD).world)


@pytest.fixture
def key(broker: Broker) -> Key:
    """Ann's own key."""
    return own_key_over(broker, "ann")


def _post(broker: Broker, key: Key, path: str, **fields: object) -> Answer:
    return broker.signed(key, "POST", path, json.dumps(fields).encode())


@pytest.mark.parametrize("code", ["DEAD", "BTC"])
def test_a_currency_without_chains(broker: Broker, key: Key, code: str) -> None:
    """`chains` are null in both calls, and whatever looks for a chain says that there is none."""
    assert broker.send("GET", f"/api/v3/currencies/{code}").json()["data"]["chains"] is None
    listed = broker.send("GET", "/api/v3/currencies").json()["data"]
    assert {row["currency"] for row in listed if row["chains"] is None} == {"DEAD", "BTC"}
    assert broker.send("GET", f"/api/v3/currencies/{code}?chain=btc").json()["code"] == INVALID
    for path in ("/api/v1/withdrawals/quotas", "/api/v1/deposit-addresses"):
        for chain in ("", "&chain=btc"):
            assert broker.signed(key, "GET", f"{path}?currency={code}{chain}").json()["code"] == INVALID
    for path in ("/api/v2/deposit-addresses", "/api/v3/deposit-addresses"):
        assert broker.signed(key, "GET", f"{path}?currency={code}").json()["data"] == []
    assert _post(broker, key, "/api/v3/deposit-address/create", currency=code).json()["code"] == INVALID
    payment = {"currency": code, "toAddress": "x", "amount": "1", "withdrawType": "ADDRESS"}
    for more in ({}, {"chain": "btc"}, {"isInner": True}):
        assert _post(broker, key, "/api/v3/withdrawals", **payment, **more).json()["code"] == INVALID
    arrived = json.dumps({"user": "ann", "currency": code, "amount": "1"}).encode()
    assert broker.send("POST", f"{V1}/deposits", arrived, JSON).status == 400


def test_a_dead_coin_stays_inside(broker: Broker, key: Key) -> None:
    """It can be moved, paid to a person, and looked up in every history."""
    paid = _post(
        broker, key, "/api/v3/withdrawals", currency="DEAD", toAddress="200000012", amount="1", withdrawType="UID"
    )
    name = paid.json()["data"]["withdrawalId"]
    moved = {"clientOid": "1", "currency": "DEAD", "amount": "2", "type": "INTERNAL"}
    accounts = {"fromAccountType": "MAIN", "toAccountType": "TRADE"}
    assert _post(broker, key, "/api/v3/accounts/universal-transfer", **moved, **accounts).json()["code"] == "200000"
    found = broker.signed(key, "GET", f"/api/v1/withdrawals/{name}").json()["data"]
    assert (found["chainId"], found["chainName"], found["status"], found["isInner"]) == ("", "", "SUCCESS", True)
    for path in ("/api/v1/withdrawals", "/api/v1/accounts/ledgers", "/api/v1/accounts?type=trade"):
        answer = broker.signed(key, "GET", path)
        assert answer.json()["code"] == "200000"
        assert "DEAD" in answer.text
    [row] = broker.signed(own_key_over(broker, "ben"), "GET", "/api/v1/deposits").json()["data"]["items"]
    assert (row["currency"], row["chain"], row["amount"]) == ("DEAD", "", "1.00000000")


def test_a_currency_loses_its_chains(broker: Broker) -> None:
    """The control surface takes null, shows null, and gives chains again; an export can be imported."""
    for body, chains in (({"chains": None}, None), ({"chains": {"kcc": {}}}, ["kcc"])):
        answer = broker.send("PUT", f"{V1}/currencies/BTC", json.dumps(body).encode(), JSON)
        shown = answer.json()["chains"]
        assert (answer.status, [*shown] if shown else None) == (200, chains)
        exported = broker.send("GET", f"{V1}/state")
        assert broker.send("PUT", f"{V1}/state", exported.body, JSON).status == 200
