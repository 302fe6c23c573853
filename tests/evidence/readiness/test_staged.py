"""Each situation is staged by what its row names: lines of a scenario, or a shipped scenario."""

from __future__ import annotations

import asyncio

from support.readiness.bench import Bench
from support.readiness.staged import RUNS

from simulator.evidence.readiness.catalogue import SITUATIONS

BY_ID = {situation.id: situation for situation in SITUATIONS}


def test_what_a_row_names_stages_it(runner: asyncio.Runner) -> None:
    """A client that only does what the row says reaches the situation, in the lines or the scenario of the row."""
    missed = {}
    for name, run in RUNS.items():
        situation = BY_ID[name]
        assert situation.lines or situation.scenario, name
        bench = Bench(runner, situation.lines, situation.scenario or "demo")
        run(bench)
        reached = bench.assess().occurrences
        if name not in reached:
            missed[name] = (sorted(reached), [entry.outcome.word for entry in bench.app.desk.journal.after(0)])
    assert missed == {}


def test_all_lines_are_tried() -> None:
    """No row has lines that nothing tries; shipped scenarios are tried by careful brokers or here."""
    assert [situation.id for situation in SITUATIONS if situation.lines and situation.id not in RUNS] == []
