"""Answers that wait for the end of a turn of the event loop: none is lost, none is late, and none overtakes another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from support.raw_http import LAST, TIME, Wire, statuses

from simulator.left_overs import LEFT_OVERS
from simulator.web.server import LocalServer
from simulator.web.wire.connection import Connection
from simulator.web.wire.outbox import ALONE, MOST, MOST_ALONE, Outbox

STATUS = TIME.replace(b"timestamp", b"status")


class Client:
    """A connection that counts how often it was told to write."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.written = 0

    def write_due(self) -> None:
        self.written += 1


def turn(outbox: Outbox, clients: list[Client]) -> list[int]:
    """Answers to all of these in one turn. What each had written in that turn."""
    for client in clients:
        outbox.put(client)
    written = [client.written for client in clients]
    clients[0].loop.run_until_complete(asyncio.sleep(0))
    return written


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def waiting(loop: asyncio.AbstractEventLoop) -> Outbox:
    """An outbox whose next answer waits."""
    outbox = Outbox()
    for _ in range(ALONE):
        turn(outbox, [Client(loop)])
    return outbox


def test_answers_of_one_turn_wait_for_its_end(loop: asyncio.AbstractEventLoop) -> None:
    """What is answered in one turn is written at its end, once for each connection."""
    outbox, clients = waiting(loop), [Client(loop) for _ in range(3)]
    assert turn(outbox, clients) == [0, 0, 0]
    assert [client.written for client in clients] == [1, 1, 1]
    assert turn(outbox, clients) == [1, 1, 1]  # and the next ones wait again
    assert [client.written for client in clients] == [2, 2, 2]


class Thing:
    """A thing that notes what a client had written when it was freed."""

    def __init__(self, client: Client, freed: list[int]) -> None:
        self._client, self._freed = client, freed

    def __del__(self) -> None:
        self._freed.append(self._client.written)


@pytest.mark.parametrize("answers", [1, 2, MOST])
def test_what_a_call_leaves_is_freed_behind_its_answer(loop: asyncio.AbstractEventLoop, answers: int) -> None:
    """Nothing is freed before the answer is written, whether it is written at once or waits; then all of it is."""
    outbox, clients = Outbox() if answers == 1 else waiting(loop), [Client(loop) for _ in range(answers)]
    freed: list[int] = []
    for client in clients:
        LEFT_OVERS.put(Thing(client, freed))
    turn(outbox, clients)
    assert freed == [1] * answers


def waits(outbox: Outbox, client: Client) -> bool:
    """True if the answer to the only call of a turn is written at the turn's end."""
    before = client.written
    return turn(outbox, [client]) == [before]


def test_an_answer_that_is_alone_does_not_wait(loop: asyncio.AbstractEventLoop) -> None:
    """Behind an answer that waited for no other, more and more of the next ones are written at once, until two wait."""
    outbox, client = waiting(loop), Client(loop)
    for at_once in (ALONE, 2 * ALONE, 4 * ALONE, 8 * ALONE, 16 * ALONE, MOST_ALONE, MOST_ALONE):
        assert [waits(outbox, client) for _ in range(1 + at_once)] == [True] + [False] * at_once
    assert turn(outbox, [client, Client(loop)])[1] == 0
    assert [waits(outbox, client) for _ in range(2 + ALONE)] == [True] + [False] * ALONE + [True]


def test_a_full_outbox_is_emptied(loop: asyncio.AbstractEventLoop) -> None:
    """Of more answers than may wait, the first ones are written as soon as there are so many."""
    outbox, clients = waiting(loop), [Client(loop) for _ in range(MOST + 1)]
    assert turn(outbox, clients[:-1])[-1] == 1
    more = [Client(loop) for _ in range(MOST + 1)]
    assert turn(outbox, more) == [*[1] * MOST, 0]
    assert more[-1].written == 1


Act = Callable[[list[Connection]], None]


def on_loop(server: LocalServer, count: int, act: Act) -> list[bytes]:
    """What each of so many clients gets until its connection ends, if this is done with all of them in one turn."""
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(server)) for _ in range(count)]
        for wire in wires:
            wire.send(STATUS)
            while b"msg" not in wire.socket.recv(65_536):
                pass
        loop = server._server._loop
        assert loop is not None
        ports = [wire.socket.getsockname()[1] for wire in wires]

        async def in_one_turn() -> None:
            connections = {
                connection.client[1]: connection
                for connection in server._server.server_state.connections
                if isinstance(connection, Connection) and connection.client
            }
            mine = [connections[port] for port in ports]
            mine[0]._outbox._at_once = 0
            act(mine)

        asyncio.run_coroutine_threadsafe(in_one_turn(), loop).result()
        for wire in wires:
            wire.socket.shutdown(1)
        return [wire.rest() for wire in wires]


def receive(*packets: bytes) -> Act:
    """Every connection gets a first packet, then every one a second."""

    def act(connections: list[Connection]) -> None:
        for packet in packets:
            for connection in connections:
                connection.data_received(packet)

    return act


def ended(connections: list[Connection]) -> None:
    receive(TIME)(connections)
    for connection in connections:
        assert not connection.eof_received()
        connection.transport.close()


def finished(connections: list[Connection]) -> None:
    receive(TIME)(connections)
    for connection in connections:
        connection.finish()


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (receive(TIME), [200]),
        (receive(TIME, TIME), [200, 200]),
        (receive(TIME, b"nonsense\r\n\r\n"), [200, 400]),
        (receive(TIME + b"nonsense\r\n\r\n"), [200, 400]),
        (receive(TIME, TIME + TIME), [200, 200, 200]),
        (receive(TIME, LAST), [200, 200]),
        (receive(TIME, TIME[:20], TIME[20:]), [200, 200]),
        (receive(TIME, b"\x00"), [200, 400]),
        (receive(TIME, *[b"\r\n" * 2048] * 17), [200, 431]),
        (ended, [200]),
        (finished, [200]),
    ],
)
def test_nothing_overtakes_an_answer_that_waits(server: LocalServer, act: Act, expected: list[int]) -> None:
    """What follows in the same turn, such as a request, nonsense or the end of the connection, comes behind it."""
    assert [statuses(heard) for heard in on_loop(server, 3, act)] == [expected] * 3


def test_answers_that_wait_are_written_before_the_server_ends() -> None:
    """A server that is told to end in the turn in which it answers writes these answers first."""
    with LocalServer() as server:

        def act(connections: list[Connection]) -> None:
            receive(TIME)(connections)
            server._server.end()

        assert [statuses(heard) for heard in on_loop(server, 3, act)] == [[200]] * 3
