"""The check of how deeply JSON is nested: deeper JSON is not parsed, so that no parser exhausts its stack."""

from __future__ import annotations

import re
from typing import Final

from simulator.core.lazy_pattern import lazy_pattern

DEEPEST: Final = 500
"""Levels of objects and lists. No documented call has more than four; Python's parser fails at about 900."""
TOKEN: Final = lazy_pattern(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
"""A string, which may be unterminated, or a bracket that begins or ends an object or a list."""


def too_deep(text: str, most: int = DEEPEST) -> bool:
    """True if a text is nested deeper than `most` when it is read as JSON. It may be invalid JSON."""
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
