"""A report as lines for a terminal: what fails first, and what to test next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.evidence.readiness.formats.wording import basis, counted, headline, note, place, reached, staging
from simulator.evidence.readiness.report import Report, Row
from simulator.evidence.readiness.states import State

MOST_ROWS: Final = 20
"""Rows of one state that are listed."""
MOST_MISTAKES: Final = 3
"""Occurrences of a row that are listed."""


def lines(report: Report) -> Iterator[str]:
    """The lines of the report."""
    yield f"readiness: {headline(report)}"
    yield f"  {basis(report)}"
    for finding in (row.finding for row in report.set_up):
        yield f"set-up: {finding.title}: {finding.text} Fix: {finding.fix}"
    for state in (State.BROKEN, State.PENDING, State.UNTESTED, State.UNSURE):
        rows = [row for row in report.rows if row.state is state]
        for row in rows[:MOST_ROWS]:
            yield from _row(row)
        if len(rows) > MOST_ROWS:
            yield f"{state}: and {len(rows) - MOST_ROWS} more"
    if report.rules:
        yield f"the calls lean on {counted(len(report.rules), 'assumed rule')}: " + ", ".join(
            rule.id for rule in report.rules[:MOST_ROWS]
        )
    yield from (f"FAILURE {failure}" for failure in report.failures)


def _row(row: Row) -> Iterator[str]:
    hint = staging(row) if row.state is State.UNTESTED else note(row)
    yield f"{row.state}: {row.situation.id}: {row.situation.title}" + (f" {hint}" if hint else "")
    if row.broken:
        yield f"    {reached(row)}"
        mistakes = [evidence for evidence in row.evidence if evidence.occurrence.handled is False]
        yield from (f"    {place(mistake)}: {mistake.occurrence.why}" for mistake in mistakes[:MOST_MISTAKES])
        yield f"    fix: {row.situation.fix}"
