"""In a workspace a client has one name: the `client_id` that the workspace has told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.demo_world import CALLBACK
from support.wire import JSON, TOKEN, V1, Answer, Asgi, Broker, control, problem_of
from support.workspaces import made, served_by, tenant

YAML = {"content-type": "application/yaml"}
NAMES = ("demo-broker", "demo-broker-t1")


@pytest.fixture
def broker_t1(send: Asgi) -> Broker:
    """The broker of the workspace `t1`."""
    return tenant(send, name="t1")


def put(send: Asgi, text: str, workspace: str = "/workspaces/t1") -> Answer:
    return send("PUT", f"{V1}{workspace}/scenario", text.encode(), YAML)


def clients(send: Asgi) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = send("GET", f"/w/t1{V1}/clients").json()["clients"]
    return listed


def whole(name: str, elsewhere: str) -> str:
    """A scenario that names its one client in every place where a client can be named."""
    return f"""
version: 1
name: named
given:
  clients: {{{name}: {{name: Mine, redirect_uris: [http://localhost/cb], invited: [ann]}}}}
  users:
    ann:
      balances: {{USDT: "5"}}
      api_keys:
        - {{key: "0123456789abcdef01234567", secret: s, passphrase: p, groups: [API_SPOT], client: {elsewhere}}}
  trades:
    - {{user: ann, at: 2026-01-01T00:00:00Z, trade_type: SPOT, volume: "1", fee: "1", client: {elsewhere}}}
faults: [{{operation: exchange_code, client: {elsewhere}, match: {{client_id: {elsewhere}}}, network: reset, times: 1}}]
expect:
  - {{operation: exchange_code, client: {elsewhere}, exactly: 0}}
  - any_of:
      - {{operation: exchange_code, client: {elsewhere}, exactly: 0}}
      - [{{operation: withdraw, client: {elsewhere}, exactly: 0}}]
"""


@pytest.mark.parametrize("elsewhere", NAMES)
@pytest.mark.parametrize("name", NAMES)
def test_both_names_mean_one_client(send: Asgi, broker_t1: Broker, name: str, elsewhere: str) -> None:
    """However a scenario for the workspace calls its client, there is one, and keys, books, faults, expect are its."""
    assert put(send, whole(name, elsewhere)).status == 200
    desk = send.app.workspaces.get("t1").desk
    world = desk.exchange.world
    [key] = world.api_keys.values()
    [armed] = desk.exchange.staging.armed
    expectation, alternatives = desk.scenario.expect
    assert [one.client for alternative in alternatives.any_of for one in alternative] == ["demo-broker-t1"] * 2
    assert list(world.clients) == list(world.broker_books) == ["demo-broker-t1"]
    assert key.client_id == armed.fault.client == armed.fault.match[0].equals == expectation.client == "demo-broker-t1"
    assert served_by(send("GET", f"/oauth?client_id={broker_t1.client_id}")) == "t1"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_extended_is_amended(send: Asgi, broker_t1: Broker, name: str) -> None:
    """A change of the inherited client is no second client, and the fault strikes its calls."""
    text = f"version: 1\nname: x\nextends: demo\ngiven: {{clients: {{{name}: {{name: Changed}}}}}}\n"
    fault = f"faults: [{{operation: exchange_code, client: {name}, refuse: CODE_USED}}]\n"
    assert put(send, text + fault).status == 200
    assert [(each["client_id"], each["name"]) for each in clients(send)] == [("demo-broker-t1", "Changed")]
    assert send("GET", f"{TOKEN}?client_id=demo-broker-t1&code=x").headers["x-sim-entry"].startswith("t1/")


def test_both_names_at_once_are_refused(send: Asgi, broker_t1: Broker) -> None:
    """Two clients that would be one are a problem that names both, and nothing is changed."""
    text = "version: 1\nname: x\ngiven:\n  clients:\n    demo-broker: {}\n    demo-broker-t1: {}\n"
    [error, *_] = problem_of(put(send, text), 422)["errors"]
    assert (error["field"], error["line"]) == ("given.clients.demo-broker-t1", 6)
    assert error["detail"] == "is demo-broker of line 5: both names mean one client in workspace t1"
    assert [each["client_id"] for each in clients(send)] == ["demo-broker-t1"]
    validated = send("POST", f"{V1}/workspaces/t1/scenario/validate", text.encode(), YAML)
    assert problem_of(validated, 422)["errors"][0] == error


def test_a_client_of_ones_own_keeps_its_name(send: Asgi, broker_t1: Broker) -> None:
    """A client that the workspace did not begin with has the name, the secret and the faults that are written."""
    text = (
        "version: 1\nname: x\ngiven: {clients: {acme: {secret: mine}}}\n"
        "faults: [{operation: exchange_code, client: acme, refuse: CODE_USED}]\n"
    )
    assert put(send, text).status == 200
    assert [(each["client_id"], each["secret"]) for each in clients(send)] == [("acme", "mine")]
    [fault] = send("GET", f"/w/t1{V1}/faults").json()["faults"]
    assert fault["client"] == "acme"
    assert served_by(send("GET", "/w/t1/oauth?client_id=acme")) == "t1"


def test_elsewhere_both_are_two_clients(send: Asgi) -> None:
    """In the default workspace a name is what is written, and another workspace's ending is no ending."""
    made(send, name="t2")
    text = "version: 1\nname: x\ngiven: {clients: {demo-broker: {}, demo-broker-t1: {}}}\n"
    assert put(send, text, "").status == 200
    assert sorted(send.app.desk.exchange.world.clients) == ["demo-broker", "demo-broker-t1"]
    assert put(send, text, "/workspaces/t2").status == 200
    named = sorted(send.app.workspaces.get("t2").desk.exchange.world.clients)
    assert named == ["demo-broker-t1", "demo-broker-t2"]


def test_every_call_takes_the_one_name(send: Asgi, broker_t1: Broker) -> None:
    """Faults, expectations, keys, clock, filters and the client's own address take the workspace's name for it."""
    name = broker_t1.client_id
    fault = {"operation": "exchange_code", "client": name, "match": {"client_id": name}, "refuse": "CODE_USED"}
    told = control(send, "/workspaces/t1/faults", fault)
    assert (told.status, told.json()["client"], told.json()["match"]) == (201, name, {"client_id": name})
    none = {"operation": "exchange_code", "client": name, "exactly": 0}
    expected = {"expect": [none, {"any_of": [none, [none, none]]}]}
    assert control(send, "/workspaces/t1/verify", expected).status == 200
    key = {"key": "given", "secret": "s", "passphrase": "p", "groups": [], "client": name}
    body = json.dumps({"api_keys": [key]}).encode()
    assert send("PATCH", f"{V1}/workspaces/t1/users/alice", body, JSON).status == 200
    [shown] = send("GET", f"{V1}/workspaces/t1/api-keys?user=alice&client={name}").json()["api_keys"]
    assert shown["client"] == name
    broker_t1.authorize()
    [entry] = send("GET", f"{V1}/workspaces/t1/requests?client={name}").json()["requests"]
    assert entry["operation"] == "authorize"
    event = {"to_event": "authorization_code_expiry", "client": name}
    assert control(send, "/workspaces/t1/clock/advance", event).status == 200
    for method, sent in (("GET", b""), ("PATCH", b'{"name": "A"}'), ("PUT", b'{"name": "B"}')):
        answer = send(method, f"{V1}/workspaces/t1/clients/{name}", sent, JSON)
        assert (answer.status, answer.json()["client_id"]) == (200, name)
    assert [each["name"] for each in clients(send)] == ["B"]


def test_no_call_takes_the_scenarios_name(send: Asgi, broker_t1: Broker) -> None:
    """The name that the client has in the scenario is unknown in the workspace: no call takes one name of two."""
    name = "demo-broker"
    for call, part in (
        ("faults", {"operation": "exchange_code", "client": name, "refuse": "CODE_USED"}),
        ("verify", {"expect": [{"operation": "exchange_code", "client": name, "exactly": 0}]}),
    ):
        [error] = problem_of(control(send, f"/workspaces/t1/{call}", part), 422)["errors"]
        assert (
            error["detail"]
            == "unknown client demo-broker; given.clients has demo-broker-t1 (did you mean demo-broker-t1?)"
        )
    key = {"key": "given", "secret": "s", "passphrase": "p", "groups": [], "client": name}
    body = json.dumps({"api_keys": [key]}).encode()
    problem_of(send("PATCH", f"{V1}/workspaces/t1/users/alice", body, JSON), 422)
    problem_of(send("GET", f"{V1}/workspaces/t1/clients/{name}"), 404)
    wanted = {"user": "alice", "client_id": name, "redirect_uri": CALLBACK, "state": "x"}
    assert control(send, "/workspaces/t1/authorizations", wanted).status == 404
    event = {"to_event": "authorization_code_expiry", "client": name}
    assert control(send, "/workspaces/t1/clock/advance", event).status in (400, 404, 409)
    assert send("GET", f"{V1}/workspaces/t1/requests?client={name}&operation=exchange_code").json()["requests"] == []


def test_a_name_that_the_workspace_has_is_not_changed(send: Asgi, broker_t1: Broker) -> None:
    """A client that was added under an id of its own is found by it, and an unknown one is told as it was written."""
    assert send("PUT", f"{V1}/workspaces/t1/clients/mine", b"{}", JSON).json()["client_id"] == "mine"
    assert send("GET", f"{V1}/workspaces/t1/clients/mine").json()["client_id"] == "mine"
    refused = control(send, "/workspaces/t1/faults", {"operation": "withdraw", "client": "theirs", "network": "reset"})
    assert "unknown client theirs" in problem_of(refused, 422)["errors"][0]["detail"]


def test_what_only_looks_like_a_name_is_left_alone(send: Asgi, broker_t1: Broker) -> None:
    """A header and a body that a fault makes up are as they were written."""
    respond = {"status": 200, "headers": {"client": "demo-broker-t1"}, "body": "demo-broker-t1"}
    scenario = {
        "version": 1,
        "name": "x",
        "given": {"clients": {"demo-broker-t1": {}}},
        "faults": [{"operation": "exchange_code", "respond": respond}],
    }
    body = json.dumps(scenario).encode()
    assert send("PUT", f"{V1}/workspaces/t1/scenario", body, JSON).status == 200
    [fault] = send("GET", f"{V1}/workspaces/t1/faults").json()["faults"]
    assert fault["respond"] == respond
