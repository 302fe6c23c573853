"""Users come, change and go while the world is played: by the rules of a scenario, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.control_calls import advanced, steer
from support.desk import payment
from support.payouts import to_bob
from support.wire import Broker, problem_of

from simulator.core.choices import After

FREE: dict[str, Any] = {"factor_sets": [[]], "balances": {"USDT": "500"}}
PERSON = {
    "uid": 7,
    "email": "Zoe@Example.test",
    "phone": "+15550999",
    "level": 3,
    "frozen": True,
    "futures": True,
    "factor_sets": [["SMS"], ["GAV", "EMV"]],
    "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DP",
    "balances": {"USDT": "12.50"},
    "trade": {"BTC": 2},
    "api_keys": 4,
}


def _user(broker: Broker, name: str) -> dict[str, Any]:
    found: dict[str, Any] = steer(broker.send, "GET", f"/users/{name}").json()
    return found


def _world(broker: Broker) -> list[Any]:
    """What calls of this kind could change."""
    paths = ("/users", "/clients", "/choices", "/consents", "/api-keys", "/ledger")
    return [steer(broker.send, "GET", path).json() for path in paths]


def test_a_new_user_is_as_a_scenario_would_give_them(broker: Broker) -> None:
    """Every field is taken, the money that is made is told, and each of their names leads to them."""
    answer = steer(broker.send, "PUT", "/users/zoe", PERSON)
    assert answer.status == 201
    assert answer.json() == {
        "name": "zoe",
        "uid": 7,
        "email": "Zoe@Example.test",
        "phone": "+15550999",
        "level": 3,
        "frozen": True,
        "futures": True,
        "factorSets": [["SMS"], ["GAV", "EMV"]],
        "apiKeys": 4,
        "accounts": [
            {"currency": "USDT", "type": "main", "balance": "12.5", "available": "12.5", "holds": "0"},
            {"currency": "BTC", "type": "trade", "balance": "2", "available": "2", "holds": "0"},
        ],
        "created": {"BTC": "2", "USDT": "12.5"},
    }
    for identity in ("7", "zoe@example.test", "%2B15550999"):
        assert _user(broker, identity)["name"] == "zoe"


def test_a_new_user_goes_all_the_way(broker: Broker) -> None:
    """They log in, their key pays, and another pays them."""
    steer(broker.send, "PUT", "/users/zoe", {**FREE, "uid": 777})
    assert broker.withdraw(broker.key("zoe"), to_bob()).json()["code"] == "200000"
    broker.withdraw(broker.key("frank"), payment(withdrawType="UID", address="777", chain=None, amount="20"))
    assert broker.balance("zoe") == "509"


def test_a_persona_is_cloned(broker: Broker) -> None:
    """Like alice means her factors and her riches; names, authenticator and what the body says are their own."""
    alice = _user(broker, "alice")
    clones = [steer(broker.send, "PUT", f"/users/{name}", {"like": "alice"}).json() for name in ("a-1", "a-2")]
    for clone in clones:
        assert {name: clone[name] for name in ("level", "frozen", "futures", "factorSets", "accounts")} == {
            name: alice[name] for name in ("level", "frozen", "futures", "factorSets", "accounts")
        }
    for name in ("uid", "email", "phone"):
        assert len({each[name] for each in (alice, *clones)}) == 3
    secrets = [steer(broker.send, "GET", f"/users/{name}/totp").json()["code"] for name in ("alice", "a-1", "a-2")]
    assert len(set(secrets)) == 3
    other = steer(broker.send, "PUT", "/users/a-3", {"like": "a-1", "balances": {"USDT": "1"}, "frozen": True}).json()
    assert [(each["currency"], each["balance"]) for each in other["accounts"]] == [("BTC", "100"), ("USDT", "1")]
    assert other["frozen"] is True
    key = broker.key("a-1")
    challenge = broker.withdraw(key).json()["data"]
    assert broker.withdraw(key, validation=broker.validation("a-1", challenge)).json()["code"] == "200000"
    assert (broker.balance("a-1"), broker.balance("a-2"), broker.balance("alice")) == ("999888.5", "1000000", "1000000")


def test_a_user_who_is_put_again_begins_anew(broker: Broker) -> None:
    """Consents, keys, messages and windows of the older one are gone, and the difference in money is told."""
    steer(broker.send, "PUT", "/users/zoe", FREE)
    tokens, key = broker.tokens("zoe"), broker.key("zoe")
    for _ in range(4):
        broker.withdraw(key, to_bob())
    answer = steer(broker.send, "PUT", "/users/zoe", FREE)
    assert (answer.status, answer.json()["created"]) == (200, {"USDT": "33"})
    assert answer.json()["removed"] == {"consents": 2, "api_keys": 1}
    assert answer.json()["apiKeys"] == 0
    assert broker.add_key(tokens["access_token"]).json()["code"] == "400400"
    assert broker.signed(key, "GET", "/api/v1/accounts").json()["code"] == "400003"
    assert broker.withdraw(broker.key("zoe"), to_bob()).json()["code"] == "200000"


def test_some_of_a_user_changes_and_the_rest_goes_on(broker: Broker) -> None:
    """Only what is named changes; consents and keys live, old names lead nowhere, and balances change by currency."""
    key, before = broker.key("alice"), _user(broker, "alice")
    answer = steer(
        broker.send, "PATCH", "/users/alice", {"email": "new@x.test", "uid": 9, "balances": {"ETH": "3", "BTC": "40"}}
    )
    assert (answer.status, answer.json()["created"]) == (200, {"BTC": "-60", "ETH": "3"})
    after = _user(broker, "alice")
    assert {name for name in before if before[name] != after[name]} == {"uid", "email", "accounts"}
    balances = {each["currency"]: each["balance"] for each in after["accounts"]}
    assert balances == {"BTC": "40", "ETH": "3", "USDT": "1000000"}
    assert steer(broker.send, "GET", "/users/alice@example.test").status == 404
    assert broker.signed(key, "GET", "/api/v1/user/api-key").json()["data"]["uid"] == 9


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"frozen": True}, "frozen"),
        ({"factor_sets": []}, "You need to bind more factors"),
        ({"balances": {"USDT": "1"}}, "alance"),
    ],
)
def test_a_change_takes_effect_at_once(broker: Broker, body: dict[str, Any], message: str) -> None:
    """A user who is frozen, has no factor or no money meets that in the very next call, and after a reset no more."""
    key = broker.key("frank")
    assert broker.withdraw(key).json()["code"] == "200000"
    steer(broker.send, "PATCH", "/users/frank", body)
    refused = broker.withdraw(key).json()
    assert refused["code"] != "200000"
    assert message in refused["msg"]
    steer(broker.send, "POST", "/reset")
    assert broker.withdraw(broker.key("frank")).json()["code"] == "200000"


def test_the_limit_of_keys_can_be_reached(broker: Broker) -> None:
    """A number of foreign keys, or at_limit, is what a user can be given while running."""
    token = broker.tokens("alice")["access_token"]
    steer(broker.send, "PATCH", "/users/alice", {"api_keys": "at_limit"})
    assert broker.add_key(token).status == 200
    assert "reaches to the maximum level" in broker.add_key(token).text
    steer(broker.send, "PATCH", "/users/alice", {"api_keys": 49})
    assert "maximum level" not in broker.add_key(token).text


def test_a_key_that_is_listed_signs(broker: Broker) -> None:
    """Keys in the body are there at once, also beside those that the user has."""
    listed = [{"key": "k-1", "secret": "s", "passphrase": "p", "groups": ["API_SPOT"]}]
    broker.key("alice")
    assert steer(broker.send, "PATCH", "/users/alice", {"api_keys": listed}).json()["apiKeys"] == 2
    twice = problem_of(steer(broker.send, "PATCH", "/users/alice", {"api_keys": listed}), 422)
    assert [each["field"] for each in twice["errors"]] == ["api_keys[0].name", "api_keys[0].key"]
    found = steer(broker.send, "GET", "/api-keys?user=alice").json()["apiKeys"]
    assert [each["apiKey"] for each in found][1:] == ["k-1"]


def test_a_user_goes_with_all_that_leads_to_them(broker: Broker) -> None:
    """Tokens, keys, names and money are gone, and what went is told; past withdrawals stay in the ledger."""
    tokens, key = broker.tokens("frank"), broker.key("frank")
    broker.withdraw(key)
    answer = steer(broker.send, "DELETE", "/users/frank")
    assert (answer.status, answer.json()) == (
        200,
        {"name": "frank", "removed": {"consents": 2, "api_keys": 1}, "created": {"USDT": "-49888.5"}},
    )
    assert steer(broker.send, "GET", "/users/frank").status == 404
    assert steer(broker.send, "GET", "/users/200000006").status == 404
    assert broker.add_key(tokens["access_token"]).json()["code"] == "400400"
    assert "access_token" not in broker.refresh(tokens["refresh_token"]).json()
    assert broker.signed(key, "GET", "/api/v1/accounts").json()["code"] == "400003"
    kinds = [each["kind"] for each in steer(broker.send, "GET", "/ledger?user=frank").json()["movements"]]
    assert kinds == ["debit", "hold"]
    assert len(steer(broker.send, "GET", "/withdrawals?user=frank").json()["withdrawals"]) == 1
    assert steer(broker.send, "DELETE", "/users/frank").status == 404
    steer(broker.send, "POST", "/reset")
    assert broker.balance("frank") == "50000"


@pytest.mark.parametrize(("method", "body"), [("DELETE", None), ("PUT", {})])
@pytest.mark.parametrize("name", ["frank", "bob"])
def test_nobody_goes_while_money_is_under_way(
    wired: Callable[..., Broker], method: str, body: object, name: str
) -> None:
    """Neither sender nor recipient: 409 names the withdrawals. Once these are over, they can go."""
    broker = wired(settlement=After(600_000))
    paid = broker.withdraw(broker.key("frank"), to_bob()).json()["data"]["withdrawalId"]
    before = _world(broker)
    problem = problem_of(steer(broker.send, method, f"/users/{name}", body), 409)
    assert problem["errors"] == [{"field": paid, "detail": "PROCESSING, 11 USDT"}]
    assert _world(broker) == before
    least = problem_of(steer(broker.send, "PATCH", "/users/frank", {"balances": {"USDT": "10.9"}}), 422)
    assert least["errors"][0]["detail"] == "must not be less than 11, which withdrawals under way hold"
    assert steer(broker.send, "PATCH", "/users/frank", {"balances": {"USDT": "11"}}).status == 200
    advanced(broker.send, by="10m")
    assert broker.balance("frank") == "0"
    assert steer(broker.send, method, f"/users/{name}", body).status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field", "detail"),
    [
        ("PUT", "/users/zoe", {"emial": "x"}, 422, "emial", "unknown key (did you mean email?)"),
        ("PUT", "/users/zoe", {"balances": {"USDX": 1}}, 422, "balances.USDX", "unknown currency USDX; "),
        ("PUT", "/users/zoe", {"balances": {"USDT": "-1"}}, 422, "balances.USDT", "expected an amount such as 0.5"),
        ("PUT", "/users/zoe", {"email": "Alice@Example.test"}, 422, "email", "alice@example.test is alice's already"),
        (
            "PUT",
            "/users/zoe",
            {"deposit_addresses": {"trx": "TALiceALiceALiceALiceALiceALiceALi"}},
            422,
            "deposit_addresses.trx",
            "is alice's already",
        ),
        ("PUT", "/users/zoe", {"factor_sets": [["FAX"]]}, 422, "factor_sets[0][0]", "expected one of GAV, EMV, SMS"),
        ("PUT", "/users/zoe", {"like": "alcie"}, 422, "like", "unknown user alcie (did you mean alice?)"),
        ("PUT", "/users/zoe", [], 422, "", "expected a mapping"),
        ("PATCH", "/users/alice", {"uid": 200000002}, 422, "uid", "200000002 is bob's already"),
        ("PATCH", "/users/alice", {"like": "bob"}, 422, "like", "unknown key"),
        ("PATCH", "/users/zoe", {}, 404, "", "no user 'zoe'"),
        ("DELETE", "/users/zoe", None, 404, "", "no user 'zoe'"),
        ("PUT", "/users/200000001", {}, 409, "", "is what alice can be found by"),
    ],
)
def test_what_cannot_be_is_refused_whole(
    broker: Broker, method: str, path: str, body: object, status: int, field: str, detail: str
) -> None:
    """The scenario's own messages, each with its field, and nothing is changed."""
    before = _world(broker)
    problem = problem_of(steer(broker.send, method, path, body), status)
    told = problem.get("errors", [{"field": "", "detail": problem["detail"]}])
    assert [each["field"] for each in told] == [field]
    assert detail in told[0]["detail"]
    assert _world(broker) == before


def test_faults_and_expectations_know_who_has_come(broker: Broker) -> None:
    """A fault and a verification can name a user who was put a moment ago."""
    steer(broker.send, "PUT", "/users/zoe", {"like": "frank"})
    fault = {"operation": "withdraw", "user": "zoe", "refuse": "USER_FROZEN"}
    assert steer(broker.send, "POST", "/faults", fault).status == 201
    assert broker.withdraw(broker.key("zoe")).json()["code"] == "411100"
    assert broker.withdraw(broker.key("frank")).json()["code"] == "200000"
    expect = [{"operation": "withdraw", "user": "zoe", "exactly": 1}]
    assert steer(broker.send, "POST", "/verify", {"expect": expect}).status == 200
