"""Login, code and tokens: how a broker meets what can befall them, and how it is found out."""

from __future__ import annotations

import pytest
from support.payouts import Playing, told

BAD_BEARER = (401, "400400", "Invalid authorization token.")


def test_user_denies(play: Playing) -> None:
    """The browser brings back access_denied and no code; a broker that stops there has played well."""
    stage = play("user-denies")
    assert not stage.holds()
    assert stage.login("s-7") == {"error": "access_denied", "state": "s-7"}
    assert stage.holds()


@pytest.mark.parametrize(
    ("missing", "text"),
    [("None", "invalid_grant: unknown code"), ("", "invalid_request: code is compulsory")],
)
def test_user_denies_mistake(play: Playing, missing: str, text: str) -> None:
    """A broker that exchanges the code it did not get is refused and found out."""
    stage = play("user-denies")
    answer = stage.broker.exchange(stage.login().get("code", missing))
    assert told(answer) == (400, "999999", text)
    assert not stage.holds()


def test_access_token_expired(play: Playing) -> None:
    """After an hour the access token is refused; the refreshed one makes the key, without another login."""
    stage = play("access-token-expired")
    pair = stage.broker.tokens()
    stage.advance("1h")
    refused = stage.broker.add_key(pair["access_token"])
    assert told(refused) == BAD_BEARER
    assert stage.outcome(refused) == "ACCESS_TOKEN_EXPIRED"
    fresh = stage.broker.refresh(pair["refresh_token"]).json()
    assert stage.broker.add_key(fresh["access_token"]).json()["success"] is True
    assert stage.holds()


def test_access_token_expired_is_good_until_then(play: Playing) -> None:
    """One millisecond before the hour is over the access token still makes a key."""
    stage = play("access-token-expired")
    pair = stage.broker.tokens()
    stage.advance("59m59s999ms")
    assert stage.broker.add_key(pair["access_token"]).json()["success"] is True


def test_access_token_expired_mistake_of_trying_again(play: Playing) -> None:
    """A broker that tries the dead token twice is found out although it refreshes in the end."""
    stage = play("access-token-expired")
    pair = stage.broker.tokens()
    stage.advance("1h")
    for _ in range(2):
        assert told(stage.broker.add_key(pair["access_token"])) == BAD_BEARER
    stage.broker.add_key(stage.broker.refresh(pair["refresh_token"]).json()["access_token"])
    assert not stage.holds()


def test_access_token_expired_mistake_of_a_login(play: Playing) -> None:
    """A broker that troubles the user instead of refreshing is found out."""
    stage = play("access-token-expired")
    pair = stage.broker.tokens()
    stage.advance("1h")
    assert told(stage.broker.add_key(pair["access_token"])) == BAD_BEARER
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_access_token_expired_mistake_of_the_old_token(play: Playing) -> None:
    """A broker that refreshes and does not use what it got is found out."""
    stage = play("access-token-expired")
    pair = stage.broker.tokens()
    stage.advance("1h")
    assert stage.broker.refresh(pair["refresh_token"]).status == 200
    assert told(stage.broker.add_key(pair["access_token"])) == BAD_BEARER
    assert not stage.holds()


def test_refresh_token_expired(play: Playing) -> None:
    """After three days the refresh is refused, and a new login brings tokens that work."""
    stage = play("refresh-token-expired")
    pair = stage.broker.tokens()
    stage.advance("3d")
    refused = stage.broker.refresh(pair["refresh_token"])
    assert told(refused) == (400, "999999", "invalid_grant: the refresh_token has expired")
    stage.broker.key()
    assert stage.outcomes("refresh_tokens") == ["REFRESH_TOKEN_EXPIRED"]
    assert stage.holds()


def test_refresh_token_expired_mistakes(play: Playing) -> None:
    """A broker that refreshes again and again is found out even if it asks for a login in the end."""
    stage = play("refresh-token-expired")
    pair = stage.broker.tokens()
    stage.advance("3d")
    for _ in range(2):
        assert stage.broker.refresh(pair["refresh_token"]).status == 400
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_refresh_token_expired_mistake_of_losing_the_user(play: Playing) -> None:
    """A broker whose user logs in again, but that never makes the key, is found out."""
    stage = play("refresh-token-expired")
    pair = stage.broker.tokens()
    stage.advance("3d")
    assert stage.broker.tokens()["access_token"] != pair["access_token"]
    assert told(stage.broker.add_key(pair["access_token"])) == BAD_BEARER
    assert not stage.holds()


def test_refresh_token_expired_needs_time_to_pass(play: Playing) -> None:
    """A run in which nobody advanced the clock proves nothing, and does not hold."""
    stage = play("refresh-token-expired")
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_refresh_retires_old_token(play: Playing) -> None:
    """After a refresh the new access token makes the key."""
    stage = play("refresh-retires-old-token")
    pair = stage.broker.tokens()
    fresh = stage.broker.refresh(pair["refresh_token"]).json()
    assert stage.broker.add_key(fresh["access_token"]).json()["success"] is True
    assert stage.holds()


def test_refresh_retires_old_token_mistakes(play: Playing) -> None:
    """A process that goes on with the old access token is refused and found out, though its hour is not over."""
    stage = play("refresh-retires-old-token")
    pair = stage.broker.tokens()
    fresh = stage.broker.refresh(pair["refresh_token"]).json()
    assert not stage.holds()
    refused = stage.broker.add_key(pair["access_token"])
    assert told(refused) == BAD_BEARER
    assert stage.outcome(refused) == "ACCESS_TOKEN_SUPERSEDED"
    assert stage.broker.add_key(fresh["access_token"]).json()["success"] is True
    assert not stage.holds()


def test_refresh_retires_old_token_needs_a_refresh(play: Playing) -> None:
    """A run without a refresh proves nothing, and does not hold."""
    stage = play("refresh-retires-old-token")
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_code_expired(play: Playing) -> None:
    """A code that is five minutes old is refused; the user's second login brings one that works."""
    stage = play("code-expired")
    code = stage.broker.authorize()
    stage.advance("5m")
    assert told(stage.broker.exchange(code)) == (400, "999999", "invalid_grant: the code has expired")
    stage.broker.tokens()
    assert stage.holds()


def test_code_expired_mistakes(play: Playing) -> None:
    """A broker that repeats the dead code is found out, and so is one that leaves the user without tokens."""
    stage = play("code-expired")
    code = stage.broker.authorize()
    stage.advance("5m")
    assert stage.outcome(stage.broker.exchange(code)) == "CODE_EXPIRED"
    assert not stage.holds()
    assert stage.outcome(stage.broker.exchange(code)) == "CODE_EXPIRED"
    stage.broker.tokens()
    assert not stage.holds()


def test_code_used_twice(play: Playing) -> None:
    """The second exchange is refused, and the pair of the first makes the key."""
    stage = play("code-used-twice")
    code = stage.broker.authorize()
    pair = stage.broker.exchange(code).json()
    assert told(stage.broker.exchange(code)) == (400, "999999", "invalid_grant: the code has been used")
    assert stage.broker.add_key(pair["access_token"]).json()["success"] is True
    assert stage.holds()


def test_code_used_twice_mistakes(play: Playing) -> None:
    """A broker that drops the first pair is found out, whether it loses the user or sends them to log in again."""
    stage = play("code-used-twice")
    code = stage.broker.authorize()
    assert [stage.broker.exchange(code).status for _ in range(2)] == [200, 400]
    assert not stage.holds()
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_code_used_twice_mistake_of_insisting(play: Playing) -> None:
    """A broker that goes on trying the used code is found out although it has kept the first pair."""
    stage = play("code-used-twice")
    code = stage.broker.authorize()
    pair = stage.broker.exchange(code).json()
    assert [stage.broker.exchange(code).status for _ in range(2)] == [400, 400]
    assert stage.broker.add_key(pair["access_token"]).json()["success"] is True
    assert not stage.holds()
