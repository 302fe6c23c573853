"""A workspace ends when it is deleted or has been idle for its ttl; then nobody knows its credentials."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.desk import query
from support.wire import SCENARIO, V1, Asgi, Http, problem_of, still_app
from support.workspaces import Hand, asks, made, names, served_by, tenant

from simulator.core.market.server import GetServerTime
from simulator.core.world import Stack
from simulator.core.world.folds import Folds
from simulator.messages import ABANDONED, Request
from simulator.scenario.staging.faults import Fault
from simulator.web.app import App
from simulator.web.endpoints.envelope import Family
from simulator.web.routing.paths import Destination
from simulator.web.routing.workspaces import REMEMBERED, FullError, Workspaces
from simulator.web.server import LocalServer


def test_a_deleted_workspaces_credentials_are_unknown(send: Asgi) -> None:
    """After its end a workspace's credentials are refused as unknown, and the entry says why."""
    one = tenant(send, name="one")
    tokens, key, code = one.tokens(), one.key(), one.authorize()
    assert send("DELETE", f"{V1}/workspaces/one").status == 204
    calls = [
        one.exchange(code),
        one.add_key(tokens["access_token"]),
        one.refresh(tokens["refresh_token"]),
        send("GET", f"/oauth?{query(client_id=one.client_id)}"),
        one.withdraw(key),
    ]
    assert [served_by(answer) for answer in calls] == ["default"] * len(calls)
    assert [answer.status for answer in calls] == [400, 401, 400, 400, 400]
    said = "the credential's workspace one has ended: it was deleted, or idle for longer than its ttl"
    unrouted = send("GET", f"{V1}/requests/unrouted").json()["requests"]
    assert len(unrouted) == len(calls)
    assert all(said in entry["notes"] for entry in unrouted)
    problem = problem_of(send("GET", f"{V1}/workspaces/one"), 404)
    assert problem["detail"] == "workspace one has ended: it was deleted, or idle for longer than its ttl"


def test_a_name_can_be_used_again(send: Asgi) -> None:
    """A workspace may have the name of one that has ended; it begins at its start and knows nothing of the old one."""
    one = tenant(send, name="one")
    tokens = one.tokens()
    send("DELETE", f"{V1}/workspaces/one")
    tenant(send, name="one")
    answer = one.refresh(tokens["refresh_token"])
    assert (served_by(answer), answer.status) == ("one", 400)


@pytest.mark.parametrize(
    "target", [f"{V1}/reset", "/", f"/oauth?{query()}", "/api/v1/timestamp", f"{V1}/workspaces/x/y"]
)
def test_the_host_of_an_ended_workspace_leads_nowhere(send: Asgi, target: str) -> None:
    """Whoever still uses the host name of an ended workspace is refused, and changes nothing in the default one."""
    tenant(send, name="one")
    send("DELETE", f"{V1}/workspaces/one")
    before = send.app.desk.exchange.mark()
    answer = send("POST" if "reset" in target else "GET", target, b"", {"host": "One.localhost:8080"})
    assert answer.status == 404
    said = "there is no workspace x" if "/x/" in target else "workspace one has ended"
    assert said in answer.text + answer.headers.get("x-sim-note", "")
    assert send.app.desk.exchange.mark() == before
    assert send("GET", "/api/v1/timestamp", b"", {"host": "never.localhost"}).status == 200


@pytest.mark.parametrize(("name", "status"), [("default", 409), ("DEFAULT", 409), ("none", 404)])
def test_what_cannot_be_deleted(send: Asgi, name: str, status: int) -> None:
    """The default workspace stays, and what is not there cannot end."""
    problem_of(send("DELETE", f"{V1}/workspaces/{name}"), status)
    assert send("GET", V1).json()["workspace"] == "default"


@pytest.mark.parametrize(("idle", "left"), [(599_999, ["one"]), (600_000, [])])
def test_idle_time_ends_a_workspace(known: Workspaces, hand: Hand, idle: int, left: list[str]) -> None:
    """A workspace that nobody has called for its ttl has ended; a millisecond earlier it lives."""
    known.create(SCENARIO, "one", ttl=600_000)
    hand.now = idle
    assert names(known) == left


def test_a_call_begins_the_idle_time_anew(known: Workspaces, hand: Hand) -> None:
    """Every call to a workspace keeps it alive for another ttl; looking at the list does not."""
    known.create(SCENARIO, "one", ttl=1000)
    known.create(SCENARIO, "two", ttl=1000)
    for hand.now in (900, 1800, 2700):
        assert known.desk("one") is not None
        names(known)
    assert names(known) == ["one"]
    assert known.desk("two") is None


def test_the_end_of_an_idle_workspace_is_seen_by_the_call_that_comes_late(known: Workspaces, hand: Hand) -> None:
    """A credential that comes after the ttl is unknown: no list has to be asked for first."""
    known.create(SCENARIO, "one", ttl=1000)
    hand.now = 1000
    desk, notes, _ = known.route(asks("demo-broker-one"))
    assert desk is known.home
    assert notes == ("the credential's workspace one has ended: it was deleted, or idle for longer than its ttl",)


def test_idle_workspaces_make_room(known: Workspaces, hand: Hand) -> None:
    """When all places are taken, one that has been idle for its ttl gives up its place."""
    for name, ttl in (("a", 1000), ("b", 5000), ("c", 5000)):
        known.create(SCENARIO, name, ttl=ttl)
    with pytest.raises(FullError):
        known.create(SCENARIO, "d")
    hand.now = 1000
    known.create(SCENARIO, "d")
    assert names(known) == ["b", "c", "d"]


def test_what_was_kept_of_a_workspace_goes_with_it(known: Workspaces) -> None:
    """The rows of a workspace that has ended, or begins anew, are not kept for its lists."""
    kept: Folds[list[Any]] = Folds(list, lambda state, number, row: state.append(row), id)
    workspace = known.create(SCENARIO, "one")
    world, stacks = workspace.desk.exchange.world, (Stack[object]().having(object(), 1, "1"),)
    states = [kept.of(world, "rows", stacks)]
    workspace.desk.reset()
    states.append(kept.of(world, "rows", stacks))
    known.end("one")
    states.append(kept.of(world, "rows", stacks))
    assert len({id(state) for state in states}) == 3


def test_so_many_ended_workspaces_are_remembered(known: Workspaces) -> None:
    """Of workspaces that have ended only the last are remembered, however many there were."""
    for number in range(REMEMBERED + 1):
        known.create(SCENARIO, f"n{number}")
        known.end(f"n{number}")
    assert known.missing("n0") == "there is no workspace n0; POST /_sim/v1/workspaces makes one"
    assert "has ended" in known.missing("n1")
    assert known.route(asks("demo-broker-n0")) == Destination(known.home)
    assert known.route(asks("demo-broker-n1"))[1]


def test_waiting_calls_end_with_their_workspace(runner: Any) -> None:
    """A call that a fault keeps waiting is let go when its workspace ends, and when the server stops."""

    async def let_go(app: App, end: str) -> bool:
        desk = app.workspaces.create(SCENARIO, "one").desk
        desk.exchange.staging.add(Fault("get_server_time", delay=60_000))
        asked = Request("GET", "/api/v1/timestamp", "", {}, "", b"")
        call = asyncio.ensure_future(desk.answer(asked, GetServerTime(), Family.OPENAPI))
        await asyncio.sleep(0)
        if end == "deleted":
            app.workspaces.end("one")
        else:
            app.stop()
        return await asyncio.wait_for(call, 5) is ABANDONED

    for end in ("deleted", "stopped"):
        assert runner.run(let_go(still_app(), end))


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [("requests/stream", 200, "the journal"), ("requests/wait?timeout=60", 408, "before the workspace ended")],
)
def test_who_listens_to_a_journal_is_let_go_with_its_workspace(path: str, status: int, told: str) -> None:
    """A stream or a wait for entries ends when its workspace ends, and a wait says that this is why."""
    with LocalServer() as server:
        send = Http(server.port)
        made(send, name="one")
        with ThreadPoolExecutor(1) as pool:
            listening = pool.submit(send, "GET", f"{V1}/workspaces/one/{path}")
            journal = server.app.workspaces.listed()[0].desk.journal
            assert any(send("GET", f"{V1}/clock").status == 200 and journal._waiting for _ in range(1000))
            assert send("DELETE", f"{V1}/workspaces/one").status == 204
            answer = listening.result(10)
            assert (answer.status, told in answer.body.decode()) == (status, True)
