"""A patch for the ledger: what a recording showed stands in the row of the rule that it concerns, with its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from difflib import unified_diff
from importlib.resources import files
from typing import Final

from simulator.core.refusals import Grade
from simulator.evidence.drift.findings import DriftFinding, Severity

LEDGER: Final = "simulator/core/rules.md"
MOST: Final = 3
"""Findings that one row takes up; the report has the others."""
DAY: Final = " (observed_at "
"""Stands before the day in what a row has learned."""
CAPTURES: Final = "captures"
"""The source in the ledger's head that recordings are."""
HEAD: Final = f"--- a/{LEDGER}\n"
"""The first line of each patch."""
READING, GRADE, SOURCE = 2, 3, 4
"""Places of cells in a row of the ledger."""


def patch(findings: Iterable[DriftFinding]) -> str:
    """The patch as a unified diff against the ledger of this installation; "" if there is nothing to learn.

    Each finding that is an error or a warning is learned by the first of its rules, unless its row has it already.
    `git apply` takes the patch in a working copy. A person has to decide whether the rule or only its row changes.
    """
    by_rule: dict[str, list[DriftFinding]] = defaultdict(list)
    for finding in findings:
        if finding.severity is not Severity.INFO:
            by_rule[finding.rules[0]].append(finding)
    before = files("simulator.core").joinpath("rules.md").read_text(encoding="utf-8").splitlines(keepends=True)
    after = [_learned(line, by_rule) for line in before]
    return "".join(unified_diff(before, after, f"a/{LEDGER}", f"b/{LEDGER}"))


def _learned(line: str, by_rule: dict[str, list[DriftFinding]]) -> str:
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    findings = by_rule.get(cells[0])
    if not findings or len(cells) != 7:
        return line
    sentences = [_sentence(finding) for finding in findings]
    new = [sentence for sentence in sentences if sentence.partition(DAY)[0] not in cells[READING]][:MOST]
    if not new:
        return line
    cells[READING] = "; ".join((cells[READING], *new))
    cells[GRADE] = _with(cells[GRADE], Grade.OBSERVED.value)
    cells[SOURCE] = _with(cells[SOURCE], CAPTURES)
    return f"| {' | '.join(cells)} |\n"


def _sentence(finding: DriftFinding) -> str:
    """What was seen, for the ledger."""
    difference = finding.difference
    where = f"`{finding.call}` {difference.place.at}"
    text = f"{where}: {difference.received}, not {difference.expected}{DAY}{finding.day or 'an unknown day'})"
    return text.replace("|", "/")


def _with(cell: str, word: str) -> str:
    words = cell.split(", ")
    return cell if word in words else ", ".join((*words, word))
