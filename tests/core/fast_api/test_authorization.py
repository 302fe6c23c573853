"""s2, s5, s7.1: the login page, the redirect URI, the consent and the code."""

from __future__ import annotations

import re

import pytest
from support.demo_world import CALLBACK, OWN_QUERY
from support.desk import Desk, query

from simulator.core.endpoint import Subject
from simulator.core.fast_api.authorization import (
    AuthorizationRequested,
    Authorize,
    Authorized,
    Denied,
    LoggedIn,
    LogIn,
    RequestAuthorization,
)
from simulator.core.fast_api.redirects import login_query
from simulator.core.refusals import Reason
from simulator.core.spec import PERMISSIONS, RESPONSE_TYPE, SCOPE, AuthGroup, Decision

ENCODED_OWN_QUERY = "https%3A%2F%2Fbroker.example%2Fcallback%3Ftenant%3D7%26lang%3Den"
FRONT = "response_type=code&client_id=demo-broker&redirect_uri="
GOOD = "&client_secret=demo-secret"
BACK = "&scope=OAUTH_CREATE_API&state=s-1"


def test_permissions() -> None:
    """The eight permissions of s3 are offered in its order; only "Unified account" has no key that grants it (H17)."""
    words = [word for word, _ in PERMISSIONS]
    assert words[0] == "Read-only permission"
    assert words[-1] == "Unified account permission"
    assert len(words) == 8
    assert [group for _, group in PERMISSIONS if group is None] == [None]
    assert {group for _, group in PERMISSIONS if group} == set(AuthGroup)


@pytest.mark.parametrize("redirect_uri", [CALLBACK, OWN_QUERY, "http://127.0.0.1:9/callback"])
@pytest.mark.parametrize("at_end", [False, True])
def test_raw_redirect_uri(redirect_uri: str, at_end: bool) -> None:
    """A raw redirect URI is read whole, in the middle or at the end, even with a query of its own, and not flagged."""
    middle = f"{FRONT}{redirect_uri}{BACK}"
    end = f"response_type=code&client_id=demo-broker{BACK}&redirect_uri={redirect_uri}"
    asked = Desk().do(RequestAuthorization(end if at_end else middle), AuthorizationRequested)
    assert (asked.redirect_uri, asked.notes) == (redirect_uri, ())


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8080", "http://localhost:8080"])
def test_redirect_uri_on_our_origin(origin: str) -> None:
    """A registered path stands for the same path on each of our own origins."""
    asked = Desk().do(RequestAuthorization(query(f"{origin}/demo/callback")), AuthorizationRequested)
    assert asked.redirect_uri == f"{origin}/demo/callback"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("http%3A%2F%2Flocalhost%3A3000%2Fcallback", CALLBACK), (ENCODED_OWN_QUERY, OWN_QUERY)],
)
def test_encoded_redirect_uri(sent: str, meant: str) -> None:
    """A percent-encoded redirect URI passes with a note that quotes the page; a switch refuses it (H09)."""
    asked = Desk().do(RequestAuthorization(query(sent)), AuthorizationRequested)
    assert asked.redirect_uri == meant
    assert "please don't encode the redirect URL" in asked.notes[0]
    assert Desk(encoded_redirect_uri="refuse").reason(RequestAuthorization(query(sent))) is Reason.REDIRECT_URI_ENCODED
    strict = Desk(encoded_redirect_uri="refuse").do(RequestAuthorization(query(meant)), AuthorizationRequested)
    assert strict.redirect_uri == meant


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://evil.example/callback",
        CALLBACK + "/",
        CALLBACK + "?x=1",
        CALLBACK.upper(),
        CALLBACK.removesuffix("k"),
        "https://broker.example/callback",
        "https://broker.example/callback?tenant=7",
        "https://broker.example/callback?lang=en&tenant=7",
        "https://broker.example/callback?tenant=7&lang=en2",
        "http%253A%252F%252Flocalhost%253A3000%252Fcallback",
        "/demo/callback",
        "http://127.0.0.1:8081/demo/callback",
    ],
)
def test_unregistered_redirect_uri(redirect_uri: str) -> None:
    """A redirect URI that differs from the registered ones in any character is refused (s2)."""
    assert Desk().reason(RequestAuthorization(query(redirect_uri))) is Reason.REDIRECT_URI_UNREGISTERED


def test_another_clients_redirect_uri() -> None:
    """A client_id stands for one broker: what another broker has registered is of no use to it (s2)."""
    desk = Desk()
    assert desk.reason(RequestAuthorization(query(OWN_QUERY, client_id="other-broker"))) is (
        Reason.REDIRECT_URI_UNREGISTERED
    )
    assert desk.reason(RequestAuthorization(query(client_id="nobody"))) is Reason.CLIENT_UNKNOWN
    assert desk.reason(RequestAuthorization(query(client_id=""))) is Reason.PARAMETER_MISSING


@pytest.mark.parametrize(
    "state",
    ["s-1", "a%2Bb", "a+b", "x%20y", "%E2%98%83", "a%3Db==", "%7B%22user%22%3A42%7D", "a;b", "%zz", "~%7e", "s=t=u"],
)
@pytest.mark.parametrize("decision", Decision)
def test_state_byte_for_byte(state: str, decision: Decision) -> None:
    """The state goes back as the very bytes that came, on yes and on no."""
    command = Authorize(query(OWN_QUERY, state), "alice", None, decision=decision)
    result = Desk().perform(command).result
    assert isinstance(result, Authorized | Denied)
    assert result.state == state
    assert result.redirect_to.endswith(f"&state={state}")


@pytest.mark.parametrize("name", ["response_type", "client_id", "redirect_uri", "scope", "state"])
def test_compulsory_parameters(name: str) -> None:
    """Each of the five parameters of s7.1 is compulsory, state included; an empty one is none."""
    whole = query().split("&")
    without = "&".join(part for part in whole if not part.startswith(f"{name}="))
    empty = "&".join(f"{name}=" if part.startswith(f"{name}=") else part for part in whole)
    for raw in (without, empty):
        refusal = Desk().refusal(RequestAuthorization(raw))
        assert (refusal.reason, refusal.details["field"]) == (Reason.PARAMETER_MISSING, name)


@pytest.mark.parametrize("name", ["response_type", "client_id", "redirect_uri", "scope", "state"])
def test_repeated_parameters(name: str) -> None:
    """A parameter that stands twice is refused, whatever the second says."""
    part = next(part for part in query().split("&") if part.startswith(f"{name}="))
    for again in (part, f"{name}=other"):
        raw = f"{query()}&{again}"
        if raw.endswith("client_id=other"):  # then nobody's list of redirect URIs applies
            assert Desk().reason(RequestAuthorization(raw)) is Reason.CLIENT_UNKNOWN
        else:
            refusal = Desk().refusal(RequestAuthorization(raw))
            assert (refusal.reason, refusal.details["field"]) == (Reason.PARAMETER_REPEATED, name)


def test_response_type_and_scope() -> None:
    """`response_type=code` and `scope=OAUTH_CREATE_API` are the only values (s5, s7.1)."""
    assert (RESPONSE_TYPE, SCOPE) == ("code", "OAUTH_CREATE_API")
    desk = Desk()
    for response_type in ("token", "CODE", "code token", "authorization_code"):
        raw = query().replace("=code&", f"={response_type}&")
        refusal = desk.refusal(RequestAuthorization(raw))
        assert refusal.reason is Reason.RESPONSE_TYPE_UNSUPPORTED
        for sentence in ("response_type=code", "Please use the authorization_code mode"):
            assert sentence in refusal.expected
    for scope in ("oauth_create_api", "OAUTH_CREATE_API+read"):
        raw = query().replace("=OAUTH_CREATE_API", f"={scope}")
        assert desk.reason(RequestAuthorization(raw)) is Reason.SCOPE_INVALID


@pytest.mark.parametrize(
    "identity",
    [
        *("alice@example.test", "Alice@Example.TEST", "200000001", "alice", "  alice@example.test "),
        *("+15550100", "1-5550100", "+1-5550100", " 1-5550100 "),
    ],
)
def test_login(identity: str) -> None:
    """A user logs in by registered e-mail in any case, or phone as it is paid; the journal knows whom it was about."""
    outcome = Desk().perform(LogIn(query(), identity))
    assert isinstance(outcome.result, LoggedIn)
    assert outcome.result.user.name == "alice"
    assert outcome.subject == Subject("alice", "demo-broker")


@pytest.mark.parametrize(
    "identity", ["", "mallory@example.test", "+1", "alice@example", "15550100", "1-555-0100", "1-5550199", "-15550100"]
)
def test_login_of_nobody(identity: str) -> None:
    """Nobody else can log in."""
    assert Desk().reason(LogIn(query(), identity)) is Reason.USER_UNKNOWN


@pytest.mark.parametrize(("redirect_uri", "joint"), [(CALLBACK, "?"), (OWN_QUERY, "&")])
def test_code_and_state(redirect_uri: str, joint: str) -> None:
    """A yes sends the browser to the redirect URI with a code of 24 hex digits and the state."""
    authorized = Desk().authorize(redirect_uri=redirect_uri)
    assert re.fullmatch("[0-9a-f]{24}", authorized.code)
    assert authorized.redirect_to == f"{redirect_uri}{joint}code={authorized.code}&state=s-1"


def test_denied() -> None:
    """A no sends `error=access_denied` and the state, and leaves no consent and no code (H08)."""
    desk = Desk()
    denied = desk.do(Authorize(query(), "alice", None, decision=Decision.DENY), Denied)
    assert denied.redirect_to == f"{CALLBACK}?error=access_denied&state=s-1"
    assert (len(desk.world.consents), len(desk.world.codes)) == (0, 0)


@pytest.mark.parametrize(
    ("grant", "held"),
    [
        (tuple(AuthGroup), tuple(AuthGroup)),
        ((AuthGroup.API_COMMON,), (AuthGroup.API_COMMON,)),
        (
            (AuthGroup.API_MARGIN, AuthGroup.API_SPOT),
            (AuthGroup.API_COMMON, AuthGroup.API_SPOT, AuthGroup.API_MARGIN),
        ),
    ],
)
def test_grant(grant: tuple[AuthGroup, ...], held: tuple[AuthGroup, ...]) -> None:
    """The consent holds what the user ticked, in the document's order."""
    desk = Desk()
    desk.authorize("alice", *grant)
    assert [consent.groups for consent in desk.world.consents.values()] == [held]


def test_read_only_cannot_be_unticked() -> None:
    """Read-only comes with every grant, asked for or not (H25)."""
    desk = Desk()
    desk.do(Authorize(query(), "alice", frozenset()), Authorized)
    assert [consent.groups for consent in desk.world.consents.values()] == [(AuthGroup.API_COMMON,)]


def test_consent_is_never_remembered() -> None:
    """A user who has consented logs in and is asked again; opening the page makes nothing (H21)."""
    desk = Desk()
    desk.authorize()
    before = desk.world
    assert desk.do(LogIn(query(), "alice"), LoggedIn).user.name == "alice"
    desk.do(RequestAuthorization(query()), AuthorizationRequested)
    assert desk.world is before


def test_second_consent() -> None:
    """A second authorization of the same user is a new consent, and the first one's tokens live on (H22)."""
    desk = Desk()
    first = desk.pair()
    second = desk.pair()
    assert len(desk.world.consents) == 2
    assert desk.refresh(first.refresh_token).access_token not in (first.access_token, second.access_token)
    assert desk.add_key(second.access_token).api_key


def test_secret_at_login() -> None:
    """A client_secret at the login page is ignored, wrong or not, and flagged in each step of the login (H01)."""
    desk, raw = Desk(), f"{query()}&client_secret=wrong"
    steps = (LogIn(raw, "alice"), Authorize(raw, "alice", None), Authorize(raw, "alice", None, decision=Decision.DENY))
    for command in (RequestAuthorization(raw), *steps):
        outcome = desk.perform(command)
        assert outcome.word == "OK"
        (note,) = outcome.result.notes
        assert "client_secret was sent to the login page" in note
        assert "the broker provides client_secret to get authorization code" in note


@pytest.mark.parametrize(
    ("secret", "passes"), [("", False), ("&client_secret=", False), ("&client_secret=wrong", False), (GOOD, True)]
)
def test_secret_wanted_at_login(secret: str, passes: bool) -> None:
    """With `secret_at_login: require` each step of the login wants the client's own secret, and notes nothing (H01)."""
    desk = Desk(secret_at_login="require")
    raw = query() + secret
    for command in (RequestAuthorization(raw), LogIn(raw, "alice"), Authorize(raw, "alice", None)):
        outcome = desk.perform(command)
        assert outcome.word == ("OK" if passes else "CLIENT_SECRET_INVALID")
        assert outcome.result.notes == ()


def test_links_of_ours_have_the_secret_that_is_wanted() -> None:
    """A login link that the simulator offers is one that it accepts, whatever the switch says."""
    for switch in ("flag", "require"):
        desk = Desk(secret_at_login=switch)
        link = login_query(desk.world, desk.world.clients["demo-broker"], "http://127.0.0.1:8080", "s-1")
        assert desk.do(RequestAuthorization(link), AuthorizationRequested).notes == ()


def test_parameters_that_nobody_knows_are_noted() -> None:
    """What follows a registered URI and is no parameter of the page may belong to another URI: the entry names it."""
    desk = Desk()
    query = "response_type=code&client_id=demo-broker&redirect_uri=http://localhost:3000/callback&tenant=7"
    outcome = desk.perform(RequestAuthorization(f"{query}&scope=OAUTH_CREATE_API&state=1"))
    assert isinstance(outcome.result, AuthorizationRequested)
    assert outcome.result.notes == ("parameters that nothing read: tenant",)
