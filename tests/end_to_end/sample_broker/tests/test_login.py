"""A user connects the KuCoin account."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from conftest import GRANT

STATE_RULE = "s7.1: `state` is compulsory, and a callback counts only with the state that this browser was given"


def test_link_leads_to_kucoin(alice, kucoin):
    """The link is KuCoin's, with our client id, redirect URI and scope."""
    link = urlsplit(alice.browser.get("/connect").headers["location"])
    query = {name: values[0] for name, values in parse_qs(link.query).items()}
    assert (link.scheme, link.netloc, link.path) == ("https", "www.kucoin.com", "/oauth")
    assert query.pop("state")
    assert query == {
        "response_type": "code",
        "client_id": kucoin.client_id,
        "redirect_uri": kucoin.redirect_uri,
        "scope": "OAUTH_CREATE_API",
    }


def test_login_page_opens(alice):
    """KuCoin shows its login page to whoever follows the link."""
    page = httpx.get(alice.browser.get("/connect").headers["location"], follow_redirects=True)
    assert page.status_code == 200
    assert "Log in" in page.text


def test_state_is_new_each_time(alice):
    """Two logins have two states."""
    assert alice.state() != alice.state()


def test_callback_connects(alice, broker):
    """After consent the broker holds a pair of tokens."""
    alice.connect()
    tokens = broker.store.tokens("alice")
    assert tokens.access
    assert tokens.refresh != tokens.access


def test_forged_state_is_refused(alice, broker):
    """A callback with a state that nobody was given is refused."""
    alice.state()
    answer = alice.consents("forged")
    assert answer.status_code == 400, STATE_RULE
    assert broker.store.tokens("alice") is None, STATE_RULE


def test_state_of_another_browser_is_refused(alice, person):
    """Mallory cannot make Alice's browser finish Mallory's login."""
    mallory = person("frank")
    answer = alice.consents(mallory.state())
    assert answer.status_code == 400, STATE_RULE


def test_state_is_good_once(alice):
    """A callback that comes back with a used state is refused."""
    state = alice.state()
    assert alice.consents(state).status_code == 200
    assert alice.consents(state).status_code == 400, STATE_RULE


def test_missing_state_is_refused(alice, kucoin):
    """A callback without state is refused, and its code is not exchanged."""
    assert alice.browser.get("/callback", params={"code": kucoin.authorize("alice", state="x")}).status_code == 400
    assert kucoin.requests(operation="exchange_code") == [], STATE_RULE


def test_denied_consent(alice, kucoin):
    """If the user denies, there is no code, and nothing is exchanged."""
    answer = alice.browser.get("/callback", params={"error": "access_denied", "state": alice.state()})
    assert (answer.status_code, answer.json()) == (403, {"error": "you have not allowed it"})
    assert kucoin.requests(operation="exchange_code") == []


def test_wrong_code_is_refused(alice, broker):
    """A made-up code brings no tokens."""
    answer = alice.browser.get("/callback", params={"code": "0" * 24, "state": alice.state()})
    assert answer.status_code == 409
    assert broker.store.tokens("alice") is None


def test_used_code_is_refused(alice, kucoin):
    """A code buys one pair of tokens, and the pair of the first callback lives on."""
    state, code = alice.state(), kucoin.authorize("alice", grant=GRANT, state="any")
    assert alice.browser.get("/callback", params={"code": code, "state": state}).status_code == 200
    assert alice.browser.get("/callback", params={"code": code, "state": alice.state()}).status_code == 409
    assert alice.browser.post("/key").status_code == 201


@pytest.mark.kucoin(scenario="code-expired", expect=True)
def test_expired_code_is_refused(alice):
    """A code that waited too long is refused, and a new login helps."""
    assert alice.consents(alice.state()).status_code == 409
    alice.connect()


@pytest.mark.parametrize("path", ["/connect", "/callback", "/history", "/balance"])
def test_strangers_must_log_in(alice, path):
    """Without a session there is nothing."""
    alice.browser.cookies.clear()
    assert alice.browser.get(path).status_code == 401
