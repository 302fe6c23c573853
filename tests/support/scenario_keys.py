"""The keys of a scenario, each with a good value and another one. Those of trading are in `trading_keys`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from simulator.core.choices import DEFAULTS
from simulator.scenario.format.shapes import Record
from simulator.scenario.keys import expectations, faults, scenario
from simulator.scenario.keys.choices import CHOICES
from simulator.scenario.keys.currencies import CHAIN, CURRENCY
from simulator.scenario.keys.people import API_KEY_ENTRY, CLIENT, USER
from simulator.scenario.keys.scenario import SCENARIO
from simulator.scenario.loader import read
from simulator.scenario.text.nodes import ScenarioError
from support.trading_keys import DROPPED, FILLED, JUNE, ORDERS, SOLD, TRADING, Document

Wrap = Callable[[Document], Document]
"""A record -> a whole document in which it stands."""
USERS: Final[Document] = {"ann": {}, "ben": {}}
CLIENTS: Final[Document] = {"one": {"redirect_uris": ["/cb"], "invited": ["ann"]}, "two": {"redirect_uris": ["/cb"]}}


def given(**keys: Any) -> Document:
    """A document with this, and two users and two clients, as given."""
    return {"given": {"clients": CLIENTS, "users": USERS, **keys}}


def _coin(currency: Document) -> Document:
    return given(currencies={"NEW": currency}, prices_usdt={"NEW": "2"})


def with_fault(fault: Document) -> Document:
    """A document with one fault."""
    return {**given(), "faults": [fault]}


def _otherwise(name: str) -> Any:
    """A value of a switch that is not its default."""
    for text in ("7s", "7", "0.25", "012345", {"polls": "3"}, ["json"], ["refresh_token"]):
        try:
            read(json.dumps({"version": "1", "name": "x", "choices": {name: text}, "given": {}}), "x.yaml")
        except ScenarioError:
            continue
        return text
    return next(word for word in CHOICES.keys[name].shape.values if word != getattr(DEFAULTS, name))


KEY: Final[Document] = {"key": "k", "secret": "s", "passphrase": "p", "groups": [], "client": "one"}
OWN: Final[Document] = {**KEY, "client": None, "made_by": "user", "ip_whitelist": ["::1"]}
WAIT: Final[Document] = {"operation": "withdraw", "delay": "1s"}
ONCE: Final[Document] = {"operation": "withdraw", "exactly": 1}
ANY: Final[Document] = {"any_of": [ONCE]}
AUTO: Final[Document] = {"mode": "auto", "user": "ann"}
BOTH: Final[Document] = {"at_least": "1", "at_most": "5"}
LEAST: Final[Document] = {"operation": "withdraw", "at_least": 1, "at_most": 5}
COUNTED: Final[Document] = {"operation": "get_account", "user": "ann", "client": "one", "outcome": "OK", "exactly": 2,
    "fact": ({"fact": "transfers_accepted", "exactly": 1}, "violations"), "at_least": (LEAST, 2), "at_most": (LEAST, 4),
}  # fmt: skip
CASES: Final[list[tuple[Record, Wrap, Document, Document]]] = [
    (CLIENT, lambda it: given(clients={"one": it}), {}, {
        "name": "N", "secret": "s", "redirect_uris": ["/x"], "ip_allowlist": {"oauth": ["203.0.113.9"]},
        "api_name": "bot", "site": "local", "partner": {"name": "P"}, "rcode": "r", "invited": ["ann"],
    }),
    (CLIENT.keys["ip_allowlist"].shape, lambda it: given(clients={"one": {"ip_allowlist": it}}), {}, {
        "oauth": ["203.0.113.9"], "trading": ["203.0.113.9"],
    }),
    (CLIENT.keys["partner"].shape, lambda it: given(clients={"one": {"partner": it}}), {}, {
        "name": "P", "broker_name": "B", "broker_key": "K",
    }),
    (USER, lambda it: given(users={**USERS, "eve": it}), {}, {
        "uid": 77, "email": "e@x.test", "phone": "+15550000000", "level": 3, "registered_at": JUNE, "frozen": True,
        "futures": True, "factor_sets": [["GAV"]], "totp_secret": "ABCDEFGHIJKLMNOPQRSTUVWX", "balances": {"BTC": "5"},
        "trade": {"BTC": "5"}, "address_book": {"trx": ["T1"]}, "deposit_addresses": {"trx": "T2"}, "api_keys": 4,
    }),
    (API_KEY_ENTRY, lambda it: given(users={**USERS, "eve": {"api_keys": [it]}}), KEY, {
        "key": "k2", "secret": "s2", "passphrase": "p2", "groups": ["API_SPOT"], "made_by": "broker", "client": "two",
        "name": "n", "addressbook_only": True, "created_at": JUNE, "withdrawal": (OWN, True), "ip_whitelist": ["::1"],
    }),
    (CURRENCY, _coin, {"chains": {"net": {}, "other": {}}}, {
        "full_name": "New", "precision": 3, "default_chain": "other", "margin_enabled": False, "debit_enabled": False,
        "chains": {"more": {}},
    }),
    (CHAIN, lambda it: _coin({"chains": {"net": it}}), {}, {
        "chain_name": "Net", "withdrawal_min_size": "3", "withdrawal_min_fee": "3", "withdraw_precision": 3,
        "deposit_min_size": "3", "max_deposit": "3", "confirms": 3, "pre_confirms": 3, "contract_address": "0x",
        "withdraw_enabled": False, "deposit_enabled": False, "need_tag": True, "address_pattern": "a",
        "memo_pattern": "m",
    }),
    *((record, lambda it, wrap=wrap: given(**wrap(it)), good, others) for record, wrap, good, others in TRADING),
    (CHOICES, lambda it: {"choices": it, **given()}, {}, {name: _otherwise(name) for name in CHOICES.keys}),
    (CHOICES.keys["settlement"].shape.entries, lambda it: {"choices": {"settlement": it}, **given()}, {},
        {"after": ({"after": "1s"}, "2s"), "polls": ({"polls": 1}, 2)}),
    (scenario.GIVEN, lambda it: {"given": it}, {"clients": CLIENTS, "users": USERS}, {
        "clients": {"one": {"invited": ["ben"]}}, "users": {**USERS, "eve": {}},
        "currencies": {"BTC": {"precision": 3}}, "prices_usdt": {"BTC": "5"}, "trades": [SOLD],
        "symbols": {"BTC-USDT": {"enabled": False}}, "prices": {"BTC-USDT": "5"}, "observed_ip": "203.0.113.9",
    }),
    (scenario.CLOCK, lambda it: {"clock": it, **given()}, {"mode": "real"}, {
        "mode": "frozen", "start": JUNE, "scale": ({"mode": "scaled", "scale": "2"}, "60"), "wall_offset": "5s",
    }),
    (scenario.DECIDED, lambda it: {"login": it, **given()}, AUTO,
        {"user": "ben", "decision": "deny", "grant": ["API_SPOT"], "addressbook_only": True, "redirect": "twice"}),
    (scenario.LOGIN.variants["queue"], lambda it: {"login": {"mode": "queue", **it}, **given()}, {"logins": []},
        {"logins": [{"user": "ann"}]}),
    (faults.FAULT, with_fault, WAIT, {
        "operation": "get_account", "user": "ann", "client": "one", "match": {"currency": "BTC"}, "times": 2, "skip": 1,
        "at": "after_commit", "refuse": "USER_FROZEN", "respond": {"status": 500}, "network": "reset",
        "delay": "2s", "advance": "2h", "hold": {"until": 2}, "first": "freeze", "then": {"event": "settle"},
    }),
    (faults.HOLD, lambda it: with_fault({"operation": "withdraw", "hold": it}), {"until": 2},
        {"until": 3, "order": [2, 1], "within": "1s"}),
    (faults.EVENT_KEYS, lambda it: with_fault({"operation": "withdraw", "first": it}), {"event": "freeze"}, {
        "event": "revoke", "user": "ben", "client": "two", "currency": ({"event": "credit"}, "BTC"),
        "amount": ({"event": "credit", "currency": "BTC"}, "2"), "what": ({"event": "expire"}, "code"),
        "groups": ({"event": "narrow", "groups": []}, ["API_SPOT"]),
    }),
    *((record, lambda it, wrap=wrap: {**given(), **wrap(it)}, good, others) for record, wrap, good, others in ORDERS),
    (faults.RESPOND, lambda it: with_fault({"operation": "withdraw", "respond": it}), {"status": 500},
        {"status": 501, "headers": {"via": "x"}, "body": "b"}),
    (faults.BOUNDS, lambda it: with_fault({**WAIT, "match": {"amount": it}}), BOTH, {"at_least": "2", "at_most": "4"}),
    (expectations.EXPECTATION, lambda it: {**given(), "expect": [it]}, ONCE, {**COUNTED, "any_of": (ANY, [LEAST])}),
    (expectations.COUNTED, lambda it: {**given(), "expect": [{"any_of": [it]}]}, ONCE, COUNTED),
    (SCENARIO, lambda it: it, given(), {
        "name": "other", "description": "d", "extends": "demo", "seed": 5, "clock": {"mode": "frozen"},
        "given": {"users": {"eve": {}}}, "choices": {"client_secret": "required"}, "login": AUTO, "faults": [WAIT],
        "orders": [FILLED], "stream_faults": [DROPPED],
        "expect": [ONCE],
    }),
]  # fmt: skip
"""A record, where it stands, one that is good, and another value of each key: alone, or with a record to stand in."""
