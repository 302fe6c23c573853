"""Fields of a request that nothing reads are named, whatever becomes of the call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

import pytest
from support.desk import payment, query, refresh_body, token_query
from support.wire import FORM, JSON, NEW, REFRESH, TOKEN, WITHDRAWAL, Answer, Broker, control

from simulator.core.choices import DEFAULTS
from simulator.core.fast_api import api_keys, redirects, withdrawals
from simulator.core.fast_api.api_keys import requested_groups
from simulator.core.fast_api.authorization import SECRET_AT_LOGIN
from simulator.core.funds import payments
from simulator.core.gateway.parameters import names_of
from simulator.core.gateway.requests import Fields, unread
from simulator.core.world import World

CALLBACK = "http://localhost:3000/callback"
GROUPS = {"authGroupMap": {"API_SPOT": True}, "isAddressbookOnly": False}


def _add_key(broker: Broker, **fields: object) -> Answer:
    token = broker.tokens()["access_token"]
    body = json.dumps({**GROUPS, **fields}).encode()
    return broker.send("POST", NEW, body, {**JSON, "authorization": f"bearer {token}"})


def _refresh(broker: Broker, **fields: str) -> Answer:
    body = refresh_body(broker.tokens()["refresh_token"], **fields).fields
    return broker.send("POST", REFRESH, json.dumps(body).encode(), JSON)


def _refresh_form(broker: Broker, rest: str) -> Answer:
    return broker.send("POST", REFRESH, f"grant_type=authorization_code&scope=OAUTH_CREATE_API{rest}".encode(), FORM)


def _verify(broker: Broker, code: str | None, **fields: object) -> Answer:
    key = broker.key()
    challenge = broker.withdraw(key).json()["data"]
    validation = broker.validation("alice", challenge)
    if code:
        validation["factors"][0]["factorValue"] = code
    return broker.withdraw(key, payment(**fields), validation=validation)


def _partner(broker: Broker, user: str) -> Answer:
    headers = {"KC-API-PARTNER": "ccxt", "KC-API-PARTNER-VERIFY": "true"}
    key, body = broker.key(user, "API_SPOT"), json.dumps(payment()).encode()
    return broker.send("POST", WITHDRAWAL, body, {**broker.headers(key, "POST", WITHDRAWAL, body), **headers})


NOTED: list[tuple[Callable[[Broker], Answer], str, list[str]]] = [
    (lambda b: b.withdraw(b.key("frank"), payment(a=1, b=2)), "OK", ["fields that nothing read: a, b"]),
    (lambda b: b.withdraw(b.key(), payment(a=1)), "OK", ["fields that nothing read: a"]),
    (lambda b: b.withdraw(b.key(), payment(a=1, amount="x")), "PARAMETER_INVALID", ["fields that nothing read: a"]),
    (lambda b: b.withdraw(b.key(), payment(a=1, currency=5)), "PARAMETER_INVALID", ["fields that nothing read: a"]),
    (lambda b: b.withdraw(b.key("bob"), payment(a=1)), "MORE_FACTORS_NEEDED", ["fields that nothing read: a"]),
    (lambda b: b.withdraw(b.key("bob"), payment()), "MORE_FACTORS_NEEDED", []),
    (
        lambda b: b.withdraw(b.key(), payment(a=1, withdrawType="UID", address="1", chain=None)),
        "RECIPIENT_UNKNOWN",
        ["fields that nothing read: a"],
    ),
    (lambda b: _verify(b, None, a=1), "OK", ["fields that nothing read: a"]),
    (lambda b: _verify(b, "000000", a=1), "FACTOR_WRONG", ["fields that nothing read: a"]),
    (lambda b: _verify(b, None, remark=5, a=1), "PARAMETER_INVALID", ["fields that nothing read: a"]),
    (lambda b: _add_key(b, apiName="x"), "OK", ["fields that nothing read: apiName"]),
    (
        lambda b: _add_key(b, apiName="x", authGroupMap={}),
        "AUTH_GROUP_MAP_INVALID",
        ["fields that nothing read: apiName"],
    ),
    (
        lambda b: _add_key(b, apiName="x", isAddressbookOnly=True),
        "ADDRESSBOOK_ONLY_MISMATCH",
        ["fields that nothing read: apiName"],
    ),
    (_add_key, "OK", []),
    (lambda b: _refresh(b, client_id="demo-broker"), "OK", ["fields that nothing read: client_id"]),
    (lambda b: _refresh(b, client_id="x", scope="y"), "SCOPE_INVALID", ["fields that nothing read: client_id"]),
    (lambda b: _refresh_form(b, "&client_secret=s"), "PARAMETER_MISSING", ["fields that nothing read: client_secret"]),
    (
        lambda b: b.send("GET", f"{TOKEN}?{token_query('x')}&nonce=1"),
        "CODE_UNKNOWN",
        ["parameters that nothing read: nonce"],
    ),
    (
        lambda b: b.send("GET", f"/oauth?{query()}&nonce=1&scope="),
        "PARAMETER_REPEATED",
        ["parameters that nothing read: nonce"],
    ),
    (
        lambda b: b.send("GET", f"/oauth?{query().replace('OAUTH_CREATE_API', 'x')}&client_secret=s"),
        "SCOPE_INVALID",
        [SECRET_AT_LOGIN],
    ),
    (
        lambda b: _partner(b, "alice"),
        "PERMISSION_MISSING",
        ["KC-API-PARTNER 'ccxt' is nobody here; it passes (H35)"],
    ),
]


@pytest.mark.parametrize(("call", "outcome", "notes"), NOTED)
def test_what_nothing_read_is_named(
    broker: Broker, call: Callable[[Broker], Answer], outcome: str, notes: list[str]
) -> None:
    """Of every call that takes fields, accepted or refused, the journal names those that nothing read."""
    call(broker)
    entry = broker.send("GET", "/_sim/v1/requests?limit=1").json()["requests"][0]
    assert (entry["outcome"], entry["notes"]) == (outcome, notes)


def test_the_page_and_the_encoded_redirect_url_of_a_refused_exchange(broker: Broker) -> None:
    """A note is not lost when the call is refused after it: the redirect URL was encoded, and the code is unknown."""
    asked = token_query("x").replace(CALLBACK, "http%3A%2F%2Flocalhost%3A3000%2Fcallback")
    entry = broker.entry(broker.send("GET", f"{TOKEN}?{asked}"))
    assert entry["outcome"] == "CODE_UNKNOWN"
    assert [note.partition(";")[0] for note in entry["notes"]] == ["redirect_uri was percent-encoded"]


def test_notes_of_a_refused_call_are_not_counted(broker: Broker) -> None:
    """A departure counts as a violation where the call was accepted; one that is refused counts for its reason only."""
    none = {"expect": [{"fact": "violations", "exactly": 0}]}
    key = broker.key()
    assert broker.entry(broker.withdraw(key, payment(a=1, chain="x")))["notes"] == ["fields that nothing read: a"]
    assert control(broker.send, "/verify", none).status == 200
    _refresh(broker, client_id="x")
    assert control(broker.send, "/verify", none).status == 409


class Watched(Mapping[str, object]):
    """A mapping that remembers what was asked of it."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values_, self.asked = values, set[str]()

    def get(self, key: str, default: object = None) -> object:
        self.asked.add(key)
        return self.values_.get(key, default)

    def __getitem__(self, key: str) -> object:
        self.asked.add(key)
        return self.values_[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def test_the_lists_of_parameters_are_what_is_read() -> None:
    """The fields that count as known are exactly those that the operations read."""
    asked = Watched(payment())
    payments.read_payment(World(choices=DEFAULTS), Fields(asked))
    assert asked.asked == set(names_of(payments.PARAMETERS)) == set(names_of(withdrawals.OPENING)) - {"validation"}
    asked = Watched(GROUPS)
    requested_groups(asked)
    assert asked.asked == {api_keys.AUTH_GROUP_MAP.name, api_keys.ADDRESSBOOK_ONLY.name}
    assert set(refresh_body("x").fields or {}) == set(names_of(redirects.REFRESH_BODY))


def test_unread() -> None:
    """The names stand in the order of the request; none gives no note."""
    assert unread({"b": 1, "a": 2, "c": 3}, ("a",)) == ("fields that nothing read: b, c",)
    assert unread({"a": 2}, ("a",)) == unread({}, ()) == ()
