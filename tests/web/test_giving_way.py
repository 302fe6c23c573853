"""Long work gives way to others, and ends when nobody waits for it any more. What is counted is turns, not seconds."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from wire import JSON, V1, Asgi, Broker, Http, control, problem_of

from simulator.evidence import views
from simulator.evidence.journal import Entry, Journal, Shown
from simulator.evidence.matching import Wanted
from simulator.scenario import loader
from simulator.web import work
from simulator.web.control import clock
from simulator.web.control.stream import EventStream
from simulator.web.control.streamed import AT_ONCE, Streamed
from simulator.web.messages import ClientGoneError
from simulator.web.network import CONNECTION
from simulator.web.server import LocalServer

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

    def __call__(self, *arguments: Any) -> Any:
        self.begun.set()
        try:
            while not self.released.wait(0.001):
                pass
            result = self._function(*arguments)
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


# --- slices
def test_each_slice_gives_the_others_a_turn(runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two slices the event loop goes round once; several pieces of work share the slices of one."""
    monkeypatch.setattr(work, "SLICE", 0)
    turns: list[str] = []

    async def counting() -> None:
        while True:
            turns.append("loop")
            await asyncio.sleep(0)

    async def working(name: str) -> list[int]:
        def step(number: int) -> int:
            turns.append(name)
            return number

        return await work.collected(map(step, range(20)))

    async def both() -> list[list[int]]:
        counter = asyncio.ensure_future(counting())
        found = await asyncio.gather(working("one"), working("other"))
        counter.cancel()
        return list(found)

    assert runner.run(both()) == [list(range(20))] * 2
    assert turns.count("loop") >= 40
    assert all({before, after} & {"loop"} for before, after in pairwise(turns))


def test_a_long_answer_ends_with_its_reader(runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing more is made once the client has gone, and what made it is closed."""
    monkeypatch.setattr(work, "SLICE", 0)
    gone, made, closed = asyncio.Event(), [0], [False]

    def pieces() -> Iterator[bytes]:
        try:
            while True:
                made[0] += 1
                yield b"x" * AT_ONCE
        finally:
            closed[0] = True

    async def receive() -> dict[str, str]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if made[0] == 5:
            gone.set()

    runner.run(Streamed(pieces())({}, receive, send))
    assert made[0] <= 7
    assert closed == [True]


def test_a_short_answer_tells_its_length(runner: asyncio.Runner) -> None:
    """It is sent at once, like any other."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.get_running_loop().create_future()

    runner.run(Streamed(iter([b"{", b"", b"}"]))({}, receive, send))
    assert dict(sent[0]["headers"])[b"content-length"] == b"2"
    assert [message["body"] for message in sent[1:]] == [b"{}"]


def test_a_reader_who_takes_nothing_is_hung_up_on(runner: asyncio.Runner) -> None:
    """A connection whose buffer is full is not kept for ever."""
    aborted: list[bool] = []

    class Transport:
        def abort(self) -> None:
            aborted.append(True)

    async def stuck(message: Any) -> None:
        await asyncio.get_running_loop().create_future()

    async def sending() -> None:
        outlet = work.Outlet({"extensions": {CONNECTION: {"transport": Transport()}}}, stuck)
        outlet.patience = 0
        with pytest.raises(ClientGoneError):
            await outlet.send({})

    runner.run(sending())
    assert aborted == [True]


def test_work_that_fails_is_told_where_it_is_waited_for(runner: asyncio.Runner) -> None:
    """An error of the thread is the caller's."""

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        runner.run(work.aside(fail))


# --- readers of the stream
def test_an_entry_is_rendered_once_for_all_readers(
    send: Asgi, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty readers and the list cost one rendering for each entry."""
    rendered: list[int] = []
    line = views.line

    def counted(journal: Journal, entry: Entry) -> dict[str, Any]:
        rendered.append(entry.number)
        return line(journal, entry)

    monkeypatch.setattr(views, "line", counted)
    for _ in range(10):
        send("GET", "/api/v1/timestamp")

    async def reading(stream: EventStream) -> bytes:
        text, over = b"", asyncio.Event()

        async def receive() -> dict[str, str]:
            await over.wait()
            return {"type": "http.disconnect"}

        async def take(message: Any) -> None:
            nonlocal text
            text += message.get("body", b"")
            if b"id: 10\n" in text:
                over.set()

        await stream({}, receive, take)
        return text

    async def all_of_them() -> list[bytes]:
        journal = send.app.desk.journal
        return list(await asyncio.gather(*(reading(EventStream(journal, Wanted(), 0)) for _ in range(50))))

    texts = runner.run(all_of_them())
    assert len(set(texts)) == 1
    assert rendered == list(range(1, 11))
    assert len(send("GET", f"{V1}/requests").json()["requests"]) == 10
    assert len(rendered) == 10


def test_what_is_shown_is_bounded_and_forgotten_when_more_is_secret() -> None:
    """So many bytes are kept, the newest; none that was made before another secret was known."""
    shown = Shown(most_bytes=10)
    for number in range(5):
        shown.keep(number, 1, b"four")
    assert [shown.get(number, 1) for number in range(5)] == [None, None, None, b"four", b"four"]
    assert shown.get(4, 2) is None
    shown.keep(5, 2, b"more")
    assert [shown.get(number, 2) for number in (4, 5)] == [None, b"more"]


def test_new_entries_are_found_from_the_end() -> None:
    """Who has read all but a few does not go through the others; the order is that of the calls."""
    journal = Journal()
    assert list(journal.after(0)) == list(journal.after(5)) == []


def test_a_reader_over_a_socket_that_goes_is_forgotten(server: LocalServer, online: Broker) -> None:
    """A stream, a HAR and a list whose clients have gone leave nobody waiting."""
    assert isinstance(online.send, Http)
    for path in ("/requests/stream", "/requests.har", "/requests?limit=10000"):
        _open(server, "GET", V1 + path).close()
    with ThreadPoolExecutor() as pool:
        assert all(pool.map(lambda _: online.send("GET", "/_sim/live").status == 200, range(10)))
