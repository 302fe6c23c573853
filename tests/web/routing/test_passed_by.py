"""A credential counts before the address: whoever looks at the address is told where the call went."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace
from support.demo_world import CALLBACK
from support.desk import query, refresh_body, token_query
from support.wire import FORM, JSON, REFRESH, TOKEN, V1, Answer, Asgi, Broker, control
from support.workspaces import made, served_by, tenant

SECURITY = "/account/security/g2fa"


@pytest.fixture
def one(send: Asgi) -> Broker:
    """A broker in the workspace `one`; `two` is beside it."""
    made(send, name="two")
    return tenant(send, name="one")


def journal(send: Asgi, workspace: str) -> list[dict[str, Any]]:
    """The entries of a workspace, newest first."""
    entries: list[dict[str, Any]] = send("GET", f"/w/{workspace}{V1}/requests").json()["requests"]
    return entries


def note(kind: str, addressed: str = "two", served: str = "one") -> str:
    return f"addressed to workspace {addressed}, but served by {served}: its {kind} counts before the address"


CONSENT = b"step=consent&identity=alice&decision=approve"


def login(send: Asgi, one: Broker, path: str, headers: dict[str, str]) -> Answer:
    return send("GET", f"{path}/oauth?{query(client_id=one.client_id)}", b"", headers)


def consent(send: Asgi, one: Broker, path: str, headers: dict[str, str]) -> Answer:
    return send("POST", f"{path}/oauth?{query(client_id=one.client_id)}", CONSENT, {**FORM, **headers})


def code(send: Asgi, one: Broker, path: str, headers: dict[str, str]) -> Answer:
    asked = token_query(one.authorize(), CALLBACK, "nobody")
    return send("GET", f"{path}{TOKEN}?{asked}", b"", headers)


def key(send: Asgi, one: Broker, path: str, headers: dict[str, str]) -> Answer:
    return send("GET", f"{path}/api/v1/accounts", b"", {**headers, "kc-api-key": one.key("frank").api_key})


def token(send: Asgi, one: Broker, path: str, headers: dict[str, str]) -> Answer:
    bearer = one.tokens()["access_token"]
    return send("GET", f"{path}/nowhere", b"", {**headers, "authorization": f"Bearer {bearer}"})


CALLS = {"client_id": login, "code": code, "API key": key, "token": token}


@pytest.mark.parametrize("kind", CALLS)
@pytest.mark.parametrize(
    ("path", "headers"), [("/w/two", {}), ("", {"host": "two.localhost:8080"})], ids=["path", "host"]
)
def test_a_call_that_went_elsewhere_is_told(
    send: Asgi, one: Broker, kind: str, path: str, headers: dict[str, str]
) -> None:
    """The answer has a note, the entry of the workspace that served it too, and an entry of the other leads there."""
    answer = CALLS[kind](send, one, path, headers)
    assert served_by(answer) == "one"
    assert answer.headers["x-sim-note"] == note(kind)
    assert journal(send, "one")[0]["notes"][0] == note(kind)
    [pointer] = journal(send, "two")
    assert (pointer["outcome"], pointer["operation"], pointer["status"]) == ("NOT_PERFORMED", "", answer.status)
    assert pointer["notes"] == [note(kind)]
    whole = send("GET", f"/w/two{V1}/requests/{pointer['number']}").json()
    assert whole["workspace"] == "two"
    assert whole["changes"] == []
    assert whole["answer"]["headers"]["x-sim-entry"] == answer.headers["x-sim-entry"]


def test_a_consent_that_went_elsewhere_is_given_once(send: Asgi, one: Broker) -> None:
    """What is written down in the addressed workspace has happened in the other one only."""
    assert consent(send, one, "/w/two", {}).status == 303
    assert len(send("GET", f"/w/one{V1}/consents").json()["consents"]) == 1
    assert send("GET", f"/w/two{V1}/consents").json()["consents"] == []
    assert len(journal(send, "two")) == 1


@pytest.mark.parametrize("page", ["/demo/callback?client_id={}", SECURITY + "?client_id={}", "/?client_id={}"])
def test_a_page_that_asks_nothing_has_a_note_too(send: Asgi, one: Broker, page: str) -> None:
    """Pages that perform nothing have no entry of their own; the note and the pointer are there all the same."""
    answer = send("GET", "/w/two" + page.format(one.client_id))
    assert answer.headers["x-sim-note"] == note("client_id")
    assert journal(send, "one") == []
    assert journal(send, "two")[0]["notes"] == [note("client_id")]


def test_the_default_workspaces_credential_under_another_path(send: Asgi, one: Broker) -> None:
    """It is the same the other way round; the pointer is no call that found no workspace."""
    answer = send("GET", f"/w/one/oauth?{query()}")
    assert (served_by(answer), answer.headers["x-sim-note"]) == ("default", note("client_id", "one", "default"))
    assert journal(send, "one")[0]["notes"] == [note("client_id", "one", "default")]
    send("GET", f"/w/default/oauth?{query(client_id=one.client_id)}")
    assert send("GET", f"{V1}/requests").json()["requests"][0]["outcome"] == "NOT_PERFORMED"
    assert send("GET", f"{V1}/requests/unrouted").json()["requests"] == []


def test_nothing_of_it_is_counted_or_a_departure(send: Asgi, one: Broker) -> None:
    """Neither workspace counts a violation, and the addressed one counts no call at all."""
    login(send, one, "/w/two", {})
    expected = {"expect": [{"fact": "violations", "exactly": 0}, {"operation": "request_authorization", "exactly": 1}]}
    assert control(send, "/workspaces/one/verify", expected).status == 200
    assert not send.app.workspaces.found("two").desk.journal.tally


@pytest.mark.parametrize("target", ["/w/one", "", "/w/ONE"])
def test_what_goes_where_it_was_addressed_has_no_note(send: Asgi, one: Broker, target: str) -> None:
    """Under its own prefix, and without any, a call is not written about."""
    answer = login(send, one, target, {})
    assert served_by(answer) == "one"
    assert "x-sim-note" not in answer.headers
    assert journal(send, "two") == []
    assert journal(send, "one")[0]["notes"] == []


def test_a_body_that_is_too_large_is_told_as_well(send: Asgi, one: Broker) -> None:
    """A 413 of an endpoint and of a page has the note, and both journals have it."""
    for target in (f"/w/two{TOKEN}", "/w/two/oauth"):
        answer = send("POST", f"{target}?{query(client_id=one.client_id)}", b"x" * 70_000, FORM)
        assert (answer.status, answer.headers["x-sim-note"]) == (413, note("client_id"))
    assert len(journal(send, "one")) == len(journal(send, "two")) == 2


def test_secrets_of_one_workspace_are_hidden_in_the_others_journal(send: Asgi, one: Broker) -> None:
    """What the pointer keeps of the call is redacted: nothing of it was minted where it is read."""
    bought = one.tokens()
    body = json.dumps(refresh_body(bought["refresh_token"]).fields).encode()
    answer = send("POST", f"/w/two{REFRESH}", body, JSON)
    fresh = answer.json()
    assert answer.status == 200
    told = json.dumps(send("GET", f"/w/two{V1}/requests/1").json())
    for secret in (bought["refresh_token"], fresh["refresh_token"], fresh["access_token"]):
        assert secret not in told


def test_a_note_fits_into_a_header(send: Asgi, one: Broker) -> None:
    """A name of a workspace that is none can hold anything; its note is one line of ASCII, and not too long."""
    answer = send("GET", f"/w/%0d%0aX-Evil:1%E2%82%AC{'y' * 600}/api/v1/timestamp")
    told = answer.headers["x-sim-note"]
    assert told.startswith("there is no workspace ??X-Evil:1?yyy")
    assert len(told) == 400
    assert "x-evil" not in answer.headers


def test_headers_of_ours_can_be_left_out(send: Asgi, one: Broker) -> None:
    """With --no-sim-headers there is no note on the answer; the journals have it."""
    for desk in send.app.workspaces.desks():
        desk.journal.reporting = replace(desk.journal.reporting, headers=False)
    answer = login(send, one, "/w/two", {})
    assert not [name for name in answer.headers if name.startswith("x-sim")]
    assert journal(send, "two")[0]["notes"] == [note("client_id")]
