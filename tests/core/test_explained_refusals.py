"""What each refusal says was expected and what came: the words that a developer reads in the journal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from support.refusal_cases import CASES

WRITTEN: Final = Path(__file__).with_name("explained_refusals.txt")
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


@pytest.mark.parametrize("name", CASES)
def test_what_refusals_explain(name: str) -> None:
    """Every refusal of an operation says what was written down that it says; this prints the part if one does not."""
    part = explained(name)
    assert part in WRITTEN.read_text(encoding="utf-8"), f"put this into {WRITTEN.name}:\n{part}"


def test_nothing_else_is_written() -> None:
    """The operations of the file are those that there are, in their order."""
    assert re.findall(r"^# (\w+)$", WRITTEN.read_text(encoding="utf-8"), re.MULTILINE) == list(CASES)
