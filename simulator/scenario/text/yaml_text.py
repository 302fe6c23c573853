"""YAML as nodes with line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from simulator.scenario.text.nodes import DIGITS, Budget, Node, Problem, ScenarioError


class NodeBuilder:
    """Makes nodes of YAML events."""

    def __init__(self, file: str, events: Iterator[yaml.Event], budget: Budget) -> None:
        self._file = file
        self._events = events
        self._budget = budget

    def fail(self, event: yaml.Event, message: str) -> ScenarioError:
        """The error with one problem at an event's place."""
        line, column = position(event.start_mark)
        return ScenarioError([Problem(self._file, line, column, "", message)])

    def node(self, event: yaml.Event, depth: int) -> Node:
        """The node that begins with an event. Raises `ScenarioError`."""
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
        """Refuse `{USDT: 1,000.50}`. It has a key `000.50` that nobody means, and its null would delete silently."""
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


def position(mark: Any) -> tuple[int, int]:
    """Line and column of a YAML mark, from 1."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def clamped(text: str, line: int, column: int) -> tuple[int, int]:
    """The place, or the text's end if it is beyond: the parser reports an early end on a line that does not exist."""
    lines = LINE_BREAK.split(text)
    row = lines[line - 1] if line <= len(lines) else lines[-1]
    return (line, min(column, len(row) + 1)) if line <= len(lines) else (len(lines), len(row) + 1)


LINE_BREAK: Final = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""The line breaks of YAML 1.1."""
