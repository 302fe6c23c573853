from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from simulator.core.spec import Factor
from simulator.core.world import Client, World
from simulator.scenario.loader import Scenario, load, read
from simulator.scenario.overrides import OverrideError, Overrides, UserOverride, override, read_redirect_uri, read_user

GAV, EMV, SMS = Factor.GAV, Factor.EMV, Factor.SMS
NO_USDT = "version: 1\nname: x\ngiven: {prices_usdt: {BTC: '1'}, currencies: {USDT: null}}\n"


def demo(**wanted: Any) -> World:
    return override(load("demo"), Overrides(**wanted)).world


def test_nothing_wanted_changes_nothing() -> None:
    """Without overrides the scenario is what it was."""
    scenario = load("demo")
    assert override(scenario, Overrides()).world == scenario.world


def test_a_new_client_has_all_it_needs() -> None:
    """An id alone makes a client with a redirect URI on our own origin and a secret that the seed decides."""
    client = demo(client_id="mine").clients["mine"]
    assert client == demo(client_id="mine").clients["mine"]
    assert client.redirect_uris == ("/demo/callback",)
    assert len(client.secret) == 32
    assert override(load("demo", 1), Overrides(client_id="mine")).world.clients["mine"].secret != client.secret


def test_a_known_client_keeps_what_is_not_given() -> None:
    """A client of the scenario gets the new secret or the new URIs and stays itself otherwise."""
    before = load("demo").world.clients["demo-broker"]
    renamed = demo(client_id="demo-broker", client_secret="s").clients["demo-broker"]
    moved = demo(client_id="demo-broker", redirect_uris=("http://x/cb",)).clients["demo-broker"]
    assert (renamed.secret, renamed.redirect_uris, renamed.partner) == ("s", before.redirect_uris, before.partner)
    assert (moved.secret, moved.redirect_uris) == (before.secret, ("http://x/cb",))


def test_the_only_client_needs_no_name() -> None:
    """A secret or a redirect URI without an id is the only client's; with several clients somebody must say whose."""
    assert demo(client_secret="s").clients["demo-broker"].secret == "s"
    scenario = load("demo")
    two = Scenario(scenario.name, "", scenario.world.put(Client("other", "Other", "", ())), scenario.clock)
    with pytest.raises(OverrideError, match="--client-id; the scenario has demo-broker, other"):
        override(two, Overrides(redirect_uris=("http://x/cb",)))


def test_a_new_user_can_be_found_and_pay() -> None:
    """A user made in a word has an e-mail address, a phone number, an authenticator, the factors and the money."""
    world = demo(users=(UserOverride("Zoe", ((GAV, EMV), (SMS,)), Decimal("12.5")),))
    zoe = world.users["Zoe"]
    assert {world.user_of(each) for each in ("Zoe", "zoe@example.test", zoe.phone, str(zoe.uid))} == {zoe}
    assert (zoe.factor_sets, zoe.futures, len(zoe.totp_secret)) == (((GAV, EMV), (SMS,)), True, 32)
    assert world.wallet("Zoe").account("USDT").available == Decimal("12.5")


def test_a_known_user_stays_who_they_are() -> None:
    """A user of the scenario gets the factors and the balance, and keeps name, addresses and other accounts."""
    before = load("demo").world
    world = demo(users=(UserOverride("alice", (), Decimal(7)),))
    alice = world.users["alice"]
    assert (alice.factor_sets, alice.email, alice.uid) == ((), "alice@example.test", before.users["alice"].uid)
    assert world.wallet("alice").account("USDT").available == 7
    assert world.wallet("alice").account("BTC") == before.wallet("alice").account("BTC")


def test_two_users_do_not_share_an_address() -> None:
    """A new user whose e-mail address is somebody's already is refused."""
    with pytest.raises(OverrideError, match=r"alice@example.test of ALICE is alice's already"):
        demo(users=(UserOverride("ALICE", (), Decimal(0)),))


def test_a_balance_needs_its_currency() -> None:
    """A scenario without USDT can have no user with a balance in USDT."""
    with pytest.raises(OverrideError, match="no such currency"):
        override(read(NO_USDT, "x.yaml"), Overrides(users=(UserOverride("zoe", (), Decimal(1)),)))


@pytest.mark.parametrize(
    ("text", "factor_sets"),
    [
        ("zoe:GAV+EMV,SMS:1000", ((GAV, EMV), (SMS,))),
        ("zoe:GAV:1000", ((GAV,),)),
        ("zoe:EMV+EMV:1000", ((EMV,),)),
        ("zoe:none:1000", ()),
        ("zoe:free:1000", ((),)),
    ],
)
def test_user_is_read(text: str, factor_sets: tuple[tuple[Factor, ...], ...]) -> None:
    """Commas split alternatives, + joins what goes together, and two words stand for no factor and for none needed."""
    assert read_user(text) == UserOverride("zoe", factor_sets, Decimal(1000))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("zoe", "'zoe' is not NAME:FACTORS:BALANCE"),
        ("zoe:GAV:1:2", "is not NAME:FACTORS:BALANCE"),
        (":GAV:1", "'' is not a user's name"),
        ("z oe:GAV:1", "'z oe' is not a user's name"),
        ("zoe::1", "'' is not a factor"),
        ("zoe:GAV+:1", "'' is not a factor"),
        ("zoe:gav:1", "'gav' is not a factor; use GAV, EMV, SMS, none or free"),
        ("zoe:none,GAV:1", "'none' is not a factor"),
        ("zoe:GAV:", "'' is not an amount"),
        ("zoe:GAV:-1", "'-1' is not an amount"),
        ("zoe:GAV:1e3", "'1e3' is not an amount of USDT"),
    ],
)
def test_malformed_user_is_refused(text: str, problem: str) -> None:
    """Each part that is wrong is named, with what it could be."""
    with pytest.raises(OverrideError) as refused:
        read_user(text)
    assert problem in str(refused.value)


@pytest.mark.parametrize("uri", ["/demo/callback", "http://localhost:3000/cb?a=1&b=2", "myapp://callback"])
def test_redirect_uri_is_taken_as_it_is(uri: str) -> None:
    """A URL of any scheme, or a path of our own, is kept character for character."""
    assert read_redirect_uri(uri) == uri


@pytest.mark.parametrize("uri", ["", "localhost:3000/callback", "callback", "http://", "://x", "http://x/a b", "/a\nb"])
def test_what_is_no_uri_is_refused(uri: str) -> None:
    """A redirect URI without a scheme, which no browser could follow, is refused."""
    with pytest.raises(OverrideError, match="neither a URL"):
        read_redirect_uri(uri)
