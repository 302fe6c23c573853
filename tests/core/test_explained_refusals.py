"""What each refusal says was expected and what came: the words that a developer reads in the journal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from cases import CASES

WRITTEN: Final = Path(__file__).with_name("explained_refusals.txt")
MINTED: Final = re.compile(r"[\w.-]{40,}")
"""Tokens and codes: what they are made of has tests of its own."""


def explained() -> str:
    """Every refusal that a request with one defect earns: the reason, what was expected, what came, each once."""
    lines = set()
    for case in CASES.values():
        for defect in case.defects:
            desk, command = case.refused(defect)
            refusal = desk.refusal(command)
            texts = (MINTED.sub("...", " ".join(text.split())) for text in (refusal.expected, refusal.received))
            lines.add(" | ".join((refusal.reason.name, *texts, refusal.text)))
    return "\n".join(sorted(lines)) + "\n"


def test_what_refusals_explain() -> None:
    """Every refusal of the cases says what was written down that it says; this prints the list if one does not."""
    lines = explained()
    assert lines == WRITTEN.read_text(encoding="utf-8"), f"put this into {WRITTEN.name}:\n{lines}"
