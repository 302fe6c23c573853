"""Bodies of control calls: whatever is wrong with one is told at once, and nothing happens."""

from __future__ import annotations

import json

import pytest
from support.demo_world import CALLBACK
from support.wire import JSON, V1, Answer, Asgi, control, problem_of

WRONG: dict[str, tuple[str, str, dict[str, object], list[str]]] = {
    "nothing said of a consent": ("POST", "/authorizations", {}, ["user", "client_id", "redirect_uri", "state"]),
    "everything wrong with a consent": (
        "POST",
        "/authorizations",
        {"user": 1, "state": "", "scope": [], "decision": "x", "grant": 5, "addressbook_only": "no", "who": 1},
        ["who", "user", "decision", "grant", "addressbook_only", "client_id", "redirect_uri", "state", "scope"],
    ),
    "a login": ("POST", "/logins", {"decision": 1, "grant": "x", "y": 1}, ["y", "user", "decision", "grant"]),
    "nothing said of a deposit": ("POST", "/deposits", {}, ["user", "currency", "amount"]),
    "everything wrong with a deposit": (
        "POST",
        "/deposits",
        {"user": "nobody", "currency": "NONE", "amount": "-1", "confirmations": -1, "address": 1, "memo": 1, "z": 1},
        ["z", "amount", "address", "memo", "confirmations", "currency"],
    ),
    "a workspace": (
        "POST",
        "/workspaces",
        {"name": "a/b", "seed": -1, "ttl": "soon", "scenario": "none", "people": 1},
        ["people", "name", "seed", "ttl", "scenario"],
    ),
    "a clock": ("PATCH", "/clock", {"mode": "slow", "scale": "no", "pace": 1}, ["pace", "scale", "mode"]),
    "a clock of the wrong types": ("PATCH", "/clock", {"mode": 1, "scale": True}, ["mode", "scale"]),
    "a clock of which nothing known is said": ("PATCH", "/clock", {"speed": 2}, ["speed", ""]),
    "an advance": (
        "POST",
        "/clock/advance",
        {"by": "far", "offset": "1s", "user": "alice", "client": "demo-broker", "x": 1},
        ["x", "offset", "user", "client", "by"],
    ),
    "an advance of the wrong types": ("POST", "/clock/advance", {"by": 5, "offset": 1}, ["by", "offset"]),
    "an advance to an event": (
        "POST",
        "/clock/advance",
        {"to_event": "dawn", "offset": "soon", "x": 1},
        ["x", "to_event", "offset"],
    ),
    "an advance that leads nowhere": ("POST", "/clock/advance", {"x": 1}, ["x", ""]),
    "a snapshot": ("POST", "/snapshots", {"nme": "x"}, ["nme", "name"]),
    "a rewind": ("POST", "/rewind", {"to": "1", "before": True, "x": 1}, ["x", "to", "before", ""]),
    "a race": (
        "POST",
        "/races",
        {"entries": 1, "replay": 2, "within": "x", "y": 1},
        ["y", "entries", "replay", "within", ""],
    ),
    "nothing said of a request": ("POST", "/explain", {}, ["path", "method"]),
    "everything wrong with a request": (
        "POST",
        "/explain",
        {"query": "\u20ac", "headers": [], "ip": 5, "body": {}, "at": "then", "x": 1},
        ["x", "at", "path", "method", "query", "headers", "ip", "body"],
    ),
    "a signature": (
        "POST",
        "/explain/signature",
        {"query": 1, "body": 1, "timestamp": True, "host": 1, "key": "none", "passphrase": 1, "x": 1},
        ["x", "path", "method", "query", "body", "timestamp", "host", "sign", "passphrase", "key"],
    ),
    "a state": ("PUT", "/state", {"version": 1, "x": 1}, ["x", "page"]),
}


@pytest.mark.parametrize(("method", "path", "body", "fields"), WRONG.values(), ids=WRONG)
def test_all_that_is_wrong_is_told_at_once(
    send: Asgi, method: str, path: str, body: dict[str, object], fields: list[str]
) -> None:
    """Each field that is missing, wrong or unknown has its own error, the summary names each, and nothing changes."""
    before = send.app.desk.exchange.world
    answer = control(send, path, body) if method == "POST" else _sent(send, method, path, body)
    problem = problem_of(answer, 400)
    assert [error["field"] for error in problem["errors"]] == fields
    assert len({(error["field"], error["detail"]) for error in problem["errors"]}) == len(fields)
    known = [error for error in problem["errors"] if not error["detail"].startswith("unknown")]
    assert all(f"{error['field']} {error['detail']}".strip() in problem["detail"] for error in known)
    assert send.app.desk.exchange.world is before
    assert send("GET", f"{V1}/workspaces").json()["count"] == 0
    assert not send.app.desk.snapshots


def _sent(send: Asgi, method: str, path: str, body: dict[str, object]) -> Answer:
    return send(method, V1 + path, json.dumps(body).encode(), JSON)


def test_a_misspelt_field_is_recognised(send: Asgi) -> None:
    """An unknown name is answered with the known one that is like it, and with all that are known."""
    body = {"user": "alice", "clientid": "demo-broker", "redirect_uri": CALLBACK, "state": "1"}
    first, _ = problem_of(control(send, "/authorizations", body), 400)["errors"]
    assert first["field"] == "clientid"
    assert first["detail"].startswith("unknown (did you mean client_id?); known are user, client_id, ")


def test_a_thousand_unknown_names_are_not_all_repeated(send: Asgi) -> None:
    """Long and many names do not come back whole."""
    body = {f"{'x' * 500}{number}": number for number in range(100)} | {str(number): 1 for number in range(1000)}
    problem = problem_of(control(send, "/logins", body), 400)
    assert len(problem["errors"]) == 21
    assert max(len(error["field"]) for error in problem["errors"]) == 80
    assert problem["errors"][-1] == {"field": "user", "detail": "is compulsory"}
