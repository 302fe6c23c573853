"""Mutants of the core, the exchange and staging: which of them no test notices.

Nothing is written into the tree: each mutant lives in a child process that is forked when pytest and all libraries are
loaded, and that imports the changed module in place of the one on the disk.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import select
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import process_time
from types import ModuleType
from typing import Any, Final

import pytest
from choice import DATA, FOLDER, Choice, measure, test_files
from mutants import AREAS, ROOT, Mutant, Place, accepted, lines_since, modules, places, reported, sampled, stale

MEMORY: Final = 3 << 30
"""Bytes of address space that a mutant may take."""
CPU: Final = 90
"""Seconds of the processor that a mutant may take: the clock on the wall would judge how busy the machine is."""
PATIENCE: Final = 1800
"""Seconds on the wall that a mutant may take, in case that it only waits."""
QUIET: Final = ("-q", "-q", "--no-header", "--no-summary", "-p", "no:cacheprovider", "-p", "no:xdist")
STILLBORN: Final = "at the import"
"""What is noticed by nothing but the import of the simulator. A test whose own module fails has noticed the mutant."""
FEW: Final = 20
"""Tests that are tried before all others are even collected: they kill most."""


class Listener:
    """A plugin of pytest: which tests there are, how much of the processor they took (s), which failed first."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.seconds: dict[str, float] = {}
        self.failed = ""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.names = [item.nodeid for item in session.items]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed = self.failed or f"at the collection of {report.nodeid}"

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.seconds[nodeid] = -process_time()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.seconds[nodeid] += process_time()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid


class Replaced(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Imports one module from another text than that of its file."""

    def __init__(self, path: str, code: str) -> None:
        super().__init__(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."), str(ROOT / path))
        self.code = code

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> Any:
        return (
            importlib.util.spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None
        )

    def get_code(self, fullname: str) -> Any:
        return compile(self.code, self.path, "exec", dont_inherit=True)


def in_a_child(work: Callable[[], Any], seconds: float | None = None, cpu: int | None = None) -> Any:
    """What `work` returns in a forked process, as JSON; None if it died, or took too many seconds."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.close(reader)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            if cpu:
                resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
            silence = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(silence, stream)
            os.write(writer, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    parts = []
    try:
        while select.select([reader], [], [], seconds)[0] and (part := os.read(reader, 1 << 16)):
            parts.append(part)
    finally:
        os.close(reader)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return json.loads(b"".join(parts)) if parts else None


def pytest_in_here(arguments: list[str], listener: Listener) -> None:
    """Run pytest in this process."""
    pytest.main([*QUIET, *arguments], plugins=[listener])


def measured_run(files: list[str], seconds: dict[str, float]) -> None:
    """Run files of tests under coverage, a child for all of them."""

    def work() -> dict[str, float]:
        listener = Listener()
        os.environ["COVERAGE_FILE"] = str(DATA)
        options = ["--cov=simulator", "--cov-context=test", "--cov-report=", "--cov-config=", "--cov-append"]
        pytest_in_here([*options, *files], listener)
        if listener.failed:
            return {"": 0.0, listener.failed: 0.0}
        return listener.seconds

    took = in_a_child(work)
    if took is None or "" in took:
        raise SystemExit(f"the tests fail without any mutant: {sorted(took or ['a crash'])}")
    seconds.update(took)


def warmed() -> set[str]:
    """Load pytest, the tests and all that they import, then forget what is ours; the tests that there are."""
    listener = Listener()
    with Path(os.devnull).open("w", encoding="utf-8") as silence, contextlib.redirect_stdout(silence):
        pytest_in_here(["--collect-only", "-p", "no:cov", *test_files()], listener)
    if not listener.names or listener.failed:
        raise SystemExit("the tests cannot be collected: see what `scripts/test --collect-only` says")
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        ours = file.startswith(f"{ROOT}/") and "/site-packages/" not in file and "/scripts/" not in file
        if ours or name.partition(".")[0] in ("simulator", "tests"):
            del sys.modules[name]
    gc.collect()
    gc.freeze()
    return set(listener.names)


def run_of(tests: list[str]) -> Listener:
    """Run these tests until one fails."""
    listener = Listener()
    pytest_in_here(["-x", "-p", "no:cov", "--hypothesis-seed=0", *tests], listener)
    return listener


def fate(mutant: Mutant, tests: list[str]) -> str:
    """Which test noticed the mutant; "" if none did."""

    def work() -> str:
        replaced = Replaced(mutant.place.path, mutant.code)
        sys.meta_path.insert(0, replaced)
        try:
            for name in (replaced.name, "simulator.core.endpoints", "simulator.exchange"):
                importlib.import_module(name)
        except Exception:  # noqa: BLE001 - whatever an import raises
            return STILLBORN
        for part in filter(None, (tests[:FEW], tests[FEW:])):
            listener = run_of(part)
            if not listener.names and not listener.failed:  # the mutant gives a test another name, by its parameter
                listener = run_of([*dict.fromkeys(name.partition("[")[0] for name in part)])
            if listener.failed or not listener.names:
                return listener.failed or "at the start"
        return ""

    result = in_a_child(work, PATIENCE, CPU)
    return "by a crash or an endless loop" if result is None else str(result)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="*", help="modules or folders; without any: all of core, exchange and staging")
    parser.add_argument("--since", metavar="COMMIT", help="only lines that are new or changed since this commit")
    parser.add_argument("--sample", type=int, metavar="N", help="so many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=1, help="of the draw; 1 if it is not said")
    parser.add_argument("--again", metavar="REPORT", help="only the survivors of an earlier run, from its output")
    parser.add_argument("--measure", action="store_true", help="measure again which test runs which line")
    parser.add_argument("--killers", action="store_true", help="also print which test notices each mutant")
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT)]
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(FOLDER / "bytecode")  # compiled once, not for each mutant
    measured = measure(measured_run, anew=options.measure)
    chosen = [place for path in modules(options.paths or AREAS) for place in places(path)]
    if options.since:
        changed = lines_since(options.since)
        chosen = [place for place in chosen if place.line in changed.get(place.path, ())]
    again = reported(options.again) if options.again else None
    if again is not None:
        chosen = [place for place in chosen if (place.path, place.line) in {(path, line) for path, line, *_ in again}]
    choice = Choice(measured, warmed())
    fates: Counter[tuple[str, str]] = Counter()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        judge(sampled(chosen, options.sample, options.seed), choice, again, fates, killers=options.killers)
    except KeyboardInterrupt:
        print("stopped; so far:")
    report(fates)


def judge(
    chosen: list[Place],
    choice: Choice,
    again: set[tuple[str, int, str, str]] | None,
    fates: Counter[tuple[str, str]],
    *,
    killers: bool,
) -> None:
    """Put each mutant to its tests, print the survivors, and count in `fates` what became of all."""
    reasons = accepted()
    if gone := stale(reasons):
        raise SystemExit("take out of scripts/mutation/accepted.txt what is no more:\n" + "\n".join(gone))
    for place in chosen:
        mutant = place.mutant()
        if mutant is None or (again is not None and (place.path, place.line, mutant.before, mutant.after) not in again):
            continue
        kind = "text" if place.text else "behaviour"
        if mutant.key in reasons:
            fates[kind, "accepted"] += 1
            continue
        tests = choice.tests(place.path, place.line)
        killer = fate(mutant, tests) if tests else ""
        word = ("stillborn" if killer == STILLBORN else "killed") if killer else "survived"
        fates[kind, word] += 1
        if not killer:
            what = f"{kind}, {place.operator.partition('/')[2]}, {len(tests)} tests"
            print(f"{place.path}:{place.line}: {what}\n- {mutant.before}\n+ {mutant.after}", flush=True)
        elif killers:
            print(f"{place.path}:{place.line}: {mutant.after}  # {killer}", flush=True)


def report(fates: Counter[tuple[str, str]]) -> None:
    """How many of each kind were noticed. Those that cannot even be imported are not counted as noticed."""
    for kind in ("behaviour", "text"):
        counts = {word: fates[kind, word] for word in ("killed", "survived", "accepted", "stillborn")}
        judged = counts["killed"] + counts["survived"]
        share = f"{counts['killed'] / judged:.1%}" if judged else "none judged"
        print(f"{kind}: {share} killed ({', '.join(f'{many} {word}' for word, many in counts.items())})")
    if any(many for (_, word), many in fates.items() if word == "survived"):
        raise SystemExit("write a test for each survivor, or a reason into scripts/mutation/accepted.txt")


if __name__ == "__main__":
    main()
