"""The demo broker among hostile texts, broken answers and other browsers; what its page shows, and what it is."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from inspect import getsource

import httpx
import pytest
from support.demo_visitor import Visitor
from support.processes import environment
from support.source_tree import imports
from support.wire import V1

from simulator.evidence.journal import Reporting
from simulator.scenario.loader import read
from simulator.web.guards import Policy
from simulator.web.pages.demo import broker
from simulator.web.pages.demo.sessions import MOST
from simulator.web.server import LocalServer

CANARY = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}"
HOSTILE = f"""
version: 1
name: hostile
extends: demo
given:
  clients: {{demo-broker: {{name: {json.dumps(CANARY)}, api_name: {json.dumps(CANARY[:30])}}}}}
  users: {{frank: {{email: {json.dumps(CANARY[:20] + "@x.test")}}}}}
"""


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


def harmless(visitor: Visitor) -> None:
    """Look that a canary is text on the page: reading it strictly finds no element of it."""
    page = visitor.page
    assert not page.attributes("img", "onerror")
    assert "<img src=x" not in visitor.answer.text
    assert "<script>alert" not in visitor.answer.text


def test_hostile_texts_are_text() -> None:
    """A client's name, a key's name, remark, memo, address and a step's name are never markup, on any of the pages."""
    with LocalServer(read(HOSTILE, "hostile")) as server, Visitor(server) as visitor:
        assert CANARY in visitor.page.text
        harmless(visitor)
        visitor.with_key("frank")
        harmless(visitor)
        for order in ({}, {"address": CANARY}, {"by": "UID", "address": CANARY}):
            visitor.pay(remark=CANARY, **{"memo": CANARY, **order})
            harmless(visitor)
        visitor.press("look")
        assert CANARY in visitor.page.text
        harmless(visitor)
        visitor.open(f"/demo?step={CANARY}")
        harmless(visitor)
        visitor.open(f"/demo/callback?code=1&state={CANARY}&error={CANARY}")
        harmless(visitor)


def test_an_error_of_the_callback_is_text(visitor: Visitor) -> None:
    """What the login reports as its error is shown as a text."""
    state = httpx.URL(visitor.log_in()).params["state"]
    visitor.open(f"/demo/callback?error={CANARY}&state={state}")
    assert CANARY in visitor.page.text
    harmless(visitor)


JUNK = '{"success": true, "access_token": 7, "data": {"items": [{}], "withdrawalId": {}}}'
PAIR = '{"access_token": 7, "refresh_token": [8], "expires_in": "9"}'
FACTORS = '{"data": {"transactionId": [7], "allFactors": [[7], "GAV", [["EMV"]]], "sentFactors": ["EMV"]}}'
ROWS = '{"data": {"items": [{"id": [7], "status": {}, "amount": "x"}]}}'
OPERATIONS = (
    "exchange_code",
    "refresh_tokens",
    "add_api_key",
    "withdraw",
    "verify_withdrawal",
    "list_accounts",
    "list_withdrawals",
)
DAMAGES: list[dict[str, object]] = [
    {"network": "reset"},
    {"network": "empty"},
    {"network": "truncate", "at": "after_commit"},
    {"network": "garbage"},
    {"respond": {"status": 200, "body": "null"}},
    {"respond": {"status": 200, "body": "[]"}},
    {"respond": {"status": 200, "body": "7"}},
    {"respond": {"status": 200, "body": '{"data": 7}'}},
    {"respond": {"status": 200, "body": '{"data": [7]}'}},
    {"respond": {"status": 200, "body": JUNK}},
    {"respond": {"status": 200, "body": PAIR}},
    {"respond": {"status": 200, "body": FACTORS}},
    {"respond": {"status": 200, "body": ROWS}},
    {"respond": {"status": 200, "body": '{"code": "200000", "data": {"transactionId": 7, "allFactors": 7}}'}},
    {"respond": {"status": 502, "body": "<h1>Bad gateway</h1>"}},
]


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_no_answer_breaks_the_broker(visitor: Visitor, damage: dict[str, object]) -> None:
    """Whatever comes in place of an answer, or if none comes, the page is there and goes on working."""
    for operation in OPERATIONS:
        visitor.press("forget")
        user = "alice" if operation == "verify_withdrawal" else "frank"
        if operation != "exchange_code":
            visitor.with_key(user)
        staged = visitor.http.post(f"{V1}/faults", json={"operation": operation, "times": 2, **damage})
        assert staged.status_code == 201, staged.text
        if operation == "exchange_code":
            visitor.connect("frank")
        for action in ("refresh", "key", "look"):
            visitor.press(action)
            harmless(visitor)
        visitor.pay()
        visitor.press("codes", factors="GAV EMV", GAV="1", EMV="1")
        visitor.press("look")
        for step in ("connect", "key", "payout", "codes", "history"):
            visitor.open(f"/demo?step={step}")
        visitor.http.delete(f"{V1}/faults")
    visitor.press("forget")
    visitor.with_key("frank")
    assert "KuCoin has accepted" in visitor.pay()


def test_secrets_are_hidden_as_in_the_journal(server: LocalServer, visitor: Visitor) -> None:
    """No page of the demo has a token, a secret or a passphrase in it, unless the server shows secrets."""
    visitor.with_key("frank")
    pages = [visitor.open(f"/demo?step={name}") and visitor.answer.text for name in ("connect", "key", "payout")]
    (key,) = [row for row in server.exchange.world.api_keys.values() if row.user == "frank"]
    for secret in (key.secret, key.passphrase, "demo-secret", ".eyJ"):
        assert not [text for text in pages if secret in text], secret


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", CANARY])
def test_a_set_up_link_that_is_none(visitor: Visitor, link: str) -> None:
    """The broker leads nobody to an address that is no web page."""
    visitor.with_key("frank")
    problem = {"code": "400100", "msg": f"You need to bind more factors. Please visit the following link: {link}"}
    fault = {"operation": "withdraw", "respond": {"status": 200, "body": json.dumps(problem)}}
    assert visitor.http.post(f"{V1}/faults", json=fault).status_code == 201
    assert "KuCoin says: You need to bind more factors" in visitor.pay()
    assert link not in visitor.page.links
    harmless(visitor)


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")
def test_the_curl_lines_work(server: LocalServer, visitor: Visitor) -> None:
    """With --show-secrets each line of curl does again what the broker did: the signed ones are signed anew."""
    server.app.desk.journal.reporting = Reporting(show_secrets=True)
    visitor.with_key("frank")
    visitor.pay()
    visitor.press("look")
    text = visitor.answer.text
    lines = re.findall(r'with curl"><code class="copy">(.*?)</code></pre>', text, re.DOTALL)
    assert len(lines) == 2
    visitor.open("/demo?step=payout")
    lines += re.findall(r'with curl"><code class="copy">(.*?)</code></pre>', visitor.answer.text, re.DOTALL)
    for line in lines:
        ended = subprocess.run(
            ["bash", "-c", unescape(line)], capture_output=True, text=True, check=True, env=environment(no_proxy="*")
        )
        assert json.loads(ended.stdout)["code"] == "200000", ended.stdout
    assert len(visitor.paid()) == 2


def test_the_broker_needs_the_standard_library_alone() -> None:
    """It knows nothing of the simulator, so it can be copied; and the page shows it whole, line by line."""
    source = getsource(broker)
    names = {name.split(".")[0] for name in imports(ast.parse(source))}
    assert names <= sys.stdlib_module_names
    with LocalServer() as server:
        page = httpx.get(f"{server.url}/demo/source", trust_env=False).text
    shown = re.findall(r'<span id="L\d+">(.*?)\n</span>', page, re.DOTALL)
    assert [unescape(line) for line in shown] == source.splitlines()


def test_browsers_are_forgotten_in_the_end(server: LocalServer, visitor: Visitor) -> None:
    """A look begins no session, and of many that press the button only the last ones are kept."""
    assert not visitor.http.cookies
    visitor.connect("alice")
    with Visitor(server) as others:
        others.http.follow_redirects = False
        for _ in range(MOST):
            others.http.cookies.clear()
            assert others.http.post("/demo", data={"do": "connect"}).status_code == 303
    assert "Connect with KuCoin" in visitor.open("/demo")


def test_the_cookie_reaches_no_script_and_no_other_site(visitor: Visitor) -> None:
    """It is HttpOnly and SameSite, and its name has workspace and port, because cookies do not know ports."""
    visitor.http.follow_redirects = False
    header = visitor.http.post("/demo", data={"do": "connect"}).headers["set-cookie"]
    port = visitor.http.base_url.port
    assert re.fullmatch(rf"demo-broker-default-{port}=[\w-]{{43}}; Path=/; HttpOnly; SameSite=Lax", header)


def test_under_another_name_the_demo_leads_home(server: LocalServer, visitor: Visitor) -> None:
    """Under KuCoin's own name the page says where the demo is, because a login leads back there."""
    answer = httpx.get(f"{server.url}/demo", headers={"Host": "www.kucoin.com"}, trust_env=False)
    assert f'href="{server.url}/demo"' in answer.text


def test_a_scenario_without_the_callback() -> None:
    """If no client has the redirect URI, the page says what to do, and its buttons do nothing."""
    text = "version: 1\nname: bare\ngiven: {clients: {mine: {redirect_uris: ['https://b.example/cb']}}}\n"
    with LocalServer(read(text, "bare")) as server, Visitor(server) as visitor:
        assert "there is nothing that the demo broker could be" in visitor.text
        assert "there is nothing that the demo broker could be" in visitor.press("connect")


@pytest.mark.parametrize("body", ["do=fly", "", "do=key&do=pay", "do=pay&by=MAIL", "do=%ff"])
def test_a_form_that_is_none_of_ours(server: LocalServer, visitor: Visitor, body: str) -> None:
    """It is answered with 400 and a sentence."""
    visitor.with_key("frank")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = visitor.http.post("/demo", content=body, headers=headers)
    assert answer.status_code == 400
    assert "form" in answer.text


@pytest.mark.parametrize("token", [None, "s3cret"])
def test_a_users_codes_are_for_whoever_may_control(token: str | None) -> None:
    """A server with a control token does not show what a user's phone shows to everybody who sees the page."""
    with LocalServer(policy=Policy(token=token)) as server, Visitor(server) as visitor:
        visitor.with_key("alice")
        assert "alice's phone and mailbox" in visitor.pay()
        (message,) = visitor.world.message_box("alice").messages
        assert (message.code in visitor.text) is (token is None)
