"""s8.1: who is sent to the set-up page, what it binds, and where it goes back to."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.demo_world import CALLBACK, OWN_QUERY
from support.desk import Desk, payment

from simulator.core.fast_api.security import BindFactor, FactorBound, FactorPrepared, PrepareFactor, link, return_target
from simulator.core.refusals import Reason
from simulator.core.spec import Factor
from simulator.core.world import FactorSets

GAV, EMV, SMS = Factor


def test_bind_more_factors() -> None:
    """A user without a factor is told the page's sentence with our set-up link, which has no query (s8.1, H40)."""
    desk = Desk()
    refusal = desk.refusal(desk.withdrawal(desk.key("bob"), payment()))
    assert refusal.reason is Reason.MORE_FACTORS_NEEDED
    assert refusal.text == (
        "You need to bind more factors to continue this operation. Please visit the following link: "
        "http://127.0.0.1:8080/account/security/g2fa"
    )
    assert refusal.text.endswith(link(desk.world))


def test_factors_are_checked_at_the_opening_only() -> None:
    """A challenge that was opened can be answered even if the user's factors are gone by then (H40)."""
    desk = Desk()
    key = desk.key()
    answer = desk.answer(key, payment(), desk.challenge(key))
    desk.world = desk.world.put(replace(desk.world.users["alice"], factor_sets=()))
    assert desk.perform(answer).word == "OK"
    assert desk.reason(desk.withdrawal(key, payment())) is Reason.MORE_FACTORS_NEEDED


def test_set_up() -> None:
    """Bob scans the secret, proves it with six digits, and can then withdraw with app and e-mail together (H41)."""
    desk = Desk()
    key = desk.key("bob")
    prepared = desk.do(PrepareFactor("bob@example.test"), FactorPrepared)
    assert prepared.uri.startswith("otpauth://totp/")
    assert f"secret={desk.world.users['bob'].totp_secret}" in prepared.uri
    bound = desk.do(BindFactor("bob@example.test", f" {desk.totp('bob')} "), FactorBound)
    assert bound.user.factor_sets == ((GAV, EMV),)
    assert desk.pay(key, payment()).withdrawal.payout == 100


@pytest.mark.parametrize(
    ("before", "email", "after"),
    [
        ((), "x@example.test", ((GAV, EMV),)),
        ((), "", ((GAV,),)),
        (((),), "x@example.test", ((GAV, EMV),)),
        (((SMS,),), "x@example.test", ((SMS,), (GAV, EMV))),
    ],
)
def test_bound_factors(before: FactorSets, email: str, after: FactorSets) -> None:
    """The new alternative joins those that there were; "nothing needed" is over (H41)."""
    desk = Desk()
    desk.world = desk.world.put(replace(desk.world.users["bob"], factor_sets=before, email=email))
    assert desk.do(BindFactor("bob", desk.totp("bob")), FactorBound).user.factor_sets == after


def test_binding_twice() -> None:
    """Who has an authenticator cannot prepare or bind another; a wrong code binds nothing (H41)."""
    desk = Desk()
    for command in (PrepareFactor("alice"), BindFactor("alice", desk.totp("alice"))):
        assert desk.reason(command) is Reason.FACTOR_ALREADY_BOUND
    assert desk.reason(BindFactor("bob", "000000")) is Reason.FACTOR_WRONG
    assert desk.world.users["bob"].factor_sets == ()


@pytest.mark.parametrize(
    ("client", "sent", "goes"),
    [
        ("demo-broker", "https://broker.example/settings?done=1", True),
        ("demo-broker", OWN_QUERY, True),
        ("demo-broker", CALLBACK, True),
        ("demo-broker", "http://127.0.0.1:8080/demo/settings", True),
        ("demo-broker", "http://broker.example/callback", False),
        ("demo-broker", "https://broker.example:444/callback", False),
        ("demo-broker", "https://broker.example.evil.example/", False),
        ("demo-broker", "https://broker.example@evil.example/", False),
        ("demo-broker", "https://evil.example\\@broker.example/", False),
        ("demo-broker", "javascript:alert(1)", False),
        ("demo-broker", "//broker.example/callback", False),
        ("demo-broker", "http://[", False),
        ("demo-broker", "", False),
        ("other-broker", OWN_QUERY, False),
        ("nobody", CALLBACK, False),
        ("", CALLBACK, False),
    ],
)
def test_return_target(client: str, sent: str, goes: bool) -> None:
    """The set-up page goes back only to an origin that the client has registered a redirect URL on (H41)."""
    assert return_target(Desk().world, client, sent) == (sent if goes else "")
