"""Which tests a mutant meets: those that run its line, as measured.

Those that stand in its mirror come first, then those of its folder.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Final

from coverage import CoverageData
from mutants import ROOT

TESTS: Final = (
    *("tests/core", "tests/document", "tests/catalogue", "tests/scenario", "tests/state", "tests/test_exchange*.py"),
    *("tests/**/test_endpoints_doc.py", "tests/**/test_docs.py"),
    *("tests/web/**/test_answers.py", "tests/web/**/test_faults.py", "tests/web/**/test_strikes.py"),
)
"""The tests that run inside one process and quickly: folders, and patterns of files."""
DECLARATIONS: Final = (
    *("test_declared_words.py", "test_declared_tables.py", "test_declared_defaults.py", "test_played_day.py"),
    *("test_value.py", "test_endpoints.py", "test_endpoints_doc.py", "test_staged.py", "test_refusals.py"),
    *("test_facts.py", "test_docs.py"),
)
"""Files of tests that hold what is declared, and run no line of it: they meet whatever happens at an import."""
FOLDER: Final = ROOT / ".mutation"
DATA: Final = FOLDER / "coverage"
SUMS: Final = FOLDER / "sums.json"
LONG: Final = 3.0
"""Seconds of the processor that no test of these takes."""
BATCH: Final = 12
"""Files of tests that are measured at once; what is measured is kept if somebody stops it."""
LONGEST: Final = 8.0
"""Seconds of the processor that the tests of one mutant took while they were measured: the quickest first."""
MOST: Final = 400
"""Tests that one mutant meets, but for those that hold what is declared."""


def test_files() -> list[str]:
    """The files of those tests, relative to the root."""
    paths = [path for name in TESTS for path in ROOT.glob(name)]
    files = {file for path in paths for file in (path.rglob("test_*.py") if path.is_dir() else [path])}
    return sorted(str(file.relative_to(ROOT)) for file in files)


def _sums(paths: Iterable[Path]) -> dict[str, str]:
    return {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@dataclass
class Measured:
    """What a measurement knows: checksums of the files that it saw, and how long each test took, in seconds."""

    sources: dict[str, str] = field(default_factory=dict)
    tests: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def measure(run: Callable[[list[str], dict[str, float]], None], *, anew: bool) -> Measured:
    """Measure what has changed: all tests if the simulator has, else the new and changed files of tests.

    `run` runs some files of tests under coverage into `DATA`, and puts into the dict how long each test took.
    """
    FOLDER.mkdir(exist_ok=True)
    before = Measured(**json.loads(SUMS.read_text())) if SUMS.exists() and DATA.exists() else Measured()
    sources = _sums(sorted((ROOT / "simulator").rglob("*.py")))
    tests = _sums(ROOT / name for name in test_files())
    if anew or sources != before.sources:
        before = Measured()
        DATA.unlink(missing_ok=True)
    stale = [name for name, total in tests.items() if before.tests.get(name) != total]
    now = Measured(sources, {name: total for name, total in before.tests.items() if name in tests}, before.seconds)
    for first in range(0, len(stale), BATCH):
        print(f"measuring which lines the tests run, {first} of {len(stale)} files ...", flush=True)
        batch = stale[first : first + BATCH]
        run(batch, now.seconds)
        now.tests.update({name: tests[name] for name in batch})
        SUMS.write_text(json.dumps(vars(now)))
    return now


@dataclass
class Choice:
    """Chooses tests by what was measured. `known` are the tests that there are."""

    measured: Measured
    known: set[str]
    _lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)

    @cached_property
    def data(self) -> CoverageData:
        data = CoverageData(str(DATA))
        data.read()
        return data

    def lines(self, path: str) -> dict[int, list[str]]:
        """The tests by line of a module; "" stands for an import, at which the line ran."""
        if path not in self._lines:
            by_line = self.data.contexts_by_lineno(str(ROOT / path))
            self._lines[path] = {
                line: sorted({name for each in contexts if (name := each.rpartition("|")[0]) in self.known or not each})
                for line, contexts in by_line.items()
            }
        return self._lines[path]

    def tests(self, path: str, line: int) -> list[str]:
        """The tests for a change of that line, in the order in which they are to be run."""
        lines = self.lines(path)
        names, declared = self._runners(path, line), set[str]()
        stem, folder = Path(path).stem.removesuffix("s"), Path("tests", *Path(path).parts[1:-1])
        mirror = {name for name in self.known if Path(name.partition("::")[0]).name.startswith(f"test_{stem}")}
        near = {name for name in self.known if Path(name.partition("::")[0]).parent == folder}
        if names and "" not in names:
            mirror, near = mirror & names, near & names
        else:  # what runs at an import may be a function, and then the tests that run it again are not all
            declared = self._in_files(DECLARATIONS)
            names = {name for tests in lines.values() for name in tests} | self._users(path, line) | declared | near
        names.discard("")
        places = self._places(names | mirror)

        def order(name: str) -> tuple[bool, bool, bool, tuple[int, float], str]:
            return name not in mirror, name not in near, name not in declared, places[name], name

        chosen, total = list[str](), 0.0
        for name in sorted((names | mirror) - declared, key=order)[:MOST]:
            total += self._seconds(name)
            if total > LONGEST and chosen:
                break
            chosen.append(name)
        return sorted([*chosen, *declared], key=order)

    def _places(self, names: set[str]) -> dict[str, tuple[int, float]]:
        """The quickest test of each file comes first, then the second of each, so that many files are asked."""
        places: dict[str, tuple[int, float]] = {}
        for _, tests in groupby(sorted(names), key=lambda name: name.partition("::")[0]):
            for place, name in enumerate(sorted(tests, key=lambda name: (self._seconds(name), name))):
                places[name] = (place, self._seconds(name))
        return places

    def _runners(self, path: str, line: int) -> set[str]:
        """The tests that run the line of a function, or the function whose head it is: `def`, a decorator, a default.

        None for what runs at an import, although a test may be the first that imports the module.
        """
        tree, names = ast.parse((ROOT / path).read_text(encoding="utf-8")), set[str]()
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = range(node.body[0].lineno, (node.end_lineno or 0) + 1)
                if min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) <= line < inside.stop:
                    numbers = [line] if line in inside else inside
                    names.update(name for number in numbers for name in self.lines(path).get(number, ()))
        return names

    def _in_files(self, ends: tuple[str, ...]) -> set[str]:
        """The tests in files whose names end so, but for those that take long."""
        return {name for name in self.known if name.partition("::")[0].endswith(ends) and self._seconds(name) < LONG}

    def _seconds(self, name: str) -> float:
        return self.measured.seconds.get(name, 0.01)

    def _users(self, path: str, line: int) -> set[str]:
        """The tests of the lines, anywhere, that name what this line makes when its module is imported."""
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        made = {
            name.id
            for node in tree.body
            if node.lineno <= line <= (node.end_lineno or line)
            for target in ast.walk(node)
            if isinstance(target, ast.Assign | ast.AnnAssign)
            for name in ast.walk(target.targets[0] if isinstance(target, ast.Assign) else target.target)
            if isinstance(name, ast.Name)
        }
        made |= {n.name for n in tree.body if isinstance(n, ast.ClassDef) and n.lineno <= line <= (n.end_lineno or 0)}
        names: set[str] = set()
        for other in sorted((ROOT / "simulator").rglob("*.py")):
            text = other.read_text(encoding="utf-8")
            if any(name in text for name in made):
                using = {
                    node.lineno
                    for node in ast.walk(ast.parse(text))
                    if (isinstance(node, ast.Name) and node.id in made)
                    or (isinstance(node, ast.Attribute) and node.attr in made)
                }
                tests = self.lines(str(other.relative_to(ROOT)))
                names.update(name for each in using for name in tests.get(each, ()))
        return names
