"""Callbacks that nobody may trust, that come twice or late, and pairs that somebody else has ended."""

from __future__ import annotations

import pytest
from support.payouts import Playing


def test_callback_forged(play: Playing) -> None:
    """A broker that exchanges the codes of the two good callbacks alone has played well."""
    stage = play("callback-forged")
    back = [stage.login(f"s-{number}") for number in range(1, 6)]
    assert [one.get("state") for one in back] == ["s-1", "s-1", "s-3-altered", None, "s-5"]
    for one in (back[0], back[4]):
        assert stage.broker.exchange(one["code"]).status == 200
    assert stage.holds()


@pytest.mark.parametrize("forged", [1, 2, 3])
def test_callback_forged_mistake(play: Playing, forged: int) -> None:
    """A broker that exchanges the code of one forged callback as well is found out."""
    stage = play("callback-forged")
    back = [stage.login(f"s-{number}") for number in range(1, 6)]
    for place in (0, forged, 4):
        assert stage.broker.exchange(back[place]["code"]).status == 200
    assert not stage.holds()


def test_callback_twice(play: Playing) -> None:
    """The second callback is refused, the pair of the first one makes the key, and nothing more is expected."""
    stage = play("callback-twice")
    code = stage.login()["code"]
    pair = stage.broker.exchange(code).json()
    assert stage.broker.exchange(code).status == 400
    assert not stage.holds()
    assert stage.broker.add_key(pair["access_token"], "API_COMMON").json()["success"]
    assert stage.holds()


def test_callback_twice_mistake(play: Playing) -> None:
    """A broker that sends the used code once more is found out."""
    stage = play("callback-twice")
    code = stage.login()["code"]
    pair = stage.broker.exchange(code).json()
    assert [stage.broker.exchange(code).status for _ in range(2)] == [400, 400]
    assert stage.broker.add_key(pair["access_token"], "API_COMMON").json()["success"]
    assert not stage.holds()


def test_callback_late(play: Playing) -> None:
    """Two minutes after the approval the code buys tokens."""
    stage = play("callback-late")
    assert stage.broker.key().api_key
    assert stage.holds()


def test_callback_late_mistake(play: Playing) -> None:
    """A broker that has forgotten the login, and begins another, is found out."""
    stage = play("callback-late")
    assert stage.broker.authorize()
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_code_forged(play: Playing) -> None:
    """The made-up code is refused, and the code of the next login is exchanged."""
    stage = play("code-forged")
    assert stage.outcome(stage.broker.exchange(stage.login()["code"])) == "CODE_UNKNOWN"
    assert stage.broker.exchange(stage.login()["code"]).status == 200
    assert stage.holds()


def test_code_forged_mistake(play: Playing) -> None:
    """A broker that sends the made-up code again is found out."""
    stage = play("code-forged")
    code = stage.login()["code"]
    for sent in (code, code, stage.login()["code"]):
        stage.broker.exchange(sent)
    assert not stage.holds()


def test_refresh_last_moment(play: Playing) -> None:
    """Five minutes before its end the refresh token brings a pair that makes the key."""
    stage = play("refresh-last-moment")
    pair = stage.broker.refresh(stage.broker.tokens()["refresh_token"]).json()
    assert stage.broker.add_key(pair["access_token"]).json()["success"]
    assert stage.holds()


def test_refresh_last_moment_mistake(play: Playing) -> None:
    """A broker that gives the user up, and begins again, is found out."""
    stage = play("refresh-last-moment")
    stage.broker.tokens()
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_refreshed_elsewhere(play: Playing) -> None:
    """The stored refresh token is refused once, and another login brings what makes the key."""
    stage = play("refreshed-elsewhere")
    pair = stage.broker.tokens()
    assert stage.outcome(stage.broker.refresh(pair["refresh_token"])) == "REFRESH_TOKEN_SUPERSEDED"
    assert stage.broker.key().api_key
    assert stage.holds()


def test_refreshed_elsewhere_mistake(play: Playing) -> None:
    """A broker that sends the used token again is found out."""
    stage = play("refreshed-elsewhere")
    pair = stage.broker.tokens()
    for _ in range(2):
        stage.broker.refresh(pair["refresh_token"])
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_refresh_concurrent(play: Playing) -> None:
    """The loser is refused once, and the pair of the winner makes the key."""
    stage = play("refresh-concurrent")
    old = stage.broker.tokens()["refresh_token"]
    pair = stage.broker.refresh(old).json()
    assert stage.outcome(stage.broker.refresh(old)) == "REFRESH_TOKEN_SUPERSEDED"
    assert stage.broker.add_key(pair["access_token"]).json()["success"]
    assert stage.holds()


def test_refresh_concurrent_mistake(play: Playing) -> None:
    """A broker whose loser declares the user disconnected, and begins again, is found out."""
    stage = play("refresh-concurrent")
    old = stage.broker.tokens()["refresh_token"]
    for _ in range(2):
        stage.broker.refresh(old)
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_consent_revoked(play: Playing) -> None:
    """The token is refused because the consent is revoked, and nothing more is asked for until another login."""
    stage = play("consent-revoked")
    refused = stage.broker.add_key(stage.broker.tokens()["access_token"])
    assert stage.outcome(refused) == "ACCESS_TOKEN_SUPERSEDED"
    assert stage.holds()
    assert stage.broker.key().api_key
    assert stage.holds()


def test_consent_revoked_mistake(play: Playing) -> None:
    """A broker that knocks with the dead token is found out."""
    stage = play("consent-revoked")
    pair = stage.broker.tokens()
    for _ in range(2):
        stage.broker.add_key(pair["access_token"])
    assert not stage.holds()
