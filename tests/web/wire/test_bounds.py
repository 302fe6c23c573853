"""What one connection may cost: whose turn it is, how much of it is kept, and how long it is waited for."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

import pytest
from support.raw_http import BODY, LAST, LENGTH, TIME, TYPE, Wire, head, statuses, talk
from support.wire import JSON, V1, Broker

from simulator.web.server import LocalServer
from simulator.web.wire import connection, patience


# --- whose turn it is
def test_garbage_does_not_overtake_an_answer(server: LocalServer) -> None:
    """What was asked before the garbage is answered before it is refused, and nothing after it."""
    for pieces in ((TIME + TIME + b"garbage\r\n\r\n" + TIME,), (TIME, TIME, b"garbage\r\n\r\n", TIME)):
        got = talk(server, *pieces)
        assert statuses(got) == [200, 200, 400]
    late = b'{"operation":"get_server_time","delay":"200ms","times":1}'
    fault = head(TYPE, b"Content-Length: %d" % len(late), path=b"/_sim/v1/faults") + late
    got = talk(server, fault + TIME + b"garbage\r\n\r\n")
    assert statuses(got) == [201, 200, 400]


def test_a_broken_body_is_refused_once(server: LocalServer) -> None:
    """A request whose chunks break off in garbage is refused and nothing else; what came before it is answered."""
    broken = head(TYPE, b"Transfer-Encoding: chunked") + b"zz\r\n"
    assert statuses(talk(server, broken)) == [400]
    assert statuses(talk(server, TIME + TIME + broken)) == [200, 200, 400]


def test_a_broken_body_is_not_asked_for(server: LocalServer, caplog: pytest.LogCaptureFixture) -> None:
    """A body that breaks off before anybody reads it is refused, though its client offered to wait for a 100."""
    broken = head(TYPE, b"Expect: 100-continue", b"Transfer-Encoding: chunked") + b"zz\r\n"
    for path in (b"/_sim/v1/authorizations", b"/_oauth/refresh-token", b"/nothing"):
        assert statuses(talk(server, broken.replace(b"/_sim/v1/authorizations", path))) == [400]
    assert statuses(talk(server, TIME + broken)) == [200, 400]
    assert caplog.records == []


def test_fields_behind_a_body_are_no_headers(server: LocalServer, online: Broker) -> None:
    """A trailer cannot become a header, in one packet or in several (RFC 9110 s6.5.1)."""
    trailed = b"%x\r\n%s\r\n0\r\nHost: evil.example\r\nKC-API-KEY: x\r\n\r\n" % (len(BODY), BODY)
    for pieces in (
        (head(TYPE, b"Transfer-Encoding: chunked") + trailed,),
        (head(TYPE, b"Transfer-Encoding: chunked"), trailed),
    ):
        assert statuses(talk(server, *pieces, LAST)) == [201, 200]


def accepted_of(server: LocalServer, wire: Wire) -> connection.Connection:
    """The server's end of a connection that has been answered."""
    [accepted] = [
        each
        for each in server._server.server_state.connections
        if isinstance(each, connection.Connection) and each.client == wire.socket.getsockname()
    ]
    return accepted


# --- a client that sends nothing more
def half_closed(server: LocalServer, *pieces: bytes) -> bytes:
    """What comes to a client that has shut its half of the connection."""
    with Wire(server) as wire:
        wire.send(*pieces)
        wire.socket.shutdown(socket.SHUT_WR)
        return wire.rest()


def test_an_answer_that_is_due_reaches_who_sends_no_more(server: LocalServer, online: Broker) -> None:
    """Pipelined, late, behind a body of many packets or before garbage: what was asked in full is answered."""
    online.send("PATCH", f"{V1}/choices", b'{"rate_pools": "count"}', JSON)
    large = head(TYPE, b"Content-Length: 60000", path=b"/_oauth/refresh-token") + b"x" * 60_000
    assert statuses(half_closed(server, TIME * 3)) == [200] * 3
    assert statuses(half_closed(server, TIME * 1000)) == [200] * 1000
    assert statuses(half_closed(server, large * 3 + TIME)) == [400, 400, 400, 200]
    assert statuses(half_closed(server, TIME + TIME + b"garbage\r\n\r\n")) == [200, 200, 400]
    late = b'{"operation":"get_server_time","delay":"200ms","times":1}'
    fault = head(TYPE, b"Content-Length: %d" % len(late), path=b"/_sim/v1/faults") + late
    assert statuses(half_closed(server, fault + TIME + TIME)) == [201, 200, 200]


def test_who_ends_in_the_middle_of_a_request_gets_the_answers_before_it(server: LocalServer) -> None:
    """A request that breaks off with its connection is not answered, and nothing happens."""
    before = server.exchange.world
    for begun in (b"POST /_sim", head(TYPE, LENGTH), head(TYPE, LENGTH) + BODY[:-1]):
        assert half_closed(server, begun) == b""
        assert statuses(half_closed(server, TIME + TIME + begun)) == [200, 200]
    assert server.exchange.world is before


@pytest.mark.parametrize("path", [b"/_sim/v1/requests/stream", b"/_sim/v1/requests/wait?timeout=60"])
def test_who_waits_for_something_is_not_served_after_its_end(
    server: LocalServer, path: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream or a wait ends a moment after its client has sent the last byte, because it may be gone."""
    monkeypatch.setattr(patience, "MOMENT", 0.01)
    got = half_closed(server, head(method=b"GET", path=path))
    assert statuses(got) == ([200] if path.endswith(b"stream") else [])


def test_who_left_unheard_is_refused_without_a_trace(server: LocalServer, caplog: pytest.LogCaptureFixture) -> None:
    """A client that goes in the very moment in which it is refused leaves no error behind."""
    done = threading.Event()
    with Wire(server) as wire:
        wire.send(TIME)
        assert wire.socket.recv(4096).startswith(b"HTTP/1.1 200")
        accepted = accepted_of(server, wire)

        def refuse() -> None:
            wire.socket.close()
            try:
                accepted.give_up("its head", "10")
            finally:
                accepted.loop.call_soon(done.set)  # after an error has been told

        accepted.loop.call_soon_threadsafe(refuse)
        assert done.wait(30)
    assert caplog.records == []


def test_late_answers_are_due_for_a_while(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends nothing more is not kept for as long as a fault lasts."""
    monkeypatch.setattr(patience, "ARRIVAL", 0.1)
    monkeypatch.setattr(patience, "KEEP_ALIVE", 0.05)
    late = b'{"operation":"get_server_time","delay":"10m","times":1}'
    fault = head(TYPE, b"Content-Length: %d" % len(late), path=b"/_sim/v1/faults") + late
    assert statuses(half_closed(server, fault + TIME)) == [201]
    server.exchange.reset()


# --- bounds
def test_a_head_is_bounded(server: LocalServer, online: Broker) -> None:
    """64 KiB of query are read; a head that goes on is refused with 431, whichever part of it grows."""
    most = connection.MAXIMUM_HEAD
    long = b"GET /api/v1/timestamp?%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % (b"x" * (most - 500))
    assert statuses(talk(server, long)) == [200]
    chunked = head(b"Transfer-Encoding: chunked", path=b"/_oauth/refresh-token")
    endless = {
        "target": [b"GET /" + b"x" * (2 * most)],
        "value": [b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"x" * (2 * most)],
        "name": [b"GET / HTTP/1.1\r\nHost: x\r\n" + b"x" * (2 * most)],
        "headers": [b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * most],
        "trailers": [
            head(b"Transfer-Encoding: chunked", path=b"/_oauth/refresh-token") + b"0\r\n" + b"a: b\r\n" * most
        ],
        "extension": [chunked + b"1;" + b"x" * (2 * most)],
        "line ends": [b"\r\n" * most * 2],
    }
    for name, pieces in endless.items():
        assert statuses(talk(server, *pieces)) == [431], name
    entry = online.send("GET", f"{V1}/requests?limit=1").json()["requests"][0]
    assert entry["outcome"] == "HEAD_TOO_LARGE"


def test_requests_that_wait_are_bounded(server: LocalServer, online: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many requests come at once, a few hundred are in memory; all are answered, in order."""
    most = 0
    start = connection.Connection._start_asgi_task

    def counted(self: connection.Connection, *given: object) -> None:
        nonlocal most
        most = max(most, len(self.pipeline))
        start(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(connection.Connection, "_start_asgi_task", counted)
    online.send("PATCH", f"{V1}/choices", b'{"rate_pools": "count"}', JSON)
    small = b"GET /api/v1/timestamp HTTP/1.1\r\n\r\n"
    with Wire(server) as wire:
        wire.send(small * 20_000 + LAST)
        assert statuses(wire.rest()) == [200] * 20_001
    assert 0 < most <= connection.PIECE // len(small) + 1


def test_a_body_in_small_chunks_gives_way(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small its chunks are, a body takes a turn of the event loop for each thousand of them."""
    most = 0
    on_body = connection.Connection.on_body

    def counted(self: connection.Connection, body: bytes) -> None:
        nonlocal most
        on_body(self, body)
        most = max(most, self._parts)

    monkeypatch.setattr(connection.Connection, "on_body", counted)
    chunked = head(TYPE, b"Transfer-Encoding: chunked", path=b"/_oauth/refresh-token")
    for end, expected in ((b"0\r\n\r\n" + LAST, [400, 200]), (b"", [])):
        with Wire(server) as wire:
            wire.send(chunked + b"1\r\nx\r\n" * 60_000 + end)
            wire.socket.shutdown(socket.SHUT_WR)
            assert statuses(wire.rest()) == expected
    assert 0 < most <= connection.MOST_PARTS + connection.PIECE // len(b"1\r\nx\r\n") + 1


def test_a_silent_client_is_left(server: LocalServer, monkeypatch: pytest.MonkeyPatch, online: Broker) -> None:
    """No first request: closed without a word. A head or a body that does not come: 408 and an entry."""
    monkeypatch.setattr(patience, "ARRIVAL", 0.1)
    monkeypatch.setattr(patience, "KEEP_ALIVE", 0.05)
    assert talk(server) == b""
    assert statuses(talk(server, TIME)) == [200]
    for begun in (b"GET /api/v1/tim", head(TYPE, LENGTH), head(TYPE, LENGTH) + BODY[:-1], b"POST"):
        assert statuses(talk(server, begun)) == [408]
        entry = online.send("GET", f"{V1}/requests?limit=1").json()["requests"][0]
        assert entry["outcome"] == "REQUEST_INCOMPLETE"
    late = b'{"operation":"get_server_time","delay":"400ms","times":1}'
    fault = head(TYPE, b"Content-Length: %d" % len(late), path=b"/_sim/v1/faults") + late
    assert statuses(talk(server, fault + TIME)) == [201, 200]  # who waits for us is not silent


@pytest.mark.parametrize("name", ["Host", "Origin", "Sec-Fetch-Site", "Authorization", "KC-API-KEY", "Content-Type"])
@pytest.mark.parametrize("path", ["/api/v1/timestamp", "/_sim/v1/clock", "/oauth", "/nothing"])
def test_two_of_what_has_one_value_is_400(server: LocalServer, name: str, path: str) -> None:
    """Each reader would believe another one, so the request is refused; a header that may stand twice may."""
    line = f"{name}: 127.0.0.1".encode()
    twice = b"\r\n".join([b"GET " + path.encode() + b" HTTP/1.1", line, line.lower(), b"Connection: close", b"", b""])
    got = talk(server, twice)
    assert statuses(got) == [400]
    assert f"{name.lower()} stands more than once".encode() in got
    often = TIME.replace(b"Host: x", b"Host: x\r\nAccept: a/b\r\nAccept: c/d\r\nConnection: close")
    assert statuses(talk(server, often)) == [200]


def test_a_client_that_takes_nothing_is_left(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that nobody reads is given up, and its connection is closed."""
    monkeypatch.setattr(patience, "STUCK", 0.0)
    monkeypatch.setattr(patience, "KEEP_ALIVE", 0.05)
    with Wire(server) as wire:
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asked = [head(method=b"GET", path=b"/_sim/v1/openapi.json")] * 1_000_000
        with pytest.raises(ConnectionError):  # what is sent to a closed connection is reset
            wire.send(*asked)


@pytest.mark.parametrize("line", [b"Accept: */*", b"Connection: close"])
def test_a_connection_that_is_closed_over_an_answer_is_left(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    """A last answer that its client does not take keeps the connection for a while only."""
    monkeypatch.setattr(patience, "STUCK", 0.1)
    monkeypatch.setattr(patience, "KEEP_ALIVE", 0.05)
    lost = threading.Event()
    with Wire(server) as wire:
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.send(TIME)
        assert wire.socket.recv(4096).startswith(b"HTTP/1.1 200")
        accepted = accepted_of(server, wire)
        accepted.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        stop = accepted.patience.stop

        def told() -> None:
            stop()
            lost.set()

        monkeypatch.setattr(accepted.patience, "stop", told)
        wire.send(head(line, method=b"GET", path=b"/_sim/v1/openapi.json"))
        assert lost.wait(30)


def test_a_body_that_drips_is_left(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then does not buy the time of a body: 408. Many bytes do, however long they take."""
    monkeypatch.setattr(patience, "ARRIVAL", 0.2)
    monkeypatch.setattr(patience, "KEEP_ALIVE", 0.05)
    with Wire(server) as wire:
        wire.send(head(TYPE, b"Content-Length: 60000"))
        wire.socket.settimeout(0.02)
        got = b""
        while not got:
            wire.send(b"x")
            try:
                got = wire.socket.recv(100)
            except TimeoutError:
                continue
        assert statuses(got) == [408]
    with Wire(server) as wire:
        wire.send(head(TYPE, b"Content-Length: 60000", path=b"/_oauth/refresh-token"))
        wire.socket.settimeout(0.02)
        for _ in range(60):
            wire.send(b"x" * 1000)
            with suppress(TimeoutError):
                assert statuses(wire.socket.recv(100)) == [400]
