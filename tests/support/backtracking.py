"""How many letters a regular expression looks at: a backtracking matcher that counts, and does what `re` does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

PARSER: Final[Any] = vars(re)["_parser"]


class Matcher:
    """A pattern of letters, sets, groups, alternatives and repeated letters. `looked_at` counts the letters."""

    def __init__(self, pattern: str) -> None:
        self._tree = list(PARSER.parse(pattern))
        self.looked_at = 0

    def fullmatch(self, text: str) -> bool:
        """Whether the pattern matches the whole text, tried in the order in which `re` tries."""
        return any(end == len(text) for end in self._ends(self._tree, text, 0))

    def _ends(self, parts: list[Any], text: str, at: int) -> Iterator[int]:
        """Where a match of these parts may end if it begins at `at`."""
        if not parts:
            yield at
            return
        for end in self._ends_of_one(str(parts[0][0]), parts[0][1], text, at):
            yield from self._ends(parts[1:], text, end)

    def _ends_of_one(self, operation: str, value: Any, text: str, at: int) -> Iterator[int]:
        if operation == "BRANCH":
            for alternative in value[1]:
                yield from self._ends(list(alternative), text, at)
        elif operation == "SUBPATTERN":
            yield from self._ends(list(value[-1]), text, at)
        elif operation == "MAX_REPEAT":
            least, most, ((letter, which),) = value
            end = at
            while end - at < most and self._matches(str(letter), which, text, end):
                end += 1
            yield from range(end, at + least - 1, -1)
        elif self._matches(operation, value, text, at):
            yield at + 1

    def _matches(self, operation: str, value: Any, text: str, at: int) -> bool:
        """Whether the letter at a place is the one, or one of the set, that is wanted."""
        self.looked_at += 1
        letters = [value] if operation == "LITERAL" else [letter for _, letter in value]
        assert operation in ("LITERAL", "IN"), operation
        return at < len(text) and ord(text[at]) in letters


def letters_looked_at(pattern: str, text: str) -> int:
    """How many letters are looked at until it is clear that the text does not match."""
    matcher = Matcher(pattern)
    assert not matcher.fullmatch(text)
    assert not re.fullmatch(pattern, text)
    return matcher.looked_at
