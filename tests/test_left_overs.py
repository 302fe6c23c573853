"""What the rings drop waits until an answer has been written, and not longer."""

from __future__ import annotations

from support.raw_http import LAST, TIME, Wire, statuses

from simulator.core.market.server import GetServerTime
from simulator.evidence.journal import Journal
from simulator.exchange import Exchange
from simulator.left_overs import LEFT_OVERS, MOST, LeftOvers
from simulator.messages import Request
from simulator.scenario.loader import load
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import Family
from simulator.web.server import LocalServer

REQUEST = Request("GET", "/api/v1/timestamp", "", {}, "", b"")


class Thing:
    """A thing that notes when it is freed."""

    def __init__(self, name: int, freed: list[int]) -> None:
        self._name, self._freed = name, freed

    def __del__(self) -> None:
        self._freed.append(self._name)


def test_few_things_wait() -> None:
    """Things wait until they are freed together; of more than may wait, the earlier ones are freed first."""
    left_overs, freed = LeftOvers(), list[int]()
    for name in range(MOST):
        left_overs.put(Thing(name, freed))
    assert freed == []
    left_overs.put(Thing(MOST, freed))
    assert sorted(freed) == [*range(MOST)]
    left_overs.free()
    assert sorted(freed) == [*range(MOST + 1)]


def test_rings_hand_over_what_they_drop() -> None:
    """Neither the journal nor the command log frees anything itself, and both stay within their limits."""
    exchange = Exchange(load("demo").world, log_capacity=2)
    desk = Desk(exchange, load("demo"), Journal(capacity=2))
    LEFT_OVERS.free()
    dropped: list[object] = []
    for _ in range(4):
        dropped += [exchange.log[0]] if len(exchange.log) == 2 else []
        dropped += [desk.journal.newest(2)[-1]] if desk.journal.last >= 2 else []
        desk.perform_at_once(REQUEST, GetServerTime(), lambda outcome: desk.spell(Family.OPENAPI, outcome))
    assert (len(exchange.log), len(desk.journal.newest(10))) == (2, 2)
    assert LEFT_OVERS._things == dropped
    assert len(dropped) == 4


def test_the_usual_way_frees_as_well(server: LocalServer) -> None:
    """A request that is not answered where it was read is followed by that, too."""
    freed: list[int] = []
    with Wire(server) as wire:
        LEFT_OVERS.put(Thing(1, freed))
        wire.send(TIME.replace(b"Host: x", b"Host: x\r\nTransfer-Encoding: chunked") + b"0\r\n\r\n", LAST)
        assert statuses(wire.rest()) == [200, 200]
    assert freed == [1]
