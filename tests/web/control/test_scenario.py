"""`/_sim/v1/scenario`, `/scenario/validate` and `/verify`: another scenario while running, whole or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.desk import START
from support.wire import JSON, V1, Answer, Asgi, Broker, control, problem_of

from simulator.scenario.loader import load

YAML = {"content-type": "application/yaml"}
TEXT = """\
# One of everything.
version: 1
name: mine
description: A client, a user
seed: 7
clock: {mode: frozen, start: 2026-06-01T00:00:00Z}
login: {mode: auto, user: zoe, grant: [API_SPOT]}
given:
  clients: {demo-broker: {name: Mine, redirect_uris: ["http://localhost:3000/callback"]}}
  users: {zoe: {factor_sets: [[]]}}
faults:
  - {operation: exchange_code, times: 1, refuse: CODE_EXPIRED}
expect:
  - {operation: exchange_code, exactly: 1}
  - {operation: exchange_code, outcome: OK, exactly: 0}
"""
SHOWN = {
    "name": "mine",
    "description": "A client, a user",
    "seed": 7,
    "clock": {"mode": "frozen", "start": "2026-06-01T00:00:00.000Z", "wall_offset": "0s"},
    "login": {
        "mode": "auto",
        "user": "zoe",
        "decision": "approve",
        "grant": ["API_SPOT"],
        "addressbook_only": False,
    },
    "users": 1,
    "clients": 1,
    "faults": 1,
    "expectations": 2,
    "files": [],
    "text": TEXT,
}
BROKEN = TEXT.replace("exactly: 1", "exactly: one").replace("CODE_EXPIRED", "CODE_EXPIRES")


def put(send: Asgi, text: str | bytes, **headers: str) -> Answer:
    body = text.encode() if isinstance(text, str) else text
    return send("PUT", f"{V1}/scenario", body, {**YAML, **headers})


def snapshot(send: Asgi) -> tuple[object, ...]:
    """All that a call may change."""
    desk = send.app.desk
    armed = [(each.id, each.fault, each.seen, each.hits) for each in desk.exchange.staging.armed]
    return (
        desk.exchange.world,
        desk.exchange.clock,
        desk.scenario,
        armed,
        list(desk.exchange.staging.waiting),
        desk.journal.newest(10),
        dict(desk.journal.tally),
    )


def test_another_scenario_is_played_from_its_start(send: Asgi) -> None:
    """PUT answers what GET gives; world, clock, faults and login are the scenario's; a reset comes back to it."""
    answer = put(send, TEXT)
    assert (answer.status, answer.json()) == (200, SHOWN)
    assert send("GET", f"{V1}/scenario").json() == SHOWN
    index = send("GET", V1).json()
    assert (index["scenario"], index["seed"], index["users"]) == ("mine", 7, 1)
    assert send("GET", f"{V1}/clock").json()["milliseconds"] == START
    assert [each["refuse"] for each in send("GET", f"{V1}/faults").json()["faults"]] == ["CODE_EXPIRED"]
    control(send, "/clock/advance", {"by": "1h"})
    assert send("POST", f"{V1}/reset").json()["milliseconds"] == START
    assert send("GET", f"{V1}/scenario").json() == SHOWN


def test_a_scenario_may_be_json(send: Asgi) -> None:
    """The same in JSON, escapes and all."""
    data = {"version": 1, "name": "mine", "description": "\U0001f600", "given": {"users": {"zoe": {"level": 3}}}}
    shown = put(send, json.dumps(data), **JSON).json()
    assert (shown["description"], shown["users"], shown["clients"]) == ("\U0001f600", 1, 0)
    assert send("GET", f"{V1}/users/zoe").json()["level"] == 3


def test_our_own_addresses_stay(send: Asgi) -> None:
    """A redirect URI that is a path is still on the origin that the server was started with."""
    send.app.desk.exchange.world = send.app.desk.exchange.world.put(origins=("https://sim.example",))
    put(send, TEXT.replace('"http://localhost:3000/callback"', "/demo/callback"))
    [client] = send("GET", V1, headers={"host": "sim.example"}).json()["clients"]
    assert client["redirect_uris"] == ["https://sim.example/demo/callback"]


def test_what_is_built_in_can_be_extended(send: Asgi) -> None:
    """`extends` finds our own scenarios; nothing else of this machine can be read by it."""
    shown = put(send, "version: 1\nname: more\nextends: demo\ngiven: {users: {zoe: {}}}\n").json()
    assert shown["users"] == len(load("demo").world.users) + 1
    for path in ("/etc/passwd", "../README", "scenarios/demo.yaml", "nothing"):
        problem = problem_of(put(send, f"version: 1\nname: x\nextends: {path}\n"), 422)
        assert {error["field"] for error in problem["errors"]} == {"extends"}


def test_no_path_of_the_machine_is_told(send: Asgi) -> None:
    """Files go by their bare names."""
    send.app.desk.apply(load("demo"))
    shown = send("GET", f"{V1}/scenario").json()
    assert shown["files"] == ["demo.yaml"]
    assert shown["text"] == load("demo").text


@pytest.mark.parametrize(("method", "path"), [("PUT", "/scenario"), ("POST", "/scenario/validate")])
def test_every_problem_has_its_place(send: Asgi, method: str, path: str) -> None:
    """422 with line, column, path and words for each; nothing has changed, not even a count."""
    put(send, TEXT)
    send("GET", "/_oauth/access-token?code=x")
    before = snapshot(send)
    problem = problem_of(send(method, V1 + path, BROKEN.encode(), YAML), 422)
    assert [(error["field"], error["line"], error["column"]) for error in problem["errors"]] == [
        ("faults[0].refuse", 12, 50),
        ("expect[0].exactly", 14, 41),
    ]
    assert "did you mean CODE_EXPIRED?" in problem["errors"][0]["detail"]
    assert snapshot(send) == before


def test_a_scenario_can_be_looked_over(send: Asgi) -> None:
    """`validate` answers what the scenario would be, and plays on."""
    before = snapshot(send)
    answer = send("POST", f"{V1}/scenario/validate", TEXT.encode(), YAML)
    assert (answer.status, answer.json()) == (200, {"valid": True, **{k: v for k, v in SHOWN.items() if k != "text"}})
    assert snapshot(send) == before


TEXTUAL = [
    ("PUT", "/scenario"),
    ("POST", "/scenario/validate"),
    ("PUT", "/faults"),
    ("POST", "/faults"),
    ("POST", "/verify"),
]


@pytest.mark.parametrize(("method", "path"), TEXTUAL)
@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_a_form_can_send_is_no_scenario(send: Asgi, method: str, path: str, kind: str) -> None:
    """415 names the types that are read; a form of another site can pretend none of them."""
    before = snapshot(send)
    problem = problem_of(send(method, V1 + path, TEXT.encode(), {"content-type": kind}), 415)
    assert problem["detail"] == "send application/yaml or application/json"
    assert snapshot(send) == before


@pytest.mark.parametrize(
    "kind",
    ["application/yaml", "text/yaml; charset=utf-8", "application/x-yaml", "Text/X-Yaml", "application/json"],
)
def test_yaml_has_many_names(send: Asgi, kind: str) -> None:
    """Each of them is read, and so is YAML that calls itself JSON."""
    assert put(send, TEXT, **{"content-type": kind}).status == 200


@pytest.mark.parametrize(("method", "path"), TEXTUAL)
def test_a_text_may_not_be_endless(send: Asgi, method: str, path: str) -> None:
    """A mebibyte is read, and a byte more is a 413; nothing has changed."""
    before = snapshot(send)
    problem_of(send(method, V1 + path, b"#" * 1_048_577, YAML), 413)
    assert snapshot(send) == before


def test_a_large_scenario_is_read(send: Asgi) -> None:
    """Larger than any other body may be."""
    assert put(send, TEXT + "#" + "x" * 900_000).status == 200
    assert problem_of(put(send, TEXT + "#" + "x" * 1_040_000), 422)["errors"][0]["line"] == 1


@pytest.mark.parametrize(("method", "path"), TEXTUAL)
@pytest.mark.parametrize("body", [b"\xff", b"[", b"1", b"- 1", b"a: &x 1\nb: *x", b"[" * 60_000, b"{a: 1, a: 2}"])
def test_a_text_that_is_none_is_a_problem(send: Asgi, method: str, path: str, body: bytes) -> None:
    """What is no UTF-8, no YAML, or YAML of another shape; nothing has changed."""
    before = snapshot(send)
    answer = send(method, V1 + path, body, YAML)
    problem_of(answer, 400 if body == b"\xff" else 422)
    assert snapshot(send) == before


def test_an_empty_scenario_lacks_everything(send: Asgi) -> None:
    """No body is no scenario."""
    problem = problem_of(send("PUT", f"{V1}/scenario"), 422)
    assert {"version", "name"} <= {error["field"] for error in problem["errors"]}


# --- verify


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b'{"expect": null}', b"# nothing"])
def test_who_names_no_expectations_asks_for_the_scenarios(send: Asgi, body: bytes) -> None:
    """An empty object is no verdict on nothing."""
    put(send, TEXT)
    assert len(problem_of(send("POST", f"{V1}/verify", body, YAML), 409)["results"]) == 2


def test_the_verdict_when_all_holds(send: Asgi) -> None:
    """200 with each expectation, what was counted, and a text for people."""
    put(send, TEXT)
    send("GET", "/_oauth/access-token?code=x")
    answer = send("POST", f"{V1}/verify")
    data = answer.json()
    assert (answer.status, answer.headers["content-type"], data["ok"]) == (200, "application/json", True)
    assert [(each["ok"], each["count"]) for each in data["results"]] == [(True, 1), (True, 0)]
    assert data["text"].splitlines()[-1] == "expectations that hold: 2 of 2"


def test_the_verdict_when_something_does_not_hold(send: Asgi) -> None:
    """409, a problem with the results and the same text; a reset counts anew."""
    put(send, TEXT)
    for _ in range(2):
        send("GET", "/_oauth/access-token?code=x")
    problem = problem_of(send("POST", f"{V1}/verify"), 409)
    assert (problem["ok"], problem["detail"]) == (False, "1 of 2 expectations failed")
    assert [(each["ok"], each["count"]) for each in problem["results"]] == [(False, 2), (True, 0)]
    assert "exchange_code: exactly 1, was 2" in problem["text"]
    send("POST", f"{V1}/reset")
    assert problem_of(send("POST", f"{V1}/verify"), 409)["results"][0]["count"] == 0


@pytest.mark.parametrize(
    ("expect", "status"),
    [
        ([], 200),
        ([{"operation": "exchange_code", "outcome": "CODE_UNKNOWN", "exactly": 1}], 200),
        ([{"operation": "exchange_code", "outcome": "OK", "at_least": 1}], 409),
        ([{"fact": "withdrawals_accepted", "exactly": 0}, {"operation": "exchange_code", "at_most": 0}], 409),
    ],
)
def test_other_expectations_can_be_asked(broker: Broker, expect: list[Any], status: int) -> None:
    """In place of the scenario's, for this once."""
    broker.exchange("x")
    answer = control(broker.send, "/verify", {"expect": expect})
    assert (answer.status, len(answer.json()["results"])) == (status, len(expect))
    assert broker.send("POST", f"{V1}/verify").status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"expect": [{"operation": "exchange_cod", "exactly": 1}]}, "expect[0].operation"),
        ({"expect": [{"operation": "withdraw"}]}, "expect[0]"),
        ({"expect": [{"operation": "withdraw", "user": "nobody", "exactly": 1}]}, "expect[0].user"),
        ({"expect": 1}, "expect"),
        ({"expected": []}, "expected"),
    ],
)
def test_an_expectation_that_cannot_be_is_a_problem(send: Asgi, body: dict[str, Any], field: str) -> None:
    """422 with its place, as in a scenario."""
    assert problem_of(control(send, "/verify", body), 422)["errors"][0]["field"] == field
