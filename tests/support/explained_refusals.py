"""What each refusal says was expected and what came: the words that a developer reads in the journal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from support.refusal_cases import CASES

ROOT: Final = Path(__file__).parents[2]
WRITTEN: Final = ROOT / "tests" / "core" / "explained_refusals.txt"
MINTED: Final = re.compile(r"[\w.-]{40,}")
"""Tokens and codes: what they are made of has tests of its own."""


def explained(name: str) -> str:
    """Every refusal that a request with one defect earns: the reason, what was expected, what came, the text."""
    lines = set()
    for defect in CASES[name].defects:
        desk, command = CASES[name].refused(defect)
        refusal = desk.refusal(command)
        texts = (MINTED.sub("...", " ".join(text.split())) for text in (refusal.expected, refusal.received))
        lines.add(" | ".join((refusal.reason.name, *texts, refusal.text, *refusal.notes)))
    return f"# {name}\n" + "\n".join(sorted(lines)) + "\n\n"


def written() -> str:
    """The whole file."""
    return "".join(map(explained, CASES))
