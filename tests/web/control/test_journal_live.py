"""Waiting for entries and reading them as they come, over real connections."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from support.polling import wait_until
from support.wire import V1, Asgi, Broker, Http, problem_of

from simulator.evidence.filters import EntryFilter
from simulator.evidence.journal import Journal
from simulator.web.control.journal_events import EventStream
from simulator.web.server import LocalServer

TIME, COIN = "/api/v1/timestamp", "/api/v3/currencies/BTC"


def _last(broker: Broker) -> int:
    last: int = broker.send("GET", f"{V1}/requests").json()["next"]
    return last


def _watched(server: LocalServer) -> bool:
    return bool(server.app.desk.journal._waiting)


def _until_watched(server: LocalServer) -> None:
    wait_until(lambda: _watched(server))


def test_a_wait_ends_with_the_entry(server: LocalServer, online: Broker) -> None:
    """It answers once so many wanted entries have come, and with those alone, in their order."""
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(online.send, "GET", f"{V1}/requests/wait?operation=get_currency&count=2&timeout=30")
        _until_watched(server)
        for path in (COIN, TIME, COIN, COIN):
            online.send("GET", path)
        answer = waiting.result(30)
    numbers = [entry["number"] for entry in answer.json()["requests"]]
    assert (answer.status, numbers) == (200, [_last(online) - 3, _last(online) - 1])
    assert answer.json()["next"] == numbers[-1]


def test_a_wait_since_an_entry_counts_what_has_come(online: Broker) -> None:
    """What came after `since` counts, also before the wait began: nothing falls between two calls."""
    since = _last(online)
    online.send("GET", TIME)
    answer = online.send("GET", f"{V1}/requests/wait?since={since}&timeout=30")
    assert (answer.status, answer.json()["next"]) == (200, since + 1)


def test_a_wait_that_is_over_is_a_problem(online: Broker) -> None:
    """408 with what did come."""
    since = _last(online)
    online.send("GET", TIME)
    problem = problem_of(online.send("GET", f"{V1}/requests/wait?since={since}&count=2&timeout=0"), 408)
    assert problem["detail"] == "1 of 2 came within 0 s"
    assert [entry["number"] for entry in problem["requests"]] == [since + 1]


def test_a_reset_does_not_end_a_wait(server: LocalServer, online: Broker) -> None:
    """The journal goes on across a reset, and so does who waits for it."""
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(online.send, "GET", f"{V1}/requests/wait?operation=get_currency&timeout=30")
        _until_watched(server)
        online.send("POST", f"{V1}/reset")
        online.send("GET", COIN)
        assert waiting.result(30).status == 200


def test_who_hangs_up_waits_no_longer(server: LocalServer) -> None:
    """A wait and a stream end with their connections."""
    for path in (b"wait?timeout=60", b"stream"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(b"GET /_sim/v1/requests/%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % path)
            _until_watched(server)
        wait_until(lambda: not _watched(server))


@contextmanager
def _stream(port: int, query: str = "", **headers: str) -> Iterator[HTTPResponse]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", f"{V1}/requests/stream{query}", headers=headers)
        yield connection.getresponse()
    finally:
        connection.close()


def _event(response: HTTPResponse) -> dict[str, Any]:
    """The next event: its fields, and its data read as JSON."""
    fields: dict[str, Any] = {}
    while True:
        line = response.readline().decode().rstrip("\n")
        if not line and fields:
            return fields
        name, _, value = line.partition(": ")
        if name:
            fields[name] = json.loads(value) if name == "data" else value


def test_a_stream_tells_each_entry(server: LocalServer, online: Broker) -> None:
    """Each new entry is an event whose id is its number and whose data is its line."""
    with _stream(server.port) as response:
        assert response.getheader("content-type") == "text/event-stream; charset=utf-8"
        assert response.getheader("cache-control") == "no-store"
        assert response.readline() == b": the journal\n"
        online.send("GET", TIME)
        event = _event(response)
    [line] = online.send("GET", f"{V1}/requests?limit=1").json()["requests"]
    assert (event["id"], event["data"]) == (str(line["number"]), line)


def test_a_stream_is_filtered(server: LocalServer, online: Broker) -> None:
    """The filters of the list hold for a stream too."""
    with _stream(server.port, "?operation=get_currency") as response:
        _until_watched(server)
        for path in (TIME, COIN):
            online.send("GET", path)
        assert _event(response)["data"]["operation"] == "get_currency"


@pytest.mark.parametrize("way", ["Last-Event-ID", "since"])
def test_a_stream_resumes(server: LocalServer, online: Broker, way: str) -> None:
    """`Last-Event-ID`, which browsers send by themselves, and `since` go back to what the ring still has."""
    last = _last(online)
    for _ in range(3):
        online.send("GET", TIME)
    query, headers = (f"?since={last}", {}) if way == "since" else ("", {way: str(last)})
    with _stream(server.port, query, **headers) as response:
        assert [_event(response)["id"] for _ in range(3)] == [str(last + place) for place in (1, 2, 3)]


def test_a_stream_says_what_was_dropped(send: Asgi, runner: asyncio.Runner) -> None:
    """A reader that the ring has overtaken is told how many entries it missed; no queue is kept for it."""
    journal = send.app.desk.journal = Journal(capacity=2)
    for _ in range(5):
        send("GET", TIME)
    text = runner.run(_read(EventStream(journal, EntryFilter(), 1), "id: 5"))
    assert [line for line in text.splitlines() if line.startswith(("id", "event"))] == [
        "event: dropped",
        "id: 4",
        "id: 5",
    ]
    assert "event: dropped\ndata: 2\n\n" in text


def test_a_silent_stream_says_that_it_stands(send: Asgi, runner: asyncio.Runner) -> None:
    """A comment comes when there has been nothing to tell for a while: a proxy does not give the connection up."""
    stream = EventStream(send.app.desk.journal, EntryFilter(), 0)
    stream.heartbeat = 0.001
    assert runner.run(_read(stream, "nothing new")).endswith(": nothing new\n\n")


async def _read(stream: EventStream, until: str) -> str:
    """What is read until a text comes."""
    end, text = asyncio.Event(), ""

    async def receive() -> dict[str, str]:
        await end.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal text
        text += message.get("body", b"").decode()
        if until in text:
            end.set()

    await stream({}, receive, send)
    return text


def test_bytes_that_are_no_http_are_written_down(online: Broker) -> None:
    """Nobody knows what they were, but that they came is in the journal."""
    last = _last(online)
    assert isinstance(online.send, Http)
    with socket.create_connection(("127.0.0.1", online.send.port), timeout=10) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        while connection.recv(65_536):
            pass
    entry = online.send("GET", f"{V1}/requests/{last + 1}").json()
    assert (entry["status"], entry["outcome"], entry["method"]) == (400, "NOT_HTTP", "")
    assert entry["diagnosis"]["received"].startswith("Invalid")
