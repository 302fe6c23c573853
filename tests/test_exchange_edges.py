"""What an exchange remembers beside its world: the log and where it begins, pools, faults and how they were told."""

from __future__ import annotations

from collections import deque
from decimal import Decimal

import pytest
from support.demo_world import demo_world
from support.desk import IP, START, Desk, payment
from support.pool_calls import key_info

from simulator.command_log import PutWorld, replay
from simulator.core.endpoint import Subject
from simulator.core.gateway.pools import Pools
from simulator.core.market.server import GetServerTime
from simulator.core.refusals import Reason
from simulator.core.value import Reply
from simulator.core.world import Now
from simulator.exchange import LOG_CAPACITY, Exchange
from simulator.outcomes import NotPerformed, Outcome
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault


def test_how_long_the_log_is() -> None:
    """The log keeps ten thousand commands unless something else is said."""
    assert LOG_CAPACITY == 10_000
    assert Exchange(demo_world()).log.maxlen == 10_000
    assert Exchange(demo_world(), log_capacity=3).log.maxlen == 3


def test_a_world_by_hand_is_logged() -> None:
    """Another world is noted as a change by hand of nobody; the same world is no change."""
    desk = Desk()
    desk.advance(5)
    before = desk.world
    desk.world = before
    assert len(desk.exchange.log) == desk.exchange.mark().logged == 0
    desk.world = before.put(choices=before.choices)
    (logged,) = desk.exchange.log
    assert logged.before is before
    assert logged.command == PutWorld(desk.world)
    assert logged.outcome == Outcome("", Subject(), Now(START + 5, START), Reply())
    assert desk.exchange.mark().logged == 1


def test_an_outcome_without_a_fault() -> None:
    """Without a fault nothing struck, nothing else is told, and what is answered is the outcome itself."""
    desk = Desk()
    outcome = desk.perform(desk.withdrawal(desk.key(), payment()))
    assert (outcome.struck, outcome.shown, outcome.prevented) == (None, None, False)
    assert outcome.answered is outcome
    assert outcome.pools is not None
    assert outcome.meter is not None


def test_a_call_that_no_pool_counts() -> None:
    """What does not pass the gateway has neither a meter nor pools."""
    desk = Desk()
    desk.pair()
    outcomes = [logged.outcome for logged in desk.exchange.log]
    assert [(outcome.meter, outcome.pools) for outcome in outcomes] == [(None, None)] * 2


def test_pools_are_as_the_call_found_them() -> None:
    """The outcome has the pools of before the call, and the next call finds what this one left."""
    desk = Desk()
    first, second = (desk.exchange.perform(GetServerTime(), IP) for _ in range(2))
    assert first.pools == Pools()
    assert second.pools not in (None, first.pools)


@pytest.mark.parametrize(
    ("fault", "word", "prevented"),
    [
        (Fault("withdraw", refuse=Reason.USER_FROZEN), "USER_FROZEN", True),
        (Fault("withdraw", network="reset"), "NOT_PERFORMED", True),
        (Fault("withdraw", delay=5), "OK", False),
        (Fault("withdraw", at="after_commit", network="reset"), "OK", False),
    ],
)
def test_what_a_fault_prevents(fault: Fault, word: str, prevented: bool) -> None:
    """A fault before the call prevents it unless it only delays, and one after it does not."""
    desk = Desk()
    key = desk.key()
    desk.exchange.stage(Staging([fault]))
    outcome = desk.perform(desk.withdrawal(key, payment()))
    assert (outcome.word, outcome.prevented) == (word, prevented)
    assert outcome.struck is not None
    assert (outcome.struck.id, outcome.struck.fault) == ("f1", fault)
    assert isinstance(outcome.result, NotPerformed) is (word == "NOT_PERFORMED")


def test_details_of_a_staged_refusal() -> None:
    """What a fault says of the refusal fills the gaps of its text, before the call and after it."""
    for at in ("before", "after_commit"):
        desk = Desk()
        key = desk.key()
        details = (("field", "amount"), ("problem", "must be round"))
        desk.exchange.stage(Staging([Fault("withdraw", at=at, refuse=Reason.PARAMETER_INVALID, details=details)]))
        answered = desk.perform(desk.withdrawal(key, payment())).answered.result
        assert getattr(answered, "details", {}) == {"field": "amount", "problem": "must be round"}


def test_only_a_full_pool_is_emptied() -> None:
    """Another refusal on purpose leaves the pool as the call left it, and says what the pool says."""
    for at in ("before", "after_commit"):
        desk = Desk()
        key = desk.key()
        desk.exchange.stage(Staging([Fault("get_api_key_info", times=1, at=at, refuse=Reason.USER_FROZEN)]))
        meters = [desk.perform(key_info(key)).meter for _ in range(2)]
        assert [meter and meter.remaining for meter in meters] == [1980, 1960]


def test_replay_from_within() -> None:
    """A state leads to the world of now over all that came after it, and a lost beginning only matters before it."""
    desk = Desk()
    desk.exchange.log = deque(maxlen=4)
    desk.key()
    state = desk.exchange.state()
    desk.key("bob")
    assert desk.exchange.mark().logged == 6
    assert desk.exchange.replay(state) == desk.world
    desk.pair()
    with pytest.raises(ValueError, match=r"^the log begins later$"):
        desk.exchange.replay(state)


def test_an_empty_log() -> None:
    """Nothing can be replayed of a log without a command."""
    with pytest.raises(ValueError, match=r"^an empty log has no first world$"):
        replay(deque())


def test_after_a_reset_an_older_state_leads_nowhere() -> None:
    """A reset counts as a step of the log, so that no state of before it seems to lead to the world of now."""
    desk = Desk()
    state = desk.exchange.state()
    desk.exchange.reset()
    assert desk.exchange.mark().logged == 1
    with pytest.raises(ValueError, match="begins later"):
        desk.exchange.replay(state)


def test_a_state() -> None:
    """A state has the world, the business instant, the pace, the faults and the length of the log."""
    desk = Desk()
    desk.key()
    desk.advance(7)
    desk.exchange.clock.run(Decimal(3))
    state = desk.exchange.state()
    assert (state.world, state.business, state.mark.scale, state.mark.logged) == (desk.world, START + 7, Decimal(3), 3)
    assert state.mark.staging is desk.exchange.staging.standing


def test_another_scenario() -> None:
    """Another scenario brings its world, clock and faults, and a reset comes back to these and not to the first."""
    desk, other = Desk(), Desk(fee_rounding="half_even")
    fault = Fault("withdraw", times=1, network="reset")
    desk.key()
    desk.exchange.apply(other.world, other.exchange.clock, Staging([fault]))
    assert (desk.world, desk.exchange.clock, len(desk.exchange.log)) == (other.world, other.exchange.clock, 0)
    desk.exchange.staging.remove("f1")
    desk.exchange.reset()
    assert [armed.fault for armed in desk.exchange.staging.armed] == [fault]
    assert desk.exchange.scenario is desk.world is other.world


def test_a_fork_that_is_adopted() -> None:
    """What a fork has done is done here too: world, time and log."""
    desk = Desk()
    desk.pair()
    fork = desk.exchange.fork()
    fork.clock.advance(9)
    fork.perform(GetServerTime(), IP)
    fork.world = demo_world(fee_rounding="half_even")
    desk.exchange.adopt(fork)
    assert desk.world is fork.world
    assert desk.exchange.clock.now().business == START + 9
    assert desk.exchange.mark().logged == len(desk.exchange.log) == 4
    assert replay(desk.exchange.log) == desk.world
