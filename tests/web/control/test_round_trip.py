"""What GET shows can be sent back by PUT or PATCH, and then nothing has changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.control_calls import steer
from support.payouts import to_bob
from support.wire import JSON, V1, Broker, Send, problem_of

from simulator.core.world import World
from simulator.scenario.loader import load, read

RICH = """
version: 1
name: rich
extends: demo
given:
  clients:
    second: {redirect_uris: [/second], api_name: bot, partner: {name: P, broker_name: B, broker_key: K}}
  users:
    alice:
      registered_at: 2019-02-03T04:05:06Z
      totp_secret: JBSWY3DPEHPK3PXPJBSWY3DP
      address_book: {trx: [TBookOne, TBookTwo], eth: ["0xBook"]}
      deposit_addresses: {eth: "0xOwn", trx: TOwn}
      trade: {BTC: "0.5"}
      api_keys:
        - {key: by-consent, secret: s1, passphrase: p1, groups: [API_SPOT, API_WITHDRAW_OAUTH], client: second,
           name: bot}
        - {key: by-hand, secret: s2, passphrase: p2, groups: [API_TRANSFER], made_by: user, withdrawal: true,
           ip_whitelist: ["::1"]}
        - {key: by-broker, secret: s3, passphrase: p3, groups: [], made_by: broker, client: demo-broker,
           addressbook_only: true, created_at: 2020-01-01T00:00:00.123Z}
    bob: {api_keys: at_limit, level: 5, frozen: true, futures: false}
    zoe: {factor_sets: [[GAV, EMV], [SMS]], phone: "+15550999", api_keys: 7}
    nobody: {}
"""
READ_ONLY = {"users": ("name", "accounts"), "clients": ("client_id", "api_keys")}


def world_of(text: str) -> World:
    return read(text, "rich.yaml").world if text else load("demo").world


def state(send: Send) -> Any:
    return json.loads(send("GET", f"{V1}/state").body)["state"]["world"]


@pytest.fixture(params=["", RICH], ids=["demo", "rich"])
def world(request: pytest.FixtureRequest) -> World:
    """The worlds of a short and of a rich scenario."""
    return world_of(request.param)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("what", ["users", "clients"])
def test_what_is_shown_can_be_sent_back(wired: Callable[..., Broker], world: World, method: str, what: str) -> None:
    """Everybody is afterwards as before, as far as control calls show it, and no money was made."""
    send = wired(world).send
    for shown in steer(send, "GET", f"/{what}").json()[what]:
        path = f"/{what}/{shown['name' if what == 'users' else 'client_id']}"
        answer = steer(send, method, path, shown)
        assert answer.status == 200, answer.text
        after = answer.json()
        assert set(after.pop("removed", {})) <= {"api_keys"}
        if method == "PUT" and what == "clients":  # a client anew has no keys
            after["api_keys"] = shown["api_keys"]
        assert after == shown


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_world_is_the_same(wired: Callable[..., Broker], world: World, method: str) -> None:
    """Not only what is shown is as before: the rows of the users, their keys and their money are."""
    send = wired(world).send
    before = state(send)
    for shown in steer(send, "GET", "/users").json()["users"]:
        assert steer(send, method, f"/users/{shown['name']}", shown).status == 200
    after = state(send)
    tables = [name for name in before if before[name] != after[name]]
    anew = {"key_order", "statements"}  # who is put anew has balances that were given now
    assert set(tables) - {"step"} <= (anew if method == "PUT" else set()), tables


def test_a_scenario_takes_what_is_shown(wired: Callable[..., Broker]) -> None:
    """Users and clients of GET are users and clients of `given`, without what is only shown."""
    send = wired(world_of(RICH)).send
    given = {}
    for what, only in READ_ONLY.items():
        rows = steer(send, "GET", f"/{what}").json()[what]
        given[what] = {row[only[0]]: {key: value for key, value in row.items() if key not in only} for row in rows}
    again = read(json.dumps({"version": 1, "name": "again", "given": given}), "again.json").world
    assert dict(again.users) == dict(world_of(RICH).users)
    assert dict(again.api_keys) == dict(world_of(RICH).api_keys)


def test_the_world_may_go_on(broker: Broker) -> None:
    """Holds, other accounts and messages are no obstacle to a PATCH; consents live on."""
    key = broker.key("frank")
    steer(broker.send, "PATCH", "/choices", {"settlement": "manual"})
    broker.withdraw(key, to_bob())
    shown = steer(broker.send, "GET", "/users/frank").json()
    assert shown["accounts"][0]["holds"] != "0"
    assert steer(broker.send, "PATCH", "/users/frank", shown).json() == shown
    assert broker.signed(key, "GET", "/api/v1/accounts").json()["code"] == "200000"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/users/alice", {"name": "bob"}, "name"),
        ("/users/alice", {"accounts": []}, "accounts"),
        ("/users/alice", {"accounts": "all"}, "accounts"),
        ("/clients/demo-broker", {"client_id": "x", "redirect_uris": ["/cb"]}, "client_id"),
        ("/clients/demo-broker", {"api_keys": [], "redirect_uris": ["/cb"]}, "api_keys"),
    ],
)
def test_what_is_only_shown_cannot_be_changed(broker: Broker, method: str, path: str, body: Any, field: str) -> None:
    """422 that names the field; nothing is changed."""
    before = steer(broker.send, "GET", path).json()
    problem = problem_of(steer(broker.send, method, path, body), 422)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert problem["errors"][0]["detail"] == "is only shown, and it is not what is shown; leave it out"
    assert steer(broker.send, "GET", path).json() == before


def test_a_new_user_has_nothing_to_show(broker: Broker) -> None:
    """The name of the path is fine, other accounts than none are not."""
    assert steer(broker.send, "PUT", "/users/zoe", {"name": "zoe", "accounts": []}).status == 201
    accounts = steer(broker.send, "GET", "/users/alice").json()["accounts"]
    assert steer(broker.send, "PUT", "/users/yan", {"accounts": accounts}).status == 422


def test_a_currency_and_choices(broker: Broker) -> None:
    """What the calls answer can be sent again."""
    coin = {
        "precision": 4,
        "price_usdt": "0.1",
        "chains": {"net": {"withdrawal_min_fee": "2", "memo_pattern": "[0-9]+"}},
    }
    shown = steer(broker.send, "PUT", "/currencies/NEW", coin).json()
    again = broker.send("PUT", f"{V1}/currencies/NEW", json.dumps(shown).encode(), JSON)
    assert (again.status, again.json()) == (200, shown)
    choices = steer(broker.send, "GET", "/choices").json()
    assert steer(broker.send, "PATCH", "/choices", choices).json() == choices
