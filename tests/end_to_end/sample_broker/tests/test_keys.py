"""Tokens, their renewal, and the API key that they make."""

from __future__ import annotations

import pytest


def test_key_is_made(alice):
    """The first need of a key makes one, with the groups that the broker asked for."""
    alice.connect()
    answer = alice.browser.post("/key")
    assert (answer.status_code, answer.json()) == (201, {"groups": ["API_COMMON", "API_WITHDRAW_OAUTH"]})


def test_key_is_made_once(alice, kucoin):
    """A second call uses the same key."""
    alice.connect()
    assert [alice.browser.post("/key").status_code for _ in range(2)] == [201, 201]
    assert len(kucoin.requests(operation="add_api_key")) == 1


def test_key_needs_a_connected_account(alice, kucoin):
    """Without tokens there is no key, and KuCoin is not asked."""
    answer = alice.browser.post("/key")
    assert (answer.status_code, answer.json()) == (401, {"error": "connect your KuCoin account first"})
    assert kucoin.requests() == []


def test_expired_token_is_renewed(alice, kucoin, kucoin_clock):
    """If KuCoin says that the access token has expired, it is renewed once and the key is made."""
    alice.connect()
    kucoin_clock.advance("61m")
    assert alice.browser.post("/key").status_code == 201
    assert len(kucoin.requests(operation="refresh_tokens", outcome="OK")) == 1


def test_token_is_renewed_before_it_expires(alice, kucoin, kucoin_clock):
    """The broker's own clock tells it, too: then no call is refused."""
    alice.connect()
    kucoin_clock.advance("61m", also="time_machine")
    assert alice.browser.post("/key").status_code == 201
    assert [line["outcome"] for line in kucoin.requests(operation="add_api_key")] == ["OK"]


@pytest.mark.kucoin(scenario="refresh-retires-old-token", expect=True)
def test_old_token_is_dropped(alice, broker, kucoin):
    """After a refresh the old access token is not used again, although it is not an hour old (s6.3)."""
    alice.connect()
    broker.renewed("alice", broker.store.tokens("alice"))
    assert alice.browser.post("/key").status_code == 201
    [made] = kucoin.requests(operation="add_api_key")
    assert made["outcome"] == "OK"


def test_renewal_replaces_both_tokens(alice, broker):
    """A refresh brings another access token and another refresh token."""
    alice.connect()
    old = broker.store.tokens("alice")
    broker.renewed("alice", old)
    new = broker.store.tokens("alice")
    assert old.access != new.access
    assert old.refresh != new.refresh


def test_after_three_days_the_user_must_log_in(alice, broker, kucoin_clock):
    """An expired refresh token cannot be helped: the pair is forgotten, and a login brings a new one."""
    alice.connect()
    kucoin_clock.advance("73h")
    assert alice.browser.post("/key").status_code == 401
    assert broker.store.tokens("alice") is None
    alice.connect()
    assert alice.browser.post("/key").status_code == 201


def test_token_that_expires_in_the_callback(alice, kucoin_faults, kucoin):
    """The access token may be an hour old when it arrives: it is renewed at its first use."""
    kucoin_faults.add(operation="exchange_code", times=1, at="after_commit", advance="61m")
    alice.connect()
    assert alice.browser.post("/key").status_code == 201
    assert len(kucoin.requests(operation="refresh_tokens", outcome="OK")) == 1


def test_lost_refresh(alice, kucoin_faults, kucoin_clock):
    """If the answer to a refresh is lost, both tokens are dead: the next try sends the user to log in."""
    alice.connect()
    kucoin_clock.advance("61m")
    kucoin_faults.add(operation="refresh_tokens", times=1, at="after_commit", network="reset")
    assert alice.browser.post("/key").status_code == 503
    assert alice.browser.post("/key").status_code == 401


def test_outage_while_the_code_is_exchanged(alice, kucoin_faults):
    """A page of HTML is no answer: the user may try again, and then it works."""
    respond = {"status": 502, "headers": {"Content-Type": "text/html"}, "body": "<html>Bad Gateway</html>"}
    kucoin_faults.add(operation="exchange_code", times=1, respond=respond)
    assert alice.consents(alice.state()).status_code == 503
    alice.connect()


def test_no_room_for_a_key(person):
    """Dave has as many keys as are allowed; he reads KuCoin's own words."""
    dave = person("dave")
    dave.connect()
    answer = dave.browser.post("/key")
    assert answer.status_code == 409
    assert "maximum level" in answer.json()["error"]


def test_name_is_taken(alice, kucoin_faults):
    """A repeated name of a key is told, and is no reason to log in again."""
    alice.connect()
    kucoin_faults.add({"operation": "add_api_key", "times": 1, "refuse": "REPEATED_API_NAME"})
    assert alice.browser.post("/key").json()["error"] == "Repeated apiName"
    assert alice.browser.post("/key").status_code == 201


def test_lost_key_is_made_again(alice, kucoin_faults, kucoin):
    """A key whose answer was lost is of no use, because its secret is shown once: the next try makes another."""
    alice.connect()
    kucoin_faults.add(operation="add_api_key", times=1, at="after_commit", network="empty")
    assert alice.browser.post("/key").status_code == 503
    assert alice.browser.post("/key").status_code == 201
    assert len(kucoin.requests(operation="add_api_key", outcome="OK")) == 2


def test_less_was_granted(alice):
    """A key for more than the user granted is refused, and the user is told."""
    alice.connect(grant=("API_COMMON",))
    answer = alice.browser.post("/key")
    assert (answer.status_code, answer.json()["code"]) == (409, "40503")
