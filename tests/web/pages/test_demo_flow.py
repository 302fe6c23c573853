"""The demo broker at `/demo`: what a person meets who presses its buttons, over HTTP and without JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from pyotp import TOTP
from support.demo_visitor import OUTSIDE, Visitor
from support.wire import V1

from simulator.core.spec import DAY, MINUTE
from simulator.web.server import LocalServer

BOB = "200000002"


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """A simulator of its own for each test."""
    with LocalServer() as local:
        yield local


@pytest.fixture
def visitor(server: LocalServer) -> Iterator[Visitor]:
    """A person at its demo broker."""
    with Visitor(server) as person:
        yield person


def operations(server: LocalServer, *names: str) -> list[tuple[str, int]]:
    """The calls of these operations in order, each with its status."""
    entries = server.app.desk.journal.newest(100)[::-1]
    return [(entry.outcome.operation, entry.answer.status) for entry in entries if entry.outcome.operation in names]


def test_from_the_login_to_two_paid_payouts(visitor: Visitor) -> None:
    """Login, tokens, key, a payout by ADDRESS and one by UID with two factors each, and both in the history."""
    assert "You are connected" in visitor.connect("alice")
    assert "demo-broker-" in visitor.press("key") or visitor.open("/demo?step=key")
    assert "KuCoin asks for your codes" in visitor.pay(remark="rent")
    assert "KuCoin has accepted the withdrawal" in visitor.confirm("alice", "GAV", "EMV")
    visitor.pay("UID", BOB, amount="25")
    visitor.confirm("alice", "GAV", "EMV")
    text = visitor.press("look")
    assert re.search(rf"25 USDT {BOB} SUCCESS 100 USDT {OUTSIDE} ?remark: rent SUCCESS", text), text
    assert sorted(visitor.paid()) == [("100", OUTSIDE), ("25", BOB)]


def test_a_refusal_at_the_login(visitor: Visitor) -> None:
    """Whoever says no is told that nothing was connected, and can begin again."""
    assert "You said no at KuCoin" in visitor.decide(visitor.log_in(), "alice", decision="deny")
    assert not visitor.world.consents
    assert "You are connected" in visitor.connect("alice")


@pytest.mark.parametrize("state", ["", "guess", "state of another login"])
def test_a_code_with_another_state_is_not_used(server: LocalServer, visitor: Visitor, state: str) -> None:
    """A code that comes with no `state` of this browser buys nothing, and the login that was begun stays good."""
    login = visitor.log_in()
    with Visitor(server) as attacker:
        attacker.http.follow_redirects = False
        other_login = attacker.http.post("/demo", data={"do": "connect"}).headers["location"]
        fields = {"step": "consent", "identity": "frank", "decision": "approve"}
        back = httpx.URL(attacker.http.post(other_login, data=fields).headers["location"])
    given = back.params["state"] if state.startswith("state") else state
    text = visitor.open(f"/demo/callback?code={back.params['code']}&state={given}")
    assert "did not begin a login with this state" in text
    assert operations(server, "exchange_code") == []
    assert "You are connected" in visitor.decide(login, "alice")


def test_a_callback_that_comes_twice(server: LocalServer, visitor: Visitor) -> None:
    """The second one changes nothing, shows no error, and the code is not exchanged again; nor after another login."""
    visitor.connect("alice")
    callback = str(visitor.answer.history[-1].url)
    assert "nothing has changed" in visitor.open(callback)
    assert operations(server, "exchange_code") == [("exchange_code", 200)]
    visitor.connect("alice")
    assert "did not begin a login" in visitor.open(callback)
    assert len(operations(server, "exchange_code")) == 2


def test_an_access_token_that_has_expired(server: LocalServer, visitor: Visitor) -> None:
    """The broker sees the refusal, refreshes its tokens and creates the key after all."""
    visitor.connect("alice")
    server.exchange.clock.advance(61 * MINUTE)
    assert "The broker has an API key" in visitor.press("key")
    calls = operations(server, "add_api_key", "refresh_tokens")
    assert calls == [("add_api_key", 401), ("refresh_tokens", 200), ("add_api_key", 200)]
    assert "ACCESS_TOKEN_EXPIRED" in visitor.text


def test_a_refresh_on_demand(server: LocalServer, visitor: Visitor) -> None:
    """The button refreshes the tokens; the pair before is void, and the new one works."""
    visitor.connect("alice")
    assert "There is a new pair of tokens" in visitor.press("refresh")
    assert "The broker has an API key" in visitor.press("key")
    assert operations(server, "refresh_tokens", "add_api_key") == [("refresh_tokens", 200), ("add_api_key", 200)]


def test_a_refresh_token_that_has_expired(server: LocalServer, visitor: Visitor) -> None:
    """After three days the broker asks the customer to connect again, and that works."""
    visitor.connect("alice")
    server.exchange.clock.advance(3 * DAY)
    assert "The connection with KuCoin has ended" in visitor.press("key")
    assert "You are connected" in visitor.connect("alice")


def test_a_user_without_a_second_factor(server: LocalServer, visitor: Visitor) -> None:
    """The broker leads bob to KuCoin's set-up, from there he comes back, and then he is paid."""
    visitor.with_key("bob")
    assert "set up a second factor" in visitor.pay()
    (link,) = [href for href in visitor.page.links if "g2fa" in href]
    secret = visitor.world.users["bob"].totp_secret
    visitor.answer = visitor.http.post(link, data={"step": "bind", "identity": "bob", "code": TOTP(secret).now()})
    assert visitor.answer.url.path == "/demo"
    assert "KuCoin asks for your codes" in visitor.pay()
    visitor.confirm("bob", "GAV", "EMV")
    assert visitor.paid() == [("100", OUTSIDE)]


@pytest.mark.parametrize("factors", [("SMS",), ("GAV", "EMV")])
def test_a_choice_of_factors(visitor: Visitor, factors: tuple[str, ...]) -> None:
    """Carol proves who she is by SMS, or by authenticator and e-mail: each way has a form of its own."""
    visitor.with_key("carol")
    visitor.pay()
    asked = {dict(form.fields)["factors"] for form in visitor.page.forms if "factors" in dict(form.fields)}
    assert asked == {"SMS", "GAV EMV"}
    assert "KuCoin has accepted" in visitor.confirm("carol", *factors)


def test_a_user_whom_nobody_asks(visitor: Visitor) -> None:
    """Frank is paid at once, because no factor is asked of him."""
    visitor.with_key("frank")
    assert "KuCoin has accepted" in visitor.pay()


def test_a_wrong_code_can_be_typed_again(visitor: Visitor) -> None:
    """The payout still waits, and the right codes pay it."""
    visitor.with_key("alice")
    visitor.pay()
    assert "The verification code is incorrect" in visitor.confirm("alice", "GAV", "EMV", EMV="000000")
    assert "KuCoin has accepted" in visitor.confirm("alice", "GAV", "EMV")


@pytest.mark.parametrize(
    ("user", "order", "message"),
    [
        ("erin", {}, "KuCoin says:"),
        ("frank", {"amount": "1000000"}, "KuCoin says:"),
        ("frank", {"amount": "ten"}, "The amount must be a number"),
        ("frank", {"amount": "nan"}, "The amount must be a number"),
        ("frank", {"amount": ""}, "The amount must be a number"),
        ("frank", {"address": "nobody", "by": "UID"}, "KuCoin says:"),
    ],
)
def test_a_payout_that_cannot_be(visitor: Visitor, user: str, order: dict[str, str], message: str) -> None:
    """KuCoin's words are shown, nothing is paid, and nothing waits."""
    visitor.with_key(user)
    assert message in visitor.pay(**order)
    assert visitor.paid() == []


def test_a_key_without_permission(visitor: Visitor) -> None:
    """Whoever does not permit withdrawals is told what to do about it."""
    visitor.connect("alice", "API_COMMON")
    assert "Did you permit withdrawals?" in visitor.press("key")


def test_the_address_book_only(visitor: Visitor) -> None:
    """If the customer allows the address book alone, the broker asks for such a key."""
    granted = ("API_COMMON", "API_WITHDRAW_OAUTH")
    visitor.decide(visitor.log_in(), "frank", *granted, addressbook_only="yes")
    assert "The broker has an API key" in visitor.press("key")


LOST = (
    {"network": "reset"},
    {"network": "truncate"},
    {"respond": {"status": 502, "body": "<h1>Bad gateway</h1>"}},
)


@pytest.mark.parametrize("damage", LOST, ids=str)
def test_a_payout_whose_answer_is_lost(visitor: Visitor, damage: dict[str, object]) -> None:
    """The broker does not say that it is unpaid, and finds it in the history; a gateway's page is no answer either."""
    visitor.with_key("frank")
    fault = {"operation": "withdraw", "at": "after_commit", "times": 1, **damage}
    assert visitor.http.post(f"{V1}/faults", json=fault).status_code == 201
    assert "the money may be on its way" in visitor.pay(remark="rent")
    assert "no answer came" in visitor.text
    assert "SUCCESS" in visitor.press("look")
    assert visitor.paid() == [("100", OUTSIDE)]


def test_a_world_that_begins_anew(server: LocalServer, visitor: Visitor) -> None:
    """After a reset the broker's credentials are unknown, it says so, and everything can be done again."""
    visitor.with_key("alice")
    visitor.http.post(f"{V1}/reset")
    assert "does not know this API key any more" in visitor.pay()
    assert "The connection with KuCoin has ended" in visitor.press("key")
    visitor.with_key("frank")
    assert "KuCoin has accepted" in visitor.pay()


def test_to_start_over(visitor: Visitor) -> None:
    """The broker forgets the customer."""
    visitor.with_key("alice")
    visitor.press("forget")
    assert "Connect with KuCoin" in visitor.text
    assert "Please connect with KuCoin first" in visitor.press("pay", by="UID")


def test_a_workspace_has_a_demo_broker_of_its_own(server: LocalServer) -> None:
    """Its logins, also those that are denied, come back to it, and the default workspace is not touched."""
    created = httpx.post(f"{server.url}{V1}/workspaces", json={"name": "mine"}, trust_env=False)
    assert created.status_code == 201
    with Visitor(server, "/w/mine") as visitor:
        assert "It belongs to workspace mine" in visitor.text
        assert "You said no" in visitor.decide(visitor.log_in(), "frank", decision="deny")
        assert visitor.answer.url.path == "/w/mine/demo"
        visitor.with_key("frank")
        assert "KuCoin has accepted" in visitor.pay()
        assert visitor.paid() == []
        assert "Connect with KuCoin" in visitor.open("/demo")
    world = httpx.get(f"{server.url}/w/mine{V1}/withdrawals", trust_env=False).json()
    assert json.dumps(world).count(OUTSIDE) == 1
