"""The state as JSON: whatever was done before, what is read is what was written."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rpds import HashTrieMap
from support.broker_pro import OWN, earning, trade
from support.demo_world import demo_world
from support.desk import Desk, payment
from support.every_operation import COMMANDS, FAULTS, SETTLEMENTS, Recorded

from simulator.core.choices import After, Polls
from simulator.core.spec import PAGE_REVISION, AuthGroup
from simulator.core.world import Stack, Statement, World
from simulator.core.world.brokers import TradeType
from simulator.exchange import State
from simulator.scenario.loader import builtin, load
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Condition, Fault, Response
from simulator.scenario.staging.logins import Decided, Login
from simulator.state.consistency import problems
from simulator.state.decoding import WrongError, imported
from simulator.state.encoding import exported
from simulator.state.indexes import exported_statement
from simulator.web.endpoints.beginning import opened


def written(state: State) -> Any:
    """The text of an export, read as JSON."""
    return json.loads(b"".join(exported(state)))


def again(state: State) -> State:
    """The state after a journey through a file."""
    told = written(state)
    assert (told["version"], told["page"], list(told)) == (1, PAGE_REVISION, ["version", "page", "state"])
    return imported(told["state"], state.world.origins)


def bare(world: World) -> World:
    """The world without what follows from the rest of it."""
    return replace(
        world,
        touched=None,
        everybody=Statement(""),
        consent_order=Stack(),
        key_order=Stack(),
        key_rings=HashTrieMap(),
        statements=HashTrieMap({user: exported_statement(each) for user, each in world.statements.items()}),
    )


def assert_same(there: State, state: State) -> None:
    assert bare(there.world) == bare(state.world)
    assert there.business == state.business
    assert (there.mark.staging, there.mark.scale) == (state.mark.staging, state.mark.scale)
    assert list(problems(there)) == []


@settings(max_examples=60)
@given(data=st.data())
def test_what_is_read_is_what_was_written(data: st.DataObject) -> None:
    """Worlds that any commands have led to, with faults and people in line, come back equal and fit together."""
    desk = Recorded(settlement=data.draw(st.sampled_from(SETTLEMENTS)))
    for user in ("alice", "frank"):
        desk.key(user)
    desk.challenge(desk.keys[3])
    for _ in range(data.draw(st.integers(0, 25))):
        name = data.draw(st.sampled_from([*COMMANDS]))
        desk.perform(COMMANDS[name](desk, lambda choices: data.draw(st.sampled_from(choices))))
        if data.draw(st.booleans()):
            desk.advance(data.draw(st.sampled_from([1, 60_000, 600_000])))
        if data.draw(st.booleans()):
            desk.exchange.staging.add(data.draw(st.sampled_from(FAULTS)))
    assert_same(again(desk.exchange.state()), desk.exchange.state())


@pytest.mark.parametrize("name", [each.stem for each in builtin()])
def test_every_shipped_scenario_can_be_carried_away(name: str) -> None:
    """With its users, keys, choices, faults and logins."""
    state = opened(load(name), ("http://127.0.0.1:8080",)).state()
    assert_same(again(state), state)


def test_everything_that_a_staging_knows_comes_back() -> None:
    """Faults with all that they can say, their counts, the ids that were given, who decides what."""
    some = Decided("bob", grant=frozenset({AuthGroup.API_SPOT, AuthGroup.API_EARN}), addressbook_only=True)
    desk = Desk()
    desk.exchange.stage(Staging([*FAULTS], Login("queue", (Decided("alice"), some))))
    staging = desk.exchange.staging
    staging.add(
        Fault("get_currency", match=(Condition("currency", equals="BTC"),), respond=Response(502, (("a", "b"),)))
    )
    staging.add(Fault("withdraw", match=(Condition("amount", at_least=Decimal("0.5")),), delay=5))
    staging.remove("f2")
    staging.next_login()
    desk.perform(desk.withdrawal(desk.key("frank"), payment()))
    assert staging.armed[0].hits == 1
    there = again(desk.exchange.state())
    assert_same(there, desk.exchange.state())
    assert list(there.mark.staging.waiting) == [some]
    assert there.mark.staging.last == len(FAULTS) + 2


@pytest.mark.parametrize("settlement", ["immediate", "manual", After(5), Polls(3)])
def test_a_type_that_is_one_of_several_comes_back_as_it_was(settlement: object) -> None:
    """A settlement is a word, a time or a number of lookups."""
    desk = Desk(settlement=settlement)
    assert again(desk.exchange.state()).world.choices.settlement == settlement


def test_the_same_state_is_the_same_text() -> None:
    """Rows come in the order of their keys, so that two exports can be compared."""
    one, other = Desk(), Desk()
    for desk in (one, other):
        desk.key("frank")
    assert b"".join(exported(one.exchange.state())) == b"".join(exported(other.exchange.state()))
    users = written(one.exchange.state())["state"]["world"]["users"]
    assert [each["name"] for each in users] == sorted(one.world.users)


def at(data: Any, *path: Any) -> Any:
    """The mapping or list at a place."""
    for part in path:
        data = data[part]
    return data


CHAIN, AT_CHAIN = ("world", "currencies", 0, "chains", 0), ".world.currencies[0].chains[0]"
WRONG = [
    (("world", "users", 0), "uid", "7", ".world.users[0].uid", "must be a whole number from 0"),
    (("world", "users", 0), "uid", True, ".world.users[0].uid", "must be a whole number"),
    (("world", "users", 0), "uid", -1, ".world.users[0].uid", "must be a whole number"),
    (("world", "users", 0), "level", 13, ".world.users[0].level", "must be at most 12"),
    (("world", "users", 0), "frozen", "no", ".world.users[0].frozen", "must be true or false"),
    (("world", "users", 0), "email", None, ".world.users[0].email", "must be a string"),
    (("world", "users", 0), "e_mail", "x", ".world.users[0].e_mail", "is unknown here"),
    (("world", "users", 0), "totp_secret", "abc", ".world.users[0].totp_secret", "must be base32 digits"),
    (("world", "users", 0), "factor_sets", [["FAX"]], ".world.users[0].factor_sets[0][0]", "must be one of GAV, EMV"),
    (("world", "users", 0), "factor_sets", "GAV", ".world.users[0].factor_sets", "must be a list"),
    (("world", "users", 0), "address_book", [["trx"]], ".world.users[0].address_book[0]", "must be a list of 2"),
    (("world", "wallets", 0, "accounts", 0), "balance", 5, ".world.wallets[0].accounts[0].balance", "digits"),
    (("world", "wallets", 0, "accounts", 0), "balance", "NaN", ".world.wallets[0].accounts[0].balance", "digits"),
    (("world", "wallets", 0, "accounts", 0), "holds", "-1", ".world.wallets[0].accounts[0].holds", "less than zero"),
    (("world", "currencies", 0), "price_usdt", "0", ".world.currencies[0].price_usdt", "more than zero"),
    (CHAIN, "max_deposit", "-1", f"{AT_CHAIN}.max_deposit", "must not be less than zero"),
    (CHAIN, "address_pattern", "(a+)+", f"{AT_CHAIN}.address_pattern", "repeats a"),
    (CHAIN, "memo_pattern", "x(", f"{AT_CHAIN}.memo_pattern", "no regular"),
    (("world", "currencies", 0), "precision", 19, ".world.currencies[0].precision", "must be at most 18"),
    (("world", "clients", 0), "redirect_uris", ["x y"], ".world.clients[0].redirect_uris", "a URL or a path"),
    (("world", "choices"), "settlement", "soon", ".world.choices.settlement", "none of the 3 forms"),
    (("world", "choices"), "settlement", {"after": 5}, ".world.choices.settlement", "none of the 3 forms"),
    (("world", "choices"), "fee_rounding", "down", ".world.choices.fee_rounding", "must be one of up, half_even"),
    (("world",), "observed_ip", "localhost", ".world.observed_ip", "must be an IP address"),
    (("world",), "users", {}, ".world.users", "must be a list"),
    (("world",), "origins", ["http://x"], ".world.origins", "is unknown here"),
    (("clock",), "business", 10**15, ".clock.business", "in the years 1 to 9999"),
    (("clock",), "scale", "2000000", ".clock.scale", "at most 1000000"),
    ((), "clock", [], ".clock", "must be an object"),
]


@pytest.mark.parametrize(("path", "field", "value", "place", "detail"), WRONG)
def test_what_is_of_the_wrong_form_is_told_with_its_place(
    path: tuple[Any, ...], field: str, value: Any, place: str, detail: str
) -> None:
    """Unknown fields, wrong types and values that no rule could work with."""
    data = written(Desk().exchange.state())["state"]
    at(data, *path)[field] = value
    with pytest.raises(WrongError) as caught:
        imported(data, ("http://127.0.0.1:8080",))
    assert caught.value.path == place
    assert detail in caught.value.detail


def test_times_before_1970_are_carried() -> None:
    """A clock, a user, a key and a trade may be older than the count of milliseconds."""
    desk = Desk(earning(demo_world(), (trade(1, "alice", -5, TradeType.SPOT, "1", "1"),)))
    old = replace(desk.world.api_keys[OWN.api_key], created_at=-7)
    desk.world = desk.world.put(old, replace(desk.world.users["bob"], registered_at=-9))
    desk.exchange.clock.stand_at(-3)
    state = imported(written(desk.exchange.state())["state"], desk.world.origins)
    assert (bare(state.world), state.business) == (bare(desk.world), -3)


def test_what_is_missing_or_there_twice_is_told() -> None:
    """Nothing is made up, and no row wins over another."""
    data = written(Desk().exchange.state())["state"]
    del data["world"]["users"][2]["level"]
    with pytest.raises(WrongError, match="is missing") as caught:
        imported(data, ())
    assert caught.value.path == ".world.users[2].level"
    data["world"]["users"][2] = data["world"]["users"][0]
    with pytest.raises(WrongError, match="is repeated") as caught:
        imported(data, ())
    assert caught.value.path == ".world.users[2]"
