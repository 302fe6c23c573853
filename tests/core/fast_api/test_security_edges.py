"""Second factors at their edges: what the authenticator shows and takes, where the page leads, what is sent."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.demo_world import demo_world
from support.desk import START, Desk

from simulator.core.fast_api.security import (
    PAGES,
    BindFactor,
    FactorBound,
    FactorPrepared,
    PrepareFactor,
    answers,
    authenticator_accepts,
    current_code,
    link,
    return_target,
    sent_factors,
)
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import SENT_FACTORS, Factor
from simulator.core.world import Now

GAV, EMV, SMS = Factor.GAV, Factor.EMV, Factor.SMS


def test_where_to_set_up() -> None:
    """The link has the origin, a workspace's prefix and the path of s8.1, and no query."""
    world = replace(demo_world(), origins=("http://localhost:1", "http://127.0.0.1:1"), workspace="one")
    assert link(world) == "http://localhost:1/w/one/account/security/g2fa"


@pytest.mark.parametrize(
    ("client", "uri", "target"),
    [
        ("demo-broker", "http://localhost:3000/other?x=1", "http://localhost:3000/other?x=1"),
        ("demo-broker", "HTTP://LOCALHOST:3000/other", "HTTP://LOCALHOST:3000/other"),
        ("demo-broker", "http://localhost:3001/callback", ""),
        ("demo-broker", "https://localhost:3000/callback", ""),
        ("demo-broker", "/callback", ""),
        ("demo-broker", "", ""),
        ("nobody", "http://localhost:3000/callback", ""),
    ],
)
def test_where_the_page_leads(client: str, uri: str, target: str) -> None:
    """Back to the origin of a registered redirect URI, and to no other place."""
    assert return_target(demo_world(), client, uri) == target


@pytest.mark.parametrize(("email", "name"), [("bob@example.test", "bob%40example.test"), ("", "bob")])
def test_what_to_scan(email: str, name: str) -> None:
    """The authenticator shows whose codes they are: the e-mail address or the name, at the simulator."""
    desk = Desk()
    user = replace(desk.world.users["bob"], email=email)
    desk.world = desk.world.put(user)
    prepared = desk.do(PrepareFactor("bob"), FactorPrepared)
    assert prepared.user == user
    label, _, query = prepared.uri.removeprefix("otpauth://totp/").partition("?")
    assert label == f"KuCoin%20simulator:{name}"
    assert set(query.split("&")) == {f"secret={user.totp_secret}", "issuer=KuCoin%20simulator"}


@pytest.mark.parametrize(("email", "sets"), [("bob@example.test", ((GAV, EMV),)), ("", ((GAV,),))])
def test_what_is_bound(email: str, sets: tuple[tuple[Factor, ...], ...]) -> None:
    """With an e-mail address both are needed from then on; blanks around the code do not matter."""
    desk = Desk()
    desk.world = desk.world.put(replace(desk.world.users["bob"], email=email))
    bound = desk.do(BindFactor("bob", f" \t{desk.totp('bob')}\r\n"), FactorBound)
    assert bound.user.factor_sets == desk.world.users["bob"].factor_sets == sets
    assert desk.reason(BindFactor("bob", desk.totp("bob"))) is Reason.FACTOR_ALREADY_BOUND


def test_other_alternatives_stay() -> None:
    """What the user could prove before stays an alternative; that nothing is needed does not."""
    desk = Desk()
    desk.world = desk.world.put(replace(desk.world.users["bob"], email="", factor_sets=((SMS,), ())))
    assert desk.do(BindFactor("bob", desk.totp("bob")), FactorBound).user.factor_sets == ((SMS,), (GAV,))


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_drift(steps: int, accepted: bool) -> None:
    """The code before and the code after are taken as well, of the wall clock."""
    desk = Desk()
    assert authenticator_accepts(desk.world.users["alice"], desk.totp("alice", steps), Now(0, START)) is accepted


def test_digits_of_other_scripts() -> None:
    """A code of digits that are not ASCII is another code."""
    desk = Desk()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in desk.totp("alice"))
    assert not authenticator_accepts(desk.world.users["alice"], wide, Now(0, START))


@pytest.mark.parametrize(("passed", "left"), [(0, 30), (999, 30), (1_000, 29), (29_999, 1), (30_000, 30)])
def test_what_the_authenticator_shows(passed: int, left: int) -> None:
    """The code of this half minute, and the seconds for which it is shown."""
    desk = Desk()
    desk.wall += passed
    assert current_code(desk.world.users["alice"], Now(0, START + passed)) == (desk.totp("alice"), left)


def test_what_is_sent() -> None:
    """E-mail and SMS are sent, an authenticator's code never; an alternative of it alone sends nothing."""
    assert SENT_FACTORS == (EMV, SMS)
    assert sent_factors(((GAV, EMV), (SMS, GAV), (GAV,), ())) == ((EMV,), (SMS,), (), ())


@pytest.mark.parametrize(
    ("given", "received"), [((), "none"), ((GAV,), "GAV"), ((EMV,), "EMV"), ((EMV, SMS), "EMV+SMS")]
)
def test_which_factors_are_wanted(given: tuple[Factor, ...], received: str) -> None:
    """Codes that cover no alternative are refused with all alternatives and with what came, in the order of both."""
    desk = Desk()
    challenge = desk.challenge(desk.key("alice"))
    transaction = replace(desk.world.transactions[challenge.transaction_id], factor_sets=((GAV, EMV), (GAV, SMS)))
    with pytest.raises(Refusal) as caught:
        answers(transaction, desk.world.users["alice"], dict.fromkeys(given, "1"), Now(0, START))
    assert (caught.value.expected, caught.value.received) == ("GAV+EMV or GAV+SMS", received)


def test_the_pages() -> None:
    """The two calls of the set-up page are those of s8.1, about who is named in them."""
    assert [(page.name, page.section, page.call, page.fields) for page in PAGES] == [
        ("prepare_factor", "s8.1", "POST /account/security/g2fa", ("identity",)),
        ("bind_factor", "s8.1", "POST /account/security/g2fa", ("identity", "code")),
    ]
