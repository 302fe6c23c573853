"""`clock:`: what both clocks of the exchange say."""

from __future__ import annotations

import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.desk import START, Key, payment
from support.hypothesis_settings import STEADY
from support.scenario_texts import FILE, problems, situation

from simulator.clock import LATEST, Clock, ClockSettings, Jumps
from simulator.core.fast_api.withdrawals import Withdraw
from simulator.core.gateway.requests import Body
from simulator.exchange import Exchange
from simulator.scenario.format.scalars import EARLIEST

KEYED = """given:
  clients: {one: {}}
  users:
    ann:
      factor_sets: [[]]
      balances: {USDT: "500"}
      api_keys: [{key: k, secret: s, passphrase: p, groups: [API_WITHDRAW_OAUTH]}]
  currencies: {USDT: {chains: {trx: {}}}}
"""


@pytest.mark.parametrize(
    ("text", "offset"),
    [("30s", 30_000), ("-30s", -30_000), ("-1h1ms", -3_600_001), ("0s", 0), ("3650d", 315_360_000_000)],
)
def test_a_wall_offset_goes_both_ways(text: str, offset: int) -> None:
    """The exchange's wall clock can be ahead of this machine's or behind it."""
    assert situation(f"clock: {{wall_offset: {text}}}\ngiven: {{}}\n").clock == ClockSettings(wall_offset=offset)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("--30s", "expected a duration such as 30s or -30s, found '--30s'"),
        ("+30s", "expected a duration such as 30s or -30s, found '+30s'"),
        ("-", "expected a duration such as 30s or -30s, found '-'"),
        ("30", "expected a duration such as 30s or -30s, found '30'"),
        ("3651d", "must not be more than 3650d either way"),
        ("-999999999d", "must not be more than 3650d either way"),
    ],
)
def test_what_is_no_offset_is_refused(text: str, problem: str) -> None:
    """Two signs, a plus, no unit or more than ten years make no offset."""
    assert problems(f"clock: {{wall_offset: '{text}'}}\ngiven: {{}}\n") == [
        f"{FILE}:3:22: clock.wall_offset: {problem}"
    ]


@pytest.mark.parametrize(
    ("text", "wanted", "mode"),
    [
        ("{mode: real}", ClockSettings(), "real"),
        ("{start: 2026-06-01T00:00:00Z}", ClockSettings(start=START), "offset"),
        ("{mode: offset, start: 2026-06-01T00:00:00Z}", ClockSettings(start=START), "offset"),
        ("{mode: frozen}", ClockSettings(frozen=True), "frozen"),
        ("{mode: scaled, scale: 60}", ClockSettings(scale=Decimal(60)), "scaled"),
        ('{mode: scaled, scale: "0.5"}', ClockSettings(scale=Decimal("0.5")), "scaled"),
        ("{mode: scaled, scale: 1000000}", ClockSettings(scale=Decimal(1_000_000)), "scaled"),
    ],
)
def test_a_clock_runs_as_it_is_told(text: str, wanted: ClockSettings, mode: str) -> None:
    """Each mode, and what it needs beside it."""
    found = situation(f"clock: {text}\ngiven: {{}}\n").clock
    assert (found, Clock(found, wall=lambda: 1_000).mode, found.mode) == (wanted, mode, mode)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{mode: scaled}", "8: clock.scale: is missing; mode: scaled needs one, such as 60"),
        ("{mode: offset}", "8: clock.start: is missing; mode: offset runs from a start"),
        ("{mode: real, scale: 60}", "21: clock.scale: goes with mode: scaled, not with mode: real"),
        ("{scale: 60}", "9: clock.scale: goes with mode: scaled, not with mode: real"),
        ("{mode: scaled, scale: 0}", "30: clock.scale: must be more than 0 and at most 1000000"),
        ("{mode: scaled, scale: 1000000.1}", "30: clock.scale: must be more than 0 and at most 1000000"),
        ("{mode: scaled, scale: -1}", "30: clock.scale: expected a scale such as 60 or 0.5, found '-1'"),
        ("{mode: scaled, scale: 1e3}", "30: clock.scale: expected a scale such as 60 or 0.5, found '1e3'"),
    ],
)
def test_a_clock_that_cannot_run_is_refused(text: str, problem: str) -> None:
    """A mode without what it needs, and a scale that is none, are told at their place."""
    assert problems(f"clock: {text}\ngiven: {{}}\n") == [f"{FILE}:3:{problem}"]


@settings(STEADY)
@given(
    scale=st.decimals("0.000001", "1000000", places=6),
    steps=st.lists(st.integers(0, 10**9), min_size=1, max_size=10),
)
def test_a_scaled_clock_is_exact(scale: Decimal, steps: list[int]) -> None:
    """However often it is looked at, it stands at the scale times what has passed, rounded down to the millisecond."""
    wall = 0
    clock = Clock(ClockSettings(start=0, scale=scale), wall=lambda: wall)
    for step in steps:
        wall += step
        assert clock.now().business == min(LATEST, int(Fraction(wall) * Fraction(scale)))


@pytest.mark.parametrize("frozen", [False, True])
def test_an_offset_moves_the_wall_clock(frozen: bool) -> None:
    """The wall clock is ahead by the offset for as long as it runs, after a reset too; a start is where it says."""
    wall = 1_000
    clock = Clock(ClockSettings(frozen, 500, 300), wall=lambda: wall)
    assert (clock.now().wall, clock.now().business) == (1_300, 500)
    wall = 1_010
    assert (clock.now().wall, clock.now().business) == (1_310, 500 if frozen else 510)
    clock.reset()
    assert (clock.now().wall, clock.now().business) == (1_310, 500)


def test_without_a_start_both_clocks_agree() -> None:
    """An exchange whose clock is wrong dates what it does by that clock."""
    clock = Clock(ClockSettings(wall_offset=-300), wall=lambda: 1_000)
    assert (clock.now().wall, clock.now().business, clock.mode) == (700, 700, "real")


@pytest.mark.parametrize(
    ("offset", "word"), [("4999ms", "OK"), ("5s", "TIMESTAMP_INVALID"), ("-4999ms", "OK"), ("-5s", "TIMESTAMP_INVALID")]
)
def test_a_signature_is_judged_by_the_exchanges_clock(offset: str, word: str) -> None:
    """A call that is stamped by a right clock is refused by an exchange whose clock is five seconds off."""
    scenario = situation(f"clock: {{wall_offset: {offset}}}\n{KEYED}")
    exchange = Exchange(scenario.world, Clock(scenario.clock, wall=lambda: START))
    signed = Key("k", "s", "p").sign(timestamp=START)
    outcome = exchange.perform(Withdraw(signed, Body(payment())))
    assert outcome.word == word


@pytest.mark.parametrize(
    "start",
    [
        "0001-01-01T00:00:00+23:59",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_a_start_that_no_clock_can_show_is_refused(start: str) -> None:
    """Dates begin with the year 1 and end with the year 9999, wherever the zone is."""
    assert problems(f"clock: {{start: '{start}'}}\ngiven: {{}}\n") == [
        f"{FILE}:3:16: clock.start: must be in the years 1 to 9999, UTC"
    ]


@pytest.mark.parametrize(
    ("start", "instant"), [("0001-01-01T00:00:00Z", EARLIEST), ("9999-12-31T23:59:59.999Z", LATEST)]
)
def test_a_start_can_be_the_first_or_the_last_instant(start: str, instant: int) -> None:
    """What a clock can show, it can start at."""
    assert situation(f"clock: {{start: '{start}'}}\ngiven: {{}}\n").clock.start == instant


def test_jumps_are_counted_once_each() -> None:
    """A second off in one step is a jump; less is none, and neither is time that passes on both clocks."""
    machine = [START, 0]
    clock = Clock(wall=lambda: machine[0], steady=lambda: machine[1])

    def after(passed: int, off: int) -> Jumps:
        machine[0] += passed + off
        machine[1] += passed * 1_000_000
        clock.now()
        clock.now()
        return clock.jumps

    assert after(10**9, 0) == after(0, 999) == Jumps()
    assert after(500, 1) == Jumps(1, ahead=1_000)
    assert after(500, -999) == Jumps(1, ahead=1_000)
    assert after(0, -2_000) == Jumps(2, ahead=1_000, back=2_999)
    assert after(0, 5_000) == Jumps(3, ahead=6_000, back=2_999)


def test_a_thread_that_was_held_up_is_no_jump() -> None:
    """When the two clocks are looked at far apart once, a second look shows that nobody has set one."""
    late = iter([0, 0, 3 * 10**12, 0, 0])
    clock = Clock(wall=lambda: START, steady=lambda: next(late, 0))
    for _ in range(3):
        clock.now()
    assert clock.jumps == Jumps()


@pytest.mark.parametrize("scale", ["0.001", "1", "60", "1000000"])
@given(moves=st.lists(st.tuples(st.integers(-(10**12), 10**12), st.integers(0, 10**6)), max_size=8))
@settings(max_examples=50)
def test_business_time_never_runs_back(scale: str, moves: list[tuple[int, int]]) -> None:
    """Whatever is done to the machine's clock, and when `held` is over the business clock stands where it stood."""
    machine = [10**13, 0]
    clock = Clock(ClockSettings(scale=Decimal(scale)), wall=lambda: machine[0], steady=lambda: machine[1])
    before = clock.now().business
    for off, passed in moves:
        machine[0], machine[1] = machine[0] + off + passed, machine[1] + passed * 1_000_000
        assert clock.now().business >= before
        before = clock.now().business
        machine[0] += (held := clock.held)
        if held:
            assert clock.now().business == before
            assert clock.held == 0
        machine[0] -= held


def test_the_machines_own_clock_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without being told what to compare with, a clock sees that the machine's was set."""
    machine = {"time_ns": 10**18, "monotonic_ns": 10**9}
    monkeypatch.setattr(time, "time_ns", lambda: machine["time_ns"])
    monkeypatch.setattr(time, "monotonic_ns", lambda: machine["monotonic_ns"])
    clock = Clock()
    machine["time_ns"] += 3_600 * 10**9
    clock.now()
    assert clock.jumps == Jumps(count=1, ahead=3_600_000)
