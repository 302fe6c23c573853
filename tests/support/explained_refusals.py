"""What each refusal says was expected and what came: the words that a developer reads in the journal.

`python tests/support/explained_refusals.py` writes them into a file, which a test compares.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")] if __name__ == "__main__" else []

from support.refusal_cases import CASES  # noqa: E402 - the line above finds it

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


if __name__ == "__main__":
    WRITTEN.write_text("".join(map(explained, CASES)), encoding="utf-8")
