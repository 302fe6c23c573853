"""YAML text -> a tree of nodes that know their place. Every scalar stays text: what it means is the reader's business.

A scenario is data: no tags, no anchors or aliases, no key twice, one document, and caps on size, depth and nodes.
JSON is read as JSON: a YAML parser stumbles over escaped surrogate pairs and over tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from msgspec.structs import replace

from simulator.core.quoting import shortened
from simulator.core.value import Value
from simulator.printing import printable

LINE_BREAK: Final = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What ends a line in YAML 1.1."""
DIGITS: Final = re.compile("[0-9][0-9.]*")
"""A number, or what stands behind a comma of one."""
MAXIMUM_CHARACTERS: Final = 1_000_000
MAXIMUM_DEPTH: Final = 20
MAXIMUM_NODES: Final = 200_000


LONGEST_MESSAGE: Final = 2_000
"""Characters of what is said of a problem: it may list what there is."""
MOST_PROBLEMS: Final = 100
"""Problems of one text that are told: each may be compared with every name that there is."""


class Problem(Value, frozen=True, order=True):
    """Something wrong in a scenario, and where. `line` and `column` count from 1; `path` is like `given.users.bob`."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        return str(printable(f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"))


def _bounded(problem: Problem) -> Problem:
    """The problem at a length that a person reads: what it quotes may have a million characters."""
    path, message = shortened(problem.path), shortened(problem.message, LONGEST_MESSAGE)
    return (
        replace(problem, path=path, message=message) if (path, message) != (problem.path, problem.message) else problem
    )


class ScenarioError(Exception):
    """A scenario that cannot be used, with every problem that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        told = list(dict.fromkeys(map(_bounded, problems)))
        self.problems = sorted(told[:MOST_PROBLEMS])
        if len(told) > MOST_PROBLEMS:
            last = self.problems[-1]
            more = f"more than {MOST_PROBLEMS} problems; the others are not told"
            self.problems.append(Problem(last.file, last.line, last.column, "", more))
        super().__init__("\n".join(map(str, self.problems)))


class Node(Value, frozen=True):
    """A scalar (`text`, `plain` when it stood without quotes), a list (`items`) or a mapping (`entries`)."""

    line: int
    column: int
    file: str = ""
    text: str | None = None
    plain: bool = False
    items: tuple[Node, ...] | None = None
    entries: tuple[tuple[Node, Node], ...] | None = None

    @property
    def is_null(self) -> bool:
        """YAML 1.2's null: nothing, `~` or `null`, without quotes."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")

    @property
    def kind(self) -> str:
        """What a person would call it."""
        if self.entries is not None:
            return "a mapping"
        return "a list" if self.items is not None else "nothing" if self.is_null else f"{self.text!r}"

    def entry(self, name: str) -> tuple[Node, Node] | None:
        """The (key, value) of a mapping's key of that name."""
        return next((pair for pair in self.entries or () if pair[0].text == name), None)

    def value(self, name: str) -> Node | None:
        """The value of a mapping's key, unless it is null."""
        entry = self.entry(name)
        return entry[1] if entry and not entry[1].is_null else None


class Budget:
    """What is left of the caps, for a file and all that it extends."""

    def __init__(self) -> None:
        self.characters = MAXIMUM_CHARACTERS
        self.nodes = MAXIMUM_NODES

    def take(self, text: str, file: str) -> None:
        """Pay for a text. Raises `ScenarioError`."""
        self.characters -= len(text)
        if self.characters < 0:
            raise ScenarioError([Problem(file, 1, 1, "", f"longer than {MAXIMUM_CHARACTERS} characters")])

    def node(self, file: str, line: int, column: int, depth: int) -> None:
        """Pay for a node. Raises `ScenarioError`."""
        self.nodes -= 1
        if self.nodes < 0:
            raise ScenarioError([Problem(file, line, column, "", f"more than {MAXIMUM_NODES} values")])
        if depth > MAXIMUM_DEPTH:
            raise ScenarioError([Problem(file, line, column, "", f"nested more than {MAXIMUM_DEPTH} deep")])


def position(mark: Any) -> tuple[int, int]:
    """Line and column of a YAML mark, from 1."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _inside(text: str, line: int, column: int) -> tuple[int, int]:
    """The place, or the text's end: the parser stumbles over an end on a line that is not there."""
    lines = LINE_BREAK.split(text)
    row = lines[line - 1] if line <= len(lines) else lines[-1]
    return (line, min(column, len(row) + 1)) if line <= len(lines) else (len(lines), len(row) + 1)


class _Builder:
    """Events -> nodes."""

    def __init__(self, file: str, events: Iterator[yaml.Event], budget: Budget) -> None:
        self._file = file
        self._events = events
        self._budget = budget

    def fail(self, event: yaml.Event, message: str) -> ScenarioError:
        line, column = position(event.start_mark)
        return ScenarioError([Problem(self._file, line, column, "", message)])

    def node(self, event: yaml.Event, depth: int) -> Node:
        line, column = position(event.start_mark)
        self._budget.node(self._file, line, column, depth)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self.fail(event, "a scenario has no anchors (&) or aliases (*); write the value out")
        if tag := getattr(event, "tag", None):
            raise self.fail(event, f"a scenario has no tags ({tag}); write the value without it")
        if isinstance(event, yaml.ScalarEvent):
            return Node(line, column, self._file, text=event.value, plain=not event.style)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(line, column, self._file, items=tuple(self._until(yaml.SequenceEndEvent, depth)))
        children = list(self._until(yaml.MappingEndEvent, depth))
        self._refuse_commas(children)
        return Node(line, column, self._file, entries=tuple(zip(children[::2], children[1::2], strict=True)))

    def _refuse_commas(self, children: list[Node]) -> None:
        """`{USDT: 1,000.50}` has a key `000.50`, which nobody means, and would go unnoticed where null deletes."""
        for number, key, nothing in zip(children[1::2], children[2::2], children[3::2], strict=False):
            cut = key.plain and nothing.plain and nothing.text == "" and key.line == number.line
            if cut and all(DIGITS.fullmatch(node.text or "") for node in (number, key)):
                whole = f"{number.text},{key.text}"
                message = f"a comma ends the value in {whole}; write the number without commas, as 1000.50 is written"
                raise ScenarioError([Problem(self._file, number.line, number.column, "", message)])

    def _until(self, end: type[yaml.Event], depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield self.node(event, depth + 1)


def parse(text: str, file: str, budget: Budget | None = None) -> Node:
    """The one document of a YAML or JSON text. Raises `ScenarioError`."""
    budget = budget or Budget()
    budget.take(text, file)
    if text.lstrip()[:1] in ("{", "["):
        from simulator.scenario.json_nodes import parse_json

        found = parse_json(text, file, budget)
        if found is not None:
            return found
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        events = yaml.parse(text, Loader=loader)
        builder = _Builder(file, events, budget)
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise builder.fail(event, "a second document; a scenario is one")
            if isinstance(event, yaml.NodeEvent):
                root = builder.node(event, 0)
    except UnicodeEncodeError:
        raise ScenarioError([Problem(file, 1, 1, "", "not YAML: half of a surrogate pair is no text")]) from None
    except yaml.YAMLError as error:
        if "nesting depth" in str(error) and (mark := getattr(error, "problem_mark", None)):
            return parse(text[: mark.index], file)  # libyaml's own cap, met while it looks ahead: ours comes first
        line, column = _inside(text, *position(getattr(error, "problem_mark", None)))
        message = getattr(error, "problem", None) or str(error).splitlines()[0]
        if message.startswith("found") and LINE_BREAK.split(text)[line - 1][column - 1 : column] == "\t":
            message = "found a tab; YAML is indented with spaces alone, so replace each tab by spaces"
        raise ScenarioError([Problem(file, line, column, "", f"not YAML: {message}")]) from None
    return root or Node(1, 1, file, text="", plain=True)
