"""How a secret may be hidden from a search: percent-encoded or escaped as in JSON, once or more often."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

LAYERS: Final = 10
"""How often a text is decoded in search of a secret: a redirect URI within a redirect URI is encoded twice."""
ESCAPED: Final = re.compile(r"(?<!\\)\\++u00([0-9a-f]{2})", re.IGNORECASE)
"""A letter as JSON escapes it, also within JSON that was written more than once."""


def decoded(text: str) -> str | None:
    """The text without any percent-encoding or escape of JSON; the very text if it has none.

    None = it was encoded more often than is looked for.
    """
    for _ in range(LAYERS):
        plain = unescaped(unquote(text) if "%" in text else text)
        if plain == text:
            return text
        text = plain
    return None


def unescaped(text: str) -> str:
    """The text with the letters that its JSON escapes stand for."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "u00" in text else text
