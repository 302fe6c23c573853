"""The methods of the typed client, made from the declarations of the control surface."""

from __future__ import annotations

import asyncio
import inspect
import pickle
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from types import SimpleNamespace

import pytest
from support.client_calls import method_name, outdated

from simulator.testing import AsyncClient, Client, NotASimulatorError, NotReachableError, Problem
from simulator.web.control.routes import CALLS
from simulator.web.guards import Policy
from simulator.web.server import LocalServer


def test_the_files_are_current() -> None:
    """The generated modules are what the declarations make; `scripts/generate` writes them."""
    assert list(outdated()) == []


def test_every_call_is_a_method_of_both() -> None:
    """Each call has one method of its own name, with the same parameters in both clients."""
    names = [method_name(call) for call in CALLS]
    assert len(set(names)) == len(CALLS)
    for name in names:
        one, other = getattr(Client, name), getattr(AsyncClient, name)
        assert inspect.signature(one).parameters == inspect.signature(other).parameters
        assert inspect.iscoroutinefunction(other) or inspect.isasyncgenfunction(other) or name == "follow_requests"


def test_calls_of_every_form(client: Client) -> None:
    """Parameters of path, query and body arrive as they were given, and so do bodies as a mapping and as a text."""
    assert client.index()["scenario"] == "demo"
    assert client.user("alice")["name"] == "alice"
    assert [user["name"] for user in client.users(limit=1)["users"]] == ["alice"]
    before = client.clock()["milliseconds"]
    assert client.advance_clock(by="61m")["milliseconds"] - before >= 61 * 60_000
    assert client.patch_user("alice", {"frozen": True})["frozen"]
    assert not client.patch_user("alice", "frozen: false")["frozen"]
    made = client.add_fault({"operation": "exchange_code", "refuse": "CODE_USED", "times": 1})
    client.remove_fault(made["id"])
    assert client.faults()["faults"] == []
    assert client.put_scenario("version: 1\nname: own\nextends: demo\n")["name"] == "own"
    client.put_scenario({"version": 1, "name": "demo", "extends": "demo"})


def test_a_name_of_any_letters_is_one_part_of_the_path(client: Client) -> None:
    """A question mark, a space or a percent sign in a name stays in that name."""
    name = "a?c d%&é"
    client.put_user(name, {"like": "alice"})
    assert client.user(name)["name"] == name
    assert client.delete_user(name)["name"] == name


def test_a_problem_is_an_exception_that_says_all(client: Client) -> None:
    """A refused call raises the problem with its status, its sentence and each wrong field."""
    with pytest.raises(Problem, match=r"POST /_sim/v1/clock/advance: 400 .*by.*must be a duration") as refused:
        client.advance_clock(by="soon")
    assert str(refused.value).count("must be a duration") == 1
    assert (refused.value.status, refused.value.title) == (400, "Bad Request")
    with pytest.raises(Problem, match=r"line 1, column 1") as refused:
        client.patch_user("alice", "colour: red")
    assert refused.value.errors[0]["field"] == "colour"
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_the_client_of_a_workspace(client: Client, server: LocalServer) -> None:
    """A URL with the prefix of a workspace leads to the control surface of that workspace."""
    workspace = client.create_workspace(name="mine", seed=7)
    with Client(workspace["urls"]["base"]) as own:
        own.advance_clock(by="1h")
        assert own.index()["workspace"] == "mine"
        assert own.clock()["milliseconds"] > client.clock()["milliseconds"]
    client.delete_workspace("mine")


def test_a_token_goes_with_every_call() -> None:
    """With the token the control surface answers, and without it there is a problem."""
    with LocalServer(policy=Policy(token="t0ken")) as server:
        assert Client(server.url, token="t0ken").index()["seed"] >= 0
        with pytest.raises(Problem, match="401"):
            Client(server.url).index()


def test_requests_are_waited_for(client: Client, server: LocalServer) -> None:
    """The call that waits and the stream of the journal see requests of the exchange, those that come later as well."""
    with ThreadPoolExecutor() as pool:
        since = client.requests(limit=1)["next"]
        waiting = pool.submit(client.wait_for_requests, path="/later", since=since, timeout=30)
        with closing(HTTPConnection("127.0.0.1", server.port)) as other:
            other.request("GET", "/later")
            other.getresponse().read()
        assert [line["path"] for line in waiting.result()["requests"]] == ["/later"]
    events = client.follow_requests(since=since)
    assert next(events)["path"] == "/later"
    events.close()  # type: ignore[attr-defined]


def test_awaited_calls(server: LocalServer) -> None:
    """The client for `await` returns the same, raises the same, and lets several calls run at a time."""

    async def used() -> None:
        async with AsyncClient(server.url) as client:
            users, clock = await asyncio.gather(client.users(), client.clock())
            assert users["users"]
            assert clock["mode"]
            waiting = asyncio.create_task(client.wait_for_requests(path="/later", timeout=30))
            with pytest.raises(Problem, match="404"):
                await client.user("nobody")
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    asyncio.run(used())


def test_an_awaited_stream(server: LocalServer) -> None:
    """Entries of the journal come one by one, and the loop goes on while none comes."""

    async def used() -> None:
        async with AsyncClient(server.url) as client:
            await client.clear_requests()
            events = client.follow_requests(since=0)
            coming = asyncio.ensure_future(anext(events))
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"GET /later HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            await reader.read()
            writer.close()
            assert (await coming)["path"] == "/later"
            coming = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0)
            coming.cancel()
            with pytest.raises(asyncio.CancelledError):
                await coming

    asyncio.run(used())


def test_nothing_answers() -> None:
    """An address where nothing listens, or something that is no simulator, is an error that says so."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotReachableError, match=f"nothing answers at http://127.0.0.1:{port} .*start one"):
        Client(f"http://127.0.0.1:{port}").clock()
    for answer, sentence in (
        (b"HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nno", "something else listens"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno", "no JSON"),
        (b"SSH-2.0-OpenSSH\r\n", "does not speak HTTP"),
    ):
        with socket.create_server(("127.0.0.1", 0)) as other:
            thread = threading.Thread(target=_answered, args=(other, answer))
            thread.start()
            with pytest.raises(NotASimulatorError, match=sentence):
                Client(f"127.0.0.1:{other.getsockname()[1]}").clock()
            thread.join()
    wrong = (
        "ftp://127.0.0.1",
        "http://",
        "http://h/?x=1",
        "foo bar",
        "http://h\n",
        "h:99999",
        "h:x",
        "http://[::1",
        "",
    )
    for url in wrong:
        with pytest.raises(ValueError, match="not the address of a server"):
            Client(url)


def _answered(listening: socket.socket, answer: bytes) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(answer)


def test_a_kept_connection_that_was_closed_is_opened_again(client: Client) -> None:
    """A call after the server has closed the idle connection is sent on a new one."""
    client.clock()
    [connection] = client._kept.idle
    assert connection.sock
    connection.sock.shutdown(socket.SHUT_RDWR)
    assert client.clock()["mode"]
    assert client._kept.idle[0] is not connection


def test_clients_of_one_server_share_connections(client: Client, server: LocalServer) -> None:
    """The client of a workspace's path sends on the connection of its server's client; one of another port does not."""
    client.clock()
    [connection] = client._kept.idle
    assert client.at("/w/default").index()["workspace"] == "default"
    assert client._kept.idle == [connection]
    with client.at(f"http://localhost:{server.port}") as other:
        assert other.clock()
    assert client._kept.idle == [connection]


def test_awaited_outside_asyncio(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no loop of asyncio runs, calls go to a thread of trio, whose interface is a stand-in here."""
    functions: list[object] = []

    async def run_sync(function: Callable[[], object]) -> object:
        functions.append(function)
        return function()

    monkeypatch.setitem(sys.modules, "trio", SimpleNamespace(to_thread=SimpleNamespace(run_sync=run_sync)))
    call = AsyncClient(server.url).clock()
    with pytest.raises(StopIteration) as ended:
        call.send(None)
    assert (ended.value.value["scale"], len(functions)) == ("1", 1)
