"""The journal as detectors read it: who called what, when it started over, and how many calls are looked at."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace
from support.readiness.bench import Bench

from simulator.core.world import Withdrawal
from simulator.evidence.journal import Entry
from simulator.evidence.readiness.assess import assess
from simulator.evidence.readiness.detectors.combinators import HORIZON, Sign
from simulator.evidence.readiness.detectors.requests import withdrawal_of
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situations import settlement


def entries_of(bench: Bench) -> list[Entry]:
    return list(bench.app.desk.journal.after(0))


def test_a_reset_starts_over(runner: asyncio.Runner) -> None:
    """What was repeated before a reset is not held against what comes after it."""
    bench = Bench(runner)
    for _ in range(2):
        key = bench.key("frank")
        bench.broker.withdraw(key, {"currency": "NOSUCH"})
        bench.app.desk.exchange.reset()
        bench._keys.clear()
        bench.advance("1s")
    assert {party[0] for party in History(entries_of(bench)).parties} == {0, 1}


def test_another_test_starts_over(runner: asyncio.Runner) -> None:
    """Three tests that ask for the same thing once are no loop, if it is known where each begins."""
    bench = Bench(runner)
    bench.key("frank")
    for _ in range(3):
        bench.pay(address="0xnone")
    numbers = [entry.number for entry in entries_of(bench)][-3:]
    together, apart = (assess(History(entries_of(bench), starts)).occurrences for starts in ((), numbers))
    assert [row.handled for row in together["destinations/address-format"]] == [False]
    assert [row.handled for row in apart["destinations/address-format"]] == [True, True, True]


def test_each_user_is_alone(runner: asyncio.Runner) -> None:
    """What one user repeats is not another's."""
    bench = Bench(runner)
    for user in ("frank", "alice", "carol"):
        bench.pay(user, address="0xnone")
    rows = bench.assess().occurrences["destinations/address-format"]
    assert [row.handled for row in rows] == [True, True, True]


def looked_at(entries: list[Entry], monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a call is held against a sign while a history is assessed."""
    count = 0
    fits = Sign.fits

    def counted(self: Sign, history: History, place: int, later: int) -> bool:
        nonlocal count
        count += 1
        return fits(self, history, place, later)

    with monkeypatch.context() as patch:
        patch.setattr(Sign, "fits", counted)
        assess(History(entries))
    return count


def test_twice_as_many_entries_are_twice_the_work(runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of calls that are looked at grows with the journal, also where nothing is ever decided."""
    bench = Bench(runner, "choices: {settlement: manual}")
    bench.key("frank")
    bench.fault("list_accounts", times=10, network="reset")
    for number in range(10):
        bench.pay(amount=str(10 + number))
        bench.pay("alice", amount=str(10 + number))
        bench.pay(address="0xnone", amount=str(10 + number))
        bench.accounts()
    entries = entries_of(bench)
    last = entries[-1].after
    repeated = [replace(entry, number=number, before=last, after=last) for number, entry in enumerate(entries * 40, 1)]
    once, twice = looked_at(repeated[: len(repeated) // 2], monkeypatch), looked_at(repeated, monkeypatch)
    assert once > 1_000
    assert twice < 2.2 * once


def test_neighbours_are_looked_at_once_for_each_payment(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the payments around a payment are is found out once, and not again for each that could repeat it."""
    bench = Bench(runner, "choices: {settlement: manual}")
    for _ in range(20):
        bench.pay(amount="10")
    payments = [entry for entry in entries_of(bench) if entry.outcome.operation == "withdraw"]
    last = payments[-1].after
    repeated = [replace(entry, number=number, before=last, after=last) for number, entry in enumerate(payments * 10, 1)]
    looks = 0

    def counted(entry: Entry) -> Withdrawal | None:
        nonlocal looks
        looks += 1
        return withdrawal_of(entry)

    monkeypatch.setattr(settlement, "withdrawal_of", counted)
    assess(History(repeated))
    assert len(repeated) * HORIZON < looks < len(repeated) * HORIZON * 5
