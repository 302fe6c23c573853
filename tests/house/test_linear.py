"""Every regular expression of the package takes time in proportion to its text, because of how it is made."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import simulator
from simulator.core import mint
from simulator.core.lazy_pattern import LazyPattern
from simulator.evidence.drift import json_extent
from simulator.evidence.redaction import _marked
from simulator.scenario.format import patterns, scalars
from simulator.scenario.format.scalars import Scalar

PACKAGE: Final = Path(simulator.__file__).parent
LETTERS: Final = frozenset(map(chr, range(256)))
FEW: Final = 100
"""So many repetitions at most are none that matter."""
SIZE: Final = 65_536
"""Characters of a text: what a body has at most."""
PARSER: Final[Any] = vars(re)["_parser"]
EXCUSED: Final = {
    scalars.URI: "only matched from the start of a scenario's value",
    json_extent.INNER.pattern: "only matched in blocks of bounded length; what is read in vain ends at a bracket",
    "a part": "only meets the pattern of a scenario's author, which has 300 characters at most",
}
"""Patterns that a search could be slow with, and why it is not."""
MADE_OTHERWISE: Final = {
    "patterns.py": "what a scenario's author writes is checked by `pattern`, and met by texts of bounded length",
    "reader.py": "the patterns of scalars, which are looked at here",
    "limits.py": "the patterns of scalars, which are looked at here",
    "scalars.py": "the pattern of a URI, which is a scalar's",
    "lazy_pattern.py": "compiles the constants of others, which are looked at here",
    "redaction.py": "the ids of a workspace, which are looked at here",
    "json_schema.py": "our own paths, for OpenAPI",
}
"""Modules that use a pattern which is no constant of theirs, and why that is as safe."""


def compiled() -> dict[str, re.Pattern[Any]]:
    """Every pattern that a module of the package has as a constant, those of its scalars, and two that are made."""
    found: dict[str, re.Pattern[Any]] = {}
    for module in pkgutil.walk_packages(simulator.__path__, "simulator."):
        if not module.name.endswith("__main__"):
            for constant in vars(importlib.import_module(module.name)).values():
                value = constant.compiled() if isinstance(constant, LazyPattern) else constant
                if isinstance(value, re.Pattern):
                    found[str(value.pattern)] = value
                elif isinstance(value, Scalar) and value.pattern:
                    found[value.pattern] = re.compile(value.pattern)
    marked = _marked(mint.workspace_mark("default"))
    return {**found, marked.pattern: marked, "a part": re.compile(patterns.PART, re.VERBOSE | re.DOTALL)}


# --- what a pattern is made of
def letters(operation: str, value: Any, flags: int) -> frozenset[str]:
    """The letters that a part of one letter matches."""
    if operation == "LITERAL":
        found = {chr(value)}
    elif operation == "NOT_LITERAL":
        found = set(LETTERS) - {chr(value)}
    elif operation == "ANY":
        found = set(LETTERS)
    else:
        found = set()
        for kind, what in ((str(kind), what) for kind, what in value):
            if kind == "LITERAL":
                found.add(chr(what))
            elif kind == "RANGE":
                found |= {chr(code) for code in range(what[0], min(what[1], 255) + 1)}
            elif kind == "CATEGORY":
                test = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[str(what).rpartition("_")[2]]
                inside = {letter for letter in LETTERS if re.match(test, letter)}
                found |= set(LETTERS) - inside if "NOT" in str(what) else inside
        if value and str(value[0][0]) == "NEGATE":
            found = set(LETTERS) - found
    if flags & re.IGNORECASE:
        found |= {letter.lower() for letter in found} | {letter.upper() for letter in found}
    return frozenset(found)


ONE: Final = ("LITERAL", "NOT_LITERAL", "ANY", "IN")
REPEATS: Final = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class Part:
    """A part of a pattern: what it may begin with, all that it may hold, whether it may be empty, and what is wrong."""

    def __init__(self, tree: Any, flags: int) -> None:
        self.first: frozenset[str] = frozenset()
        self.all: frozenset[str] = frozenset()
        self.empty = True
        self.varies: list[frozenset[str]] = []
        """Of each repetition without a bound, or of varying length: the letters that it takes."""
        self.wrong: list[str] = []
        self.behind: frozenset[str] = frozenset()
        """Letters that must not stand before it."""
        open_ended: list[frozenset[str]] = []  # repetitions that what follows could have begun in
        for operation, value in ((str(operation), value) for operation, value in tree):
            part = self._part(operation, value, flags)
            if part is None:
                continue
            if any(taken & part.first for taken in open_ended) and part.varies:
                self.wrong.append("two repetitions in a row that take the same letters")
            endless = [self.first | (part.first if self.empty else frozenset())] if part.endless else []
            if not part.empty:
                if self._restarts:
                    self.wrong.append("a search could begin anywhere within a repetition, and what follows it may fail")
                open_ended = []
            open_ended += [part.all] if part.endless and not part.possessive else []
            self.first |= part.first if self.empty else frozenset()
            self.empty = self.empty and part.empty
            self.all |= part.all
            self.varies += part.varies
            self.wrong += part.wrong
            if endless and self.first & part.all - self.behind:
                self._restarts = True

    _restarts = False
    endless = possessive = False

    def _part(self, operation: str, value: Any, flags: int) -> Part | None:
        if operation in ("AT", "ASSERT", "GROUPREF"):
            return None
        if operation == "ASSERT_NOT":
            if value[0] < 0 and self.empty:
                self.behind |= Part(value[1], flags).all
            return None
        part = Part([], flags)
        if operation in ONE:
            part.first = part.all = letters(operation, value, flags)
            part.empty = False
        elif operation == "BRANCH":
            inner = [Part(tree, flags) for tree in value[1]]
            part.first = frozenset().union(*(each.first for each in inner))
            part.all = frozenset().union(*(each.all for each in inner))
            part.empty = any(each.empty for each in inner)
            part.varies = [varying for each in inner for varying in each.varies]
            part.wrong = [wrong for each in inner for wrong in each.wrong]
        elif operation in ("SUBPATTERN", "ATOMIC_GROUP"):
            part = Part(value[-1] if operation == "SUBPATTERN" else value, flags)
        elif operation in REPEATS:
            least, most, tree = value
            inner_part = Part(tree, flags)
            part.first, part.all = inner_part.first, inner_part.all
            part.empty = not least or inner_part.empty
            part.wrong = list(inner_part.wrong)
            part.possessive = operation == "POSSESSIVE_REPEAT"
            part.endless = most > FEW
            if most > 1 and not part.possessive and any(inner_part.first & taken for taken in inner_part.varies):
                part.wrong.append("a repetition of what varies itself")
            part.varies = [inner_part.all] if least != most else inner_part.varies
        else:
            raise AssertionError(f"{operation} is new: say here what it may match")
        return part


def faults(pattern: re.Pattern[Any]) -> list[str]:
    """What could make a search with a pattern take more than a time in proportion to the text."""
    flags = pattern.flags
    return Part(
        PARSER.parse(pattern.pattern, flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else flags), flags
    ).wrong


PATTERNS: Final = compiled()
NAMES: Final = {name: f"{place}-{re.sub('[^a-z]+', '', name)[:20]}" for place, name in enumerate(sorted(PATTERNS))}


@pytest.mark.parametrize("name", sorted(PATTERNS), ids=NAMES.get)
def test_a_pattern_is_linear(name: str) -> None:
    """No search for it can begin within what a failed one went through, and nothing is shared out in several ways."""
    assert bool(faults(PATTERNS[name])) == (name in EXCUSED)


@pytest.mark.parametrize(
    "text",
    [
        rb"eyJ[\w-]+\.[\w-]+\.[\w-]+",
        r'"(?:[^"\\]|\\.)*"',
        r"\s+$x",
        r"(a+)+b",
        r"(?:a{1,9})*b",
        r"\\*\\+u",
        r"[ab]*c",
        r"x[a-z]*[a-c]*!",
        r"(?:eyJ)?[\w-]+\.",
    ],
)
def test_a_pattern_that_is_not_linear_is_caught(text: str | bytes) -> None:
    """Quadratic and exponential ones are seen when they are planted."""
    assert faults(re.compile(text)) != []


def _pieces(tree: Any, flags: int) -> Iterator[str]:
    """Every letter or set of a pattern as a letter, and its words."""
    word = ""
    for operation, value in ((str(operation), value) for operation, value in tree):
        if operation in ONE:
            letter = min(letters(operation, value, flags) & set('a0 /-.\\"=%[{') or letters(operation, value, flags))
            word += letter
            yield letter
        elif operation == "BRANCH":
            for each in value[1]:
                yield from _pieces(each, flags)
        elif operation in REPEATS:
            yield from _pieces(value[2], flags)
        elif operation == "SUBPATTERN":
            yield from _pieces(value[-1], flags)
    if word:
        yield word


@pytest.mark.parametrize("name", sorted(PATTERNS), ids=NAMES.get)
def test_the_worst_texts_are_gone_through(name: str) -> None:
    """A body's worth of each piece of a pattern, over and over, after the beginning of a match and without its end."""
    pattern = PATTERNS[name]
    pieces = list(dict.fromkeys(_pieces(PARSER.parse(pattern.pattern, pattern.flags & ~re.UNICODE), pattern.flags)))
    start = max(pieces, key=len, default="")
    for piece in pieces:
        text: Any = start + piece * (SIZE // len(piece)) + "\0"
        text = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
        assert sum(1 for _ in pattern.finditer(text)) <= len(text) + 1


def test_no_pattern_is_made_in_passing() -> None:
    """Every other use of `re` in the package has a reason: so each pattern is a constant that is looked at here."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {id(node.value) for node in tree.body if isinstance(node, ast.AnnAssign | ast.Assign)}
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in constants]
        names = [ast.unparse(call.func) for call in calls]
        found |= {path.name for name in names if name.startswith("re.") and name != "re.escape"}
        found |= {path.name for name in names if name == "lazy_pattern"}
    assert found == set(MADE_OTHERWISE)
