"""Brokers, currencies, prices and choices change while the world is played."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.control_calls import advanced, steer
from support.desk import query
from support.payouts import to_bob
from support.wire import Broker, problem_of

from simulator.core.choices import After

CLIENT: dict[str, Any] = {
    "name": "New Broker",
    "secret": "new-secret",
    "redirect_uris": ["/cb", "https://new.example/cb"],
    "ip_allowlist": {"oauth": ["203.0.113.9"]},
    "api_name": "bot",
    "site": "local",
    "partner": {"name": "NEW", "broker_name": "NB", "broker_key": "bk"},
}
SHOWN = {
    "client_id": "new",
    "name": "New Broker",
    "secret": "new-secret",
    "redirect_uris": ["http://127.0.0.1:8080/cb", "https://new.example/cb"],
    "api_keys": [],
    "ip_allowlist": {"oauth": ["203.0.113.9"], "trading": []},
    "api_name": "bot",
    "site": "local",
    "partner": {"name": "NEW", "broker_name": "NB", "broker_key": "bk"},
    "rcode": "",
    "invited": [],
}


def test_a_new_client_is_as_a_scenario_would_give_it(broker: Broker) -> None:
    """Every field is taken, it is listed, and its login page opens."""
    answer = steer(broker.send, "PUT", "/clients/new", CLIENT)
    assert (answer.status, answer.json()) == (201, SHOWN)
    listed = steer(broker.send, "GET", "/clients").json()["clients"]
    assert [each["client_id"] for each in listed] == ["demo-broker", "new"]
    assert listed[1] == steer(broker.send, "GET", "/clients/new").json() == SHOWN
    assert broker.send("GET", f"/oauth?{query('https://new.example/cb', client_id='new')}").status == 200


def test_some_of_a_client_changes_and_the_rest_goes_on(broker: Broker) -> None:
    """Only what is named changes, also below ip_allowlist and partner; tokens live on and meet the new lists."""
    steer(broker.send, "PUT", "/clients/new", CLIENT)
    changes = {"name": "Old Broker", "ip_allowlist": {"trading": ["203.0.113.8"]}, "partner": {"broker_name": "OB"}}
    answer = steer(broker.send, "PATCH", "/clients/new", changes)
    assert answer.json() == {
        **SHOWN,
        "name": "Old Broker",
        "ip_allowlist": {"oauth": ["203.0.113.9"], "trading": ["203.0.113.8"]},
        "partner": {"name": "NEW", "broker_name": "OB", "broker_key": "bk"},
    }
    token = broker.tokens()["access_token"]
    assert broker.add_key(token).status == 200
    steer(broker.send, "PATCH", "/clients/demo-broker", {"ip_allowlist": {"oauth": ["203.0.113.9"]}})
    assert broker.add_key(token).json()["code"] != "200"
    steer(broker.send, "PATCH", "/clients/demo-broker", {"ip_allowlist": {"oauth": []}})
    assert broker.add_key(token).status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_client_goes_with_all_that_users_gave_it(broker: Broker, method: str) -> None:
    """Its tokens and keys, its own too, are dead, and users have their places back; a reset brings all back."""
    before = steer(broker.send, "GET", "/clients/demo-broker").json()
    tokens, key = broker.tokens(), broker.key("frank")
    body = None if method == "DELETE" else {"redirect_uris": before["redirect_uris"]}
    answer = steer(broker.send, method, "/clients/demo-broker", body)
    assert (answer.status, answer.json()["removed"]) == (200, {"consents": 2, "api_keys": 2})
    assert broker.add_key(tokens["access_token"]).json()["code"] == "400400"
    assert broker.signed(key, "GET", "/api/v1/accounts").json()["code"] == "400003"
    assert steer(broker.send, "GET", "/users/frank").json()["api_keys"] == 0
    assert steer(broker.send, "GET", "/clients/demo-broker").status == (404 if method == "DELETE" else 200)
    steer(broker.send, "POST", "/reset")
    assert steer(broker.send, "GET", "/clients/demo-broker").json() == before
    assert broker.tokens()["expires_in"] == 3600


def test_a_price_holds_from_the_next_withdrawal_on(broker: Broker) -> None:
    """The service fee is reckoned with the new price; what was charged before stays as it was."""
    steer(broker.send, "PATCH", "/users/frank", {"balances": {"ETH": "10"}})
    key, paying = broker.key("frank"), {**to_bob(amount="0.001"), "currency": "ETH"}
    broker.withdraw(key, paying)
    answer = steer(broker.send, "PUT", "/prices/ETH", {"price_usdt": "2000"})
    assert (answer.status, answer.json()["price_usdt"]) == (200, "2000")
    broker.withdraw(key, paying)
    fees = [each["service_fee"] for each in steer(broker.send, "GET", "/withdrawals").json()["withdrawals"]]
    assert sorted(fees) == ["0.00033334", "0.0005"]
    debits = [
        each for each in steer(broker.send, "GET", "/ledger?user=frank").json()["movements"] if each["kind"] == "debit"
    ]
    for debit in debits:
        assert debit["parts"][1]["steps"][-1]["result"] == debit["parts"][1]["amount"]


def test_a_currency_comes_and_changes(broker: Broker) -> None:
    """A new one can be owned and sent at once; chains of an older one are replaced, and its price stays."""
    doge = {"precision": 4, "price_usdt": "0.1", "chains": {"doge": {"withdrawal_min_fee": "2"}}}
    answer = steer(broker.send, "PUT", "/currencies/DOGE", doge)
    shown = answer.json()
    chain = shown["chains"].pop("doge")
    assert (chain["withdrawal_min_fee"], chain["chain_name"]) == ("2", "DOGE")
    assert (answer.status, shown) == (
        201,
        {
            "currency": "DOGE",
            "full_name": "DOGE",
            "precision": 4,
            "default_chain": "doge",
            "margin_enabled": True,
            "debit_enabled": True,
            "price_usdt": "0.1",
            "chains": {},
        },
    )
    steer(broker.send, "PATCH", "/users/frank", {"balances": {"DOGE": "1000"}})
    paid = broker.withdraw(broker.key("frank"), {**to_bob(amount="100"), "currency": "DOGE"})
    assert paid.json()["code"] == "200000"
    assert broker.balance("frank", "DOGE") == "890"
    changed = steer(broker.send, "PUT", "/currencies/DOGE", {"chains": {"trx": {"withdraw_enabled": False}}})
    assert (changed.status, changed.json()["price_usdt"], [*changed.json()["chains"]]) == (200, "0.1", ["trx"])
    seen = broker.send("GET", "/api/v3/currencies/DOGE").json()["data"]["chains"]
    assert [(each["chainId"], each["isWithdrawEnabled"]) for each in seen] == [("trx", False)]


def test_choices_are_read_and_changed(broker: Broker) -> None:
    """Every switch is shown in a scenario's words; those that are named change, at once and until a reset."""
    shown = steer(broker.send, "GET", "/choices").json()
    assert (shown["settlement"], shown["authorization_code_lifetime"], shown["amount_cap_24h"]) == (
        "immediate",
        "5m",
        "999999",
    )
    code = broker.authorize()
    changes = {"authorization_code_lifetime": "10s", "amount_cap_24h": "7.50", "settlement": {"polls": 2}}
    changed = steer(broker.send, "PATCH", "/choices", changes).json()
    assert changed == {**shown, **changes, "amount_cap_24h": "7.5"}
    assert steer(broker.send, "PATCH", "/choices", changed).json() == changed
    advanced(broker.send, by="10s")
    assert broker.exchange(code).json()["msg"] == "invalid_grant: the code has expired"
    steer(broker.send, "POST", "/reset")
    assert steer(broker.send, "GET", "/choices").json() == shown


@pytest.mark.parametrize(
    ("settlement", "by", "status"),
    [("immediate", "0s", "SUCCESS"), ({"after": "5m"}, "4m", "SUCCESS"), ({"after": "5m"}, "3m", "PROCESSING")],
)
def test_what_waits_is_settled_in_the_new_way(
    wired: Callable[..., Broker], settlement: object, by: str, status: str
) -> None:
    """Withdrawals under way follow the new choice, counted from when they were accepted; one under review waits."""
    broker = wired(settlement=After(3_600_000))
    key = broker.key("frank")
    paid, held = (broker.withdraw(key, to_bob()).json()["data"]["withdrawalId"] for _ in range(2))
    steer(broker.send, "POST", f"/withdrawals/{held}/review")
    advanced(broker.send, by="1m")
    assert steer(broker.send, "PATCH", "/choices", {"settlement": settlement}).status == 200
    advanced(broker.send, by=by)
    assert steer(broker.send, "GET", f"/withdrawals/{paid}").json()["status"] == status
    assert steer(broker.send, "GET", f"/withdrawals/{held}").json()["status"] == "REVIEW"
    steer(broker.send, "PATCH", "/choices", {"settlement": "manual"})
    advanced(broker.send, by="2h")
    assert steer(broker.send, "GET", f"/withdrawals/{paid}").json()["status"] == status


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field", "detail"),
    [
        ("PUT", "/clients/new", {"redirect_uris": ["nowhere"]}, 422, "redirect_uris[0]", "is neither a URL"),
        ("PUT", "/clients/new", {"like": "demo-broker"}, 422, "like", "unknown key"),
        ("PATCH", "/clients/new", {}, 404, "", "no client 'new'"),
        ("DELETE", "/clients/new", None, 404, "", "no client 'new'"),
        ("GET", "/clients/new", None, 404, "", "no client 'new'"),
        ("PUT", "/currencies/NEW", {"price_usdt": "1"}, 422, "chains", "is missing"),
        (
            "PUT",
            "/currencies/NEW",
            {"chains": {"a": {}}},
            422,
            "price_usdt",
            "is missing; the service fee (s9) needs it",
        ),
        ("PUT", "/currencies/NEW", {"chains": {"a": {}}, "price_usdt": 0}, 422, "price_usdt", "must be more than zero"),
        ("PUT", "/currencies/USDT", {"chains": {"a": {}}, "price_usdt": 2}, 422, "price_usdt", "is 1: a price says"),
        (
            "PUT",
            "/currencies/BTC",
            {"chains": {"a": {}}, "default_chain": "b"},
            422,
            "default_chain",
            "'b' is none of its chains",
        ),
        ("PUT", "/prices/NEW", {"price_usdt": "1"}, 404, "", "no symbol or currency 'NEW'; there are BTC-USDT, "),
        (
            "PUT",
            "/currencies/BTC",
            {"chains": {"a": {"address_pattern": "(a+)+"}}},
            422,
            "chains.a.address_pattern",
            "repeats a group whose own length varies",
        ),
        ("PUT", "/prices/BTC", {}, 422, "price_usdt", "is missing"),
        ("PUT", "/prices/BTC", {"price_usdt": "much"}, 422, "price_usdt", "expected an amount such as 0.5"),
        ("PUT", "/prices/USDT", {"price_usdt": "1.01"}, 422, "price_usdt", "is 1: a price says"),
        ("PATCH", "/choices", {"settlement": "later"}, 422, "settlement", "expected immediate, manual, "),
        ("PATCH", "/choices", {"setlement": "manual"}, 422, "setlement", "unknown key (did you mean settlement?)"),
        (
            "PATCH",
            "/choices",
            {"settlement": "manual", "api_key_limit": -1},
            422,
            "api_key_limit",
            "expected a whole number",
        ),
    ],
)
def test_what_cannot_be_is_refused_whole(
    broker: Broker, method: str, path: str, body: object, status: int, field: str, detail: str
) -> None:
    """The scenario's own messages, each with its field, and nothing is changed."""
    places = ("/clients", "/choices")
    before = [steer(broker.send, "GET", each).json() for each in places]
    currencies = broker.send("GET", "/api/v3/currencies/BTC").json()
    problem = problem_of(steer(broker.send, method, path, body), status)
    told = problem.get("errors", [{"field": "", "detail": problem["detail"]}])
    assert [each["field"] for each in told] == [field]
    assert detail in told[0]["detail"]
    assert [steer(broker.send, "GET", each).json() for each in places] == before
    assert broker.send("GET", "/api/v3/currencies/BTC").json() == currencies
