"""`/account`, the user's side, without a browser: what it shows, and what a user does there."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from msgspec.structs import replace
from support.browser import Site
from support.demo_world import CALLBACK, DEMO_BROKER
from support.desk import START, query

from simulator.core.fast_api.security import current_code
from simulator.core.spec import Factor
from simulator.core.world import Message, User, with_user
from simulator.web.app import App
from simulator.web.guards import Policy

HOSTILE = "\"'><script>alert(1)</script>&amp;{{7*7}}/?#"
APPROVE = [("step", "consent"), ("decision", "approve"), ("grant", "API_SPOT")]


def consented(site: Site, user: str = "alice") -> str:
    """The access token of a new consent."""
    location = site.post(f"/oauth?{query()}", [*APPROVE, ("identity", user)]).location
    code = location.partition("code=")[2].partition("&")[0]
    asked = f"grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}&client_id=demo-broker"
    token: str = json.loads(site.get(f"/_oauth/access-token?{asked}").body)["access_token"]
    return token


def key_made(site: Site, token: str) -> None:
    """A key that the broker makes with that token."""
    body = json.dumps({"authGroupMap": {"API_COMMON": True}, "isAddressbookOnly": False}).encode()
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "content-length": str(len(body))}
    reply = site.send("POST", "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add", headers, [body])
    assert json.loads(reply.body)["success"]


def test_the_account_shows_what_a_user_has() -> None:
    """Identity, factors with the authenticator's code, balances; and a user without factors is led to the set-up."""
    site = Site()
    page = site.get("/account?user=alice@example.test").page
    code, _ = current_code(site.world.users["alice"], site.exchange.clock.now())
    for text in ("alice's account", "authenticator and e-mail code", f"{code[:3]} {code[3:]}", "USDT", "1000000"):
        assert text in page.text
    assert "Nothing has come in or gone out." in page.text
    bob = site.get("/account?user=bob").page
    assert "None yet" in bob.text
    assert "/account/security/g2fa" in bob.links
    assert "frozen" in site.get("/account?user=erin").page.text


def test_codes_are_shown_newest_first_and_by_themselves() -> None:
    """The newest message stands out, older ones are folded; the secret of the authenticator is not shown."""
    site = Site()
    sent = [Message(Factor.EMV, digits, "t", START) for digits in ("222222", "111111")]
    site.exchange.world = site.world.put(site.world.message_box("alice").having(sent))
    for target in ("/account?user=alice", "/account?user=alice&part=codes"):
        body = site.get(target).body.decode()
        assert body.index("222222") < body.index("111111")
        assert "1 older message<" in body
        assert site.world.users["alice"].totp_secret not in body


def test_a_consent_can_be_taken_back() -> None:
    """The token of that consent is of no use afterwards; the key that it has made lives on (H22)."""
    site = Site()
    token = consented(site)
    key_made(site, token)
    page = site.get("/account?user=alice").page
    assert "Demo Broker active" in page.text.replace("\n", " ")
    assert "1 API key made with it" in page.text
    revoke = next(form for form in page.forms if ("step", "revoke") in form.fields)
    reply = site.submit("/account", revoke)
    assert (reply.status, reply.location) == (303, "/account?user=alice&done=revoked")
    [consent] = site.world.consents.values()
    assert consent.revoked
    after = site.get(reply.location).page
    assert "The access was taken back" in after.text
    assert "taken back" in after.text
    assert not [form for form in after.forms if ("step", "revoke") in form.fields]
    assert len(site.world.api_keys) == 1


def test_a_key_can_be_deleted() -> None:
    """The key is unknown afterwards, and deleting it once more says so and changes nothing."""
    site = Site()
    key_made(site, consented(site))
    delete = next(form for form in site.get("/account?user=alice").page.forms if ("step", "delete") in form.fields)
    assert site.submit("/account", delete).location == "/account?user=alice&done=deleted"
    assert not site.world.api_keys
    world = site.world
    again = site.submit("/account", delete)
    assert again.status == 400
    assert "alice has no such API key any more" in again.page.text
    assert site.world is world


@pytest.mark.parametrize("step", ["revoke", "delete"])
def test_nobody_acts_for_somebody_else(step: str) -> None:
    """A consent or a key of another user is none of yours, and neither is one that does not exist."""
    site = Site()
    key_made(site, consented(site))
    before = site.world
    rows = {"revoke": next(iter(before.consents)), "delete": next(iter(before.api_keys))}
    for user, row in (("bob", rows[step]), ("alice", "none"), ("nobody", rows[step])):
        reply = site.post("/account", [("step", step), ("user", user), ("id", row)])
        assert reply.status == (404 if user == "nobody" else 400)
        assert reply.page.text
    assert site.world is before


def test_money_that_moved_is_listed() -> None:
    """A deposit that is under way and one that has arrived stand there with their state."""
    site = Site()
    body = json.dumps({"user": "alice", "currency": "USDT", "chain": "trx", "amount": "5.5"}).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    assert site.send("POST", "/_sim/v1/deposits", headers, [body]).status == 201
    page = site.get("/account?user=alice").page
    assert "+5.5 USDT" in page.text
    assert "Deposit" in page.text


def test_users_are_found_and_paged() -> None:
    """A list shows twenty users, the next page goes on after them, and a search narrows it, in any world."""
    for total in (30, 1_500):
        site = Site()
        site.exchange.world = site.world.put(users=type(site.world.users)())
        for number in range(total):
            user = User(f"u{number:04}", number + 1, email=f"mail{number}@example.test")
            site.exchange.world = with_user(site.world, user)
        first = site.get("/account").page
        assert first.text.count("example.test") == 20
        following = next(link for link in first.links if "after=" in link)
        second = site.get(following).page
        assert "u0020" in second.text
        assert "u0019" not in second.text
        assert "u0007" in site.get("/account?find=u0007").page.text
        assert site.get("/account?find=mail29@example.test").page.text.count("example.test") == 1
        assert "Nobody fits" in site.get("/account?find=nothing").page.text
        login = site.post(f"/oauth?{query()}", [("step", "find"), ("find", "u001")]).page
        assert {name for form in login.forms for _, name in form.buttons if name} == {f"u001{n}" for n in range(10)}
        assert not site.entries


def test_an_unknown_user_is_looked_for() -> None:
    """A name that nobody has is answered with 404 and the list, in which it is searched for."""
    reply = Site().get("/account?user=ali")
    assert reply.status == 404
    assert "No user is registered" in reply.page.text
    assert "/account?user=alice" in reply.page.links


def test_names_are_never_markup() -> None:
    """Whatever a user, a client or a key is called, it is text on the account page, and links lead to that user."""
    site = Site()
    hostile = User(HOSTILE, 7, email=HOSTILE, phone=HOSTILE, totp_secret="ABCDEFGH" * 4, factor_sets=((Factor.GAV,),))
    site.exchange.world = with_user(site.world.put(replace(DEMO_BROKER, name=HOSTILE, api_name=HOSTILE)), hostile)
    token = consented(site, HOSTILE)
    key_made(site, token)
    page = site.get(f"/account?user={quote(HOSTILE, safe='')}").page
    assert f"{HOSTILE}'s account" in page.text
    assert page.text.count(HOSTILE) >= 6
    listed = site.get("/account").page
    link = next(link for link in listed.links if "script" in link)
    assert f"{HOSTILE}'s account" in site.get(link).page.text
    revoke = next(form for form in page.forms if ("step", "revoke") in form.fields)
    assert site.get(site.submit("/account", revoke).location).status == 200
    assert HOSTILE in site.get(f"/account?user={quote('x' + HOSTILE)}&find={quote(HOSTILE)}").page.text


def test_a_control_token_guards_the_account() -> None:
    """The page shows codes of any user, so it needs the token where there is one; the login page does not."""
    site = Site()
    site.app = App(site.exchange, policy=Policy(token="secret"))
    for reply in (site.get("/account?user=alice"), site.post("/account", [("step", "revoke")])):
        assert reply.status == 401
        assert "alice" not in reply.page.text
    assert site.get("/account?user=alice", **{"x-sim-token": "secret"}).status == 200
    form = site.get("/account?user=alice").page.forms[0]
    entered = site.post(form.action, form.filled(token="secret"))
    assert entered.location == "/account?user=alice"
    cookie = entered.headers["set-cookie"].partition(";")[0]
    assert site.get(entered.location, cookie=cookie).status == 200
    assert site.get(f"/oauth?{query()}").status == 200


def test_the_account_answers_under_kucoins_names() -> None:
    """As all pages do; another site's form is refused there, too."""
    site = Site()
    assert site.get("/account?user=alice", host="www.kucoin.com").status == 200
    assert site.get("/account?user=alice", host="evil.example").status == 403
    headers = {"host": "www.kucoin.com", "origin": "https://evil.example"}
    assert site.post("/account", [("step", "revoke")], headers).status == 403
