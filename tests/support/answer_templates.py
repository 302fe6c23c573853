"""Bytes of an answer as a template: what is minted stands as a name in angle brackets."""

from __future__ import annotations

import re
from typing import Final

MINTED: Final = {
    "jwt": r"[\w-]{10,}\.[\w-]{50,}\.[\w-]{43}",
    "id": r"[0-9a-f]{24}",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "hex8": r"[0-9a-f]{8}",
    "hex16": r"[0-9a-f]{16}",
    "hex40": r"[0-9a-f]{40}",
    "deposit_tx": r"[0-9a-f]{64}@[0-9a-f]{32}",
    "hex64": r"[0-9a-f]{64}",
    "digits": r"[0-9]+",
}


def fits(template: str, body: bytes) -> bool:
    """Whether the body is the template, byte for byte, with something minted in each of its places."""
    parts = re.split(r"<(\w+)>", template)
    pattern = "".join(MINTED[part] if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.fullmatch(pattern, body.decode()) is not None
