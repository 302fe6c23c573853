"""`/oauth`: the login page, the consent page and the way back to the broker, without a browser."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from msgspec.structs import replace
from support.browser import FORM, Reply, Site
from support.demo_world import CALLBACK, DEMO_BROKER, OWN_QUERY
from support.desk import query

from simulator.core.spec import INTRODUCTION_GROUPS, AuthGroup
from simulator.core.world import User, with_user
from simulator.web.pages import adversary
from simulator.web.pages.oauth import prefers_json

HOSTILE = "\"'><script>alert(1)</script>&amp;{{7*7}}"
APPROVE = [("step", "consent"), ("identity", "alice"), ("decision", "approve"), ("grant", "API_SPOT")]


def log_in(site: Site, target: str, identity: str = "alice") -> Reply:
    login = site.get(target).page
    return site.submit("/oauth", login.forms[0], identity=identity)


def approve(site: Site, target: str, identity: str = "alice") -> Reply:
    consent = log_in(site, target, identity).page
    return site.submit("/oauth", consent.forms[0], decision="approve")


def code_of(site: Site) -> str:
    """The only code there is."""
    (code,) = site.world.codes
    return code


# --- login
def test_the_login_page_offers_the_users_and_asks_for_no_password() -> None:
    """A user clicks on who they are, or types a registered e-mail address or phone number (s7.1)."""
    login = Site().get(f"/oauth?{query()}").page
    typed, listed = login.forms
    assert [name for name, _ in typed.fields] == ["step", "identity"]
    assert listed.buttons == [("identity", name) for name in ("alice", "bob", "carol", "dave", "erin", "frank")]
    for special in ("authenticator + e-mail code", "frozen", "no futures account", "as many API keys as allowed"):
        assert special in login.text
    assert "Demo Broker" in login.text
    assert CALLBACK in login.text


@pytest.mark.parametrize("identity", ["alice@example.test", "ALICE@example.test", "+15550100", "alice", " alice "])
def test_a_registered_identity_leads_to_the_permissions(identity: str) -> None:
    """E-mail address in any case, phone number or name find the user."""
    assert "alice's account" in log_in(Site(), f"/oauth?{query()}", identity).page.text


def test_a_user_clicked_on_is_logged_in() -> None:
    """The button of a user sends that user."""
    site = Site()
    listed = site.get(f"/oauth?{query()}").page.forms[1]
    assert "bob's account" in site.submit("/oauth", listed, identity="bob").page.text


def test_an_unknown_identity_can_be_typed_again() -> None:
    """The login page comes back with the error and with what was typed, whatever it was."""
    site = Site()
    before = site.world
    reply = log_in(site, f"/oauth?{query()}", HOSTILE)
    login = reply.page
    assert reply.status == 400
    assert "No user is registered with that e-mail address" in login.text
    assert ("identity", HOSTILE) in login.forms[0].fields
    assert site.world is before
    assert site.submit("/oauth", login.forms[0], identity="alice").status == 200


def test_a_large_world_is_not_listed() -> None:
    """Of many users a page shows twenty, the first by name if that costs little, and says how many there are."""
    for total, words in ((1_000, "the first by name of 1,000 users"), (1_001, "some of 1,001 users")):
        site = Site()
        site.exchange.world = site.world.put(users=type(site.world.users)())
        for number in range(total):
            site.exchange.world = with_user(site.world, User(f"u{number:04}", number))
        login = site.get(f"/oauth?{query()}").page
        assert login.forms[1].filled() == [("step", "find"), ("find", "")]
        names = [name for _, name in login.forms[2].buttons]
        assert len(names) == 20
        assert names == sorted(names)
        assert words in login.text
        assert (names[-1] == "u0019") == (total == 1_000)


# --- consent
def test_the_consent_page_shows_the_eight_permissions() -> None:
    """Read-only cannot be left out (H25), s1's defaults are ticked beforehand, and nobody's key is unified (H17)."""
    form = log_in(Site(), f"/oauth?{query()}").page.forms[0]
    assert list(form.boxes) == [
        "API_COMMON",
        "API_SPOT",
        "API_MARGIN",
        "API_FUTURES",
        "API_EARN",
        "API_TRANSFER",
        "API_WITHDRAW_OAUTH",
        "unified_account",
        "addressbook_only",
    ]
    unticked = [name for name, box in form.boxes.items() if "checked" not in box]
    withdrawal_and_more = ["API_TRANSFER", "API_WITHDRAW_OAUTH", "unified_account", "addressbook_only"]
    assert unticked == ["API_MARGIN", *withdrawal_and_more]
    assert [name for name, box in form.boxes.items() if "disabled" in box] == ["API_COMMON"]
    assert form.buttons == [
        ("decision", "approve"),
        ("decision", "deny"),
        *(("trick", name) for name in adversary.NAMES),
    ]


def test_futures_are_not_ticked_without_a_futures_account() -> None:
    """A key that asks for futures would be refused then (H15), and the page says so."""
    consent = log_in(Site(), f"/oauth?{query()}", "frank").page
    assert "checked" not in consent.forms[0].boxes["API_FUTURES"]
    assert "frank has no futures account" in consent.text
    assert "no futures account" not in log_in(Site(), f"/oauth?{query()}").page.text


def test_what_is_ticked_is_granted() -> None:
    """The consent holds the ticked permissions and Read-only, and both switches."""
    site = Site()
    switches = [("addressbook_only", "yes"), ("unified_account", "yes")]
    assert site.post(f"/oauth?{query()}", [*APPROVE, ("grant", "API_WITHDRAW_OAUTH"), *switches]).status == 303
    consent = site.world.consents[site.world.codes[code_of(site)].consent]
    assert consent.groups == (AuthGroup.API_COMMON, AuthGroup.API_SPOT, AuthGroup.API_WITHDRAW_OAUTH)
    assert consent.addressbook_only
    assert consent.unified_account


def test_the_page_as_it_stands_grants_no_withdrawal() -> None:
    """Approve without a look at the boxes grants the permissions of s1 and neither switch."""
    site = Site()
    approve(site, f"/oauth?{query()}")
    consent = site.world.consents[site.world.codes[code_of(site)].consent]
    assert consent.groups == INTRODUCTION_GROUPS
    assert not consent.addressbook_only
    assert not consent.unified_account


# --- back to the broker
@pytest.mark.parametrize(
    "state",
    ["s-1", "a+b", "a%20b", "%C3%A9", "a=b==", "a/b?c", "%2B%26%3D", "a;b,c", "it's", 'q"<>{|}^`\\', "%", "%zz"],
)
@pytest.mark.parametrize("redirect_uri", [CALLBACK, OWN_QUERY])
def test_the_browser_goes_back_with_the_state_byte_for_byte(redirect_uri: str, state: str) -> None:
    """303 to the registered redirect URI, its own query kept, with the code and with `state` as it came (H07)."""
    site = Site()
    reply = approve(site, f"/oauth?{query(redirect_uri, state)}")
    separator = "&" if "?" in redirect_uri else "?"
    assert reply.status == 303
    assert reply.location == f"{redirect_uri}{separator}code={code_of(site)}&state={state}"
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("state", "arrives"), [("é", "%C3%A9"), ("a b", "a%20b"), ("a\r\nx-evil: 1", "a%0D%0Ax-evil:%201"), ("\x7f", "%7F")]
)
def test_only_what_no_uri_can_hold_is_encoded(state: str, arrives: str) -> None:
    """Spaces, controls and letters beyond ASCII cannot stand in a header."""
    reply = approve(Site(), f"/oauth?{query(state=state)}")
    assert reply.location.endswith(f"&state={arrives}")
    assert "x-evil" not in reply.headers


def test_bytes_that_are_no_utf_8_come_back_as_they_were() -> None:
    """A Latin-1 state is kept byte for byte too."""
    site = Site()
    reply = site.post(f"/oauth?{query(state=chr(0xDCE9))}", APPROVE)
    assert reply.location.endswith("&state=%E9")


def test_a_redirect_uri_beyond_ascii_is_reached() -> None:
    """It is matched as registered and sent on percent-encoded, which is the same URI."""
    site = Site()
    uri = "https://broker.example/rückruf"
    site.exchange.world = site.world.put(replace(DEMO_BROKER, redirect_uris=(uri,)))
    for sent in (uri, quote(uri, safe="")):
        reply = site.post(f"/oauth?{query(sent)}", APPROVE)
        assert reply.location.startswith("https://broker.example/r%C3%BCckruf?code=")


def test_an_encoded_redirect_uri_is_served_and_noted() -> None:
    """The page says not to encode it; every OAuth library does (H09): on the page and in the journal it is noted."""
    site = Site()
    reply = site.get(f"/oauth?{query(quote(OWN_QUERY, safe=''))}")
    assert "percent-encoded" in reply.page.text
    assert "percent-encoded" in site.entries[0]["notes"][0]
    assert "percent-encoded" not in site.get(f"/oauth?{query(OWN_QUERY)}").page.text


def test_a_user_who_says_no_sends_the_broker_an_error() -> None:
    """`error=access_denied` and the state, and no consent (H08), also to one who would like JSON."""
    for accept in ("text/html", "application/json"):
        site = Site()
        form = log_in(site, f"/oauth?{query(OWN_QUERY)}").page.forms[0]
        reply = site.submit("/oauth", form, {"accept": accept}, decision="deny")
        assert reply.status == 303
        assert reply.location == f"{OWN_QUERY}&error=access_denied&state=s-1"
        assert not site.world.consents
        assert site.entries[0]["operation"] == "authorize"


def test_who_asks_for_json_gets_the_printed_answer() -> None:
    """s7.1 prints `success`, `code`, `msg`, `retry`, `data` and `state`; `code` is the authorization code."""
    site = Site()
    reply = site.post(f"/oauth?{query(state='a+b%20%C3%A9')}", APPROVE, {"accept": "application/json"})
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cache-control"] == "no-store"
    assert list(json.loads(reply.body).items()) == [
        ("success", True),
        ("code", code_of(site)),
        ("msg", "success."),
        ("retry", False),
        ("data", None),
        ("state", "a b é"),
    ]


def test_a_refusal_for_who_asks_for_json_is_json() -> None:
    """A script that posts a consent reads why it was refused in the envelope of the other calls."""
    fields = [*APPROVE[:1], ("identity", "nobody"), *APPROVE[2:]]
    reply = Site().post(f"/oauth?{query()}", fields, {"accept": "application/json"})
    assert reply.status == 400
    assert json.loads(reply.body)["success"] is False


@pytest.mark.parametrize(
    ("accept", "wants"),
    [
        ("", False),
        ("*/*", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("text/html, application/json", False),
        ("text/html, application/json;q=0.9", False),
        ("application/json", True),
        ("Application/JSON; charset=utf-8, text/plain, */*", True),
        ("text/html;q=0.5, application/json;q=0.6", True),
        ("application/json;q=0", False),
        ("application/json;q=many", False),
    ],
)
def test_json_is_for_who_prefers_it(accept: str, wants: bool) -> None:
    """A browser's `Accept` never means the JSON, and `*/*` says nothing."""
    assert prefers_json(accept) is wants


# --- what came in is only ever shown
def test_nothing_that_comes_in_becomes_markup() -> None:
    """State, client name, user and address are escaped on each page, and the forms carry the query verbatim."""
    site = Site()
    client = replace(DEMO_BROKER, name=HOSTILE, redirect_uris=(CALLBACK, f"https://x.test/{HOSTILE}"))
    site.exchange.world = with_user(site.world.put(client), User(HOSTILE, 7, email=HOSTILE, phone=HOSTILE))
    asked = query(state=HOSTILE.replace("&", "%26"))
    login = site.get(f"/oauth?{asked}").page
    assert login.text.count(HOSTILE) >= 4
    assert {form.action for form in login.forms} == {f"?{asked}"}
    consent = log_in(site, f"/oauth?{asked}", HOSTILE).page
    assert f"do with {HOSTILE}'s account" in consent.text
    assert ("identity", HOSTILE) in consent.forms[0].fields
    assert consent.forms[0].action == f"?{asked}"
    assert HOSTILE in site.get("/").page.text
    refused = site.get(f"/oauth?{query(quote(HOSTILE, safe=''))}&x={HOSTILE}").page
    assert f"https://x.test/{HOSTILE}" in refused.text


# --- the journal
def test_each_step_is_in_the_journal() -> None:
    """Every step names its entry in `X-Sim-Entry`, by operation, user and client."""
    site = Site()
    steps = [site.get(f"/oauth?{query()}")]
    steps.append(site.post(f"/oauth?{query()}", [("step", "login"), ("identity", "bob")]))
    steps.append(site.post(f"/oauth?{query()}", APPROVE))
    assert [step.headers["x-sim-entry"] for step in steps] == ["default/1", "default/2", "default/3"]
    rows = [(row["operation"], row["user"], row["client"], row["status"]) for row in reversed(site.entries)]
    assert rows == [
        ("request_authorization", "", "demo-broker", 200),
        ("log_in", "bob", "demo-broker", 200),
        ("authorize", "alice", "demo-broker", 303),
    ]


def test_a_form_may_come_from_one_of_our_own_pages() -> None:
    """What a browser sends along with our own form is no other site's."""
    headers = {
        "origin": "http://localhost:8080",
        "sec-fetch-site": "same-origin",
        "content-type": f"{FORM};charset=UTF-8",
    }
    assert Site().post(f"/oauth?{query()}", APPROVE, headers).status == 303
