"""`/_sim/v1/faults` and `/logins`: what goes wrong and who logs in, changed while running."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace
from support.demo_world import CALLBACK
from support.desk import refresh_body
from support.wire import JSON, V1, Asgi, Broker, control, problem_of

from simulator.scenario.staging.logins import Decided, Login

FAULT = {"operation": "exchange_code", "times": 1, "refuse": "CODE_EXPIRED"}
EVERYTHING: list[dict[str, Any]] = [
    {"operation": "withdraw", "user": "alice", "client": "demo-broker", "times": 2, "skip": 1, "at": "after_commit"}
    | {"network": "reset", "delay": "1m30s"},
    {"operation": "withdraw", "match": {"currency": "USDT", "amount": {"at_least": "0.50", "at_most": "500"}}}
    | {"at": "before", "refuse": {"reason": "PARAMETER_INVALID", "field": "amount", "problem": "must be more"}},
    {"operation": "list_accounts", "at": "before"}
    | {"respond": {"status": 502, "headers": {"content-type": "text/html"}, "body": "<h1>502</h1>"}},
    {"operation": "get_server_time", "at": "mid_body", "delay": "250ms"},
    {"operation": "get_server_time", "at": "before", "network": "wrong_length"},
    {"operation": "withdraw", "at": "before", "hold": {"until": 2, "order": [2, 1], "within": "5s"}}
    | {"first": {"event": "freeze", "user": "alice", "client": "demo-broker"}, "then": {"event": "settle"}},
    {"operation": "withdraw", "at": "before", "hold": {"until": 3, "order": "seed:x", "within": "1s"}}
    | {"first": {"event": "credit", "currency": "USDT", "amount": "5"}},
    {"operation": "withdraw", "at": "before", "first": {"event": "narrow", "groups": ["API_SPOT"]}}
    | {"then": {"event": "expire", "what": "code"}},
]
COUNTS = {"hits": 0, "seen": 0, "spent": False}


def put(send: Asgi, *faults: object) -> Any:
    body = {"faults": list(faults)}
    answer = send("PUT", f"{V1}/faults", json.dumps(body).encode(), JSON)
    assert answer.status == 200, answer
    return answer.json()["faults"]


def armed(send: Asgi) -> list[dict[str, Any]]:
    faults: list[dict[str, Any]] = send("GET", f"{V1}/faults").json()["faults"]
    return faults


def test_faults_come_and_go(broker: Broker) -> None:
    """One is added, strikes once, is spent, and is taken away; each step can be seen."""
    send = broker.send
    assert isinstance(send, Asgi)
    assert armed(send) == []
    added = control(send, "/faults", FAULT)
    shown = {"id": "f1", **COUNTS, "operation": "exchange_code", "times": 1, "at": "before", "refuse": "CODE_EXPIRED"}
    assert (added.status, added.json()) == (201, shown)
    code = broker.authorize()
    assert broker.exchange(code).json()["msg"] == "invalid_grant: the code has expired"
    assert armed(send) == [{**shown, "hits": 1, "seen": 1, "spent": True}]
    assert broker.exchange(code).status == 200
    gone = send("DELETE", f"{V1}/faults/f1")
    assert (gone.status, gone.body) == (204, b"")
    assert armed(send) == []
    problem_of(send("DELETE", f"{V1}/faults/f1"), 404)


def test_a_put_replaces_all(send: Asgi) -> None:
    """In the order of the body, under new ids; an empty list ends all."""
    put(send, FAULT, FAULT)
    assert [each["id"] for each in put(send, EVERYTHING[3], FAULT)] == ["f3", "f4"]
    assert [each["operation"] for each in armed(send)] == ["get_server_time", "exchange_code"]
    assert put(send) == []


def test_faults_are_told_in_the_words_of_a_scenario(send: Asgi) -> None:
    """What GET tells of a fault is what PUT takes."""
    told = [
        {name: value for name, value in each.items() if name not in {"id", *COUNTS}} for each in put(send, *EVERYTHING)
    ]
    wanted = [dict(each) for each in EVERYTHING]
    wanted[1]["match"] = {"currency": "USDT", "amount": {"at_least": "0.5", "at_most": "500"}}
    assert told == wanted
    assert [{**each, "id": None} for each in put(send, *told)] == [{**each, "id": None, **COUNTS} for each in wanted]


def test_a_reset_brings_the_scenarios_faults_back(send: Asgi) -> None:
    """What was added by hand is gone."""
    put(send, FAULT)
    send("POST", f"{V1}/reset")
    assert armed(send) == []


BAD: list[tuple[dict[str, Any], str]] = [
    ({"operation": "exchange_codes", "network": "reset"}, "operation"),
    ({"operation": "pass_time", "network": "reset"}, "operation"),
    ({"operation": "exchange_code"}, ""),
    ({"operation": "exchange_code", "refuse": "BALANCE_INSUFFICIENT"}, "refuse"),
    ({"operation": "exchange_code", "network": "reset", "refuse": "CODE_USED"}, ""),
    ({"operation": "exchange_code", "network": "rest"}, "network"),
    ({"operation": "exchange_code", "network": "reset", "user": "nobody"}, "user"),
    ({"operation": "exchange_code", "network": "reset", "times": 0}, "times"),
    ({"operation": "exchange_code", "network": "reset", "time": 1}, "time"),
    ({"operation": "exchange_code", "network": "reset", "match": {"amount": "1"}}, "match.amount"),
    ({"operation": "exchange_code", "delay": 3}, "delay"),
]


@pytest.mark.parametrize(("fault", "field"), BAD)
def test_a_fault_that_cannot_be_changes_nothing(send: Asgi, fault: dict[str, Any], field: str) -> None:
    """422 with its place, as in a scenario; those in force stay, with their counts."""
    put(send, FAULT)
    send("GET", "/_oauth/access-token?code=x")
    before = armed(send)
    problem = problem_of(control(send, "/faults", fault), 422)
    assert problem["errors"][0]["field"].endswith(field)
    assert {"line", "column", "detail"} <= problem["errors"][0].keys()
    problem_of(send("PUT", f"{V1}/faults", json.dumps({"faults": [FAULT, fault]}).encode(), JSON), 422)
    assert armed(send) == before


@pytest.mark.parametrize(("method", "body"), [("PUT", ""), ("POST", ""), ("PUT", "{}"), ("POST", '{"faults": []}')])
def test_nothing_is_no_fault(send: Asgi, method: str, body: str) -> None:
    """Who forgets the body takes no fault away."""
    put(send, FAULT)
    problem_of(send(method, f"{V1}/faults", body.encode(), JSON), 422)
    assert len(armed(send)) == 1


# --- on the consent that needs no browser


ASKED = {"user": "alice", "client_id": "demo-broker", "redirect_uri": CALLBACK, "state": "s-1"}


def test_a_consent_can_be_refused_on_purpose(send: Asgi) -> None:
    """The problem is that of an earned refusal; nobody has consented, and the journal has it."""
    put(send, {"operation": "authorize", "user": "alice", "times": 1, "refuse": "SCOPE_INVALID"})
    answer = control(send, "/authorizations", ASKED)
    assert "scope must be OAUTH_CREATE_API" in problem_of(answer, 400)["detail"]
    assert not send.app.desk.exchange.world.consents
    entry = send("GET", f"{V1}/requests/1").json()
    assert (entry["outcome"], entry["operation"], entry["fault"]["id"]) == ("SCOPE_INVALID", "authorize", "f1")
    assert answer.headers["x-sim-entry"] == "default/1"
    assert control(send, "/authorizations", ASKED).status == 201


def test_a_consent_can_be_given_and_told_otherwise(send: Asgi) -> None:
    """After the deed: the consent is there, the answer says no, and the journal says OK."""
    put(send, {"operation": "authorize", "at": "after_commit", "refuse": "USER_UNKNOWN"})
    problem_of(control(send, "/authorizations", ASKED), 404)
    assert len(send.app.desk.exchange.world.consents) == 1
    assert send("GET", f"{V1}/requests/1").json()["outcome"] == "OK"


def test_a_consent_can_be_answered_with_anything(send: Asgi) -> None:
    """`respond` is put on the wire as it stands."""
    put(send, {"operation": "authorize", "respond": {"status": 503, "body": "soon"}})
    answer = control(send, "/authorizations", ASKED)
    assert (answer.status, answer.body) == (503, b"soon")


def test_a_consent_can_be_delayed(send: Asgi) -> None:
    """And is given all the same."""
    put(send, {"operation": "authorize", "delay": "1ms"})
    assert control(send, "/authorizations", ASKED).status == 201


def test_a_consents_answer_can_be_lost(online: Broker) -> None:
    """On a real connection: the consent is there, the client is cut off."""
    fault = {"operation": "authorize", "times": 1, "at": "after_commit", "network": "reset"}
    assert control(online.send, "/faults", fault).status == 201
    with pytest.raises(ConnectionError):
        online.authorize()
    assert online.exchange(online.authorize()).status == 200
    newest = online.send("GET", f"{V1}/requests?limit=3").json()["requests"]
    assert [(each["operation"], each["outcome"], each["status"]) for each in newest] == [
        ("exchange_code", "OK", 200),
        ("authorize", "OK", 201),
        ("authorize", "OK", 0),
    ]


# --- logins


def test_who_logs_in_next(send: Asgi) -> None:
    """They wait in line, behind those who wait already, each with what they will decide."""
    first = control(send, "/logins", {"user": "ALICE@example.test"})
    alice = {"user": "alice", "decision": "approve", "addressbook_only": False}
    assert (first.status, first.json()) == (201, {"waiting": [alice]})
    body = {"user": "bob", "decision": "deny", "grant": {"API_SPOT": True, "API_EARN": False}, "addressbook_only": True}
    bob = {**body, "grant": ["API_SPOT"]}
    assert control(send, "/logins", body).json() == {"waiting": [alice, bob]}
    staging = send.app.desk.exchange.staging
    assert [login.user for login in iter(staging.next_login, None)] == ["alice", "bob"]
    send("POST", f"{V1}/reset")


def test_who_is_sent_comes_before_who_always_comes(send: Asgi) -> None:
    """With `login: auto` too; a reset sends everybody home."""
    desk = send.app.desk
    desk.apply(replace(desk.scenario, login=Login("auto", (Decided("alice"),))))
    control(send, "/logins", {"user": "bob"})
    assert [desk.exchange.staging.next_login().user for _ in range(2)] == ["bob", "alice"]
    control(send, "/logins", {"user": "bob"})
    send("POST", f"{V1}/reset")
    assert desk.exchange.staging.next_login().user == "alice"


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({}, 400, "user is compulsory"),
        ({"user": "nobody"}, 404, "no user 'nobody'"),
        ({"user": 5}, 400, "user must be a string"),
        ({"user": "alice", "decision": "maybe"}, 400, "decision must be one of approve, deny"),
        ({"user": "alice", "grant": ["API_UNIFIED"]}, 400, "grant must be all, a list of API_COMMON"),
        ({"user": "alice", "addressbook_only": "no"}, 400, "addressbook_only must be true or false"),
        ({"user": "alice", "state": "x"}, 400, "unknown fields"),
    ],
)
def test_a_login_that_cannot_be_is_a_problem(send: Asgi, body: dict[str, Any], status: int, detail: str) -> None:
    """Nobody waits."""
    assert detail in problem_of(control(send, "/logins", body), status)["detail"]
    assert not send.app.desk.exchange.staging.waiting


def test_a_held_call_is_explained_at_once(broker: Broker) -> None:
    """A dry run does not wait for others, and tells what would happen at the call; nothing of it stays."""
    fault = {"operation": "refresh_tokens", "hold": {"until": 2, "within": "1h"}, "first": "freeze", "user": "alice"}
    token = broker.tokens()["refresh_token"]
    control(broker.send, "/faults", fault)
    body = json.dumps(refresh_body(token).fields)
    headers = {"content-type": "application/json"}
    request = {"method": "POST", "path": "/_oauth/refresh-token", "body": body, "headers": headers}
    explained = control(broker.send, "/explain", request).json()
    assert explained["outcome"] == "OK"
    assert [text.partition(":")[0] for text in explained["fault"]["happened"]] == ["held", "freeze"]
    assert broker.send("GET", f"{V1}/users/alice").json()["frozen"] is False
