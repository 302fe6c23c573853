"""The console: any operation of the API, signed with a user's key, sent through the application, and explained."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from support.desk import START, hmac_sha256, payment
from support.played_payment import Played
from support.screens import HOSTILE, Screen, asked, posted, raw
from support.wire import control

from simulator.core.endpoints import ENDPOINTS
from simulator.evidence.journal import Reporting
from simulator.evidence.secrets import fingerprint

PAYMENT = json.dumps(payment())


@pytest.fixture
def played(runner: asyncio.Runner) -> Played:
    return Played(runner)


def sent(played: Played, **fields: str) -> Screen:
    """The screen after a call was sent."""
    answer = posted(played.send, "/console", **{"user": "alice", **fields})
    assert answer.status == 200, answer
    return Screen(answer.text)


def filled(page: Screen) -> dict[str, str]:
    """The form of the console as a browser sends it: its fields, the first choice of a list, the body."""
    fields = {values["name"] or "": values.get("value") or "" for tag, values in page.tags if tag == "input"}
    body = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.html, re.DOTALL)
    chosen = re.search(r'<select id="credential"[^>]*>\s*<option value="([^"]*)"', page.html)
    fields |= {"body": body[1].replace("&#34;", '"')} if body else {}
    return fields | ({"credential": chosen[1]} if chosen else {})


def test_a_call_is_signed_sent_and_explained(played: Played) -> None:
    """The answer, the entry, and the texts of the signature: what is signed, in four pieces and in one."""
    page = sent(played, operation="withdraw", credential=played.key.api_key, body=PAYMENT)
    (entry,) = played.journal.newest(1)
    assert entry.outcome.word == "OK"
    assert entry.request.header(b"user-agent") == "simulator console"
    assert f"/_sim/calls/{entry.number}" in page.attributes("a", "href")
    assert f"{START}POST/api/v2/broker/withdrawal{PAYMENT}" in page.text
    sign = hmac_sha256(played.key.secret, f"{START}POST/api/v2/broker/withdrawal{PAYMENT}".encode())
    assert entry.request.header(b"kc-api-sign") == sign
    assert fingerprint("signature", sign) in page.text
    assert sign not in page.html
    assert "transactionId" in page.text
    assert "It changed: transactions" in page.text


def test_the_query_is_signed_decoded_and_sent_encoded(played: Played) -> None:
    """A value that needs encoding is part of the signed text as it is typed (H33)."""
    page = sent(played, operation="list_accounts", credential=played.key.api_key, **{"p.currency": "US DT&x=ü"})
    (entry,) = played.journal.newest(1)
    assert entry.request.query == "currency=US%20DT%26x%3D%C3%BC"
    assert entry.outcome.word != "SIGNATURE_INVALID"
    assert f"{START}GET/api/v1/accounts?currency=US DT&x=ü" in page.text


def test_a_refusal_is_explained(played: Played) -> None:
    """The reason, what was expected and received, and the causes stand below the answer."""
    page = sent(played, operation="withdraw", credential=played.key.api_key, body="{")
    assert "BODY_NOT_JSON" in page.text
    assert "The body is not json" in page.text
    assert "outcome: BODY_NOT_JSON" in page.text


def test_a_bearer_comes_from_a_consent(played: Played) -> None:
    """An operation of an access token takes that of a consent of the user; the token is not shown."""
    page = asked(played.send, "/console", operation="add_api_key", user="alice")
    page = sent(played, **filled(page))
    (entry,) = played.journal.newest(1)
    assert (entry.outcome.operation, entry.outcome.word) == ("add_api_key", "OK")
    assert played.tokens["access_token"] not in page.html
    key = max(played.world.api_keys.values(), key=lambda key: key.api_key)
    assert key.secret not in page.html
    assert fingerprint("api_secret", key.secret) in page.text


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_every_operation_can_be_sent(played: Played, endpoint: Any) -> None:
    """The form of each declared operation, sent as it stands, makes a call of that operation that gets an answer."""
    page = asked(played.send, "/console", operation=endpoint.name, user="alice")
    assert endpoint.path in page.text
    after = sent(played, **filled(page))
    (entry,) = played.journal.newest(1)
    assert entry.outcome.operation == endpoint.name
    assert entry.outcome.word not in ("SIGNATURE_INVALID", "HEADER_MISSING", "BODY_NOT_JSON", "UNSUPPORTED_MEDIA_TYPE")
    assert "Answer" in after.text
    assert f"operation: {endpoint.name}" in after.text


def test_the_shell_lines_do_the_same(played: Played) -> None:
    """The drawer has the lines for a shell, with the secrets as variables, and the scenario's `expect`."""
    page = sent(played, operation="withdraw", credential=played.key.api_key, body=PAYMENT)
    for text in ("openssl dgst -sha256 -hmac", "KC-API-KEY: ", "$PASSPHRASE", "user: alice, outcome: OK, at_least: 1"):
        assert text in page.text
    assert played.key.secret not in page.html
    assert played.key.passphrase not in page.html


def test_secrets_are_shown_if_the_server_shows_them(played: Played) -> None:
    """With --show-secrets the signature is shown as it is, so that it can be compared with a program's."""
    played.journal.reporting = Reporting(show_secrets=True)
    page = sent(played, operation="withdraw", credential=played.key.api_key, body=PAYMENT)
    sign = hmac_sha256(played.key.secret, f"{START}POST/api/v2/broker/withdrawal{PAYMENT}".encode())
    assert sign in page.text


@pytest.mark.parametrize(
    "fields",
    [
        {"operation": "nothing"},
        {"operation": HOSTILE},
        {"operation": "withdraw"},
        {"operation": "withdraw", "credential": HOSTILE},
        {"operation": "add_api_key", "credential": "x"},
        {"operation": "list_accounts", "p.currency": "x" * 2_000},
        {"operation": "get_account", "p.accountId": ""},
    ],
)
def test_what_cannot_be_sent_changes_nothing(played: Played, fields: dict[str, str]) -> None:
    """An unknown operation, a missing or foreign credential and a value that is too long: a page that says so."""
    last, world = played.journal.last, played.world
    answer = posted(played.send, "/console", **fields)
    assert answer.status in (400, 404)
    Screen(answer.text)
    assert (played.journal.last, played.world) == (last, world)


def test_a_user_without_a_key_is_told_how_to_get_one(played: Played) -> None:
    """Nothing can be sent for such a user, and the screen says what is missing."""
    assert "bob has none yet" in asked(played.send, "/console", user="bob").text
    assert "has none yet" in asked(played.send, "/console", operation="add_api_key", user="bob").text
    assert "There is no user nobody" in asked(played.send, "/console", user="nobody").text


def test_a_fault_that_spoils_the_answer_is_named(played: Played) -> None:
    """The console has no connection that could be reset: it shows the answer, and what would become of it."""
    control(played.send, "/faults", {"operation": "list_accounts", "at": "after_commit", "network": "reset"})
    page = sent(played, operation="list_accounts", credential=played.key.api_key)
    assert "A fault damages this answer on a real connection: reset" in page.text


def test_a_page_of_another_site_cannot_send(played: Played) -> None:
    """The console's form is refused if it comes from elsewhere, and nothing is sent."""
    last = played.journal.last
    body = f"operation=list_accounts&credential={played.key.api_key}".encode()
    form = {"content-type": "application/x-www-form-urlencoded"}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert played.send("POST", "/_sim/console", body, {**form, **headers}).status == 403
    assert played.journal.last == last
    assert raw(played.send, "/console").headers["x-frame-options"] == "DENY"


def test_the_screens_of_a_workspace_are_about_it(played: Played) -> None:
    """Under a workspace's prefix each screen shows that workspace, and the console sends to it alone."""
    made = control(played.send, "/workspaces", {"name": "team"}).json()
    assert made["name"] == "team"
    last = played.journal.last
    for section in ("inspect?q=alice", "money?user=alice", "flow?user=alice", "console?operation=get_server_time"):
        answer = played.send("GET", f"/w/team/_sim/{section}", b"", {"accept": "text/html"})
        assert answer.status == 200
        page = Screen(answer.text)
        outside = [link for link in page.attributes("a", "href") if not link.startswith(("/w/team/", "#"))]
        assert outside == []
        assert played.withdrawal not in page.html
    form = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
    answer = played.send("POST", "/w/team/_sim/console", b"operation=get_server_time", form)
    assert answer.status == 200
    assert "/w/team/_sim/calls/1" in Screen(answer.text).attributes("a", "href")
    assert played.journal.last == last
