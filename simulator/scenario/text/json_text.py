"""JSON text -> the same nodes as from YAML: numbers stay text, and every value knows its place."""

from __future__ import annotations

import json
import re
from typing import Final

from simulator.scenario.text.nodes import Budget, Node, Problem, ScenarioError

TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[][{}:,]|[^][{}:,"\s]+')


def parse_json(text: str, file: str, budget: Budget) -> Node | None:
    """The nodes of a JSON text (RFC 8259), or None if it is not JSON and may be YAML. Raises `ScenarioError`."""
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return _TokenReader(text, file, budget).node(0)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class _TokenReader:
    """Makes nodes of the tokens of a text that is known to be JSON."""

    def __init__(self, text: str, file: str, budget: Budget) -> None:
        self._text, self._file, self._budget = text, file, budget
        self._tokens = TOKEN.finditer(text)
        self._line, self._line_start, self._seen = 1, 0, 0

    def node(self, depth: int) -> Node:
        """The value that begins with the next token."""
        return self._from(next(self._tokens), depth)

    def _from(self, token: re.Match[str], depth: int) -> Node:
        line, column = self._place(token.start())
        self._budget.node(self._file, line, column, depth)
        word = token[0]
        if word == "[":
            return Node(line, column, self._file, items=tuple(self._several("]", depth)))
        if word == "{":
            children = self._several("}", depth)
            return Node(line, column, self._file, entries=tuple(zip(children[::2], children[1::2], strict=True)))
        if word[0] != '"':
            return Node(line, column, self._file, text=word, plain=True)
        return Node(line, column, self._file, text=self._string(word, line, column))

    def _several(self, end: str, depth: int) -> list[Node]:
        nodes = []
        for token in self._tokens:
            if token[0] == end:
                break
            if token[0] not in (",", ":"):
                nodes.append(self._from(token, depth + 1))
        return nodes

    def _string(self, word: str, line: int, column: int) -> str:
        text: str = json.loads(word)
        try:
            text.encode()
        except UnicodeEncodeError:
            message = "an unpaired surrogate is not valid text"
            raise ScenarioError([Problem(self._file, line, column, "", message)]) from None
        return text

    def _place(self, offset: int) -> tuple[int, int]:
        breaks = self._text.count("\n", self._seen, offset)
        if breaks:
            self._line += breaks
            self._line_start = self._text.rindex("\n", self._seen, offset) + 1
        self._seen = offset
        return self._line, offset - self._line_start + 1
