"""A GET of the control surface shows everything that the call which sets it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pytest
from support.control_calls import steer
from support.wire import Broker

from simulator.core.endpoints import CALLS as STAGED_CALLS
from simulator.core.staged import details_of
from simulator.scenario.keys.choices import CHOICES
from simulator.web.control.protocol.declaration import ControlCall
from simulator.web.control.routes import CALLS
from simulator.web.json_schema import Schema

BY_TARGET: Final = {call.target: call for call in CALLS}
STAGED: Final = {
    name: {"operation": operation, "refuse": {"reason": reason.name, **dict.fromkeys(details_of(reason), "x")}}
    for operation, call in STAGED_CALLS.items()
    for reason in call.refusals
    for name in details_of(reason)
}
"""By each detail that a reason asks for: a fault that refuses with it."""
FAULTS: Final[list[dict[str, Any]]] = [
    *STAGED.values(),
    {"operation": "withdraw", "user": "alice", "client": "demo-broker", "match": {"amount": {"at_least": "5"}},
     "times": 2, "skip": 1, "at": "before", "refuse": {"reason": "PARAMETER_INVALID", "field": "f", "problem": "p"},
     "delay": "1s", "advance": "1h"},
    {"operation": "list_accounts", "respond": {"status": 502, "headers": {"via": "x"}, "body": "b"}},
    {"operation": "withdraw", "network": "reset", "match": {"amount": {"at_most": "5"}}},
    {"operation": "withdraw", "hold": {"until": 2, "order": [2, 1], "within": "5s"}},
    *(
        {"operation": "withdraw", name: {"user": "alice", "client": "demo-broker", **event}}
        for name in ("first", "then")
        for event in (
            {"event": "credit", "currency": "USDT", "amount": "5"},
            {"event": "narrow", "groups": ["API_SPOT"]},
            {"event": "expire", "what": "code"},
        )
    ),
]  # fmt: skip
STREAM_FAULTS: Final = [
    {"topic": "/account/balance", "effect": "gap", "user": "alice", "times": 3, "skip": 2, "messages": 5},
    {"topic": "/account/balance", "effect": "late", "delay": "3s"},
]
PLANS: Final = [
    {"user": "alice", "symbol": "BTC-USDT", "side": "buy", "type": "limit", "client_oid": "a*",
     "match": {"postOnly": "true"}, "unknown_for": "2s", "stale_for": "3s",
     "plan": [{"after": "1s", "fill": "40%", "price": "5", "role": "maker", "report": "lost"}, {"cancel": "rest"}]},
    {"plan": [{"after": "1s", "reject": "rest"}]},
    {"plan": [{"after": "1s", "expire": "rest"}]},
]  # fmt: skip
KEYS: Final = [
    {"key": "k", "secret": "s", "passphrase": "p", "groups": ["API_COMMON", "API_SPOT"], "made_by": "user",
     "name": "n", "created_at": "2020-01-01T00:00:00.000Z", "withdrawal": True, "ip_whitelist": ["::1"]},
    {"key": "l", "secret": "s", "passphrase": "p", "groups": ["API_COMMON"], "made_by": "broker",
     "client": "demo-broker", "name": "m", "addressbook_only": True},
]  # fmt: skip
USER: Final = {
    "uid": 77, "email": "e@x.test", "phone": "+15550000000", "level": 3, "frozen": True, "futures": True,
    "registered_at": "2020-02-03T04:05:06.000Z", "factor_sets": [["GAV", "EMV"], ["SMS"]],
    "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DP", "balances": {"BTC": "1", "USDT": "2"}, "trade": {"USDT": "3"},
    "address_book": {"trx": ["TBook"], "eth": ["0x1", "0x2"]}, "deposit_addresses": {"eth": "0xOwn", "trx": "TOwn"},
}  # fmt: skip
CLIENT: Final = {
    "name": "N", "secret": "s", "redirect_uris": ["https://x.test/cb"],
    "ip_allowlist": {"oauth": ["203.0.113.9"], "trading": ["203.0.113.8"]}, "api_name": "bot", "site": "local",
    "partner": {"name": "P", "broker_name": "B", "broker_key": "K"}, "rcode": "r", "invited": ["alice"],
}  # fmt: skip
DEPOSIT: Final = {
    "user": "alice", "currency": "USDT", "chain": "trx", "amount": "5", "address": "TMine", "memo": "",
    "confirmations": 1,
}  # fmt: skip
WORKSPACE: Final = {
    "name": "w1", "scenario": "demo", "client_id": "mine", "client_secret": "s", "redirect_uris": ["https://x.test/"],
    "users": ["ann:GAV:5"], "seed": 5, "ttl": "1h",
}  # fmt: skip


class Case(NamedTuple):
    """What is sent to `path`, where it is read, and the names of the row there that has it; "" = the whole answer."""

    path: str
    sent: dict[str, Any]
    get: str
    row: str = ""


CASES: Final[dict[str, Case]] = {
    "PUT /faults": Case("/faults", {"faults": FAULTS}, "/faults"),
    "PUT /stream-faults": Case("/stream-faults", {"stream_faults": STREAM_FAULTS}, "/stream-faults"),
    "PUT /order-plans": Case("/order-plans", {"orders": PLANS}, "/order-plans"),
    "PATCH /clock": Case("/clock", {"mode": "scaled", "scale": "2"}, "/clock"),
    "POST /snapshots": Case("/snapshots", {"name": "here"}, "/snapshots", "snapshots"),
    "PUT /users/{user}": Case("/users/zoe", {**USER, "api_keys": KEYS}, "/users/zoe"),
    "PATCH /users/{user}": Case("/users/alice", {**USER, "api_keys": KEYS}, "/users/alice"),
    "PUT /clients/{client}": Case("/clients/other", CLIENT, "/clients/other"),
    "PATCH /clients/{client}": Case("/clients/demo-broker", CLIENT, "/clients/demo-broker"),
    "POST /deposits": Case("/deposits", DEPOSIT, "/deposits", "deposits"),
    "PUT /prices/{name}": Case(
        "/prices/BTC-USDT", {"last": "65000", "bid": "64000", "ask": "66000"}, "/prices", "prices.BTC-USDT"
    ),
    "POST /workspaces": Case("/workspaces", WORKSPACE, "/workspaces/w1"),
}
"""Every call that sets what a GET of the same path, or of the path above it, shows."""
ELSEWHERE: Final = {
    "POST /faults": "its fault is one of `PUT /faults`, and the row of the same GET",
    "PATCH /choices": "each switch has a test of its own below",
    "PUT /scenario": "GET shows what the scenario is about; each part has a call of its own, which is here",
    "PUT /state": "GET exports the world itself, and tests/state compare it",
    "POST /scenario/validate": "it sets nothing",
    "POST /clock/advance": "it sets nothing, it moves the clock, which test_clock.py looks at",
    "POST /orders/{order}/fill": "what the order has become is shown; test_orders.py looks at it",
    **{
        f"POST /orders/{{order}}/{end}": "what the order has become is shown; test_orders.py looks at it"
        for end in ("cancel", "reject", "expire")
    },
}
NOT_SHOWN: Final = {
    ("PUT /users/{user}", "name"): "only shown: the path has it",
    ("PUT /users/{user}", "accounts"): "only shown: what the balances are on",
    ("PUT /users/{user}", "like"): "a template that is copied once",
    ("PATCH /users/{user}", "name"): "only shown: the path has it",
    ("PATCH /users/{user}", "accounts"): "only shown: what the balances are on",
    ("PUT /clients/{client}", "client_id"): "only shown: the path has it",
    ("PUT /clients/{client}", "api_keys"): "only shown",
    ("PATCH /clients/{client}", "client_id"): "only shown: the path has it",
    ("PATCH /clients/{client}", "api_keys"): "only shown",
    ("POST /workspaces", "users"): "by name only: GET /users has the rest",
    ("POST /workspaces", "port"): "needs a server of its own (test_doors.py)",
    ("PUT /prices/{name}", "price_usdt"): "of a currency: there is no GET of it",
}
"""Fields of a body that no GET has, and why."""


def gets(call: ControlCall) -> set[str]:
    """The GETs that could show what a call sets: of its path, of the one above it, and of one row of it."""
    above = call.path.rpartition("/")[0]
    return {target for path in (call.path, above) if path and (target := f"GET {path}") in BY_TARGET}


def names(schema: Schema, path: str = "") -> Iterator[str]:
    """The places of all fields that a schema declares by name, such as `faults.hold.until`."""
    for name, part in schema.get("properties", {}).items():
        yield f"{path}{name}"
        yield from names(part, f"{path}{name}.")
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *filter(bool, [schema.get("items")])):
        yield from names(part, path)


def used(sent: Any, path: str = "") -> Iterator[str]:
    """The places of all fields that are sent."""
    if isinstance(sent, dict):
        for name, part in sent.items():
            yield f"{path}{name}"
            yield from used(part, f"{path}{name}.")
    elif isinstance(sent, list):
        for part in sent:
            yield from used(part, path)


def lost(sent: Any, shown: Any, path: str = "") -> Iterator[str]:
    """What is sent and not shown, by place."""
    if isinstance(sent, dict) and isinstance(shown, dict):
        for name, part in sent.items():
            if name in shown:
                yield from lost(part, shown[name], f"{path}.{name}")
            else:
                yield f"{path}.{name} is not shown"
    elif isinstance(sent, list) and isinstance(shown, list) and len(sent) == len(shown):
        for number, pair in enumerate(zip(sent, shown, strict=True)):
            yield from lost(*pair, f"{path}[{number}]")
    elif sent != shown:
        yield f"{path} is {sent!r} and is shown as {shown!r}"


def test_no_call_is_left_out() -> None:
    """Every call with a body whose path, or the one above it, has a GET is played below, or a reason is given."""
    setting = {call.target for call in CALLS if call.body and gets(call)}
    assert setting == {*CASES, *ELSEWHERE}


@pytest.mark.parametrize("target", CASES)
def test_no_field_is_left_out(target: str) -> None:
    """What is sent below has every field that the body of the call declares, also those of records within it."""
    body = BY_TARGET[target].body
    assert body is not None
    reasons = {name for call, name in NOT_SHOWN if call == target}
    missing = {*names(body.schema)} - {*used(CASES[target].sent)}
    assert {name for name in missing if name.partition(".")[0] not in reasons} == set()


@pytest.mark.parametrize("target", CASES)
def test_everything_is_shown(broker: Broker, target: str) -> None:
    """What was sent stands in the answer of the GET, by the same names and in the same words."""
    case = CASES[target]
    steer(broker.send, "PATCH", "/users/alice", {"deposit_addresses": {"trx": "TMine"}})
    answer = steer(broker.send, target.partition(" ")[0], case.path, case.sent)
    assert answer.status in (200, 201), answer.text
    shown = steer(broker.send, "GET", case.get).json()
    for name in filter(None, case.row.split(".")):
        shown = shown[name]
    if isinstance(shown, list):
        shown = shown[0]
    sent = {name: value for name, value in case.sent.items() if (target, name) not in NOT_SHOWN}
    assert [*lost(sent, shown)] == []


@pytest.mark.parametrize("name", CHOICES.keys)
def test_a_switch_is_shown(broker: Broker, name: str) -> None:
    """Each word that a switch can have is shown as it was sent."""
    shape: Any = CHOICES.keys[name].shape
    values = getattr(shape, "values", None) or ("7s", "7", "0.25", {"polls": 3}, ["json"], ["refresh_token"])
    taken = [value for value in values if steer(broker.send, "PATCH", "/choices", {name: value}).status == 200]
    assert taken
    for value in taken:
        steer(broker.send, "PATCH", "/choices", {name: value})
        shown = steer(broker.send, "GET", "/choices").json()[name]
        assert shown == value or str(shown) == value, (name, value, shown)
