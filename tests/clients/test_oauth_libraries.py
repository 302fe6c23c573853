"""Generic OAuth libraries, unchanged: the GET exchange by their public options, the refresh with `grant_type` set.

The user's part, the login page and the consent, is posted as the page's form would post it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from msgspec.structs import replace
from oauthlib.oauth2.rfc6749.errors import AccessDeniedError, InvalidGrantError
from requests_oauthlib import OAuth2Session
from support.demo_world import OWN_QUERY
from support.desk import groups_body
from support.wire import DEMO, FORM, NEW, REFRESH, TOKEN, Broker, Http

from simulator.scenario.loader import load
from simulator.web.server import LocalServer

CALLBACK = "http://localhost:3000/callback"


def _consent(broker: Broker, url: str, user: str = "alice") -> str:
    """The user opens the library's URL, logs in and approves: where the browser goes then."""
    target = "/" + url.split("/", 3)[3]
    assert broker.send("GET", target).status == 200
    form = urlencode({"step": "consent", "identity": user, "decision": "approve", "grant": "API_SPOT"})
    answer = broker.send("POST", target, form.encode(), FORM)
    assert answer.status == 303
    return answer.headers["location"]


def _check(token: dict[str, Any]) -> None:
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("bearer", 3600, ["OAUTH_CREATE_API"])


def _renamed(url: str, headers: Any, body: str) -> tuple[str, Any, str]:
    """What s7.3 wants otherwise than RFC 6749: the other grant type."""
    assert body.count("grant_type=refresh_token") == 1
    return url, headers, body.replace("grant_type=refresh_token", "grant_type=authorization_code")


@pytest.fixture(scope="module")
def standard() -> Iterator[LocalServer]:
    """A server whose scenario also takes RFC 6749's own refresh and error bodies."""
    scenario = load("demo")
    choices = replace(
        DEMO.choices,
        refresh_grant_types=("authorization_code", "refresh_token"),
        oauth_error_body="rfc6749",
        client_secret="required",
    )
    with LocalServer(replace(scenario, world=DEMO.put(choices=choices))) as server:
        yield server


@pytest.mark.parametrize("library", [OAuth2Client, AuthlibSession])
@pytest.mark.parametrize("redirect_uri", [CALLBACK, OWN_QUERY])
def test_authlib(server: LocalServer, online: Broker, library: Any, redirect_uri: str) -> None:
    """Authlib over httpx2 and over requests: URL, exchange by GET, key with its bearer, refresh with a hook."""
    with library("demo-broker", redirect_uri=redirect_uri, scope="OAUTH_CREATE_API") as client:
        url, state = client.create_authorization_url(f"{server.url}/oauth")
        back = _consent(online, url)
        assert back.startswith(redirect_uri)
        token = client.fetch_token(
            f"{server.url}{TOKEN}", method="GET", authorization_response=back, state=state, redirect_uri=redirect_uri
        )
        _check(token)
        added = client.post(f"{server.url}{NEW}", json=groups_body("API_COMMON", "API_SPOT").fields).json()
        assert added["data"]["authGroup"] == "API_COMMON,API_SPOT"
        client.register_compliance_hook("refresh_token_request", _renamed)
        renewed = client.refresh_token(f"{server.url}{REFRESH}")
        _check(renewed)
        assert renewed["access_token"] != token["access_token"]
        assert client.post(f"{server.url}{NEW}", json=groups_body("API_SPOT").fields).json()["code"] == "200"


@pytest.mark.parametrize("redirect_uri", [CALLBACK, OWN_QUERY])
def test_requests_oauthlib(
    server: LocalServer, online: Broker, redirect_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with requests-oauthlib, which needs to be told that http on loopback is meant."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with OAuth2Session("demo-broker", redirect_uri=redirect_uri, scope=["OAUTH_CREATE_API"]) as session:
        url, _ = session.authorization_url(f"{server.url}/oauth")
        back = _consent(online, url)
        token = session.fetch_token(
            f"{server.url}{TOKEN}", method="GET", authorization_response=back, include_client_id=True
        )
        _check(token)
        added = session.post(f"{server.url}{NEW}", json=groups_body("API_COMMON", "API_SPOT").fields).json()
        assert added["data"]["authGroup"] == "API_COMMON,API_SPOT"
        session.register_compliance_hook("refresh_token_request", _renamed)
        renewed = session.refresh_token(f"{server.url}{REFRESH}")
        _check(renewed)
        assert renewed["access_token"] != token["access_token"]
        assert session.post(f"{server.url}{NEW}", json=groups_body("API_SPOT").fields).json()["code"] == "200"


def test_authlib_refreshes_by_itself_where_the_scenario_allows_it(standard: LocalServer) -> None:
    """With `refresh_grant_types` and a secret sent in the query, nothing is changed but the method of the exchange."""
    online = Broker(Http(standard.port))
    with OAuth2Client("demo-broker", "demo-secret", redirect_uri=CALLBACK, scope="OAUTH_CREATE_API") as client:
        url, state = client.create_authorization_url(f"{standard.url}/oauth")
        token = client.fetch_token(
            f"{standard.url}{TOKEN}",
            method="GET",
            authorization_response=_consent(online, url),
            state=state,
            redirect_uri=CALLBACK,
            client_id="demo-broker",
            client_secret="demo-secret",
        )
        _check(token)
        assert client.refresh_token(f"{standard.url}{REFRESH}")["access_token"] != token["access_token"]


def test_libraries_understand_the_standards_error_body(standard: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `oauth_error_body: rfc6749` both libraries raise what the server means."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    query = {"method": "GET", "code": "unknown", "client_secret": "demo-secret"}
    with OAuth2Client("demo-broker", redirect_uri=CALLBACK) as client, pytest.raises(OAuthError) as authlibs:
        client.fetch_token(f"{standard.url}{TOKEN}", redirect_uri=CALLBACK, **query)
    assert (authlibs.value.error, authlibs.value.description) == ("invalid_grant", "unknown code")
    with OAuth2Session("demo-broker", redirect_uri=CALLBACK) as session, pytest.raises(InvalidGrantError) as others:
        session.fetch_token(f"{standard.url}{TOKEN}", include_client_id=True, **query)
    assert others.value.description == "unknown code"


def test_a_denied_consent_is_an_error_of_the_library(
    server: LocalServer, online: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H08: the callback's `error=access_denied` is what libraries expect."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with OAuth2Session("demo-broker", redirect_uri=CALLBACK, scope=["OAUTH_CREATE_API"]) as session:
        url, state = session.authorization_url(f"{server.url}/oauth")
        form = b"step=consent&identity=alice&decision=deny"
        back = online.send("POST", "/" + url.split("/", 3)[3], form, FORM).headers["location"]
        assert back == f"{CALLBACK}?error=access_denied&state={state}"
        with pytest.raises(AccessDeniedError):
            session.fetch_token(f"{server.url}{TOKEN}", method="GET", authorization_response=back)
