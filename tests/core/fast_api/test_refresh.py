"""s6.3, s7.3: what a refresh takes, what it gives, and what it retires."""

from __future__ import annotations

import pytest
from support.desk import IP, Desk, groups_body, refresh_body

from simulator.core.fast_api.api_keys import AddApiKey
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import DAY, HOUR


def add_key(access_token: str) -> AddApiKey:
    return AddApiKey(f"bearer {access_token}", groups_body("API_SPOT"), IP)


def refresh(refresh_token: str) -> RefreshTokens:
    return RefreshTokens(refresh_body(refresh_token), IP)


def test_refresh_retires_both() -> None:
    """A refresh gives a new pair and retires the old access token and the old refresh token at once (s6.3, H05)."""
    desk = Desk()
    old = desk.pair()
    new = desk.refresh(old.refresh_token)
    assert desk.reason(add_key(old.access_token)) is Reason.ACCESS_TOKEN_SUPERSEDED
    assert desk.reason(refresh(old.refresh_token)) is Reason.REFRESH_TOKEN_SUPERSEDED
    assert desk.perform(add_key(new.access_token)).word == "OK"
    assert desk.perform(refresh(new.refresh_token)).word == "OK"


def test_old_access_token_is_dead_regardless_of_expiry() -> None:
    """A retired access token is called retired before and after its hour: "regardless" (s6.3)."""
    desk = Desk()
    old = desk.pair()
    desk.refresh(old.refresh_token)
    for _ in range(2):
        assert desk.reason(add_key(old.access_token)) is Reason.ACCESS_TOKEN_SUPERSEDED
        desk.advance(HOUR)


def test_refreshed_pair_lives_afresh() -> None:
    """The new pair's lifetimes count from the refresh, not from the login (H05)."""
    desk = Desk()
    pair = desk.pair()
    for _ in range(3):
        desk.advance(3 * DAY - 1)
        pair = desk.refresh(pair.refresh_token)
    desk.advance(HOUR - 1)
    assert desk.perform(add_key(pair.access_token)).word == "OK"


def test_refresh_after_the_access_token_expired() -> None:
    """An expired access token does not stop the refresh token that came with it (s6.3)."""
    desk = Desk()
    pair = desk.pair()
    desk.advance(HOUR)
    assert desk.reason(add_key(pair.access_token)) is Reason.ACCESS_TOKEN_EXPIRED
    assert desk.perform(refresh(pair.refresh_token)).word == "OK"


def test_reuse_of_a_refresh_token_can_be_allowed() -> None:
    """With `refresh_token_reuse: allow` an old refresh token still buys, and still only one pair lives (H05)."""
    desk = Desk(refresh_token_reuse="allow")
    first = desk.pair()
    second = desk.refresh(first.refresh_token)
    third = desk.refresh(first.refresh_token)
    assert desk.reason(add_key(second.access_token)) is Reason.ACCESS_TOKEN_SUPERSEDED
    assert desk.perform(add_key(third.access_token)).word == "OK"
    desk.advance(3 * DAY)
    assert desk.reason(refresh(first.refresh_token)) is Reason.REFRESH_TOKEN_EXPIRED


@pytest.mark.parametrize("name", ["grant_type", "refresh_token", "scope"])
@pytest.mark.parametrize("value", [None, ""])
def test_refresh_parameters(name: str, value: object) -> None:
    """All three parameters of s7.3 are compulsory."""
    desk = Desk()
    refusal = desk.refusal(RefreshTokens(refresh_body(desk.pair().refresh_token, **{name: value}), IP))
    assert (refusal.reason, refusal.details["field"]) == (Reason.PARAMETER_MISSING, name)


@pytest.mark.parametrize(
    "accepted", [("authorization_code",), ("refresh_token",), ("authorization_code", "refresh_token")]
)
@pytest.mark.parametrize("grant_type", ["authorization_code", "refresh_token", "password"])
def test_refresh_grant_type(accepted: tuple[str, ...], grant_type: str) -> None:
    """The refresh call wants `authorization_code` as printed; a scenario may accept RFC 6749's word (H04)."""
    desk = Desk(refresh_grant_types=accepted) if accepted != ("authorization_code",) else Desk()
    outcome = desk.perform(RefreshTokens(refresh_body(desk.pair().refresh_token, grant_type=grant_type), IP))
    assert outcome.word == ("OK" if grant_type in accepted else "GRANT_TYPE_UNSUPPORTED")
    if isinstance(outcome.result, Refusal):
        assert outcome.result.expected.endswith('the page prints: 7.3 "Grant_type Compulsory authorization_code"')
    assert not isinstance(outcome.result, Refusal) or outcome.result.text.endswith(" or ".join(accepted))


@pytest.mark.parametrize("accepted", [("form", "json"), ("form",), ("json",)])
@pytest.mark.parametrize("encoding", ["form", "json"])
def test_refresh_encoding(accepted: tuple[str, ...], encoding: str) -> None:
    """The refresh body is a form or JSON, unless a scenario wants one of them (H03)."""
    desk = Desk() if accepted == ("form", "json") else Desk(refresh_encoding=accepted)
    body = Body(refresh_body(desk.pair().refresh_token).fields, encoding=encoding)
    outcome = desk.perform(RefreshTokens(body, IP))
    assert outcome.word == ("OK" if encoding in accepted else "REFRESH_ENCODING_REFUSED")


@pytest.mark.parametrize("value", [["OAUTH_CREATE_API"], [], {}, {"a": 1}, 5, 0, True, False])
@pytest.mark.parametrize(
    ("name", "reason", "told"),
    [
        ("grant_type", Reason.GRANT_TYPE_UNSUPPORTED, 'the text "authorization_code"'),
        ("scope", Reason.SCOPE_INVALID, 'the text "OAUTH_CREATE_API", as s7.1 sends it'),
        ("refresh_token", Reason.REFRESH_TOKEN_UNKNOWN, "the text refresh_token of an answer"),
    ],
)
def test_what_is_no_text(name: str, reason: Reason, told: str, value: object) -> None:
    """Whoever sends no text, such as the list of an answer, is told what to send; a token is never quoted (H23)."""
    desk = Desk()
    token = desk.pair().refresh_token
    refusal = desk.refusal(RefreshTokens(refresh_body(token, **{name: value}), IP))
    assert refusal.reason is reason
    assert refusal.expected.startswith(told)
    assert refusal.received == (f"a {type(value).__name__}" if name == "refresh_token" else repr(value))
    assert desk.refresh(token).scope == ("OAUTH_CREATE_API",)


def test_scope_of_a_refresh() -> None:
    """The refresh call's scope is the one string (H23)."""
    desk = Desk()
    token = desk.pair().refresh_token
    assert desk.reason(RefreshTokens(refresh_body(token, scope="read"), IP)) is Reason.SCOPE_INVALID
    assert desk.refresh(token).scope == ("OAUTH_CREATE_API",)
