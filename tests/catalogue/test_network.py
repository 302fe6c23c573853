"""Answers that come late, broken or not at all, as a client library reports them."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest
from support.payouts import Playing, told
from support.played_scenario import Play
from support.wire import Broker, Http

PATIENCE = 0.2
"""Seconds that an impatient client waits."""
USED = (400, "999999", "invalid_grant: the code has been used")
SUPERSEDED = (400, "999999", "invalid_grant: the refresh_token has been used")


def impatient(stage: Play) -> Broker:
    """A broker that hangs up soon."""
    return Broker(Http(urlsplit(stage.url).port or 0, timeout=PATIENCE), stage.broker.now)


def test_slow_exchange(play: Playing) -> None:
    """Who hung up before the tokens came gets others by another login."""
    stage = play("slow-exchange")
    code = stage.broker.authorize()
    with pytest.raises(TimeoutError):
        impatient(stage).exchange(code)
    assert stage.outcomes("exchange_code") == ["OK"]
    stage.broker.key()
    assert stage.holds()


def test_slow_exchange_mistakes(play: Playing) -> None:
    """A broker that gives the user up is found out, and so is one that sends the code again, even if it recovers."""
    stage = play("slow-exchange")
    code = stage.broker.authorize()
    with pytest.raises(TimeoutError):
        impatient(stage).exchange(code)
    assert not stage.holds()
    assert told(stage.broker.exchange(code)) == USED
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_connection_reset(play: Playing) -> None:
    """The connection breaks and nothing has happened: the same refresh token works at the second try."""
    stage = play("connection-reset")
    pair = stage.broker.tokens()
    with pytest.raises(ConnectionResetError):
        stage.broker.refresh(pair["refresh_token"])
    assert stage.broker.refresh(pair["refresh_token"]).json()["refresh_token"] != pair["refresh_token"]
    assert stage.outcomes("refresh_tokens") == ["NOT_PERFORMED", "OK"]
    assert stage.holds()


def test_connection_reset_mistake(play: Playing) -> None:
    """A broker that sends the user to log in again because a connection broke is found out."""
    stage = play("connection-reset")
    pair = stage.broker.tokens()
    with pytest.raises(ConnectionResetError):
        stage.broker.refresh(pair["refresh_token"])
    stage.broker.key()
    assert not stage.holds()


@pytest.mark.parametrize("tries", [0, 1])
def test_refresh_answer_lost(play: Playing, tries: int) -> None:
    """The pair was renewed unheard: one more try is refused and forgiven, and a new login brings tokens that work."""
    stage = play("refresh-answer-lost")
    pair = stage.broker.tokens()
    with pytest.raises(ConnectionResetError):
        stage.broker.refresh(pair["refresh_token"])
    for _ in range(tries):
        assert told(stage.broker.refresh(pair["refresh_token"])) == SUPERSEDED
    stage.broker.key()
    assert stage.outcomes("refresh_tokens") == ["OK", "REFRESH_TOKEN_SUPERSEDED"][: 1 + tries]
    assert stage.holds()


def test_refresh_answer_lost_mistakes(play: Playing) -> None:
    """A broker that gives the user up is found out; so is one that goes on with a dead token, even if it recovers."""
    stage = play("refresh-answer-lost")
    pair = stage.broker.tokens()
    with pytest.raises(ConnectionResetError):
        stage.broker.refresh(pair["refresh_token"])
    assert told(stage.broker.refresh(pair["refresh_token"])) == SUPERSEDED
    assert not stage.holds()
    assert stage.outcome(stage.broker.add_key(pair["access_token"])) == "ACCESS_TOKEN_SUPERSEDED"
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_refresh_answer_lost_needs_a_refresh(play: Playing) -> None:
    """A run without a refresh proves nothing, and does not hold."""
    stage = play("refresh-answer-lost")
    assert stage.broker.key().api_key
    assert not stage.holds()


def test_answer_never_comes(play: Playing) -> None:
    """A client that hangs up and asks again has its key."""
    stage = play("answer-never-comes")
    token = stage.broker.tokens()["access_token"]
    with pytest.raises(TimeoutError):
        impatient(stage).add_key(token)
    assert stage.broker.add_key(token).json()["success"] is True
    assert stage.outcomes("add_api_key") == ["NOT_PERFORMED", "OK"]
    assert stage.holds()


def test_answer_never_comes_mistake(play: Playing) -> None:
    """A client that is still waiting has nothing and is found out."""
    stage = play("answer-never-comes")
    token = stage.broker.tokens()["access_token"]
    with pytest.raises(TimeoutError):
        impatient(stage).add_key(token)
    assert stage.outcomes("add_api_key") == ["NOT_PERFORMED"]
    assert not stage.holds()


def test_truncated_json(play: Playing) -> None:
    """Half of the tokens is an error of HTTP, half of the key only one of JSON; a login and a key later all is well."""
    stage = play("truncated-json")
    with pytest.raises(http.client.IncompleteRead) as broken:
        stage.broker.exchange(stage.broker.authorize())
    assert broken.value.partial.startswith(b'{"access_token":"')
    token = stage.broker.tokens()["access_token"]
    half = stage.broker.add_key(token)
    assert (half.status, int(half.headers["content-length"])) == (200, len(half.body))
    with pytest.raises(json.JSONDecodeError):
        half.json()
    assert stage.broker.add_key(token).json()["success"] is True
    assert stage.holds()


def test_truncated_json_mistakes(play: Playing) -> None:
    """A broker that falls over half a key is found out, and so is one that insists on the code, even if it recovers."""
    stage = play("truncated-json")
    code = stage.broker.authorize()
    with pytest.raises(http.client.IncompleteRead):
        stage.broker.exchange(code)
    assert [told(stage.broker.exchange(code)) for _ in range(2)] == [USED, USED]
    token = stage.broker.tokens()["access_token"]
    with pytest.raises(json.JSONDecodeError):
        stage.broker.add_key(token).json()
    assert stage.broker.add_key(token).json()["success"] is True
    assert not stage.holds()

    stage = play("truncated-json")
    with pytest.raises(http.client.IncompleteRead):
        stage.broker.exchange(stage.broker.authorize())
    with pytest.raises(json.JSONDecodeError):
        stage.broker.key()
    assert not stage.holds()


def test_garbage_answer(play: Playing) -> None:
    """The code still works after bytes that were no HTTP, and another key can be made after one that was no text."""
    stage = play("garbage-answer")
    code = stage.broker.authorize()
    with pytest.raises(http.client.BadStatusLine):
        stage.broker.exchange(code)
    token = stage.broker.exchange(code).json()["access_token"]
    with pytest.raises(UnicodeDecodeError):
        stage.broker.add_key(token).json()
    assert stage.broker.add_key(token).json()["success"] is True
    assert stage.outcomes("exchange_code") == ["NOT_PERFORMED", "OK"]
    assert stage.outcomes("add_api_key") == ["OK", "OK"]
    assert stage.holds()


def test_garbage_answer_mistakes(play: Playing) -> None:
    """A broker that falls over a key that is no text is found out, and so is one that asks for another login."""
    stage = play("garbage-answer")
    code = stage.broker.authorize()
    with pytest.raises(http.client.BadStatusLine):
        stage.broker.exchange(code)
    token = stage.broker.exchange(code).json()["access_token"]
    with pytest.raises(UnicodeDecodeError):
        stage.broker.add_key(token).json()
    assert not stage.holds()

    stage = play("garbage-answer")
    with pytest.raises(http.client.BadStatusLine):
        stage.broker.exchange(stage.broker.authorize())
    token = stage.broker.tokens()["access_token"]
    with pytest.raises(UnicodeDecodeError):
        stage.broker.add_key(token).json()
    assert stage.broker.add_key(token).json()["success"] is True
    assert not stage.holds()


def test_empty_answer(play: Playing) -> None:
    """The connection closes without a byte and nothing has happened: the same code and the same token work again."""
    stage = play("empty-answer")
    code = stage.broker.authorize()
    with pytest.raises(http.client.RemoteDisconnected):
        stage.broker.exchange(code)
    token = stage.broker.exchange(code).json()["access_token"]
    with pytest.raises(http.client.RemoteDisconnected):
        stage.broker.add_key(token)
    assert stage.broker.add_key(token).key.api_key
    assert stage.outcomes("add_api_key") == ["NOT_PERFORMED", "OK"]
    assert stage.holds()


def test_empty_answer_mistake(play: Playing) -> None:
    """A broker that sends the user to log in again because a connection closed is found out."""
    stage = play("empty-answer")
    with pytest.raises(http.client.RemoteDisconnected):
        stage.broker.exchange(stage.broker.authorize())
    token = stage.broker.tokens()["access_token"]
    with pytest.raises(http.client.RemoteDisconnected):
        stage.broker.add_key(token)
    assert stage.broker.add_key(token).key.api_key
    assert not stage.holds()
