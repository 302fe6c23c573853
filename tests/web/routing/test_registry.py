"""Workspaces are made, listed and ended; the idle ones end by themselves; none can be taken for another."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.demo_world import CALLBACK
from support.desk import START, token_query
from support.wire import SCENARIO, TOKEN, V1, Asgi, Broker, control, problem_of, still_app
from support.workspaces import FROZEN, Inside, asks, made, names, served_by, tenant

from simulator.core import mint
from simulator.messages import Request
from simulator.scenario.loader import read
from simulator.web.routing import workspaces as module
from simulator.web.routing.workspaces import WorkspaceError, Workspaces

# --- Making


def test_what_a_new_workspace_tells(send: Asgi) -> None:
    """The answer has all that a client needs, and the same is told of a workspace later."""
    told = made(send, name="Suite_1-a", ttl="90s")
    assert told["name"] == "suite_1-a"
    assert told["client_id"] == "demo-broker-suite_1-a"
    assert told["client_secret"] not in ("", "demo-secret")
    assert CALLBACK in told["redirect_uris"]
    assert told["users"] == ["alice", "bob", "carol", "dave", "erin", "frank", "operator"]
    assert (told["scenario"], told["seed"], told["ttl"]) == ("demo", 0, "1m30s")
    assert told["urls"] == {
        "base": "http://127.0.0.1:8080/w/suite_1-a",
        "host": "http://suite_1-a.localhost:8080",
        "control": "http://127.0.0.1:8080/_sim/v1/workspaces/suite_1-a",
        "port": None,
    }
    again = send("GET", f"{V1}/workspaces/SUITE_1-A").json()
    assert {**again, "idle": 0} == {**told, "idle": 0}


def test_names_are_counted_when_none_is_given(send: Asgi) -> None:
    """Without a name a workspace is called w1, w2 ...; a number that is taken or was given is not given again."""
    made(send, name="w2")
    assert [made(send)["name"] for _ in range(2)] == ["w1", "w3"]
    send("DELETE", f"{V1}/workspaces/w3")
    assert made(send)["name"] == "w4"


def test_another_scenario_and_seed(send: Asgi) -> None:
    """A built-in scenario can be played by name with another seed, and the default workspace's is untouched."""
    told = made(send, name="one", scenario="user-frozen", seed=7)
    assert (told["scenario"], told["seed"]) == ("user-frozen", 7)
    assert send("GET", f"{V1}/workspaces/one/scenario").json()["name"] == "user-frozen"
    assert send("GET", f"{V1}/scenario").json()["name"] == "demo"


def test_the_fork_is_of_the_default_workspaces_scenario(send: Asgi) -> None:
    """A workspace begins where the scenario begins, whatever has happened in the default workspace since."""
    default = Broker(send, lambda: START)
    default.withdraw(default.key("frank"))
    one = tenant(send, name="one")
    assert one.balance("frank") != default.balance("frank")
    assert send("PUT", f"{V1}/scenario", FROZEN.encode(), {"content-type": "application/yaml"}).status == 200
    assert made(send, name="two")["scenario"] == "still"


REFUSED: dict[str, tuple[dict[str, object], int, str]] = {
    "empty name": ({"name": ""}, 400, "name must be 1 to 63 letters, digits, - and _"),
    "slash": ({"name": "a/b"}, 400, "name must be"),
    "dot": ({"name": "a.b"}, 400, "name must be"),
    "umlaut": ({"name": "ä"}, 400, "name must be"),
    "long name": ({"name": "a" * 64}, 400, "name must be"),
    "number for a name": ({"name": 1}, 400, "name must be"),
    "default": ({"name": "Default"}, 409, "there is a workspace Default already"),
    "taken": ({"name": "ONE"}, 409, "there is a workspace ONE already"),
    "negative seed": ({"seed": -1}, 400, "seed must be a whole number"),
    "text for a seed": ({"seed": "1"}, 400, "seed must be a whole number"),
    "boolean for a seed": ({"seed": True}, 400, "seed must be a whole number"),
    "huge seed": ({"seed": 10**18}, 400, "seed must be a whole number"),
    "no ttl": ({"ttl": "0s"}, 400, "ttl must be a duration"),
    "number for a ttl": ({"ttl": 10}, 400, "ttl must be a string"),
    "wrong ttl": ({"ttl": "soon"}, 400, "ttl must be a duration"),
    "unknown scenario": (
        {"scenario": "nothing"},
        400,
        "scenario must be a built-in scenario or the text of one; 'nothing' is none",
    ),
    "a file's path": ({"scenario": "scenarios/demo.yaml"}, 400, "scenario must be a built-in scenario"),
    "unknown field": ({"people": 3}, 400, "unknown fields"),
    "number for a scenario": ({"scenario": 3}, 400, "scenario must be a string or an object"),
    "scenario with a mistake": ({"scenario": "version: 1\nname: x\n"}, 422, "1 problem"),
    "scenario of a wrong form": ({"scenario": {"version": 1, "name": "x", "given": 3}}, 422, "1 problem"),
    "number for a client_id": ({"client_id": 3}, 400, "client_id must be a string"),
    "long client_id": ({"client_id": "a" * 256}, 400, "client_id must be at most 255 printable characters"),
    "newline in a secret": ({"client_secret": "a\nb"}, 400, "client_secret must be at most 255 printable"),
    "text for redirect URIs": ({"redirect_uris": "http://localhost/"}, 400, "redirect_uris must be a list"),
    "wrong redirect URI": ({"redirect_uris": ["localhost"]}, 400, "redirect_uris 'localhost' is neither a URL"),
    "number for a user": ({"users": [3]}, 400, "users must be a list of strings"),
    "wrong user": ({"users": ["zoe"]}, 400, "users 'zoe' is not NAME:FACTORS:BALANCE"),
    "client of no one": (
        {"client_id": "c", "scenario": "version: 1\nname: x\ngiven: {clients: {a: {}, b: {}}}\n"},
        422,
        "1 problem",
    ),
    "minted name of another": ({"client_id": "demo-broker-one"}, 409, "one has a client demo-broker-one already"),
}


@pytest.mark.parametrize(("wanted", "status", "detail"), REFUSED.values(), ids=REFUSED)
def test_a_workspace_that_cannot_be(send: Asgi, wanted: dict[str, object], status: int, detail: str) -> None:
    """A wish that cannot be met is a problem that names what is wrong, and nothing is made."""
    made(send, name="one")
    assert problem_of(control(send, "/workspaces", wanted), status)["detail"].startswith(detail)
    assert [each["name"] for each in send("GET", f"{V1}/workspaces").json()["workspaces"]] == ["one"]


def test_when_all_places_are_taken(runner: Any) -> None:
    """With as many workspaces as there is room for, the next is refused with what to do; an end makes room."""
    app = still_app()
    app.workspaces.capacity = 2
    send = Asgi(app, runner)
    for name in ("one", "two"):
        made(send, name=name)
    detail = problem_of(control(send, "/workspaces", {}), 429)["detail"]
    assert "there are 2 workspaces already" in detail
    assert "DELETE" in detail
    assert send("DELETE", f"{V1}/workspaces/one").status == 204
    assert made(send)["name"] == "w1"


def test_marks_that_are_alike_are_refused(known: Workspaces, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two names whose five bytes are alike cannot both be workspaces, and none can be taken for the default one."""
    marks = {"default": "00" * 5, "one": "11" * 5, "two": "11" * 5, "three": "00" * 5}
    monkeypatch.setattr(module, "workspace_mark", marks.__getitem__)
    known = Workspaces(known.home)
    known.create(SCENARIO, "one")
    with pytest.raises(WorkspaceError, match="could not be distinguished from those of one"):
        known.create(SCENARIO, "two")
    with pytest.raises(WorkspaceError, match="could not be distinguished from those of default"):
        known.create(SCENARIO, "three")
    assert names(known) == ["one"]


def test_client_ids_that_are_alike_are_refused(known: Workspaces) -> None:
    """A workspace whose client_id another one has already is refused: the id could lead to both."""
    base = "version: 1\nname: x\ngiven: {clients: {c: {}, c-b: {}}}\n"
    known.create(read(base.replace("c: {}, ", ""), "x"), "a")
    with pytest.raises(WorkspaceError, match="a has a client c-b-a already"):
        known.create(read(base.replace(", c-b: {}", ""), "x"), "b-a")
    known.home.apply(read(base, "x"))
    with pytest.raises(WorkspaceError, match="default has a client c-b already"):
        known.create(known.home.scenario, "b")


def test_names_with_dashes_find_their_clients(known: Workspaces) -> None:
    """Where a client_id could be of two workspaces by its end, it is of the one that has such a client."""
    base = "version: 1\nname: x\ngiven: {clients: {NAME: {}}}\n"
    known.create(read(base.replace("NAME", "c"), "x"), "x-b")
    known.create(read(base.replace("NAME", "d-x"), "x"), "b")
    assert known.route(asks("c-x-b"))[0].exchange.world.workspace == "x-b"
    assert known.route(asks("d-x-b"))[0].exchange.world.workspace == "b"


def test_explicit_keys_go_with_the_client_of_the_workspace(known: Workspaces) -> None:
    """A key that the scenario names is of the workspace's own client, and so are faults and expectations."""
    key = "{key: 0123456789abcdef01234567, secret: s, passphrase: p, groups: [API_SPOT]}"
    text = (
        "version: 1\nname: x\ngiven: {clients: {c: {}}, users: {ann: {api_keys: [KEY]}}}\n"
        "faults: [{operation: exchange_code, client: c, match: {client_id: c}, network: reset}]\n"
        "expect: [{operation: exchange_code, client: c, exactly: 0}]\n"
    )
    desk = known.create(read(text.replace("KEY", key), "x"), "one").desk
    [mine] = desk.exchange.world.api_keys.values()
    [armed] = desk.exchange.staging.armed
    assert (mine.client_id, mine.api_name[:2]) == ("c-one", "c-")
    assert (armed.fault.client, armed.fault.match[0].equals) == ("c-one", "c-one")
    assert desk.scenario.expect[0].client == "c-one"


def test_secrets_are_a_workspaces_own(known: Workspaces) -> None:
    """Client secrets and broker keys differ from the scenario's and between workspaces and seeds; users are shared."""
    worlds = [known.create(SCENARIO, name, seed).desk.exchange.world for name, seed in (("a", 0), ("b", 0), ("c", 1))]
    clients = [SCENARIO.world.clients["demo-broker"], *(next(iter(world.clients.values())) for world in worlds)]
    assert len({client.secret for client in clients}) == len({client.broker_key for client in clients}) == 4
    assert all(world.users is SCENARIO.world.users for world in worlds)


# --- Playing another scenario


def test_another_scenario_in_a_workspace_keeps_its_names(send: Asgi) -> None:
    """A scenario that is put into a workspace gets clients that name the workspace, and its calls still find it."""
    one = tenant(send, name="one")
    answer = one.send("PUT", f"{V1}/scenario", FROZEN.encode(), {"content-type": "application/yaml"})
    assert answer.status == 200
    assert one.send("GET", f"{V1}/clock").json()["now"] == "2026-06-01T00:00:00.000Z"
    assert send("GET", f"/w/one{V1}").json()["workspace"] == "one"
    assert served_by(one.exchange(one.authorize())) == "one"
    assert send("GET", f"{V1}/scenario").json()["name"] == "demo"


# --- Sameness


def test_same_name_seed_and_calls_give_the_same_bytes(runner: Any) -> None:
    """Two servers on which workspaces of the same name and seed get the same calls answer with the same bytes."""

    def told(others: int, **wanted: object) -> list[bytes]:
        send = Asgi(still_app(), runner)
        send("PUT", f"{V1}/scenario", FROZEN.encode(), {"content-type": "application/yaml"})
        for _ in range(others):
            tenant(send).tokens()
        answers = [control(send, "/workspaces", wanted).json()]
        answers[0].pop("idle")
        one = Broker(Inside(send, answers[0]["name"]), client_id=answers[0]["client_id"])
        code = one.authorize()
        first = one.exchange(code)
        second = one.refresh(first.json()["refresh_token"])
        added = one.add_key(second.json()["access_token"])
        return [json.dumps(answers).encode(), code.encode(), first.body, second.body, added.body]

    base = told(0, name="one")
    assert told(3, name="one") == base
    created, code, *others = told(0, name="one", seed=1)
    assert not {created, *others} & {*base}
    assert code == base[1]  # an ObjectId is time, workspace and counter: no seed is in it
    assert not {*told(0, name="two")} & {*base}


def test_marks_do_not_depend_on_the_order_of_creation(known: Workspaces) -> None:
    """The five bytes in a workspace's credentials come from its name alone."""
    for name in ("b", "a"):
        known.create(SCENARIO, name)
    assert known.route(_code(mint.workspace_mark("a")))[0].exchange.world.workspace == "a"
    assert known.route(_code(mint.workspace_mark("b").upper()))[0].exchange.world.workspace == "b"


def _code(mark: str) -> Request:
    return Request("GET", TOKEN, token_query(f"00000000{mark}000000", client_id="x"), {}, "", b"")
