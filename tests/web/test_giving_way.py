"""Long work gives way to others, and ends when nobody waits for it any more. What is counted is turns, not seconds."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec.structs import replace
from support.wire import JSON, V1, Broker, Http, control, problem_of

from simulator.core.ordering import in_order
from simulator.core.world import Stack, World
from simulator.core.world.folds import Folds
from simulator.scenario import loader
from simulator.web import app
from simulator.web.control import clock
from simulator.web.server import LocalServer
from simulator.web.work import aside

LONG = 30
"""Seconds after which a test that hangs fails."""
HOUR = 3_600_000
ADVANCE = json.dumps({"by": "1h"}).encode()


class Held:
    """A function that is held in its thread until the test lets it go, and tells how it ended."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.begun, self.released, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.finished = False

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.begun.set()
        try:
            while not self.released.wait(0.001):
                pass
            result = self._function(*arguments, **named)
            self.finished = True
            return result
        finally:
            self.ended.set()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """`POST /clock/advance` is under way from `begun` until `released`."""
    function = Held(clock._advanced)
    monkeypatch.setattr(clock, "_advanced", function)
    yield function
    function.released.set()


def _open(server: LocalServer, method: str, path: str, body: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=LONG)
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    return connection


def _begin(pool: ThreadPoolExecutor, broker: Broker, held: Held, path: str = "") -> Any:
    running = pool.submit(broker.send, "POST", f"{V1}{path}/clock/advance", ADVANCE, JSON)
    assert held.begun.wait(LONG)
    return running


def test_others_are_served_while_time_passes(online: Broker, held: Held) -> None:
    """During an advance liveness, other workspaces and reads of this one are answered, with the time before."""
    control(online.send, "/workspaces", {"name": "beside"})
    with ThreadPoolExecutor() as pool:
        advance = _begin(pool, online, held)
        before = online.send("GET", f"{V1}/clock").json()["milliseconds"]
        assert online.send("GET", "/_sim/live").status == 200
        assert online.send("GET", "/w/beside/api/v1/timestamp").status == 200
        assert control(online.send, "/workspaces", {"name": "later"}).status == 201
        assert online.send("GET", f"{V1}/users/alice").status == 200
        held.released.set()
        assert advance.result(LONG).json()["milliseconds"] >= before + HOUR
    for name in ("beside", "later"):
        online.send("DELETE", f"{V1}/workspaces/{name}")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/v1/timestamp"), ("POST", f"{V1}/reset"), ("PATCH", f"{V1}/choices")]
)
def test_what_could_change_something_waits_for_an_advance(
    server: LocalServer, online: Broker, held: Held, method: str, path: str
) -> None:
    """A call to the workspace is performed when the advance is over, on what came of it."""
    desk = server.app.desk
    with ThreadPoolExecutor() as pool:
        advance = _begin(pool, online, held)
        body = b"{}" if method == "PATCH" else b""
        waiting = pool.submit(online.send, method, path, body, JSON if body else {})
        for _ in range(20):
            online.send("GET", "/_sim/live")
        assert not waiting.done()
        before = desk.exchange.clock.now().business
        held.released.set()
        assert advance.result(LONG).status == 200
        assert waiting.result(LONG).status == 200
    if "reset" not in path:
        assert desk.exchange.clock.now().business >= before + HOUR


def test_an_advance_ends_with_its_client(server: LocalServer, online: Broker, held: Held) -> None:
    """Who hangs up has advanced nothing: the work ends unfinished, and the workspace is free at once."""
    exchange = server.app.desk.exchange
    world, logged = exchange.world, len(exchange.log)
    with _open(server, "POST", f"{V1}/clock/advance", ADVANCE):
        assert held.begun.wait(LONG)
    assert held.ended.wait(LONG)
    assert not held.finished
    assert online.send("GET", f"{V1}/clock").status == 200
    assert (exchange.world, len(exchange.log)) == (world, logged)
    assert online.send("GET", "/api/v1/timestamp").status == 200


def test_an_advance_ends_with_its_workspace(online: Broker, held: Held) -> None:
    """Who deletes a workspace ends what is under way there; its caller is told that nothing was changed."""
    control(online.send, "/workspaces", {"name": "short"})
    with ThreadPoolExecutor() as pool:
        advance = _begin(pool, online, held, "/workspaces/short")
        assert online.send("DELETE", f"{V1}/workspaces/short").status == 204
        assert "nothing was changed" in problem_of(advance.result(LONG), 409)["detail"]
    assert held.ended.wait(LONG)
    assert not held.finished


def test_a_world_that_is_put_there_meanwhile_stays(server: LocalServer, online: Broker, held: Held) -> None:
    """What an edited scenario or a test changes by hand during an advance is not undone by it."""
    exchange = server.app.desk.exchange
    with ThreadPoolExecutor() as pool:
        advance = _begin(pool, online, held)
        changed = exchange.world = replace(exchange.world, observed_ip="203.0.113.9")
        held.released.set()
        problem_of(advance.result(LONG), 409)
    assert exchange.world is changed
    online.send("POST", f"{V1}/reset")


def test_a_scenario_is_read_aside(online: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a scenario is read, everybody is served; then it is played as a whole."""
    function = Held(loader.read)
    monkeypatch.setattr(loader, "read", function)
    text = b"version: 1\nname: other\nextends: demo\ngiven: {}\n"
    with ThreadPoolExecutor() as pool:
        put = pool.submit(online.send, "PUT", f"{V1}/scenario", text, {"content-type": "application/yaml"})
        assert function.begun.wait(LONG)
        assert online.send("GET", "/api/v1/timestamp").status == 200
        function.released.set()
        assert put.result(LONG).json()["name"] == "other"
    monkeypatch.undo()
    online.send("PUT", f"{V1}/scenario", text.replace(b"other", b"demo"), {"content-type": "application/yaml"})


def test_a_reader_over_a_socket_that_goes_is_forgotten(server: LocalServer, online: Broker) -> None:
    """A stream, a HAR and a list whose clients have gone leave nobody waiting."""
    assert isinstance(online.send, Http)
    for path in ("/requests/stream", "/requests.har", "/requests?limit=10000"):
        _open(server, "GET", V1 + path).close()
    with ThreadPoolExecutor() as pool:
        assert all(pool.map(lambda _: online.send("GET", "/_sim/live").status == 200, range(10)))


def test_pages_and_control_surface_are_imported_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the first call of them waits for the import, everybody else is served."""
    function = Held(app._builder)
    monkeypatch.setattr(app, "_builder", function)
    with LocalServer() as server, ThreadPoolExecutor() as pool:
        first = pool.submit(Http(server.port), "GET", V1)
        assert function.begun.wait(LONG)
        assert Http(server.port)("GET", "/_sim/live").status == 200
        function.released.set()
        assert first.result(LONG).status == 200


def test_work_in_a_thread_reads_states_of_its_own() -> None:
    """A race that is walked in a thread adds no rows to the lists that the event loop reads at the same time."""
    kept: Folds[list[Any]] = Folds(list, lambda state, number, row: state.append(row), id)
    older = Stack[str]().having("a", 1, "1")
    state = kept.of(World(), "rows", (older,))
    assert asyncio.run(aside(lambda: kept.of(World(), "rows", (older.having("b", 2, "2"),)))) != state
    assert kept.of(World(), "rows", (older,)) is state


def test_users_are_put_in_order_aside(online: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first list of users sorts all of them; everybody is served meanwhile. The second does not sort."""
    function = Held(in_order)
    monkeypatch.setattr("simulator.web.pages.people.in_order", function)
    online.send("PUT", f"{V1}/users/zoe", b"{}", JSON)
    with ThreadPoolExecutor() as pool:
        listed = pool.submit(online.send, "GET", f"{V1}/users")
        assert function.begun.wait(LONG)
        assert online.send("GET", "/_sim/live").status == 200
        function.released.set()
        assert "zoe" in [user["name"] for user in listed.result(LONG).json()["users"]]
    function.begun.clear()
    assert online.send("GET", f"{V1}/users").status == 200
    assert not function.begun.is_set()
