"""Each situation is met by brokers that do right, by one that errs, and by one of which nothing can be said yet."""

from __future__ import annotations

import asyncio

import pytest
from support.readiness import accounts, payments
from support.readiness.bench import Bench
from support.readiness.case import Case

CASES = [*accounts.CASES, *payments.CASES]
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
