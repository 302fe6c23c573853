"""The ledger `simulator/core/rules.md`: one row a rule, one home a row, one test that holds it."""

from __future__ import annotations

import ast
import importlib
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache, reduce
from pathlib import Path
from typing import Final

import pytest
from support.generated import OUTDATED
from support.unpublished_codes import HEADING, written

from simulator.core.choices import HOLES
from simulator.core.refusals import Grade, Reason

ROOT = Path(__file__).parents[2]
LEDGER = ROOT / "simulator" / "core" / "rules.md"
ID: Final = r"(?:s\d(?:\.\d)?|H\d{2,3}|signing|rest)/[a-z0-9-]+"
TAG: Final = re.compile(rf"\[({ID})\]")


@dataclass(frozen=True)
class Row:
    """A row of the ledger."""

    id: str
    says: str
    reading: str
    grade: str
    source: str
    home: str
    test: str


@dataclass(frozen=True)
class Tag:
    """A rule's id in square brackets in a docstring or a comment: `file` is relative to the project."""

    id: str
    file: str
    line: int


parsed: Final = cache(ast.parse)
"""The tree of a source; a file is asked for many times."""


def rows(text: str) -> list[Row]:
    """The rows of every table before the list of unpublished codes."""
    rules = text.partition(HEADING)[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in rules.splitlines() if line.startswith("|")
    ]
    return [Row(*row) for row in cells if len(row) == len(fields(Row)) and re.fullmatch(ID, row[0])]


def sources(text: str) -> set[str]:
    """The names of the sources, as the table in the head of the ledger has them."""
    head = text.partition("## What the page says")[0]
    return set(re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", head, re.MULTILINE)) - {"source"}


def prose(source: str) -> Iterator[tuple[int, str]]:
    """Every comment and every docstring (also of a constant), line by line."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for place, line in enumerate(node.value.value.splitlines()):
                yield node.lineno + place, line


def tags(source: str, file: str) -> list[Tag]:
    """The tags of a file. What stands in another string, such as a citation in the tour, is no home."""
    return [Tag(each, file, line) for line, text in prose(source) for each in TAG.findall(text)]


@cache
def all_tags() -> tuple[Tag, ...]:
    """Every tag in the package."""
    files = sorted((ROOT / "simulator").rglob("*.py"))
    return tuple(
        tag for path in files for tag in tags(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    )


def lines_of(source: str, dotted: str) -> range:
    """The lines of a definition or constant, with the docstring under a constant; empty if there is none."""
    body, found = parsed(source).body, range(0)
    for name in dotted.split("."):
        for node, after in zip(body, [*body[1:], None], strict=True):
            names = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
            if isinstance(node, ast.Assign | ast.AnnAssign):
                names = [ast.unparse(target) for target in getattr(node, "targets", [getattr(node, "target", None)])]
            if name in names:
                described = isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(after, ast.Expr)
                last = (after if described and after else node).end_lineno or node.lineno
                found, body = range(node.lineno, last + 1), getattr(node, "body", [])
                break
        else:
            return range(0)
    return found


def problems_of_test(source: str, name: str) -> list[str]:
    """What keeps a function from being a test that holds something: it is missing, promises or asserts nothing."""
    found = [
        node
        for node in parsed(source).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    ]
    if not found:
        return [f"there is no {name}"]
    asserts = any(
        isinstance(node, ast.Assert) or (isinstance(node, ast.Attribute) and node.attr == "raises")
        for node in ast.walk(found[0])
    )
    return [*([] if ast.get_docstring(found[0]) else ["no docstring"]), *([] if asserts else ["asserts nothing"])]


ROWS: Final = rows(LEDGER.read_text(encoding="utf-8"))
EACH: Final = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)


def test_tags_and_rows_are_one_to_one() -> None:
    """Every tag stands once in the code and has one row; every row has its tag."""
    assert len(ROWS) > 100
    assert [each for each, times in Counter(tag.id for tag in all_tags()).items() if times > 1] == []
    assert [each for each, times in Counter(row.id for row in ROWS).items() if times > 1] == []
    assert {tag.id for tag in all_tags()} ^ {row.id for row in ROWS} == set()


def test_citations_are_rules() -> None:
    """Whatever text of the package cites a rule in brackets cites one that there is."""
    known = {row.id for row in ROWS}
    files = [path for suffix in ("py", "html") for path in sorted((ROOT / "simulator").rglob(f"*.{suffix}"))]
    cited = {(path.name, each) for path in files for each in TAG.findall(path.read_text(encoding="utf-8"))}
    assert len(cited) > 100
    assert {pair for pair in cited if pair[1] not in known} == set()


@EACH
def test_home(row: Row) -> None:
    """A row's home can be imported, and its tag stands inside it."""
    file, _, name = row.home.partition(":")
    assert file.endswith(".py")
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    assert reduce(getattr, name.split("."), module) is not None
    (tag,) = [tag for tag in all_tags() if tag.id == row.id]
    assert tag.file == file
    assert tag.line in lines_of((ROOT / file).read_text(encoding="utf-8"), name)


@EACH
def test_held_by_a_test(row: Row) -> None:
    """A row's test exists, makes a promise and asserts something."""
    file, _, name = row.test.partition("::")
    assert file.startswith("tests/")
    assert problems_of_test((ROOT / file).read_text(encoding="utf-8"), name) == []


@EACH
def test_row_is_whole(row: Row) -> None:
    """A row quotes the document or says that it is silent, reads it, and grades that; a mixed row says what is what."""
    assert row.says == "-" or re.fullmatch("`.+`", row.says), "a quote stands in backticks; - means that there is none"
    assert row.reading
    assert set(row.grade.split(", ")) <= {grade.value for grade in Grade}
    assert row.id.startswith(("H", "signing/", "rest/")) or row.says != "-"
    assert "documented" in row.grade or row.id.startswith("H"), "what is documented nowhere is a hole: H and a number"
    mixed = row.grade.split(", ")
    assert len(mixed) == 1 or sum(grade in row.reading for grade in mixed) >= len(mixed) - 1, "say what is (assumed)"


SOURCES: Final = sources(LEDGER.read_text(encoding="utf-8"))
GRADED_BY: Final = {
    "documented": {
        "page",
        "older page",
        "announcement",
        "signing",
        "reference",
        "older reference",
        "rate limits",
        "errors",
    },
    "observed": {"captures"},
    "assumed": {"ours"},
}
"""Grade -> the sources of which one has to be named. What is inferred follows from any."""


@EACH
def test_sources(row: Row) -> None:
    """A row names sources of the head's table, and one that can be what each of its grades says."""
    named = set(row.source.split(", "))
    assert named <= SOURCES
    for grade in row.grade.split(", "):
        assert grade == "inferred" or named & GRADED_BY[grade]


def test_each_source_is_used() -> None:
    """The head of the ledger explains the sources that there are, each with its kind and its date, and no other."""
    assert {source for row in ROWS for source in row.source.split(", ")} == SOURCES
    assert set().union(*GRADED_BY.values()) <= SOURCES


def test_every_switch_has_a_row() -> None:
    """The hole of every switch of `choices` has a row."""
    answered = {row.id.partition("/")[0] for row in ROWS}
    assert set(HOLES.values()) - answered == set()


def test_rules_of_reasons_are_rules() -> None:
    """Every hole that a reason names as its rule has a row."""
    answered = {row.id.partition("/")[0] for row in ROWS}
    named = {hole for reason in Reason for hole in re.findall(r"H\d{2,3}", reason.denial.rule)}
    assert len(named) > 20
    assert named - answered == set()


def test_unpublished_codes() -> None:
    """The second list of the ledger is exactly the reasons without a code of their own, in their order."""
    ledger = LEDGER.read_text(encoding="utf-8")
    assert ledger.count(HEADING) == 1
    assert written(ledger) == ledger, OUTDATED


SAMPLE: Final = '''
LIMIT = 5
"""The limit [s1/limit]."""


class Shop:
    """Sells [s2/sale]."""

    price: int = 3
    """Asked for [s2/price]."""

    def sell(self):
        text = "[s1/limit] is only cited"
        return text  # by the rule [H01/by-rule]


def test_it():
    """Promises."""
    assert Shop()


def test_nothing():
    Shop()
'''


def test_tags_are_found() -> None:
    """Tags are found in docstrings, in comments and under constants, and in no other text."""
    assert {(tag.id, tag.line) for tag in tags(SAMPLE, "x.py")} == {
        ("s1/limit", 3),
        ("s2/sale", 7),
        ("s2/price", 10),
        ("H01/by-rule", 14),
    }


@pytest.mark.parametrize(
    ("dotted", "line", "inside"),
    [
        ("LIMIT", 3, True),
        ("Shop.price", 10, True),
        ("Shop.price", 7, False),
        ("Shop.sell", 14, True),
        ("Shop", 14, True),
        ("LIMIT", 7, False),
        ("Nobody", 3, False),
    ],
)
def test_lines_of_a_home(dotted: str, line: int, inside: bool) -> None:
    """A home's lines are those of its definition and docstring, and of nothing else."""
    assert (line in lines_of(SAMPLE, dotted)) is inside


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("test_it", []),
        ("test_nothing", ["no docstring", "asserts nothing"]),
        ("test_gone", ["there is no test_gone"]),
    ],
)
def test_idle_tests_are_caught(name: str, problems: list[str]) -> None:
    """A test that is missing, promises nothing or asserts nothing is seen."""
    assert problems_of_test(SAMPLE, name) == problems
