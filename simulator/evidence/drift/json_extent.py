"""Where a JSON value ends, found in pieces: no text is looked at twice, and none is kept."""

from __future__ import annotations

import re
from typing import Final

TEXT: Final = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
"""A text from any of its characters up to its quotation mark, or to an escape whose letter has not come yet."""
SIGN: Final = re.compile(r'["{}\[\]]')
SCALAR_END: Final = re.compile(r"[\s,}\]]")


class ValueExtent:
    """Finds the end of one JSON value. Whether the value is right is not its business."""

    def __init__(self) -> None:
        self._seen, self._depth, self._in_text = 0, 0, False

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
                sign = SIGN.search(text, place)
                if sign is None:
                    place = len(text)
                    break
                self._in_text, place = sign[0] == '"', sign.end()
                self._depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(sign[0], 0)
            if not (self._in_text or self._depth > 0):
                self._seen = place - start
                return True
        self._seen = place - start
        return False

    def take_seen(self) -> int:
        """The number of characters that have been looked at and are not needed any more."""
        seen, self._seen = self._seen, 0
        return seen
