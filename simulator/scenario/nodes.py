"""YAML text -> a tree of nodes that know their place. Every scalar stays text: what it means is the reader's business.

A scenario is data: no tags, no anchors or aliases, no key twice, one document, and caps on size, depth and nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml

from simulator.core.value import Value

MAXIMUM_CHARACTERS: Final = 1_000_000
MAXIMUM_DEPTH: Final = 20
MAXIMUM_NODES: Final = 200_000


class Problem(Value, frozen=True, order=True):
    """Something wrong in a scenario, and where. `line` and `column` count from 1; `path` is like `given.users.bob`."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class ScenarioError(Exception):
    """A scenario that cannot be used, with every problem that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Node(Value, frozen=True):
    """A scalar (`text`, `plain` when it stood without quotes), a list (`items`) or a mapping (`entries`)."""

    line: int
    column: int
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


def position(mark: Any) -> tuple[int, int]:
    """Line and column of a YAML mark, from 1."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Builder:
    """Events -> nodes, with a depth and a count."""

    def __init__(self, file: str, events: Iterator[yaml.Event]) -> None:
        self._file = file
        self._events = events
        self._count = 0

    def fail(self, event: yaml.Event, message: str) -> ScenarioError:
        line, column = position(event.start_mark)
        return ScenarioError([Problem(self._file, line, column, "", message)])

    def node(self, event: yaml.Event, depth: int) -> Node:
        self._count += 1
        if self._count > MAXIMUM_NODES:
            raise self.fail(event, f"more than {MAXIMUM_NODES} values")
        if depth > MAXIMUM_DEPTH:
            raise self.fail(event, f"nested more than {MAXIMUM_DEPTH} deep")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self.fail(event, "a scenario has no anchors (&) or aliases (*); write the value out")
        if tag := getattr(event, "tag", None):
            raise self.fail(event, f"a scenario has no tags ({tag}); write the value without it")
        line, column = position(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            return Node(line, column, text=event.value, plain=not event.style)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(line, column, items=tuple(self._until(yaml.SequenceEndEvent, depth)))
        children = list(self._until(yaml.MappingEndEvent, depth))
        return Node(line, column, entries=tuple(zip(children[::2], children[1::2], strict=True)))

    def _until(self, end: type[yaml.Event], depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield self.node(event, depth + 1)


def parse(text: str, file: str) -> Node:
    """The one document of a YAML text. Raises `ScenarioError`."""
    if len(text) > MAXIMUM_CHARACTERS:
        raise ScenarioError([Problem(file, 1, 1, "", f"longer than {MAXIMUM_CHARACTERS} characters")])
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        events = yaml.parse(text, Loader=loader)
        builder = _Builder(file, events)
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise builder.fail(event, "a second document; a scenario is one")
            if isinstance(event, yaml.NodeEvent):
                root = builder.node(event, 0)
    except UnicodeEncodeError:
        raise ScenarioError([Problem(file, 1, 1, "", "not YAML: half of a surrogate pair is no text")]) from None
    except yaml.YAMLError as error:
        line, column = position(getattr(error, "problem_mark", None))
        message = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ScenarioError([Problem(file, line, column, "", f"not YAML: {message}")]) from None
    return root or Node(1, 1, text="", plain=True)
