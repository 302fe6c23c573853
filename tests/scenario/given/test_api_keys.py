"""`api_keys:` as a list: keys that a test can sign with at once, without a login."""

from __future__ import annotations

import json

import pytest
from support.desk import Desk, Key, payment
from support.scenario_texts import FILE, HEAD, problems, refused_here, situation

from simulator.core.fast_api.withdrawals import Withdraw
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.spec import AuthGroup
from simulator.core.world import ApiKey, MadeBy
from simulator.core.world.users import NEW_YEAR

KEY = "key: k1, secret: s1, passphrase: p1, groups: [API_WITHDRAW_OAUTH]"


def _world(keys: str, clients: str = "one: {ip_allowlist: {trading: [203.0.113.7]}}") -> str:
    return f"""given:
  clients: {{{clients}}}
  users:
    ann: {{uid: 7, factor_sets: [[]], balances: {{USDT: "500"}}, api_keys: [{keys}]}}
    ben: {{api_keys: [{{key: k9, secret: s9, passphrase: p9, groups: []}}]}}
  currencies: {{USDT: {{chains: {{trx: {{}}}}}}}}
"""


def test_every_key_of_an_entry_reaches_the_world() -> None:
    """Credentials, permissions, owner, name, binding and date are what the file says; the IP list is the client's."""
    more = "client: one, name: bot, addressbook_only: true, created_at: 2026-01-01T00:00:01Z"
    world = situation(
        _world(f"{{{KEY}, {more}}}, {{key: k2, secret: 010, passphrase: 'no', groups: [API_SPOT]}}")
    ).world
    assert world.api_keys["k1"] == ApiKey(
        api_key="k1",
        secret="s1",
        passphrase="p1",
        api_name="bot",
        user="ann",
        uid=7,
        client_id="one",
        groups=(AuthGroup.API_COMMON, AuthGroup.API_WITHDRAW_OAUTH),
        addressbook_only=True,
        ip_whitelist=("203.0.113.7",),
        created_at=NEW_YEAR + 1000,
    )
    other = world.api_keys["k2"]
    assert (other.secret, other.passphrase, other.client_id, other.created_at) == ("010", "no", "one", NEW_YEAR)
    assert (other.groups, other.addressbook_only) == ((AuthGroup.API_COMMON, AuthGroup.API_SPOT), False)
    assert dict(world.key_ring("ann").names) == {"bot": "k1", other.api_name: "k2"}
    assert world.users["ann"].foreign_api_keys == 0
    assert other.api_name.startswith("one-")
    assert world.api_keys["k9"].user == "ben"


def test_a_key_of_the_file_signs_a_payment() -> None:
    """A broker that holds such a key is paid out at once, and one with a wrong secret is not."""
    desk = Desk(situation(_world(f"{{{KEY}}}")).world)
    fields = payment()
    raw = json.dumps(fields).encode()
    right, wrong = Key("k1", "s1", "p1"), Key("k1", "s2", "p1")
    assert desk.reason(Withdraw(wrong.sign(raw), Body(fields))) is Reason.PASSPHRASE_INVALID
    assert desk.perform(Withdraw(right.sign(raw), Body(fields))).word == "OK"


def test_a_client_with_a_fixed_name_names_its_keys() -> None:
    """The key of a client whose keys all have one name has it too, and so there can be one only."""
    named = "one: {api_name: bot}"
    assert situation(_world(f"{{{KEY}}}", named)).world.key_ring("ann").names.get("bot") == "k1"
    second = "{key: k2, secret: s, passphrase: p, groups: []}"
    [problem] = problems(_world(f"{{{KEY}}}, {second}", named))
    assert problem.endswith("given.users.ann.api_keys[1].name: ann has a key of the name bot already")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("»{key: a, secret: s, passphrase: p}", "api_keys[1].groups: is missing"),
        ("»{secret: s, passphrase: p, groups: []}", "api_keys[1].key: is missing"),
        ("{key: »k1, secret: s, passphrase: p, groups: []}", "api_keys[1].key: is repeated; ann already has a key k1"),
        ("{key: »a b, secret: s, passphrase: p, groups: []}", "api_keys[1].key: expected a key of visible ASCII"),
        ("{key: »é, secret: s, passphrase: p, groups: []}", "api_keys[1].key: expected a key of visible ASCII"),
        ("{key: a, secret: s, passphrase: p, groups: [»API_SPT]}", "api_keys[1].groups[0]: expected one of API_COMMON"),
        (
            "{key: a, secret: s, passphrase: p, groups: [], client: »two}",
            "api_keys[1].client: unknown client two; given.clients has one",
        ),
        (
            "{key: a, secret: s, passphrase: p, groups: [], name: »n}, {key: b, secret: s, passphrase: p, groups: []}",
            "api_keys[1].name: ann has a key of the name n already",
        ),
        (
            "{key: a, secret: s, passphrase: p, groups: [], created_at: »now}",
            "api_keys[1].created_at: expected a time such as",
        ),
        ("{key: a, secret: s, passphrase: p, groups: [], »sercet: s}", "api_keys[1].sercet: unknown key (did you mean"),
        ("»word", "api_keys[1]: expected a mapping, found 'word'"),
    ],
)
def test_a_key_that_cannot_be_is_refused_where_it_goes_wrong(text: str, problem: str) -> None:
    """A key needs its credentials and permissions, an owner that exists, and a text and a name of its own."""
    found = refused_here(HEAD + _world(f"{{{KEY}, name: n}}, {text}"))
    assert [line for line in found if line.startswith(f"given.users.ann.{problem}")], found


def test_a_key_stands_once_in_the_whole_file() -> None:
    """Two users cannot have the same key."""
    [problem] = problems(_world("{key: k9, secret: s, passphrase: p, groups: []}"))
    assert problem == f"{FILE}:7:28: given.users.ben.api_keys[0].key: is repeated; ann already has a key k9"


def test_with_several_clients_a_key_says_whose_it_is() -> None:
    """Only an only client needs no name."""
    two = "one: {}, two: {}"
    keys = "{key: k, secret: s, passphrase: p, groups: [], client: two}"
    text = _world(keys, two).replace("ben: {api_keys", "ben: {uid: 1} #")
    assert situation(text).world.api_keys["k"].client_id == "two"
    found = refused_here(HEAD + text.replace("{key: k,", "»{key: k,").replace(", client: two}", "}"))
    assert found == ["given.users.ann.api_keys[0].client: is missing: say whose key it is; given.clients has one, two"]


def test_keys_made_by_hand() -> None:
    """A user's own key is no broker's and may withdraw in the ordinary way; a broker's own key is the broker's."""
    more = "groups: [API_TRANSFER], made_by: user, withdrawal: true, ip_whitelist: [203.0.113.9]"
    own = f"{{key: k2, secret: s, passphrase: p, {more}}}"
    broker = "{key: k3, secret: s, passphrase: p, groups: [], made_by: broker}"
    keys = situation(_world(f"{own}, {broker}")).world.api_keys
    assert (keys["k2"].made_by, keys["k2"].client_id, keys["k2"].withdrawal) == (MadeBy.USER, "", True)
    assert (keys["k2"].ip_whitelist, keys["k2"].api_name[:4]) == (("203.0.113.9",), "own-")
    assert (keys["k3"].made_by, keys["k3"].client_id, keys["k3"].withdrawal) == (MadeBy.BROKER, "one", False)
    assert keys["k3"].ip_whitelist == ("203.0.113.7",)


def test_a_key_that_withdraws_without_a_list_by_switch() -> None:
    """`withdrawal_key_ips: optional` takes it, and a key that cannot withdraw needs no list."""
    key = "{{key: k, secret: s, passphrase: p, groups: [], made_by: user{}}}"
    assert situation(_world(key.format(""))).world.api_keys["k"].ip_whitelist == ()
    text = "choices: {withdrawal_key_ips: optional}\n" + _world(key.format(", withdrawal: true"))
    assert situation(text).world.api_keys["k"].withdrawal


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("groups: [], »withdrawal: true", "withdrawal: no consent grants the ordinary withdrawal permission"),
        ("made_by: user, groups: »[API_WITHDRAW_OAUTH]", "groups: only a consent grants API_WITHDRAW_OAUTH"),
        ("made_by: user, groups: [], »client: one", "client: a key that the user made is no broker's"),
        (
            "made_by: user, groups: [], »withdrawal: true",
            "withdrawal: KuCoin gives the permission to no key without a list",
        ),
        ("groups: [], made_by: »hand", "made_by: expected one of consent, user, broker"),
    ],
)
def test_what_a_hand_cannot_make_is_refused(text: str, problem: str) -> None:
    """No consent gives the ordinary permission, no hand gives that of the Fast API, and no broker has a user's key."""
    found = refused_here(HEAD + _world(f"{{key: k, secret: s, passphrase: p, {text}}}"))
    assert [line for line in found if line.startswith(f"given.users.ann.api_keys[0].{problem}")], found


@pytest.mark.parametrize("text", ["at_limits", "-1", "1.0", "{}", "true"])
def test_keys_are_a_word_a_number_or_a_list(text: str) -> None:
    """Anything else is refused with all three."""
    [problem] = problems(f"given: {{users: {{ann: {{api_keys: {text}}}}}}}\n")
    assert problem.startswith(
        f"{FILE}:3:33: given.users.ann.api_keys: expected at_limit, a whole number or a list of keys"
    )
