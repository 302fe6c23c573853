"""A report as Markdown, fit for the step summary of a CI job: the failures first, everything else folded up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from simulator.evidence.readiness.formats.wording import (
    LIMITS,
    TITLE,
    basis,
    headline,
    note,
    place,
    reached,
    staging,
)
from simulator.evidence.readiness.report import Report, ReportSection, SituationRow
from simulator.evidence.readiness.states import SHOWN, RowState
from simulator.printing import printable

MOST_BYTES: Final = 900_000
"""A step summary may have 1 MiB."""
MOST_FAILURES: Final = 100
"""Failures that are listed."""
LONGEST: Final = 500
"""Characters of a text in a table."""
SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+!|~@:])")
"""What Markdown would read as more than a character; `@` and `:` would make mentions and links."""
SIGNS: Final = {
    RowState.PROVEN: "✅",
    RowState.BROKEN: "❌",
    RowState.UNTESTED: "⚪",
    RowState.UNSURE: "🟡",
    RowState.NOT_YOURS: "⚫",
    RowState.WAIVED: "🔕",
    RowState.PENDING: "🆕",
}


def markdown(report: Report) -> bytes:
    """The report as Markdown. If it were too long for a step summary, the folded tables are left out from the end."""
    text, left_out = "", False
    for part in _parts(report):
        if len(text.encode()) + len(part.encode()) > MOST_BYTES:
            left_out = True
            break
        text += part
    if left_out:
        text += "\nThe rest is left out, because a step summary is limited: see the HTML report.\n"
    return text.encode()


def plain(text: str, most: int = LONGEST) -> str:
    """Text that Markdown and HTML show as it is, in one line."""
    shortened = text if len(text) <= most else f"{text[: most - 1]}…"
    return SPECIAL.sub(r"\\\1", escape(printable(shortened), quote=False))


def _parts(report: Report) -> Iterator[str]:
    yield f"# {TITLE}\n\n**{plain(headline(report))}.** {plain(basis(report))}.\n\n{LIMITS}\n\n"
    states = [state for state in SHOWN if report.count(state)]
    yield _table([f"{SIGNS[state]} {state}" for state in states], [[str(report.count(state)) for state in states]])
    if report.failures:
        yield f"\n## Failures\n\n{''.join(_failures(report))}"
    if report.set_up:
        yield "\n## Set-up\n\nMistakes in the configuration; they do not count as broken.\n\n"
        findings = (row.finding for row in report.set_up)
        cells = ([plain(finding.title), plain(finding.text), plain(finding.fix)] for finding in findings)
        yield _table(["finding", "what was seen", "fix"], cells)
    broken = [row for row in report.rows if row.broken]
    if broken:
        yield "\n## Not handled\n\n"
        yield from map(_broken, broken)
    yield "\n## All situations\n\n"
    for section in report.sections:
        table = _table(["", "situation", "reached", ""], map(_line, section.rows))
        yield _folded(f"{section.topic}: {_summary(section)}", table)
    if report.rules:
        leaned = (
            [plain(row.id), plain(row.grade), plain(row.source), str(row.calls), plain(row.reading)]
            for row in report.rules
        )
        yield _folded(
            f"assumed rules that the tests lean on: {len(report.rules)}",
            _table(["rule", "grade", "source", "calls", "reading"], leaned),
        )


def _failures(report: Report) -> Iterator[str]:
    failures = report.failures
    yield from (f"- {plain(failure)}\n" for failure in failures[:MOST_FAILURES])
    if len(failures) > MOST_FAILURES:
        yield f"- and {len(failures) - MOST_FAILURES} more\n"


def _broken(row: SituationRow) -> str:
    situation = row.situation
    lines = [
        f"### {SIGNS[row.state]} {plain(situation.title)}\n",
        f"{plain(situation.id)}: {plain(reached(row))}. {plain(note(row))}\n",
        *(
            f"- {plain(place(evidence))}: {plain(evidence.occurrence.why)}"
            for evidence in row.evidence
            if evidence.occurrence.handled is False
        ),
        f"\n**Risk:** {plain(situation.risk)}\n\n**Fix:** {plain(situation.fix)}\n",
    ]
    return "\n".join(lines) + "\n"


def _line(row: SituationRow) -> list[str]:
    hint = staging(row) if row.state in (RowState.UNTESTED, RowState.NOT_YOURS) else note(row)
    situation = row.situation
    return [
        f"{SIGNS[row.state]} {row.state}",
        f"{plain(situation.id)}<br>{plain(situation.title)}",
        reached(row),
        plain(hint),
    ]


def _summary(section: ReportSection) -> str:
    counts = [(section.count(state), state) for state in SHOWN]
    return ", ".join(f"{count} {state}" for count, state in counts if count)


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>\n\n{body}\n</details>\n\n"


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
