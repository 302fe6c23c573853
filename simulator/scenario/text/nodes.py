"""Nodes: the tree of a scenario's text. Every node knows its place; a scalar stays text until the reader converts it.

A scenario is data: no tags, anchors, aliases or repeated keys, one document, and caps on size, depth and nodes.
JSON is read by a JSON parser, because a YAML parser fails on escaped surrogate pairs and on tabs.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.quoting import shortened
from simulator.core.value import Value
from simulator.printing import printable

DIGITS: Final = lazy_pattern("[0-9][0-9.]*")
"""A number, or the part of a number after a comma."""
MAXIMUM_CHARACTERS: Final = 1_000_000
MAXIMUM_DEPTH: Final = 20
MAXIMUM_NODES: Final = 200_000
LONGEST_MESSAGE: Final = 5_000
"""Characters of a problem's message, which may list all known names."""
MOST_PROBLEMS: Final = 100
"""Problems of one text that are listed. More would cost time, because each name is compared with all known names."""


class Problem(Value, frozen=True, order=True):
    """A problem in a scenario and its place. `line` and `column` count from 1; `path` is like `given.users.bob`."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        return str(printable(f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"))


def _bounded(problem: Problem) -> Problem:
    """The problem, shortened to what a person can read: what it quotes may have a million characters."""
    path, message = shortened(problem.path), shortened(problem.message, LONGEST_MESSAGE)
    return (
        replace(problem, path=path, message=message) if (path, message) != (problem.path, problem.message) else problem
    )


class ScenarioError(Exception):
    """A scenario that cannot be used, with all its problems."""

    def __init__(self, problems: list[Problem]) -> None:
        distinct = list(dict.fromkeys(map(_bounded, problems)))
        self.problems = sorted(distinct[:MOST_PROBLEMS])
        if len(distinct) > MOST_PROBLEMS:
            last = self.problems[-1]
            more = f"more than {MOST_PROBLEMS} problems; the others are not listed"
            self.problems.append(Problem(last.file, last.line, last.column, "", more))
        super().__init__("\n".join(map(str, self.problems)))


class Node(Value, frozen=True):
    """A scalar (`text`; `plain` = without quotes), a list (`items`) or a mapping (`entries`)."""

    line: int
    column: int
    file: str = ""
    text: str | None = None
    plain: bool = False
    items: tuple[Node, ...] | None = None
    entries: tuple[tuple[Node, Node], ...] | None = None

    @property
    def is_null(self) -> bool:
        """True for YAML 1.2's null: an empty value, `~` or `null`, without quotes."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")

    @property
    def kind(self) -> str:
        """What the node is, as messages call it: `a list`, `nothing`, `'the text'`."""
        if self.entries is not None:
            return "a mapping"
        return "a list" if self.items is not None else "nothing" if self.is_null else f"{self.text!r}"

    def entry(self, name: str) -> tuple[Node, Node] | None:
        """The (key, value) nodes of a mapping's key; None if there is no such key."""
        return next((pair for pair in self.entries or () if pair[0].text == name), None)

    def value(self, name: str) -> Node | None:
        """The value of a mapping's key; None if there is no such key or its value is null."""
        entry = self.entry(name)
        return entry[1] if entry and not entry[1].is_null else None


class Budget:
    """What is left of the caps on size, for a file and all files that it extends."""

    def __init__(self) -> None:
        self.characters = MAXIMUM_CHARACTERS
        self.nodes = MAXIMUM_NODES

    def take(self, text: str, file: str) -> None:
        """Count a text. Raises `ScenarioError` beyond the cap."""
        self.characters -= len(text)
        if self.characters < 0:
            raise ScenarioError([Problem(file, 1, 1, "", f"longer than {MAXIMUM_CHARACTERS} characters")])

    def node(self, file: str, line: int, column: int, depth: int) -> None:
        """Count a node. Raises `ScenarioError` beyond a cap."""
        self.nodes -= 1
        if self.nodes < 0:
            raise ScenarioError([Problem(file, line, column, "", f"more than {MAXIMUM_NODES} values")])
        if depth > MAXIMUM_DEPTH:
            raise ScenarioError([Problem(file, line, column, "", f"nested more than {MAXIMUM_DEPTH} deep")])
