"""Every key of a scenario is obeyed: another value under it makes another world, staging, clock or expectation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace
from support.trading_keys import DROPPED, FILLED, ORDERS, SOLD, TRADING

from simulator.core.choices import DEFAULTS
from simulator.core.endpoints import CALLS
from simulator.core.staged import details_of
from simulator.core.world import Client, User
from simulator.scenario.format.scalars import TEXT
from simulator.scenario.format.shapes import Either, Key, List, Names, Record, Tagged, by_hand
from simulator.scenario.given import amending
from simulator.scenario.keys import expectations, faults, people, scenario
from simulator.scenario.keys.choices import CHOICES
from simulator.scenario.keys.currencies import CHAIN, CURRENCY
from simulator.scenario.keys.people import API_KEY_ENTRY, CLIENT, USER
from simulator.scenario.keys.scenario import SCENARIO
from simulator.scenario.loader import Scenario, read
from simulator.scenario.text.nodes import ScenarioError
from simulator.web.control.people import LOGIN

Document = dict[str, Any]
Wrap = Callable[[Document], Document]
"""A record -> a whole document in which it stands."""
USERS: Final[Document] = {"ann": {}, "ben": {}}
CLIENTS: Final[Document] = {"one": {"redirect_uris": ["/cb"], "invited": ["ann"]}, "two": {"redirect_uris": ["/cb"]}}
JUNE = "2026-06-01T00:00:00Z"


def given(**keys: Any) -> Document:
    """A document with this, and two users and two clients, as given."""
    return {"given": {"clients": CLIENTS, "users": USERS, **keys}}


def _coin(currency: Document) -> Document:
    return given(currencies={"NEW": currency}, prices_usdt={"NEW": "2"})


def _fault(fault: Document) -> Document:
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
    (faults.FAULT, _fault, WAIT, {
        "operation": "get_account", "user": "ann", "client": "one", "match": {"currency": "BTC"}, "times": 2, "skip": 1,
        "at": "after_commit", "refuse": "USER_FROZEN", "respond": {"status": 500}, "network": "reset",
        "delay": "2s", "advance": "2h", "hold": {"until": 2}, "first": "freeze", "then": {"event": "settle"},
    }),
    (faults.HOLD, lambda it: _fault({"operation": "withdraw", "hold": it}), {"until": 2},
        {"until": 3, "order": [2, 1], "within": "1s"}),
    (faults.EVENT_KEYS, lambda it: _fault({"operation": "withdraw", "first": it}), {"event": "freeze"}, {
        "event": "revoke", "user": "ben", "client": "two", "currency": ({"event": "credit"}, "BTC"),
        "amount": ({"event": "credit", "currency": "BTC"}, "2"), "what": ({"event": "expire"}, "code"),
        "groups": ({"event": "narrow", "groups": []}, ["API_SPOT"]),
    }),
    *((record, lambda it, wrap=wrap: {**given(), **wrap(it)}, good, others) for record, wrap, good, others in ORDERS),
    (faults.RESPOND, lambda it: _fault({"operation": "withdraw", "respond": it}), {"status": 500},
        {"status": 501, "headers": {"via": "x"}, "body": "b"}),
    (faults.BOUNDS, lambda it: _fault({**WAIT, "match": {"amount": it}}), BOTH, {"at_least": "2", "at_most": "4"}),
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


def _refusals() -> Iterator[tuple[Record, str, Document, Document]]:
    """The keys of `refuse: {reason: ...}`: the reason itself, and every detail with a reason that asks for it."""
    record = faults.REFUSE.entries
    assert record is not None
    yield record, "reason", {"reason": "USER_FROZEN"}, {"reason": "BALANCE_INSUFFICIENT"}
    staged = [(name, reason) for name, call in CALLS.items() for reason in call.refusals]
    for key in [key for key in record.keys if key != "reason"]:
        operation, reason = next(pair for pair in staged if key in details_of(pair[1]))
        filled = {"operation": operation, "reason": reason.name, **dict.fromkeys(details_of(reason), "x")}
        yield record, key, filled, {**filled, key: "y"}


def _refuse(it: Document) -> Document:
    refused = {name: value for name, value in it.items() if name != "operation"}
    return _fault({"operation": it.get("operation", "withdraw"), "refuse": refused})


def _changes() -> Iterator[tuple[Record, str, Document, Document]]:
    """(record, key, a document, the same with another value under that key)."""
    for record, wrap, good, others in CASES:
        for key, other in others.items():
            base, value = other if isinstance(other, tuple) else (good, other)
            yield record, key, wrap(base), wrap({**base, key: value})
    for record, key, one, other in _refusals():
        yield record, key, _refuse(one), _refuse(other)


CHANGES: Final = list(_changes())
EACH: Final = pytest.mark.parametrize(
    ("before", "after"),
    [pair for _, _, *pair in CHANGES],
    ids=[f"{','.join(record.keys)[:20]}-{key}" for record, key, *_ in CHANGES],
)


def effect(document: Document, folder: Path | None = None) -> Scenario:
    """All that a document makes, but for its text and the names of its files."""
    text = json.dumps({"version": "1", "name": "here", **document})
    return replace(read(text, "here.yaml", folder=folder), text="", files=())


def records(shape: object) -> Iterator[Record]:
    """Every record of a shape, at every depth."""
    if isinstance(shape, Record):
        yield shape
        for key in shape.keys.values():
            yield from records(key.shape)
    parts: list[object] = []
    if isinstance(shape, List | Names):
        parts = [shape.of]
    elif isinstance(shape, Tagged):
        parts = [*shape.variants.values()]
    elif isinstance(shape, Either):
        parts = [shape.items, shape.entries]
    for part in parts:
        yield from records(part)


def test_no_key_is_left_out() -> None:
    """Every key of every record that a scenario can have is changed below, `version` with its one value excepted."""
    changed = {(frozenset(record.keys), key) for record, key, *_ in CHANGES}
    declared = {(frozenset(record.keys), key) for record in records(SCENARIO) for key in record.keys}
    assert declared - changed == {(frozenset(SCENARIO.keys), "version")}
    assert len(declared) > 130


@EACH
def test_another_value_is_another_scenario(before: Document, after: Document) -> None:
    """A key that is declared is obeyed: what is read is not what it was."""
    assert effect(before) != effect(after)


@EACH
def test_another_value_replaces_what_is_inherited(before: Document, after: Document, tmp_path: Path) -> None:
    """Laid over a scenario that says one value, another one makes another scenario of it."""
    if "extends" in after:
        assert effect(after).world.users.keys() > effect(before).world.users.keys()
        return
    (tmp_path / "base.yaml").write_text(json.dumps({"version": "1", "name": "base", **before}))
    laid = effect({**after, "extends": "base"}, tmp_path)
    assert laid != effect({"extends": "base"}, tmp_path)


@pytest.mark.parametrize("key", USER.keys)
def test_a_user_is_changed_by_every_key(key: str) -> None:
    """PATCH obeys each key of a user."""
    [(_, _, _, others)] = [case for case in CASES if case[0] is USER]
    world = effect(given()).world
    text = json.dumps({key: others[key]})
    assert amending.change_user(world, world.users["ann"], text) != amending.change_user(
        world, world.users["ann"], "{}"
    )


@pytest.mark.parametrize("key", CLIENT.keys)
def test_a_client_is_changed_by_every_key(key: str) -> None:
    """PATCH obeys each key of a client."""
    [(_, _, _, others)] = [case for case in CASES if case[0] is CLIENT]
    world = effect(given()).world
    two = world.clients["two"]
    assert amending.change_client(world, two, json.dumps({key: others[key]})).client != two


@pytest.mark.parametrize("key", amending.PRICED.keys)
def test_a_currency_is_put_with_every_key(key: str) -> None:
    """PUT obeys each key of a currency."""
    [(_, _, base, others)] = [case for case in CASES if case[0] is CURRENCY]
    world = effect(given()).world
    good = {**base, "price_usdt": "2"}
    other = {**good, key: {**others, "price_usdt": "3"}[key]}
    assert amending.put_currency(world, "NEW", json.dumps(other)) != amending.put_currency(
        world, "NEW", json.dumps(good)
    )


@pytest.mark.parametrize("key", CHOICES.keys)
def test_choices_are_changed_by_every_key(key: str) -> None:
    """PATCH obeys each switch."""
    [(_, _, _, others)] = [case for case in CASES if case[0] is CHOICES]
    world = effect(given()).world
    assert amending.change_choices(world, json.dumps({key: others[key]})).choices != world.choices


PLANTED: Final = Key(TEXT, "Nobody obeys it")


@pytest.mark.parametrize("record", [*{frozenset(each.keys): each for each in records(SCENARIO) if each.makes}.values()])
def test_a_key_without_a_field_cannot_be_declared(record: Record) -> None:
    """A key that becomes no field of the record's value is an error where it is declared, at import."""
    with pytest.raises(LookupError, match=r"^the key planted is declared and not obeyed: \w+ has no field planted$"):
        replace(record, keys={**record.keys, "planted": PLANTED})


def test_a_key_for_a_hand_that_is_not_there_cannot_be_declared() -> None:
    """A key that is left to a hand, and a hand without a key, are errors at import."""
    record = replace(USER, keys={**USER.keys, "planted": replace(PLANTED, into=None)})
    holes = replace(scenario.GIVEN, keys={**scenario.GIVEN.keys, "planted": PLANTED})
    hands = ((record, (*people.ACCOUNTS, "api_keys"), "planted"), (holes, (*scenario.GIVEN.keys,), "planted"))
    for shape, names, wrong in (*hands, (USER, (*people.ACCOUNTS, "api_keys", "gone"), "gone")):
        with pytest.raises(LookupError, match=wrong):
            by_hand(shape, *names)


def test_the_control_surface_reads_the_keys_of_a_login() -> None:
    """`POST /logins` and `POST /authorizations` know exactly the keys of a `login:`."""
    assert set(LOGIN.names) == set(scenario.DECIDED.keys)


def test_fields_go_where_they_are_sent() -> None:
    """Keys with a part of their own, another field's name or a maker become the fields that they name."""
    assert CLIENT.field("site") == "local_site"
    assert CLIENT.field("ip_allowlist") == USER.field("balances") == ""
    assert CLIENT.part("ip_allowlist") is CLIENT.keys["ip_allowlist"].shape
    assert (CLIENT.makes, USER.makes) == (Client, User)
