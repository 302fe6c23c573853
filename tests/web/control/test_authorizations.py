"""`POST /_sim/v1/authorizations`: a user's consent without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.demo_world import CALLBACK
from support.wire import JSON, V1, Asgi, Broker, control, problem_of

from simulator.core.spec import AuthGroup

ASKED = {"user": "alice", "client_id": "demo-broker", "redirect_uri": CALLBACK, "state": "s-1"}


def test_a_consent_without_a_browser_gives_the_code(broker: Broker) -> None:
    """201 with code, state and where the browser would go; the journal has it."""
    answer = broker.send("POST", f"{V1}/authorizations", json.dumps({**ASKED, "state": "a b/é&x=1"}).encode(), JSON)
    assert answer.status == 201
    data = answer.json()
    assert list(data) == ["code", "state", "redirect_to"]
    assert data["state"] == "a b/é&x=1"
    assert data["redirect_to"] == f"{CALLBACK}?code={data['code']}&state=a%20b%2F%C3%A9%26x%3D1"
    assert broker.exchange(data["code"]).status == 200
    entry = broker.entry(answer)
    assert (entry["operation"], entry["user"], entry["client"]) == ("authorize", "alice", "demo-broker")


def test_a_refused_consent_has_no_code(send: Asgi) -> None:
    """`decision: deny` sends the browser back with access_denied (H08)."""
    answer = control(send, "/authorizations", {**ASKED, "decision": "deny"})
    assert (answer.status, answer.json()) == (
        201,
        {"code": None, "state": "s-1", "redirect_to": f"{CALLBACK}?error=access_denied&state=s-1"},
    )


@pytest.mark.parametrize(
    ("grant", "groups"),
    [
        (None, "API_COMMON,API_FUTURES,API_SPOT,API_EARN"),
        ("all", ",".join(group.value for group in AuthGroup)),
        ([], "API_COMMON"),
        (["API_SPOT"], "API_COMMON,API_SPOT"),
        ({"API_SPOT": True, "API_EARN": False}, "API_COMMON,API_SPOT"),
        ({}, "API_COMMON"),
    ],
)
def test_what_the_user_ticks_is_what_a_key_can_have(broker: Broker, grant: object, groups: str) -> None:
    """`grant` is a list, the map of s4.2, or all; null = what the consent page has ticked."""
    token = broker.tokens("alice", grant=grant)["access_token"]
    assert broker.add_key(token, *groups.split(",")).json()["data"]["authGroup"] == groups
    missing = [group.value for group in AuthGroup if group.value not in groups]
    if missing:
        assert broker.add_key(token, missing[0]).json()["code"] == "40503"


def test_a_consent_may_be_for_the_address_book_only(broker: Broker) -> None:
    """`addressbook_only` must come again when the key is made."""
    token = broker.tokens(addressbook_only=True)["access_token"]
    assert broker.add_key(token).json()["msg"] == "isAddressbookOnly mismatch"
    assert broker.add_key(token, book_only=True).json()["code"] == "200"


@pytest.mark.parametrize(
    ("changes", "status", "detail"),
    [
        ({"user": "nobody"}, 404, "no user is registered"),
        ({"client_id": "nobody"}, 404, "unknown client_id"),
        ({"redirect_uri": "https://evil.example/cb"}, 400, "not registered"),
        ({"scope": "other"}, 400, "scope must be OAUTH_CREATE_API"),
        ({"user": None}, 400, "user is compulsory"),
        ({"state": ""}, 400, "state is compulsory"),
        ({"state": 5}, 400, "state must be a string"),
        ({"grant": "API_SPOT"}, 400, "grant must be all, a list of API_COMMON"),
        ({"grant": ["API_UNIFIED"]}, 400, "grant must be all, a list of API_COMMON"),
        ({"grant": {"API_UNIFIED": False}}, 400, "grant must be all, a list of API_COMMON"),
        ({"grant": {"API_SPOT": "true"}}, 400, "grant must be all, a list of API_COMMON"),
        ({"grant": [["API_SPOT"]]}, 400, "grant must be all, a list of API_COMMON"),
        ({"addressbook_only": "yes"}, 400, "addressbook_only must be true or false"),
        ({"decision": "maybe"}, 400, "decision must be one of approve, deny"),
    ],
)
def test_a_consent_that_cannot_be_is_a_problem(send: Asgi, changes: dict[str, Any], status: int, detail: str) -> None:
    """Each is told in words; nothing was granted."""
    assert detail in problem_of(control(send, "/authorizations", {**ASKED, **changes}), status)["detail"]
    assert not send.app.desk.exchange.world.consents


def test_the_secret_that_a_login_link_must_have_is_sent(wired: Callable[..., Broker]) -> None:
    """Where the login page wants the client's secret, a consent without a browser brings it by itself."""
    assert wired(secret_at_login="require").tokens("alice")["access_token"]


def test_unknown_fields_are_all_named(send: Asgi) -> None:
    """A misspelt field is an error with its name, not a silent default."""
    problem = problem_of(control(send, "/authorizations", {**ASKED, "scopes": "x", "username": "x"}), 400)
    assert problem["detail"] == "unknown fields"
    assert [error["field"] for error in problem["errors"]] == ["scopes", "username"]
