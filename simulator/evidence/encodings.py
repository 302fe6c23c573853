"""Encodings that hide a secret from a search: percent-encoding and JSON escapes, also several layers of them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

LAYERS: Final = 10
"""Layers of encoding that are decoded: a redirect URI within a redirect URI is encoded twice."""
ESCAPED: Final = re.compile(r"(?<!\\)\\++u00([0-9a-f]{2})", re.IGNORECASE)
"""A character as a JSON escape, also within JSON that was encoded several times."""


def decoded(text: str) -> str | None:
    """The text without percent-encoding and JSON escapes; the same object if it has none.

    None = it has more layers than `LAYERS`.
    """
    for _ in range(LAYERS):
        plain = unescaped(unquote(text) if "%" in text else text)
        if plain == text:
            return text
        text = plain
    return None


def unescaped(text: str) -> str:
    """The text with its JSON escapes replaced by their characters."""
    return ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), text) if "u00" in text else text
