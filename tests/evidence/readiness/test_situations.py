"""Each situation is met by brokers that do right, by one that errs, and by one of which nothing can be said yet."""

from __future__ import annotations

import asyncio

import pytest
from support.readiness import (
    connecting,
    failing_network,
    losing,
    order_at_once,
    order_refusals,
    order_runs,
    ordering,
    payments,
    settling,
)
from support.readiness.bench import Bench
from support.readiness.case import Case

from simulator.evidence.readiness.assess import Assessment
from simulator.evidence.readiness.catalogue import SITUATIONS

CASES = [
    *(*connecting.CASES, *payments.CASES, *losing.CASES, *settling.CASES, *failing_network.CASES),
    *(*order_runs.CASES, *order_at_once.CASES, *order_refusals.CASES),
]
VERDICTS = {"handled": True, "broken": False, "undecided": None}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_run_is_judged(runner: asyncio.Runner, case: Case) -> None:
    """What is right is never called broken, one mistake breaks its own situation alone, and what is open stays open."""
    bench = Bench(runner, case.text)
    case.run(bench)
    occurrences = bench.assess().occurrences
    wrong = {situation for situation, rows in occurrences.items() for row in rows if row.handled is False}
    assert wrong == ({case.situation} if case.verdict == "broken" else set()), occurrences
    assert case.situation in occurrences, occurrences
    rows = occurrences[case.situation]
    assert VERDICTS[case.verdict] in {row.handled for row in rows}, rows
    for row in rows:
        assert row.why.startswith(f"#{row.entry} ")
        assert (row.culprit is not None) == (row.handled is False)


def quiet(bench: Bench) -> None:
    """A day on which nothing happens: login, refresh, a key, a payment in one step, looks, a transfer, two orders."""
    bench.pair = bench.exchange(bench.code("frank")).json()
    bench.key("frank")
    bench.currency()
    bench.accounts()
    bench.look()
    bench.pay(amount="20")
    bench.by_account()
    bench.look()
    bench.transfer("5")
    bench.address()
    bench.signed("GET", "/api/v1/deposits")
    bench.signed("GET", "/api/v1/accounts/ledgers")
    bench.sleep(60_000)
    bench.signed("GET", "/api/v1/withdrawals/quotas?currency=USDT")
    resting = ordering.placed(bench, size="0.0001", clientOid="rests")
    ordering.look(bench, resting)
    ordering.cancel(bench, resting)
    ordering.placed(bench, size="0.0001", price=ordering.TAKE, clientOid="takes")
    ordering.fills(bench)


def test_a_state_that_waits_still_is_no_replay(runner: asyncio.Runner) -> None:
    """A callback with the state of another login is not called a replay while that login waits for its callback."""
    bench = Bench(runner)
    bench.press("decision", "approve")
    bench.press("trick", "replay_state", state="s-2")
    bench.exchange(bench.newest_code())
    assert "login/state-replayed" not in bench.assess().occurrences


@pytest.fixture(scope="module")
def nothing_special(runner: asyncio.Runner) -> Assessment:
    """The assessment of a quiet day."""
    bench = Bench(runner, "given: {users: {frank: {trade: {USDT: '100'}}}}")
    quiet(bench)
    return bench.assess()


@pytest.mark.parametrize("situation", [situation.id for situation in SITUATIONS])
def test_a_quiet_day_reaches_nothing(nothing_special: Assessment, situation: str) -> None:
    """A situation is not reached by calls that all succeed, whose answers all arrive, and that meet no limit."""
    assert situation not in nothing_special.occurrences


def test_an_empty_journal_is_assessed(runner: asyncio.Runner) -> None:
    """Nothing was called, so nothing was reached, nothing is wrong and nothing was leaned on."""
    assert Bench(runner).assess() == Assessment({}, {}, (), ())


WITHOUT_MISTAKE = {
    "login/redirect-differs": "a mistake of the set-up never counts as broken",
    "lost-answers/look": "what is wrong is to act without a look, which has rows of its own",
    "fees/from-amount": "what a broker shows its customer is not seen",
    "fees/internal": "the same",
    "settlement/failed": "a broker that never looks again may still do it",
    "network/slow": "a client that hangs up is seen in the rows of lost answers",
    "network/drip": "the same",
    "windows/ten-seconds-edge": "the refused request has a row of its own",
    "windows/day-edge": "the same",
}
"""Situations in which no call can be called a mistake, and why."""


def test_every_situation_has_its_runs() -> None:
    """Each situation is handled by some run, and broken by another unless it is said why there is none."""
    everything = {situation.id for situation in SITUATIONS}
    by_verdict = {
        verdict: {case.situation for case in CASES if case.verdict == verdict} for verdict in ("handled", "broken")
    }
    assert everything - by_verdict["handled"] == set()
    assert everything - by_verdict["broken"] == set(WITHOUT_MISTAKE)
