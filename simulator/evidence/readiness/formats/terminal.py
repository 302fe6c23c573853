"""A report as lines for a terminal: what fails first, and what to test next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.evidence.readiness.formats.wording import basis, counted, headline, note, place, reached, staging
from simulator.evidence.readiness.report import Report, SituationRow
from simulator.evidence.readiness.states import RowState

MOST_ROWS: Final = {RowState.BROKEN: 20, RowState.PENDING: 5, RowState.UNTESTED: 5, RowState.UNSURE: 5}
"""The states whose rows are listed, and how many of them."""
MOST_RULES: Final = 5
"""Assumed rules that are named."""
MOST_MISTAKES: Final = 3
"""Occurrences of a row that are listed."""


def lines(report: Report) -> Iterator[str]:
    """The lines of the report."""
    yield f"readiness: {headline(report)}"
    yield f"  {basis(report)}"
    for finding in (row.finding for row in report.set_up):
        yield f"set-up: {finding.title}: {finding.text}. Fix: {finding.fix}"
    for state, most in MOST_ROWS.items():
        rows = [row for row in report.rows if row.state is state]
        for row in rows[:most]:
            yield from _row(row)
        if len(rows) > most:
            yield f"{state}: and {len(rows) - most} more"
    if report.rules:
        yield (
            f"the calls lean on {counted(len(report.rules), 'assumed rule')}: "
            + ", ".join(rule.id for rule in report.rules[:MOST_RULES])
            + (" ..." if len(report.rules) > MOST_RULES else "")
        )
    yield from (f"FAILURE {failure}" for failure in report.failures)


def _row(row: SituationRow) -> Iterator[str]:
    hint = staging(row) if row.state is RowState.UNTESTED else note(row)
    yield f"{row.state}: {row.situation.id}: {row.situation.title}" + (f" {hint}" if hint else "")
    if row.broken:
        yield f"    {reached(row)}"
        mistakes = [evidence for evidence in row.evidence if evidence.occurrence.handled is False]
        yield from (f"    {place(mistake)}: {mistake.occurrence.why}" for mistake in mistakes[:MOST_MISTAKES])
        yield f"    fix: {row.situation.fix}"
