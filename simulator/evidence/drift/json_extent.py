"""Where a JSON value ends and how many values are in it, found in pieces of which none is kept."""

from __future__ import annotations

import re
from typing import Final

MOST_VALUES: Final = 500_000
"""Values of one entry, and of one body, that are read. A value takes up to some hundred bytes of memory, and two or
three characters of a text."""
TEXT: Final = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
"""A text from any of its characters up to its quotation mark, or to an escape whose letter has not come yet."""
STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
FLAT: Final = rf'(?:[^"{{}}\[\]]++|{STRING})*'
STRINGS: Final = re.compile(f"{STRING}?", re.DOTALL)
INNER: Final = re.compile(rf'(?:[^"{{}}\[\]]++|{STRING}|\[{FLAT}\]|\{{{FLAT}\}})*', re.DOTALL)
"""Whole values, except objects and lists that have objects or lists in them. It always matches."""
BLOCK: Final = 1 << 16
"""Characters in which `INNER` looks at once, because the parser of patterns remembers each value."""
SCALAR_END: Final = re.compile(r"[\s,}\]]")


def most_values(text: str) -> int:
    """The number of values in a JSON text, or more: commas and brackets in its strings count, too."""
    return 1 + text.count(",") + text.count("[") + text.count("{")


class ValueExtent:
    """Finds the end of one JSON value. Whether the value is right is not its business."""

    def __init__(self) -> None:
        self._seen, self._depth, self._in_text = 0, 0, False
        self.values = 0
        """How many values there are inside it so far, or one or two more per object and list."""

    def ends(self, text: str, start: int) -> bool:
        """True if the value's end is in the text; the value, or what has not been taken of it, begins at `start`."""
        place = start + self._seen
        if not (self._depth or self._in_text) and place < len(text) and text[place] not in '"{[':
            end = SCALAR_END.search(text, place)
            self._seen = (end.start() if end else len(text)) - start
            return end is not None
        while place < len(text):
            if self._in_text:
                text_end = TEXT.match(text, place)
                place = text_end.end() if text_end else place
                if place >= len(text) or text[place] != '"':  # the rest, or the letter of an escape, is still to come
                    break
                self._in_text, place = False, place + 1
            else:
                if self._depth:
                    start_of_block, place = place, self._inner_end(text, place)
                    if place == min(len(text), start_of_block + BLOCK):
                        continue
                self._in_text = text[place] == '"'
                self._depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(text[place], 0)
                self.values += text[place] in "{["
                place += 1
            if not (self._in_text or self._depth > 0):
                self._seen = place - start
                return True
        self._seen = place - start
        return False

    def _inner_end(self, text: str, place: int) -> int:
        """The end of what has no bracket of our own value in it, from a place; its values are counted."""
        match = INNER.match(text, place, place + BLOCK)
        assert match is not None
        if self.values <= MOST_VALUES:
            self.values += most_values(STRINGS.sub("", match[0])) - 1
        return match.end()

    def take_seen(self) -> int:
        """The number of characters that have been looked at and are not needed any more."""
        seen, self._seen = self._seen, 0
        return seen
