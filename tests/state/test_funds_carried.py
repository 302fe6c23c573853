"""Deposits, transfers, statements and clienteles on their way to another server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.control_calls import advanced, steer
from support.desk import Key
from support.wire import JSON, V1, Broker, problem_of

Make = Callable[..., Broker]
GROUPS = ("API_COMMON", "API_TRANSFER", "API_WITHDRAW_OAUTH")
MOVE = {"currency": "USDT", "amount": "5", "type": "INTERNAL", "fromAccountType": "MAIN", "toAccountType": "TRADE"}
LISTS = ("/api/v1/withdrawals", "/api/v1/deposits", "/api/v1/accounts/ledgers", "/api/v1/accounts")


def busy(broker: Broker) -> Key:
    """A deposit that is credited and one that is not, a transfer, a withdrawal that is paid and one under way."""
    key = broker.key("frank", *GROUPS)
    body = b'{"currency":"USDT","chain":"kcc"}'
    assert broker.signed(key, "POST", "/api/v3/deposit-address/create", body).json()["code"] == "200000"
    comes = {"user": "frank", "currency": "USDT", "chain": "kcc", "amount": "7"}
    assert steer(broker.send, "POST", "/deposits", comes).status == 201
    assert steer(broker.send, "POST", "/deposits", {**comes, "confirmations": 18}).status == 201
    moved = broker.signed(
        key, "POST", "/api/v3/accounts/universal-transfer", json.dumps({**MOVE, "clientOid": "1"}).encode()
    )
    assert moved.json()["code"] == "200000"
    assert broker.withdraw(key).json()["code"] == "200000"
    steer(broker.send, "PATCH", "/choices", {"settlement": "manual"})
    assert broker.withdraw(key, amount="9").json()["code"] == "200000"
    return key


def seen(broker: Broker, key: Key) -> list[bytes]:
    """All that the key can look up."""
    return [broker.signed(key, "GET", path).body for path in LISTS]


def test_everything_goes_on(wired: Make) -> None:
    """What was carried is seen as it was, and what is under way arrives, in both places alike."""
    here, there = wired(), wired()
    key = busy(here)
    state = here.send("GET", f"{V1}/state").json()
    assert there.send("PUT", f"{V1}/state", json.dumps(state).encode(), JSON).status == 200
    assert seen(here, key) == seen(there, key)
    for broker in (here, there):
        [event] = advanced(broker.send, to_event="deposit")
        assert (event["kind"], event["status"], broker.balance("frank")) == ("deposit", "SUCCESS", "49897.5")
    assert seen(here, key) == seen(there, key)


def test_a_rewind_takes_money_back(wired: Make) -> None:
    """Before an entry, its transfer was not made, and histories know nothing of it; a snapshot brings all again."""
    broker = wired()
    key = busy(broker)
    before = seen(broker, key)
    steer(broker.send, "POST", "/snapshots", {"name": "busy"})
    made = broker.signed(
        key, "POST", "/api/v3/accounts/universal-transfer", json.dumps({**MOVE, "clientOid": "2"}).encode()
    )
    number = broker.entry(made)["number"]
    steer(broker.send, "POST", "/deposits", {"user": "frank", "currency": "USDT", "chain": "kcc", "amount": "1"})
    assert seen(broker, key) != before
    assert steer(broker.send, "POST", "/rewind", {"before": number}).status == 200
    assert seen(broker, key) == before
    advanced(broker.send, by="1h")
    assert steer(broker.send, "POST", "/snapshots/busy/restore").status == 200
    assert seen(broker, key) == before


def first(table: str, field: str, value: object) -> Callable[[Any], None]:
    """Another value in the first row of a table."""

    def change(world: Any) -> None:
        world[table][0][field] = value

    return change


def forgotten(kind: str) -> Callable[[Any], None]:
    """A statement that leaves something out."""

    def change(world: Any) -> None:
        [statement] = [each for each in world["statements"] if each["user"] == "frank"]
        assert statement[kind]
        statement[kind] = []

    return change


def twice(world: Any) -> None:
    [statement] = [each for each in world["statements"] if each["user"] == "frank"]
    statement["deposits"] *= 2


def later(world: Any) -> None:
    world["arriving"] = []


def unheard_of(world: Any) -> None:
    world["clienteles"][0]["users"].append(["bob", "x"])


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        (first("deposits", "user", "nobody"), "state.world.deposits[", "nobody is none of the users"),
        (first("deposits", "user", "bob"), "state.world.statements[frank].deposits", "is none of the user's deposits"),
        (first("deposits", "currency", "NONE"), "state.world.deposits[", "NONE is none of the currencies"),
        (first("transfers", "user", "nobody"), "state.world.transfers[", "nobody is none of the users"),
        (first("statements", "user", "nobody"), "state.world.statements[nobody]", "nobody is none of the users"),
        (forgotten("withdrawals"), "state.world.statements[frank].withdrawals", "is missing"),
        (forgotten("deposits"), "state.world.statements[frank].deposits", "is missing"),
        (forgotten("transfers"), "state.world.statements[frank].transfers", "is missing"),
        (twice, "state.world.statements[frank].deposits", "stands twice"),
        (later, "state.world.arriving", "has not exactly the deposits that are PROCESSING"),
        (first("clienteles", "users", []), "state.world.clienteles[demo-broker].users", "frank is missing"),
        (unheard_of, "state.world.clienteles[demo-broker].users", "bob is missing, or has not consented"),
    ],
)
def test_what_does_not_fit_is_refused(wired: Make, change: Callable[[Any], None], field: str, said: str) -> None:
    """An index that leads nowhere, leaves something out or tells it twice is told with its place."""
    here = wired()
    busy(here)
    data = here.send("GET", f"{V1}/state").json()
    change(data["state"]["world"])
    problem = problem_of(here.send("PUT", f"{V1}/state", json.dumps(data).encode(), JSON), 422)
    assert any(each["field"].startswith(field) and said in each["detail"] for each in problem["errors"]), problem
