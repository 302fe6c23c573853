"""`clock:`: what both clocks of the exchange say."""

from __future__ import annotations

import pytest
from situations import FILE, problems, situation
from support import START, Key, payment

from simulator.clock import Clock, ClockSettings
from simulator.core.fields import Body
from simulator.core.withdrawals import Withdraw
from simulator.exchange import Exchange

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
