"""Every key of a scenario is obeyed: another value under it makes another world, staging, clock or expectation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace
from support.scenario_keys import CASES, Wrap, given, with_fault
from support.trading_keys import JUNE, Document

from simulator.core.endpoints import CALLS
from simulator.core.staged import details_of
from simulator.core.world import Client, User
from simulator.scenario.format.scalars import TEXT
from simulator.scenario.format.shapes import Either, Key, List, Names, Record, Tagged, by_hand
from simulator.scenario.given import amending
from simulator.scenario.keys import faults, people, scenario
from simulator.scenario.keys.choices import CHOICES
from simulator.scenario.keys.currencies import CURRENCY
from simulator.scenario.keys.people import CLIENT, USER
from simulator.scenario.keys.scenario import SCENARIO
from simulator.scenario.loader import Scenario, read
from simulator.scenario.text.nodes import ScenarioError
from simulator.web.control.people import LOGIN


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
    return with_fault({"operation": it.get("operation", "withdraw"), "refuse": refused})


SAMPLES: Final[tuple[object, ...]] = ("x", True, False, 7, "7", "7s", JUNE, ["x"], [], "203.0.113.9")
"""Values for a key of whose record no other value is given above: the first one that makes a difference is taken."""


def _other(wrap: Wrap, good: Document, key: str) -> object:
    """A value that can be read under a key, preferably one that makes a difference."""
    readable = []
    for sample in SAMPLES:
        try:
            made = effect(wrap({**good, key: sample}))
        except ScenarioError:
            continue
        if made != effect(wrap(good)):
            return sample
        readable.append(sample)
    assert readable, f"give another value of the key {key} in tests/support/scenario_keys.py"
    return readable[0]


def _changes() -> Iterator[tuple[Record, str, Document, Document]]:
    """(record, key, a document, the same with another value under that key)."""
    for record, wrap, good, others in CASES:
        for key in record.keys if record is not SCENARIO else others:
            other = others[key] if key in others else _other(wrap, good, key)
            base, value = other if isinstance(other, tuple) else (good, other)
            yield record, key, wrap(base), wrap({**base, key: value})
    for record, key, one, other in _refusals():
        yield record, key, _refuse(one), _refuse(other)


def effect(document: Document, folder: Path | None = None) -> Scenario:
    """All that a document makes, but for its text and the names of its files."""
    text = json.dumps({"version": "1", "name": "here", **document})
    return replace(read(text, "here.yaml", folder=folder), text="", files=())


CHANGES: Final = list(_changes())
EACH: Final = pytest.mark.parametrize(
    ("before", "after"),
    [pair for _, _, *pair in CHANGES],
    ids=[f"{','.join(record.keys)[:20]}-{key}" for record, key, *_ in CHANGES],
)


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


def _other_of(record: Record, key: str) -> object:
    """Another value of a key of a record that stands in one place only."""
    [(wrap, good, others)] = [case[1:] for case in CASES if case[0] is record]
    return others[key] if key in others else _other(wrap, good, key)


@pytest.mark.parametrize("key", USER.keys)
def test_a_user_is_changed_by_every_key(key: str) -> None:
    """PATCH obeys each key of a user."""
    world = effect(given()).world
    text = json.dumps({key: _other_of(USER, key)})
    assert amending.change_user(world, world.users["ann"], text) != amending.change_user(
        world, world.users["ann"], "{}"
    )


@pytest.mark.parametrize("key", CLIENT.keys)
def test_a_client_is_changed_by_every_key(key: str) -> None:
    """PATCH obeys each key of a client."""
    world = effect(given()).world
    two = world.clients["two"]
    assert amending.change_client(world, two, json.dumps({key: _other_of(CLIENT, key)})).client != two


@pytest.mark.parametrize("key", amending.PRICED.keys)
def test_a_currency_is_put_with_every_key(key: str) -> None:
    """PUT obeys each key of a currency."""
    [(_, _, base, _)] = [case for case in CASES if case[0] is CURRENCY]
    world = effect(given()).world
    good = {**base, "price_usdt": "2"}
    other = {**good, key: "3" if key == "price_usdt" else _other_of(CURRENCY, key)}
    assert amending.put_currency(world, "NEW", json.dumps(other)) != amending.put_currency(
        world, "NEW", json.dumps(good)
    )


@pytest.mark.parametrize("key", CHOICES.keys)
def test_choices_are_changed_by_every_key(key: str) -> None:
    """PATCH obeys each switch."""
    world = effect(given()).world
    assert amending.change_choices(world, json.dumps({key: _other_of(CHOICES, key)})).choices != world.choices


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
