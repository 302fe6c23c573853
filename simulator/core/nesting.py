"""How deep JSON is nested: what is deeper than the cap is not read, so that no reader runs out of stack."""

from __future__ import annotations

import re
from typing import Final

from simulator.core.lazy_pattern import lazy_pattern

DEEPEST: Final = 500
"""Objects and lists in one another. No documented call has more than four; Python's parser ends at about 900."""
TOKEN: Final = lazy_pattern(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
"""A string, with or without its end, or what begins or ends an object or a list."""


def too_deep(text: str, most: int = DEEPEST) -> bool:
    """Whether JSON, or what was to be JSON, is nested deeper than `most`."""
    if text.count("{") + text.count("[") <= most:
        return False
    depth = 0
    for token in TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > most:
                return True
        elif token[0] in "]}":
            depth -= 1
    return False
