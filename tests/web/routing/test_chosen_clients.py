"""A workspace can have the client of a program whose client_id, secret and redirect URI cannot be changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from support.desk import query, token_query
from support.wire import FORM, JSON, REFRESH, TOKEN, V1, Answer, Asgi, Broker, control, problem_of
from support.workspaces import Inside, made, served_by, tenant

CALLBACK = "https://broker.example/cb"
ACME = {"client_id": "acme", "client_secret": "acme-secret", "redirect_uris": [CALLBACK]}
YAML = {"content-type": "application/yaml"}
TEXT = """
version: 1
name: mine
given:
  clients: {acme: {secret: s, redirect_uris: [https://broker.example/cb]}}
  users: {ann: {balances: {USDT: "5"}}}
faults: [{operation: exchange_code, client: acme, refuse: CODE_USED, times: 1}]
expect: [{operation: exchange_code, client: acme, at_least: 1}]
"""
NOTE = (
    "several workspaces have a client acme, and {} has none: say which one by the path prefix /w/NAME, the host "
    "NAME.localhost or the workspace's own port"
)


@pytest.fixture
def both(send: Asgi) -> tuple[Broker, Broker]:
    """Brokers with one client_id in the workspaces `one` and `two`."""
    one, two = (tenant(send, name=name, **ACME) for name in ("one", "two"))
    return one, two


def login(send: Asgi, path: str = "", headers: Mapping[str, str] = {}, client_id: str = "acme") -> Answer:
    return send("GET", f"{path}/oauth?{query(CALLBACK, client_id=client_id)}", b"", headers)


def code_of(send: Asgi, name: str) -> str:
    """A code of the workspace, for the client `acme`."""
    wanted = {"user": "alice", "client_id": "acme", "redirect_uri": CALLBACK, "state": "x"}
    code: str = control(send, f"/workspaces/{name}/authorizations", wanted).json()["code"]
    return code


def exchange(send: Asgi, code: str, path: str = "", client_id: str = "acme") -> Answer:
    asked = f"{token_query(code, CALLBACK, client_id)}".replace("demo-secret", "acme-secret")
    return send("GET", f"{path}{TOKEN}?{asked}")


def entries(send: Asgi, workspace: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = send("GET", f"/w/{workspace}{V1}/requests").json()["requests"]
    return listed


def test_all_is_said_in_one_call(send: Asgi) -> None:
    """The new workspace has the given client and no other, more users, and tells them."""
    told = made(send, name="one", scenario="user-frozen", users=["zoe:free:7"], **ACME)
    assert {name: told[name] for name in ACME} == ACME
    assert [client["client_id"] for client in told["clients"]] == ["acme"]
    assert (told["scenario"], "zoe" in told["users"]) == ("user-frozen", True)
    assert login(send, "/w/one").status == 200


@pytest.mark.parametrize("scenario", [TEXT, {"version": 1, "name": "mine", "given": {"clients": {"acme": {}}}}])
def test_a_scenario_of_ones_own_is_played_as_it_is_written(send: Asgi, scenario: object) -> None:
    """A scenario as YAML text or as an object keeps its names and its secrets; nothing is read from a file."""
    told = made(send, name="one", scenario=scenario)
    assert (told["client_id"], told["scenario"]) == ("acme", "mine")
    assert made(send, name="two", scenario=scenario)["client_id"] == "acme"
    assert told["client_secret"] == ("s" if scenario == TEXT else told["client_secret"]) != ""


def test_numbers_of_an_object_are_exact(send: Asgi) -> None:
    """A number in the object of a scenario is what it is in a text: 0.10 does not become a binary fraction."""
    wanted = b'{"name": "n", "scenario": {"version": 1, "name": "n", "seed": 12345678901234567, "given": {}}}'
    assert send("POST", f"{V1}/workspaces", wanted, JSON).json()["seed"] == 12345678901234567


def test_the_address_tells_workspaces_apart(send: Asgi, both: tuple[Broker, Broker]) -> None:
    """With one client_id in two workspaces, path and Host decide; nothing is noted and nobody else has an entry."""
    for name in ("one", "two"):
        for path, headers in ((f"/w/{name}", {}), ("", {"host": f"{name}.localhost"})):
            answer = login(send, path, headers)
            assert (served_by(answer), answer.status) == (name, 200)
            assert "x-sim-note" not in answer.headers
    assert [len(entries(send, name)) for name in ("one", "two", "default")] == [2, 2, 0]


def test_codes_and_tokens_still_lead_to_their_workspace(send: Asgi, both: tuple[Broker, Broker]) -> None:
    """Without an address a code, a token and a key lead to the workspace that minted them."""
    answer = exchange(send, code_of(send, "two"))
    assert (served_by(answer), answer.status) == ("two", 200)
    added = both[0].add_key(answer.json()["access_token"])
    assert (served_by(added), added.status) == ("two", 200)


def test_a_client_id_that_decides_nothing_is_noted(send: Asgi, both: tuple[Broker, Broker]) -> None:
    """Without an address the default workspace refuses a client of several others, and says why on the answer."""
    answer = login(send)
    assert (served_by(answer), answer.status, answer.headers["x-sim-note"]) == ("default", 400, NOTE.format("default"))
    [entry] = send("GET", f"{V1}/requests/unrouted").json()["requests"]
    assert entry["notes"] == [NOTE.format("default")]
    made(send, name="three")
    assert login(send, "/w/three").headers["x-sim-note"] == NOTE.format("three")


def test_the_default_workspaces_own_client_is_served_by_it(send: Asgi) -> None:
    """If the default workspace has the client, it serves calls without an address."""
    made(send, name="one", client_id="demo-broker", redirect_uris=[CALLBACK])
    answer = send("GET", f"/oauth?{query()}")
    assert (served_by(answer), answer.status) == ("default", 200)
    assert "x-sim-note" not in answer.headers
    assert served_by(login(send, "/w/one", client_id="demo-broker")) == "one"


def test_a_client_of_one_workspace_leads_there(send: Asgi, both: tuple[Broker, Broker]) -> None:
    """As soon as one workspace is left, its client_id is enough; when none is left, the entry says so."""
    send("DELETE", f"{V1}/workspaces/one")
    assert served_by(login(send)) == "two"
    assert login(send, "/w/default").headers["x-sim-note"].startswith("addressed to workspace default, but served by")
    send("DELETE", f"{V1}/workspaces/two")
    ended = login(send)
    assert served_by(ended) == "default"
    assert ended.headers["x-sim-note"].startswith("the credential's workspace two has ended")
    tenant(send, name="two", **ACME)
    assert served_by(login(send)) == "two"


def test_every_credential_is_looked_at(send: Asgi, both: tuple[Broker, Broker]) -> None:
    """A call under its workspace's address that carries another one's code is noted there, and in both journals."""
    made(send, name="three", client_id="other", redirect_uris=[CALLBACK])
    code = code_of(send, "two")
    answer = send("GET", f"/w/three{TOKEN}?client_id=other&grant_type=authorization_code&code={code}")
    note = "its code is of workspace two, but served by three: its client_id counts before it"
    assert (served_by(answer), answer.status, answer.headers["x-sim-note"]) == ("three", 400, note)
    assert [entries(send, name)[0]["notes"][0] for name in ("three", "two")] == [note, note]
    assert entries(send, "two")[0]["outcome"] == "NOT_PERFORMED"
    answer = exchange(send, code, "/w/three", "other")
    note = "addressed to workspace three, but served by two: its code counts before the address"
    assert (served_by(answer), answer.headers["x-sim-note"]) == ("two", note)


def test_path_and_host_may_differ(send: Asgi, both: tuple[Broker, Broker]) -> None:
    """A path counts before a Host of another workspace, which is noted, too, whatever the credential says."""
    answer = login(send, "/w/one", {"host": "two.localhost"})
    note = "its Host is of workspace two, but served by one: its address counts before it"
    assert (served_by(answer), answer.headers["x-sim-note"]) == ("one", note)
    assert entries(send, "two")[0]["notes"] == [note]
    answer = send("GET", f"/w/one{TOKEN}?code={code_of(send, 'two')}", b"", {"host": "three.localhost"})
    assert (
        answer.headers["x-sim-note"]
        == "addressed to workspace one, but served by two: its code counts before the address"
    )


@pytest.mark.parametrize("name", ["client%5Fid", "%63lient_id", "client_i%64"])
def test_an_encoded_name_hides_no_credential(send: Asgi, name: str) -> None:
    """A parameter is found by its decoded name, as the exchange finds it."""
    tenant(send, name="one")
    target = f"/oauth?{query(client_id='demo-broker-one')}".replace("client_id", name)
    assert served_by(send("GET", target)) == "one"
    assert send("GET", f"/w/default{target}").headers["x-sim-note"].startswith("addressed to workspace default")


@pytest.mark.parametrize("kind", ["form", "JSON"])
def test_a_client_id_in_a_body_counts(send: Asgi, kind: str) -> None:
    """A refresh with a token that nobody minted is the workspace's whose client_id is in the body."""
    tenant(send, name="one")
    client_id = "demo-broker-one"
    fields = {"grant_type": "refresh_token", "refresh_token": "nothing", "client_id": client_id, "client_secret": "x"}
    body = json.dumps(fields) if kind == "JSON" else "&".join(f"{name}={text}" for name, text in fields.items())
    answer = send("POST", REFRESH, body.encode(), JSON if kind == "JSON" else FORM)
    assert (served_by(answer), answer.status) == ("one", 400)
    made(send, name="two")
    answer = send("POST", f"/w/two{REFRESH}", body.encode(), JSON if kind == "JSON" else FORM)
    note = "addressed to workspace two, but served by one: its client_id counts before the address"
    assert (served_by(answer), answer.headers["x-sim-note"]) == ("one", note)


# --- Other scenarios in a workspace with a given client


@pytest.mark.parametrize("text", ["version: 1\nname: x\nextends: demo\n", TEXT], ids=["demo", "own"])
def test_the_client_stays_when_another_scenario_is_played(send: Asgi, text: str) -> None:
    """Another scenario is played by the given client, with its secret and its redirect URIs."""
    made(send, name="one", **ACME)
    assert send("PUT", f"/w/one{V1}/scenario", text.encode(), YAML).status == 200
    told = send("GET", f"{V1}/workspaces/one").json()
    assert {name: told[name] for name in ACME} == ACME
    assert len(told["clients"]) == 1
    assert send("POST", f"/w/one{V1}/reset").status == 200
    assert {name: send("GET", f"{V1}/workspaces/one").json()[name] for name in ACME} == ACME


@pytest.mark.parametrize("name", ["acme", "demo-broker"])
def test_a_text_means_the_given_client(send: Asgi, name: str) -> None:
    """A text that extends another one changes the inherited client, by its name there or here; faults are its, too."""
    made(send, name="one", **ACME)
    fault = f"faults: [{{operation: exchange_code, client: {name}, match: {{client_id: {name}}}, refuse: CODE_USED}}]"
    text = f"version: 1\nname: x\nextends: demo\ngiven: {{clients: {{{name}: {{name: Changed}}}}}}\n{fault}\n"
    assert send("PUT", f"/w/one{V1}/scenario", text.encode(), YAML).status == 200
    [client] = send("GET", f"/w/one{V1}/clients").json()["clients"]
    assert (client["client_id"], client["name"]) == ("acme", "Changed")
    [armed] = send("GET", f"/w/one{V1}/faults").json()["faults"]
    assert (armed["client"], armed["match"]) == ("acme", {"client_id": "acme"})


def test_a_scenario_without_such_a_client_is_refused(send: Asgi) -> None:
    """Of several clients none is taken for the given one; a scenario that has it keeps the others."""
    made(send, name="one", **ACME)
    text = "version: 1\nname: x\ngiven: {clients: {a: {}, b: {}}}\n"
    problem = problem_of(send("PUT", f"/w/one{V1}/scenario", text.encode(), YAML), 422)
    assert problem["errors"][0]["detail"].startswith("the scenario has the clients a, b; give one of them as client_id")
    assert send("GET", f"{V1}/workspaces/one").json()["scenario"] == "demo"
    text = text.replace("{a", "{acme: {name: Mine}, a")
    assert send("PUT", f"/w/one{V1}/scenario", text.encode(), YAML).status == 200
    told = send("GET", f"{V1}/workspaces/one").json()
    assert (told["client_id"], [client["client_id"] for client in told["clients"]]) == ("acme", ["a", "acme", "b"])
    empty = "version: 1\nname: x\ngiven: {users: {ann: {}}}\n"
    assert send("PUT", f"/w/one{V1}/scenario", empty.encode(), YAML).status == 200
    assert send("GET", f"{V1}/workspaces/one").json()["client_secret"] == "acme-secret"


def test_what_is_not_given_is_minted(send: Asgi) -> None:
    """A given client_id has a secret of the workspace's own, the same whatever scenario is played."""
    first = made(send, name="one", client_id="acme")
    assert first["client_secret"] not in ("", "demo-secret", made(send, name="two", client_id="acme")["client_secret"])
    assert first["redirect_uris"]
    text = "version: 1\nname: x\ngiven: {clients: {zeta: {}}}\n"
    assert send("PUT", f"/w/one{V1}/scenario", text.encode(), YAML).status == 200
    assert send("GET", f"{V1}/workspaces/one").json()["client_secret"] == first["client_secret"]


def test_a_secret_alone_is_of_the_minted_client(send: Asgi) -> None:
    """A secret or redirect URIs without a client_id are those of the scenario's one client."""
    told = made(send, name="one", client_secret="mine", redirect_uris=[CALLBACK])
    assert (told["client_id"], told["client_secret"], told["redirect_uris"]) == ("demo-broker-one", "mine", [CALLBACK])


def test_a_flow_of_a_hard_wired_client(send: Asgi, both: tuple[Broker, Broker]) -> None:
    """The same calls in both workspaces, each under its address, from consent to a key, without a trace elsewhere."""
    for name in ("one", "two"):
        answer = exchange(send, code_of(send, name), f"/w/{name}")
        assert (served_by(answer), answer.status) == (name, 200)
        inside = Broker(Inside(send, name), client_id="acme")
        assert served_by(inside.add_key(answer.json()["access_token"])) == name
    assert [len(entries(send, name)) for name in ("one", "two", "default")] == [3, 3, 0]
