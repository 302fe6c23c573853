"""The gateway in front of the exchange: what it keeps away, what fills its pools, and what a fault does to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from support.desk import IP, START, Desk, payment
from support.pool_calls import accounts, key_info, use_up

from simulator.clock import Clock
from simulator.command_log import replay
from simulator.core.control.world_event import WorldEvent
from simulator.core.gateway.pools import Meter
from simulator.core.market.server import GetServerTime
from simulator.core.refusals import Reason
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault


def test_the_wall_clock_counts() -> None:
    """No advance of the business clock fills a pool; thirty seconds of the wall clock do."""
    desk = Desk()
    key = desk.key()
    use_up(desk, key)
    desk.advance(60_000)
    assert desk.reason(key_info(key)) is Reason.RATE_LIMITED
    desk.wall += 29_999
    assert desk.reason(key_info(key)) is Reason.RATE_LIMITED
    desk.wall += 1
    assert desk.meter(key_info(key)) == Meter(2000, 1980, 30_000, over=False)


def test_a_clock_that_is_set_back() -> None:
    """When the machine's clock goes back, another window begins: nobody waits longer than one."""
    desk = Desk()
    key = desk.key()
    use_up(desk, key)
    desk.wall -= 3_600_000
    assert desk.meter(key_info(key)).reset == 30_000


def test_a_call_that_is_over_never_comes_to_the_exchange() -> None:
    """It changes nothing, counts nowhere, is not in the log, and the log replays."""
    desk = Desk()
    key = desk.key("frank")
    use_up(desk, key)
    while desk.perform(accounts(key)).word == "OK":
        pass
    before, logged = desk.world, len(desk.exchange.log)
    outcome = desk.perform(desk.withdrawal(key, payment()))
    assert outcome.word == "RATE_LIMITED"
    refusal = desk.refusal(key_info(key))
    assert (refusal.expected, refusal.received) == (
        "2000 in 30 s (Management)",
        "weight 20 with 0 left for 30000 ms",
    )
    assert desk.world is before
    assert len(desk.exchange.log) == logged
    assert replay(desk.exchange.log) == desk.world


def _reset(desk: Desk) -> None:
    desk.exchange.reset()


def _apply(desk: Desk) -> None:
    desk.exchange.apply(desk.world, Clock(wall=lambda: START), Staging())


def _restore(desk: Desk) -> None:
    desk.exchange.restore(desk.exchange.state())


def _put(desk: Desk) -> None:
    desk.world = replace(desk.world)


def _fork(desk: Desk) -> None:
    desk.exchange.fork().perform(GetServerTime(), IP)


@pytest.mark.parametrize(
    ("happens", "remaining"), [(_reset, 1997), (_apply, 1997), (_restore, 1994), (_put, 1994), (_fork, 1994)]
)
def test_what_fills_the_pools(happens: Callable[[Desk], None], remaining: int) -> None:
    """A reset and another scenario do; a restore, a world that is put in place and what a fork does leave them."""
    desk = Desk()
    desk.meter(GetServerTime(), IP)
    happens(desk)
    assert desk.meter(GetServerTime(), IP).remaining == remaining


def test_a_fork_finds_the_pools_as_they_are() -> None:
    """What was used here is used there."""
    desk = Desk()
    desk.meter(GetServerTime(), IP)
    meter = desk.exchange.fork().perform(GetServerTime(), IP).meter
    assert meter == Meter(2000, 1994, 30_000, over=False)


def test_a_fault_does_not_spare_the_pool() -> None:
    """A call that a fault keeps from the exchange has passed the gateway, and weighs what it weighs."""
    desk = Desk()
    desk.exchange.stage(Staging([Fault("list_accounts", times=1, refuse=Reason.API_KEY_UNKNOWN)]))
    key = desk.key()
    assert [desk.meter(accounts(key)).remaining for _ in range(2)] == [1995, 1990]


@pytest.mark.parametrize("at", ["before", "after_commit"])
def test_a_staged_refusal_empties_the_pool(at: Any) -> None:
    """What it says of the pool is true: nothing is left, and the next call is over until the window has passed."""
    desk = Desk()
    key = desk.key()
    desk.wall += 5
    desk.meter(accounts(key))
    desk.wall += 100
    desk.exchange.stage(Staging([Fault("list_accounts", times=1, at=at, refuse=Reason.RATE_LIMITED)]))
    outcome = desk.perform(accounts(key))
    assert outcome.answered.word == "RATE_LIMITED"
    assert outcome.word == ("RATE_LIMITED" if at == "before" else "OK")
    assert outcome.meter == Meter(2000, 0, 29_900, over=False)
    assert desk.meter(key_info(key)) == Meter(2000, 0, 29_900, over=True)
    desk.wall += 29_900
    assert desk.meter(accounts(key)).remaining == 1995


def test_a_broken_answer_of_a_call_that_is_over_is_the_gateways() -> None:
    """A fault that spoils an answer `before` spoils the refusal, not the reply that the call would have had."""
    desk = Desk()
    key = desk.key()
    use_up(desk, key)
    desk.exchange.stage(Staging([Fault("get_api_key_info", network="truncate")]))
    assert desk.perform(key_info(key)).answered.word == "RATE_LIMITED"


def test_an_event_that_takes_the_key_away() -> None:
    """A call whose key an event of a fault deletes before it is counted for its IP, as one with an unknown key is."""
    desk = Desk()
    key = desk.key("frank")
    first = WorldEvent("delete_key", user="frank")
    desk.exchange.stage(Staging([Fault("withdraw", first=first, times=1)]))
    assert desk.perform(desk.withdrawal(key, payment())).word == "API_KEY_UNKNOWN"
    [(_, user, ip)] = desk.exchange.pools.cycles
    assert (user, ip) == ("", IP)
