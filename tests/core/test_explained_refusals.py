"""What each refusal says was expected and what came is what was written down."""

from __future__ import annotations

import re

import pytest
from support.explained_refusals import WRITTEN, explained
from support.refusal_cases import CASES


@pytest.mark.parametrize("name", CASES)
def test_what_refusals_explain(name: str) -> None:
    """Every refusal says what is written; `scripts/generate` writes it anew."""
    assert explained(name) in WRITTEN.read_text(encoding="utf-8")


def test_nothing_else_is_written() -> None:
    """The operations of the file are those that there are, in their order."""
    assert re.findall(r"^# (\w+)$", WRITTEN.read_text(encoding="utf-8"), re.MULTILINE) == list(CASES)
