"""What becomes due by itself: a little is part of the next call, much is done before it."""

from __future__ import annotations

from collections.abc import Callable

from support.deposits_and_transfers import arrive, slow
from support.desk import Desk
from support.wire import Asgi, Broker

from simulator.core.passing import MUCH, PassTime, TimePassed
from simulator.core.world import World

HOUR = 3_600_000


def _slow_world() -> World:
    """Deposits wait for three confirmations."""
    desk = Desk()
    slow(desk)
    return desk.world


def test_much_that_is_due_is_done_before_the_next_call(wired: Callable[..., Broker]) -> None:
    """A call that finds much due waits until it has happened, as a step of the log of its own."""
    broker = wired(_slow_world())
    assert isinstance(broker.send, Asgi)
    desk = broker.send.app.desk
    begin = desk.exchange.state()
    for _ in range(MUCH + 1):
        desk.exchange.perform(arrive(seen=0))
    desk.exchange.clock.advance(HOUR)
    assert desk.behind
    assert broker.send("GET", "/api/v1/timestamp").status == 200
    assert not desk.exchange.world.arriving
    assert [type(logged.command).__name__ for logged in desk.exchange.log][-2:] == ["PassTime", "GetServerTime"]
    assert desk.exchange.replay(begin) == desk.exchange.world


def test_a_little_that_is_due_is_part_of_the_next_call(wired: Callable[..., Broker]) -> None:
    """No thread is begun for it."""
    broker = wired(_slow_world())
    assert isinstance(broker.send, Asgi)
    desk = broker.send.app.desk
    desk.exchange.perform(arrive(seen=0))
    desk.exchange.clock.advance(HOUR)
    assert not desk.behind
    broker.send("GET", "/api/v1/timestamp")
    assert not desk.exchange.world.arriving
    assert type(desk.exchange.log[-2].command).__name__ == "ArriveDeposit"


def test_deposits_are_credited_in_order_of_their_instants(wired: Callable[..., Broker]) -> None:
    """However many lines they wait in: each at its own instant, the soonest first."""
    broker = wired(_slow_world())
    assert isinstance(broker.send, Asgi)
    exchange = broker.send.app.desk.exchange
    for confirmations in (0, 2, 1, 2, 0, 1):
        exchange.perform(arrive(seen=confirmations))
        exchange.clock.advance(7)
    exchange.clock.advance(HOUR)
    passed = exchange.perform(PassTime()).result
    assert isinstance(passed, TimePassed)
    instants = [deposit.updated_at for deposit in passed.credited]
    assert len(instants) == 6
    assert instants == sorted(instants)
