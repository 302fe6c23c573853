"""Faults and bounds of a connection are the same inside TLS: RST, half an answer, silence, and a client that stalls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from support.faulty_server import COIN, Line, split
from support.raw_http import LAST, TIME, head, statuses
from support.tls_clients import WWW, Inside, plain, secure

from simulator.scenario.staging.faults import Fault
from simulator.web.server import LocalServer
from simulator.web.wire import connection as module
from simulator.web.wire import patience


@pytest.fixture(scope="session", params=["asyncio", "auto"])
def shielded_server(request: pytest.FixtureRequest) -> Iterator[LocalServer]:
    """A server on asyncio's own loop, and one on the fastest that is installed."""
    server = LocalServer()
    server._server.config.loop = request.param
    with server:
        yield server


@pytest.fixture
def line(shielded_server: LocalServer) -> Line:
    """A line to the demo world as it is at the start, without a fault."""
    return Line(shielded_server)


def said(line: Line, sent: bytes) -> tuple[bytes, str]:
    """All that comes inside TLS, and how it ends."""
    with plain(line.server) as connection:
        inside = Inside(connection)
        connection.sendall(inside.hello())
        inside.finish()
        return inside.said(sent)


@pytest.mark.parametrize("at", ["before", "after_commit"])
def test_a_reset(line: Line, at: Any) -> None:
    """A RST comes as a RST."""
    line.stage(Fault("get_currency", times=1, at=at, network="reset"))
    got, ended = said(line, COIN)
    assert (got, ended) == (b"", "RST")
    assert line.alive()


def test_a_reset_in_the_middle(line: Line) -> None:
    """Half of an answer can be read before the RST."""
    line.stage(Fault("get_currency", times=1, at="mid_body", network="reset"))
    got, ended = said(line, COIN)
    assert ended == "RST"
    assert not got or split(got)[0][0] == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("network", ["truncate", "empty", "garbage", "wrong_length"])
def test_an_answer_that_ends_badly(line: Line, network: Any) -> None:
    """Half an answer, none, or garbage: what comes is inside TLS, and the connection ends."""
    line.stage(Fault("get_currency", times=1, at="mid_body" if network == "truncate" else "before", network=network))
    got, ended = said(line, COIN)
    assert ended == "word"
    if network == "truncate":
        lines, body = split(got)
        [length] = [int(text.partition(b": ")[2]) for text in lines if text.startswith(b"content-length: ")]
        assert 0 < len(body) < length
    elif network == "empty":
        assert got == b""
    else:
        assert got
    assert line.alive()


def test_a_silent_client_is_left(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who shakes hands and says nothing, or half of a request, is left when its time is over."""
    monkeypatch.setattr(patience, "ARRIVAL", 0.2)
    monkeypatch.setattr(patience, "KEEP_ALIVE", 0.1)
    assert said(line, b"")[0] == b""
    assert statuses(said(line, TIME)[0]) == [200]
    assert statuses(said(line, TIME[:20])[0]) == [408]
    assert statuses(said(line, head(b"Content-Length: 10", path=b"/_oauth/refresh-token") + b"x")[0]) == [408]


def test_a_head_is_bounded(line: Line) -> None:
    """A head that goes on is refused with 431, whatever its records are."""
    most = module.MAXIMUM_HEAD
    assert statuses(said(line, b"GET /api/v1/timestamp?" + b"x" * (most + 5000))[0]) == [431]
    assert statuses(said(line, b"x" * 0 + LAST)[0]) == [200]


def test_who_reads_nothing_holds_back_only_itself(line: Line) -> None:
    """A client that asks much and reads nothing is not read on, others are answered, and later it gets everything."""
    many = 3000
    ask = b"GET /api/v3/currencies HTTP/1.1\r\nHost: x\r\n\r\n"
    with secure(line.server, WWW) as connection:
        connection.setblocking(False)
        sent, data = 0, ask * many + LAST
        for _ in range(200):
            with suppress(OSError):  # nothing more goes out at this moment
                sent += connection.send(data[sent : sent + 16_384])
        assert line.alive()
        [accepted] = [
            each
            for each in line.server._server.server_state.connections
            if isinstance(each, module.Connection) and each.client == connection.getsockname()
        ]
        assert accepted.scheme == "https"
        assert len(accepted._unread) <= module.MOST_UNREAD + 65_536 * 2
        assert accepted.transport.get_write_buffer_size() < 4_000_000


def test_a_connection_that_shuts_down_in_the_middle_is_forgotten(line: Line) -> None:
    """After many connections that end in every way, the server holds none."""
    for _ in range(5):
        secure(line.server, WWW).close()
        said(line, LAST)
    while line.server._server.server_state.connections:
        assert line.alive()
    assert not line.server._server._crowd.silent
