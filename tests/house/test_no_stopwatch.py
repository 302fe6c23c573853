"""No test measures time: a busy machine is no failure. What is fast or slow is measured in `benchmarks/`."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest
from house.test_rules import parsed
from support.source_tree import ROOT, imports

TESTS: Final = ROOT / "tests"
CLOCKS: Final = {"time", "timeit", "simulator.clock.stopwatch"}
"""Modules and functions that tell how long something takes."""
ALLOWED: Final = {
    "support/polling.py": "pauses between two questions to another thread or process, and counts nothing",
    "scenario/keys/test_clock.py": "sets the machine's clock",
    "end_to_end/test_crowd.py": "stops the machine's clocks",
    "end_to_end/sample_broker/broker/kucoin.py": "a broker's timestamps and the end of its tokens",
    "end_to_end/sample_broker/broker/service.py": "the same",
    "test_exchange.py": "shows that the stopwatch runs",
}
"""Files that import one of them, and why."""
READINGS: Final = {
    "perf_counter",
    "perf_counter_ns",
    "monotonic",
    "monotonic_ns",
    "process_time",
    "thread_time",
    "time",
}
"""Methods and functions that read a clock: of `time`, and `time` of an event loop."""


def clocks(source: str) -> set[str]:
    """The clocks that a file imports."""
    names = set(imports(parsed(source)))
    return {clock for clock in CLOCKS for name in names if name == clock or name.startswith(f"{clock}.")}


def readings(source: str) -> list[str]:
    """Where a file reads a clock: of an event loop, of `time`, or by a name that only a clock has."""
    calls = [node.func for node in ast.walk(parsed(source)) if isinstance(node, ast.Call)]
    found = []
    for function in calls:
        if isinstance(function, ast.Attribute) and function.attr in READINGS:
            owner = ast.unparse(function.value)
            if function.attr != "time" or owner == "time" or "loop" in owner:
                found.append(ast.unparse(function))
        elif isinstance(function, ast.Name) and function.id in READINGS - {"time"}:
            found.append(function.id)
    return found


FILES: Final = sorted(path.relative_to(TESTS).as_posix() for path in TESTS.rglob("*.py"))


def test_no_test_has_a_stopwatch() -> None:
    """No file of the tests imports or reads a clock, but for those that set one and that say why."""
    sources = {name: (TESTS / name).read_text(encoding="utf-8") for name in FILES if TESTS / name != Path(__file__)}
    assert {name for name, source in sources.items() if clocks(source)} == set(ALLOWED)
    assert {
        name: found for name, source in sources.items() if (found := readings(source)) and name not in ALLOWED
    } == {}


@pytest.mark.parametrize(
    ("source", "imported", "read"),
    [
        ("import time\ntime.sleep(1)", {"time"}, []),
        ("from time import perf_counter as p\np()", {"time"}, []),
        ("import time\nassert time.monotonic() < 1", {"time"}, ["time.monotonic"]),
        ("loop.time()", set(), ["loop.time"]),
        ("asyncio.get_running_loop().time() - began", set(), ["asyncio.get_running_loop().time"]),
        ("from simulator.clock import stopwatch", {"simulator.clock.stopwatch"}, []),
        ("from simulator.clock import wall_clock\nbroker.time()", set(), []),
    ],
)
def test_a_stopwatch_is_caught(source: str, imported: set[str], read: list[str]) -> None:
    """The search sees each clock that is planted, however it is written, and lets the exchange's own time be."""
    assert (clocks(source), readings(source)) == (imported, read)
