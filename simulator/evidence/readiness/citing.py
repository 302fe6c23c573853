"""The numbers of the calls that the text of an occurrence names."""

from __future__ import annotations

import re
from typing import Final

from simulator.evidence.readiness.situation import Occurrence

MOST_CITED: Final = 8
"""Calls that the text of an occurrence may name and that are shown."""
NUMBER: Final = re.compile(r"#(\d{1,12})\b")


def numbers_of(occurrence: Occurrence) -> list[int]:
    """The numbers of the calls that belong to an occurrence, each once, in order."""
    culprit = () if occurrence.culprit is None else (occurrence.culprit,)
    named = map(int, NUMBER.findall(occurrence.why)[:MOST_CITED])
    return sorted({occurrence.entry, *culprit, *named})
