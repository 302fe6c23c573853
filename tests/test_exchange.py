"""`Exchange` and its clock: the only things that remember."""

from __future__ import annotations

from collections import deque
from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.demo_world import demo_world
from support.desk import START, Desk, payment

from simulator.clock import Clock, ClockSettings, stopwatch, wall_clock
from simulator.command_log import Logged, replay
from simulator.core.endpoint import Subject
from simulator.core.fast_api.authorization import LogIn
from simulator.core.refusals import Reason, Refusal
from simulator.core.world import Now
from simulator.exchange import Exchange
from simulator.scenario.staging.faults import Fault
from simulator.scenario.staging.logins import Decided


def test_outcome_tells_who_what_when() -> None:
    """An outcome names the operation, the user and client, both instants, and the answer."""
    desk = Desk()
    key = desk.key()
    desk.advance(5)
    outcome = desk.perform(desk.withdrawal(key, payment()))
    assert (outcome.operation, outcome.subject, outcome.now) == (
        "withdraw",
        Subject("alice", "demo-broker"),
        Now(START + 5, START),
    )
    assert outcome.word == "OK"


def test_refusals_in_the_log_hold_nothing() -> None:
    """A refusal that is kept lets go of the world and the frames it was raised in."""
    desk = Desk()
    outcome = desk.perform(LogIn("", "nobody"))
    assert isinstance(outcome.result, Refusal)
    assert outcome.word == outcome.result.reason.name == "PARAMETER_MISSING"
    assert (outcome.result.keep, outcome.result.__traceback__, outcome.result.__context__) == (None, None, None)


def test_a_crash_changes_nothing() -> None:
    """A defect of ours leaves the world as it was and the log without an entry."""
    desk = Desk()
    before = desk.world
    with pytest.raises(KeyError):
        desk.perform(object())
    assert desk.world is before
    assert len(desk.exchange.log) == 0


def test_reset() -> None:
    """A reset goes back to the scenario: world, clock, log; the same calls then give the same bytes."""
    desk = Desk()
    desk.advance(1)
    first = desk.key()
    desk.exchange.reset()
    assert desk.world is desk.exchange.scenario
    assert desk.exchange.clock.now() == Now(START, START)
    assert len(desk.exchange.log) == 0
    desk.advance(1)
    assert desk.key() == first


def test_fork() -> None:
    """A fork starts where and when the other stands, and neither sees what the other does afterwards."""
    desk = Desk()
    desk.key()
    desk.advance(5)
    other = desk.exchange.fork()
    assert other.world is desk.world
    desk.advance(5)
    assert (other.clock.now().business, desk.exchange.clock.now().business) == (START + 5, START + 10)
    desk.key()
    assert len(other.world.api_keys) == 1
    assert other.scenario is other.world


def test_restore() -> None:
    """A state puts back world, business time and its pace, the counts of faults and who waits; the log goes on."""
    desk = Desk()
    desk.exchange.staging.add(Fault("withdraw", times=1, refuse=Reason.USER_FROZEN))
    desk.exchange.staging.wait(Decided("bob"))
    key = desk.key("frank")
    desk.advance(5)
    state = desk.exchange.state()
    desk.perform(desk.withdrawal(key, payment()))
    desk.exchange.staging.next_login()
    desk.exchange.clock.run(Decimal(2))
    desk.advance(1_000)
    desk.wall += 7
    logged = len(desk.exchange.log)
    desk.exchange.restore(state)
    assert desk.world is state.world
    assert desk.exchange.clock.now() == Now(START + 5, START + 7)
    assert desk.exchange.clock.scale == 0
    assert desk.exchange.staging.armed[0].hits == 0
    assert [each.user for each in desk.exchange.staging.waiting] == ["bob"]
    assert len(desk.exchange.log) >= logged
    assert desk.exchange.state() == replace(state, mark=desk.exchange.mark())


def test_replay_goes_on_from_a_state() -> None:
    """What was logged after a state leads to the world of now, also over a change by hand and a way back."""
    desk = Desk()
    key = desk.key("frank")
    state = desk.exchange.state()
    desk.pay(key, payment())
    desk.world = desk.world.put(replace(desk.world.users["frank"], level=5))
    desk.pay(key, payment())
    paid = desk.world
    assert desk.exchange.replay(state) == paid != state.world
    desk.exchange.restore(state)
    assert desk.exchange.replay(state) == state.world
    assert replay(desk.exchange.log) == state.world


def test_replay_needs_the_whole_log() -> None:
    """A state from which the log has dropped something, or a reset has led away, is refused."""
    desk = Desk()
    state = desk.exchange.state()
    desk.exchange.log = deque(maxlen=1)
    desk.key()
    with pytest.raises(ValueError, match="begins later"):
        desk.exchange.replay(state)
    state = desk.exchange.state()
    assert desk.exchange.replay(state) == desk.world
    desk.exchange.reset()
    with pytest.raises(ValueError, match="begins later"):
        desk.exchange.replay(state)


def test_log_is_capped() -> None:
    """The log keeps the newest commands; it replays from where it begins."""
    desk = Desk()
    desk.exchange.log = deque(maxlen=3)
    desk.key()
    desk.key("bob")
    assert len(desk.exchange.log) == 3
    assert replay(desk.exchange.log) == desk.world


def test_replay_notices_another_answer() -> None:
    """A log whose outcome is not what comes of its command does not replay."""
    desk = Desk()
    desk.key()
    (last,) = list(desk.exchange.log)[-1:]
    lie = Logged(last.before, LogIn("", "nobody"), last.outcome)
    with pytest.raises(AssertionError, match=r"add_api_key answered PARAMETER_MISSING|add_api_key answered"):
        replay(deque([lie]))


def test_refusals_compare_by_what_a_client_sees() -> None:
    """Two refusals are equal when their reason and their text's gaps are."""
    one = Refusal(Reason.PARAMETER_MISSING, field="code", expected="x")
    assert one == Refusal(Reason.PARAMETER_MISSING, field="code", received="y")
    assert one != Refusal(Reason.PARAMETER_MISSING, field="state")
    assert one != Refusal(Reason.CODE_USED)
    assert one != "PARAMETER_MISSING"


class Wall:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000

    def __call__(self) -> int:
        return self.now


@pytest.mark.parametrize(
    ("settings", "modes", "business"),
    [
        (ClockSettings(), ("real", "offset"), (1_000, 1_010, 1_110)),
        (ClockSettings(start=5_000), ("offset", "offset"), (5_000, 5_010, 5_110)),
        (ClockSettings(frozen=True, start=5_000), ("frozen", "frozen"), (5_000, 5_000, 5_100)),
        (ClockSettings(frozen=True), ("frozen", "frozen"), (1_000, 1_000, 1_100)),
    ],
)
def test_clock(settings: ClockSettings, modes: tuple[str, str], business: tuple[int, int, int]) -> None:
    """The business clock starts where told, follows the wall clock unless frozen, and moves forward on request."""
    wall = Wall()
    clock = Clock(settings, wall)
    start, mode = clock.now(), clock.mode
    wall.now += 10
    later = clock.now()
    clock.advance(100)
    moved = clock.now()
    assert (start.business, later.business, moved.business) == business
    assert (mode, clock.mode) == modes
    assert (start.wall, moved.wall) == (1_000, 1_010)
    clock.reset()
    assert clock.now().business == (1_010 if settings.start is None else 5_000)


def test_business_clock_never_goes_back() -> None:
    """A wall clock that is set back stops the business clock; a negative advance is refused."""
    wall = Wall()
    clock = Clock(wall=wall)
    wall.now += 500
    assert clock.now().business == 1_500
    wall.now -= 400
    assert clock.now() == Now(1_500, 1_100)
    with pytest.raises(ValueError, match="forward only"):
        clock.advance(-1)


def test_machine_clocks() -> None:
    """The two real clocks run: milliseconds since 1970, and a stopwatch."""
    assert wall_clock() > 1_700_000_000_000
    assert stopwatch() <= stopwatch()
    assert Exchange(demo_world()).clock.mode == "real"
