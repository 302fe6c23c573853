"""What a struck call does to its connection, to other calls and to a server that stops: nothing that it should not."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from contextlib import ExitStack
from threading import Event
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from support.desk import refresh_body
from support.faulty_server import COIN, TIME, Line, post, read_answer, read_rest

from simulator.messages import Answer, Damage
from simulator.scenario.staging.faults import Condition, Fault
from simulator.web.server import LocalServer, create_app
from simulator.web.wire.damage import CONNECTION, deliver

FOR_EVER: Final = 600_000
TETHER: Final = COIN.replace(b"BTC", b"USDT")
BTC, USDT = ((Condition("currency", name),) for name in ("BTC", "USDT"))
OPEN: Final = (
    (COIN, Fault("get_currency", match=BTC, times=1, network="hang")),
    (COIN, Fault("get_currency", match=BTC, times=1, delay=FOR_EVER)),
    (COIN, Fault("get_currency", match=BTC, times=1, at="after_commit", delay=FOR_EVER)),
    (TETHER, Fault("get_currency", match=USDT, times=1, at="after_commit", network="drip", delay=FOR_EVER)),
    (TETHER, Fault("get_currency", match=USDT, times=1, at="mid_body", network="hang")),
    (TETHER, Fault("get_currency", match=USDT, times=1, at="mid_body", delay=FOR_EVER)),
)
"""Calls that do not end by themselves; those for USDT begin to answer."""


def _open_all(line: Line, stack: ExitStack, *, pipelined: bool = False) -> list[socket.socket]:
    """Calls of all these kinds, each on its own connection, of which the server has read every byte."""
    line.stage(*(fault for _, fault in OPEN))
    opened = []
    for sent, _ in OPEN:
        connection = stack.enter_context(line.connect())
        connection.sendall(sent + TIME if pipelined else sent)
        opened.append(connection)
        if sent == TETHER:
            assert connection.recv(20).startswith(b"HTTP/1.1 200 OK")
    while sum(each.hits for each in line.server.exchange.staging.armed) < len(OPEN):
        assert line.alive()
    return opened


def test_nobody_else_waits(line: Line) -> None:
    """Hanging, dripping, delayed and paused calls stay open, and others are answered meanwhile."""
    with ExitStack() as stack:
        opened = _open_all(line, stack)
        assert line.broker.tokens()["expires_in"] == 3600
        assert all(map(_is_open, opened))


def _is_open(connection: socket.socket) -> bool:
    """Whether the server has not closed it, after all that has come."""
    connection.setblocking(False)
    try:
        while connection.recv(65_536):
            pass
    except BlockingIOError:
        return True
    return False


@pytest.mark.parametrize("at", ["before", "mid_body"])
@pytest.mark.parametrize(
    ("network", "end"), [("reset", "RST"), ("truncate", "FIN"), ("garbage", "FIN"), ("wrong_length", "FIN")]
)
def test_an_earlier_answer_is_whole(line: Line, network: Any, end: str, at: Any) -> None:
    """Three requests in one go: the first is answered, the second is struck, the third is never begun."""
    line.stage(Fault("get_currency", at=at, network=network))
    with line.connect() as connection:
        connection.sendall(TIME + COIN + TIME)
        head, body = read_answer(connection)
        assert (head[0], body[-1:]) == (b"HTTP/1.1 200 OK", b"}")
        rest, ended = read_rest(connection)
    assert ended == end
    assert rest.count(b"HTTP/1.1 200 OK") == (at == "mid_body" or network in ("truncate", "wrong_length"))
    assert b"20000" not in rest.partition(b"}")[2]
    newest = line.broker.send("GET", "/_sim/v1/requests?limit=1").json()["requests"]
    assert [each["operation"] for each in newest] == ["get_currency"]


def test_what_only_waits_goes_on_in_order(line: Line) -> None:
    """Behind a call that drips another one waits for its turn, and both are answered whole."""
    line.stage(Fault("get_currency", at="after_commit", network="drip", delay=20))
    with line.connect() as connection:
        connection.sendall(COIN + TIME)
        assert b"BTC" in read_answer(connection)[1]
        assert read_answer(connection)[1].startswith(b'{"code":"200000","data":1')


def test_who_hangs_up_during_a_delay_has_still_called(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway performs what it has accepted, although nobody is there any more to hear of it."""
    token = line.broker.tokens()["refresh_token"]
    line.stage(Fault("refresh_tokens", times=1, delay=100))
    waiting, performed = Event(), Event()
    exchange = line.server.exchange
    struck, carry_out = exchange.struck, exchange.carry_out

    def strike(command: Any) -> Any:
        found = struck(command)
        waiting.set()
        return found

    def perform(*each: Any) -> Any:
        outcome = carry_out(*each)
        performed.set()
        return outcome

    monkeypatch.setattr(exchange, "struck", strike)
    monkeypatch.setattr(exchange, "carry_out", perform)
    with line.connect() as connection:
        connection.sendall(post("/_oauth/refresh-token", urlencode(refresh_body(token).fields or {}).encode()))
        assert waiting.wait(10)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert performed.wait(10)
    assert line.broker.entry(line.broker.refresh(token))["outcome"] == "REFRESH_TOKEN_SUPERSEDED"


@pytest.mark.parametrize("pipelined", [False, True])
def test_a_server_stops_at_once(pipelined: bool, caplog: pytest.LogCaptureFixture) -> None:
    """With such calls open it closes every connection, leaves no call behind, and has nothing to complain of."""
    with ExitStack() as stack:
        with LocalServer() as server, caplog.at_level(logging.WARNING):
            line = Line(server)
            opened = _open_all(line, stack, pipelined=pipelined)
        assert not server._thread.is_alive()
        assert not server._server.server_state.tasks
        assert {read_rest(connection)[1] for connection in opened} <= {"FIN", "RST"}
    assert caplog.messages == []


def test_a_client_that_does_not_read_holds_up_no_stop(caplog: pytest.LogCaptureFixture) -> None:
    """Answers that nobody takes are thrown away when the server stops."""
    with LocalServer() as server, caplog.at_level(logging.WARNING), socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(COIN * 8_000)  # ten megabytes of answers
        connections = server._server.server_state.connections
        while not any(each.transport.get_write_buffer_size() for each in list(connections)):
            assert Line(server).alive()
        server._server.should_exit = True
        server._thread.join(10)
        assert not server._thread.is_alive()
    assert caplog.messages == []


def test_a_drip_that_is_late_notices_who_has_gone() -> None:
    """However far behind it is, others get their turn between two bytes, and nothing is sent to nobody."""
    answer = Answer(200, b"x" * 1_000, damage=Damage("drip", "after_commit"))
    sent: list[Any] = []

    async def talk() -> None:
        begun = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await begun.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)
            begun.set()

        await deliver(answer, {"extensions": {CONNECTION: {"transport": object()}}}, receive, send)

    asyncio.run(talk())
    assert 0 < len(sent) < 10


def test_a_call_whose_time_comes_with_a_reset_is_not_performed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The world that it was waiting in is gone, although its own time was up in the same moment."""
    desk = create_app().desk

    async def overtaken(*_: Any, **__: Any) -> None:
        desk.reset()

    monkeypatch.setattr(asyncio, "wait", overtaken)
    assert not asyncio.run(desk._wait(1))
