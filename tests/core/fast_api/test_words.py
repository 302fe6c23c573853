"""Words that others must spell alike: decisions, notes, and what a key's answer says by default."""

from __future__ import annotations

import pytest
from support.desk import IP, Desk, groups_body, query, token_query

from simulator.core.fast_api.api_keys import AddApiKey, AddApiKeyOld, ApiKeyAdded
from simulator.core.fast_api.authorization import PAGES, SECRET_AT_LOGIN, Authorize, Authorized, Denied, preticked
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.tokens import ExchangeCode
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.spec import AuthGroup, Decision


def test_decisions() -> None:
    """The two words of the consent page's form and of a scenario's `login:`."""
    assert [decision.value for decision in Decision] == ["approve", "deny"]


def test_a_decision_by_default() -> None:
    """Who says nothing more approves, for any address and no unified account."""
    command = Authorize(query(), "alice", None)
    assert (command.decision, command.addressbook_only, command.unified_account) == (Decision.APPROVE, False, False)


def test_what_a_user_grants_is_noted() -> None:
    """The consent has the two boxes as they were ticked, and read-only beside what was granted."""
    for addressbook_only, unified_account in ((True, False), (False, True)):
        desk = Desk()
        desk.authorize("alice", AuthGroup.API_SPOT, addressbook_only=addressbook_only, unified_account=unified_account)
        (consent,) = desk.world.consents.values()
        assert (consent.addressbook_only, consent.unified_account) == (addressbook_only, unified_account)
        assert consent.groups == (AuthGroup.API_COMMON, AuthGroup.API_SPOT)


def test_where_the_browser_goes() -> None:
    """The code and the raw state, or the refusal of RFC 6749 and the raw state, follow the redirect URI."""
    desk = Desk()
    raw = query("http://localhost:3000/callback", state="a%20b")
    granted = desk.do(Authorize(raw, "alice", None), Authorized)
    assert granted.redirect_to == f"http://localhost:3000/callback?code={granted.code}&state=a%20b"
    assert (granted.user, granted.state) == ("alice", "a%20b")
    denied = desk.do(Authorize(raw, "alice", None, decision=Decision.DENY), Denied)
    assert denied.redirect_to == "http://localhost:3000/callback?error=access_denied&state=a%20b"
    assert (denied.user, denied.state) == ("alice", "a%20b")


@pytest.mark.parametrize(("ignored", "notes"), [(0, ()), (1, ("a body of 1 bytes that nothing read (s4.1)",))])
def test_a_body_that_the_old_endpoint_does_not_read(ignored: int, notes: tuple[str, ...]) -> None:
    """Its bytes are noted, with the key and with a refusal, and without a body there is no note."""
    desk = Desk()
    token = desk.pair().access_token
    assert desk.refusal(AddApiKeyOld("bearer nothing", IP, ignored)).notes == notes
    assert desk.do(AddApiKeyOld(f"bearer {token}", IP, ignored), ApiKeyAdded).notes == notes
    assert AddApiKeyOld(None, IP).ignored == 0


@pytest.mark.parametrize("path", ["authorize", "exchange"])
def test_an_encoded_redirect_uri_is_noted(path: str) -> None:
    """The note says what the page asks for, in good calls and in refused ones; a raw redirect URI has none."""
    note = "redirect_uri was percent-encoded; s7.1 says: please don't encode the redirect URL (H09)"
    encoded = "http%3A%2F%2Flocalhost%3A3000%2Fcallback"
    for redirect_uri, notes in ((encoded, (note,)), ("http://localhost:3000/callback", ())):
        desk = Desk()
        code = desk.authorize().code
        if path == "authorize":
            assert desk.do(Authorize(query(redirect_uri), "alice", None), Authorized).notes == notes
            assert desk.refusal(Authorize(query(redirect_uri), "nobody", None)).notes == ()
            assert desk.refusal(Authorize(query(redirect_uri, state=""), "alice", None)).notes == notes
        else:
            assert desk.refusal(ExchangeCode(token_query("another", redirect_uri), IP)).notes == notes
            assert desk.perform(ExchangeCode(token_query(code, redirect_uri), IP)).result.notes == notes


def test_a_secret_at_login_is_noted() -> None:
    """A client_secret that came through the browser is ignored, and the note says so."""
    desk = Desk()
    reply = desk.do(Authorize(f"{query()}&client_secret=demo-secret", "alice", None), Authorized)
    assert reply.notes == (SECRET_AT_LOGIN,)


def test_unread_fields_are_noted() -> None:
    """A field that nothing reads is named with the key, with a refresh and with their refusals."""
    note = ("fields that nothing read: more",)
    desk = Desk()
    pair = desk.pair()
    fields = {**(groups_body("API_COMMON").fields or {}), "more": 1}
    assert desk.do(AddApiKey(f"bearer {pair.access_token}", Body(fields), IP), ApiKeyAdded).notes == note
    wrong = Body({"authGroupMap": {"API_COMMON": "yes"}, "more": 1})
    assert desk.refusal(AddApiKey(f"bearer {pair.access_token}", wrong, IP)).notes == note
    exceeding = Body({"authGroupMap": {"API_COMMON": True}, "isAddressbookOnly": True, "more": 1})
    refusal = desk.refusal(AddApiKey(f"bearer {pair.access_token}", exceeding, IP))
    assert (refusal.reason, refusal.notes) == (Reason.ADDRESSBOOK_ONLY_MISMATCH, note)
    assert desk.refusal(RefreshTokens(Body({"more": "1"}), IP)).notes == note


def test_the_pages() -> None:
    """The three calls of a browser are those of s7.1, about whoever is named in them."""
    assert [(page.name, page.section, page.call) for page in PAGES] == [
        ("request_authorization", "s7.1", "GET /oauth"),
        ("log_in", "s7.1", "POST /oauth"),
        ("authorize", "s7.1", "POST /oauth"),
    ]
    fields = ("response_type", "client_id", "redirect_uri", "scope", "state")
    more = ((), ("identity",), ("identity", "addressbook_only", "unified_account", "decision"))
    assert [page.fields for page in PAGES] == [(*fields, *names) for names in more]
    assert [Reason.USER_UNKNOWN in page.refusals for page in PAGES] == [False, True, True]


def test_what_is_ticked_before_the_user_changes_anything() -> None:
    """The default permissions and reading are ticked, futures only for a user who has them, and no withdrawal."""
    users = Desk().world.users
    usual = {AuthGroup.API_COMMON, AuthGroup.API_SPOT, AuthGroup.API_EARN}
    assert preticked(users["alice"]) == usual | {AuthGroup.API_FUTURES}
    assert preticked(users["frank"]) == usual
