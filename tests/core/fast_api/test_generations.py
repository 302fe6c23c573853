"""Generations of a consent's tokens: which pair lives, from when, and until when exactly."""

from __future__ import annotations

import pytest
from support.desk import IP, START, Desk, groups_body, refresh_body, token_query

from simulator.core import spec
from simulator.core.control.administration import RevokeConsent
from simulator.core.fast_api import claims
from simulator.core.fast_api.api_keys import AddApiKey
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.tokens import ExchangeCode
from simulator.core.mint import token_key
from simulator.core.refusals import Reason


def test_each_pair_is_the_next_generation() -> None:
    """The code buys generation 1, each refresh the next; the claims say who, for whom, when and until when."""
    desk = Desk()
    pair = desk.pair()
    for generation in (1, 2, 3):
        at = START + generation - 1
        (consent,) = desk.world.consents.values()
        for kind, token, lifetime in (
            ("access", pair.access_token, 3600),
            ("refresh", pair.refresh_token, 3 * 24 * 3600),
        ):
            said = claims.read(token, token_key(desk.world.seed, desk.world.workspace))
            assert said is not None
            assert (said.iss, said.sub, said.aud, said.typ) == (desk.world.workspace, "alice", "demo-broker", kind)
            assert (said.gen, said.at, said.iat, said.exp) == (generation, at, at // 1000, at // 1000 + lifetime)
            assert said.cns == consent.id
        assert (consent.generation, consent.issued_at) == (generation, at)
        desk.advance(1)
        pair = desk.refresh(pair.refresh_token)


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        (spec.HOUR - 1, Reason.AUTH_GROUP_MAP_INVALID),
        (spec.HOUR, Reason.ACCESS_TOKEN_EXPIRED),
        (spec.HOUR + 1, Reason.ACCESS_TOKEN_EXPIRED),
    ],
)
def test_the_last_millisecond_of_an_access_token(age: int, reason: Reason) -> None:
    """It lives while less than an hour has passed, and the refusal says how old it is."""
    desk = Desk()
    token = desk.pair().access_token
    desk.advance(age)
    refusal = desk.refusal(AddApiKey(f"bearer {token}", groups_body(), IP))
    assert refusal.reason is reason
    if reason is Reason.ACCESS_TOKEN_EXPIRED:
        assert (refusal.expected, refusal.received) == ("younger than 3600000 ms", f"{age} ms old")


@pytest.mark.parametrize(("age", "word"), [(3 * spec.DAY - 1, "OK"), (3 * spec.DAY, "REFRESH_TOKEN_EXPIRED")])
def test_the_last_millisecond_of_a_refresh_token(age: int, word: str) -> None:
    """It lives while less than three days have passed."""
    desk = Desk()
    token = desk.pair().refresh_token
    desk.advance(age)
    assert desk.perform(RefreshTokens(refresh_body(token), IP)).word == word


@pytest.mark.parametrize(("early", "word"), [(1, "OK"), (0, "CODE_EXPIRED")])
def test_the_last_millisecond_of_a_code(early: int, word: str) -> None:
    """A code lives while less than its lifetime has passed."""
    desk = Desk()
    code = desk.authorize().code
    lifetime = desk.world.choices.authorization_code_lifetime
    desk.advance(lifetime - early)
    outcome = desk.perform(ExchangeCode(token_query(code), IP))
    assert outcome.word == word
    if not early:
        assert getattr(outcome.result, "expected", "") == f"younger than {lifetime} ms"


@pytest.mark.parametrize(("reuse", "after"), [("refuse", "OK"), ("revoke", "REFRESH_TOKEN_SUPERSEDED")])
def test_a_code_that_is_used_again(reuse: str, after: str) -> None:
    """Whether the pair that it bought dies of it is a switch."""
    desk = Desk(code_reuse=reuse)
    code = desk.authorize().code
    pair = desk.perform(ExchangeCode(token_query(code), IP)).result
    assert desk.reason(ExchangeCode(token_query(code), IP)) is Reason.CODE_USED
    token = getattr(pair, "refresh_token", "")
    assert desk.perform(RefreshTokens(refresh_body(token), IP)).word == after


def test_a_revoked_consent() -> None:
    """Neither token of a consent that was revoked is worth anything, and a code that nobody has used is gone."""
    desk = Desk()
    pair = desk.pair()
    desk.perform(RevokeConsent(next(iter(desk.world.consents))))
    assert desk.reason(RefreshTokens(refresh_body(pair.refresh_token), IP)) is Reason.REFRESH_TOKEN_SUPERSEDED
    bearer = AddApiKey(f"bearer {pair.access_token}", groups_body("API_COMMON"), IP)
    assert desk.reason(bearer) is Reason.ACCESS_TOKEN_SUPERSEDED
    code = desk.authorize("bob").code
    (unused,) = (consent for consent in desk.world.consents.values() if consent.user == "bob")
    desk.perform(RevokeConsent(unused.id))
    assert desk.reason(ExchangeCode(token_query(code), IP)) is Reason.CODE_UNKNOWN


@pytest.mark.parametrize(
    ("header", "received"),
    [
        (None, "absent"),
        ("", "no bearer token"),
        ("bearer", "no bearer token"),
        ("bearer  ", "no bearer token"),
        ("basic abc", "no bearer token"),
    ],
)
def test_no_bearer(header: str | None, received: str) -> None:
    """The refusal says whether the header is absent or something else."""
    refusal = Desk().refusal(AddApiKey(header, groups_body("API_COMMON"), IP))
    assert (refusal.reason, refusal.received) == (Reason.AUTHORIZATION_MISSING, received)
    assert refusal.expected == "Authorization: bearer {token}"


@pytest.mark.parametrize("form", ["bearer {}", "Bearer {}", "BEARER {}", "  bearer   {}  "])
def test_how_a_bearer_is_written(form: str) -> None:
    """Neither case nor blanks matter."""
    desk = Desk()
    token = desk.pair().access_token
    assert desk.perform(AddApiKey(form.format(token), groups_body("API_COMMON"), IP)).word == "OK"
