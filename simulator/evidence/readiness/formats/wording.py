"""Sentences that all forms of a report share."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from simulator.evidence.readiness.report import Evidence, Report, SituationRow
from simulator.evidence.readiness.states import COUNTED, RowState

FAULT: Final = re.compile(r"\{operation: (\w+)")
"""A fault in a sentence, and the operation that it is about."""
TITLE: Final = "KuCoin readiness report"
LIMITS: Final = (
    "A row says what your code did in this simulator: handled here. It does not say that KuCoin behaves in the same"
    " way, and no report can say that an integration is done."
)


def instant(milliseconds: int) -> str:
    """The instant in UTC, such as `2026-06-01 09:30:00 UTC`."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def counted(number: int, noun: str, plural: str = "") -> str:
    """The number with the noun: `1 call`, `2 calls`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def headline(report: Report) -> str:
    """The result in one sentence."""
    numbers = ", ".join(f"{report.count(state)} {state}" for state in COUNTED)
    verdict = counted(len(report.failures), "failure") if report.failures else "no failure"
    return f"{report.score} % handled here ({numbers}), {verdict}"


def basis(report: Report) -> str:
    """What the report is made of, in one sentence."""
    parts = [
        counted(report.calls, "call"),
        counted(len(report.records), "workspace"),
        counted(report.runs, "run"),
    ]
    tests = f" of {counted(len(report.tests), 'test')}" if report.tests else ""
    missing = (
        f"; {counted(report.missing, 'call')} had left the journal before and could not be assessed"
        if report.missing
        else ""
    )
    return f"{parts[0]}{tests} in {parts[1]} and {parts[2]}{missing}"


def reached(row: SituationRow) -> str:
    """How often a situation was reached, in words."""
    if not row.reached:
        return "not reached"
    undecided = f", {row.undecided} undecided when the run ended" if row.undecided else ""
    return f"reached {row.reached} x: {row.handled} handled, {row.broken} not handled{undecided}"


def staging(row: SituationRow) -> str:
    """How to meet a situation."""
    situation = row.situation
    if situation.scenario:
        stage = f"The scenario {situation.scenario} stages it."
    elif situation.lines:
        stage = f"A scenario that extends demo stages it with {' and '.join(situation.lines.splitlines())}."
    else:
        stage = ""
    return about_own_call(row, " ".join(filter(None, (stage, situation.reach))))


def about_own_call(row: SituationRow, text: str) -> str:
    """The text. A fault in it is about a call that the client makes, if it makes any of the situation's calls."""
    fault = FAULT.search(text)
    if not fault or not row.called or fault[1] in row.called or fault[1] not in row.situation.operations:
        return text
    return f"{text[: fault.start(1)]}{row.called[0]}{text[fault.end(1) :]}"


def note(row: SituationRow) -> str:
    """What qualifies the state of a row, "" if nothing does."""
    if row.state is RowState.WAIVED:
        return f"Waived: {row.reason}"
    if row.state is RowState.PENDING:
        return f"Pending, {row.reason}; it would be {row.measured}."
    if row.state is RowState.UNTESTED and row.reason:
        return f"Untested as before: {row.reason}."
    if row.state is RowState.UNTESTED and row.undecided:
        return "Reached, but the run ended before it was decided."
    if row.measured in (RowState.UNSURE, RowState.BROKEN) and row.situation.assumed:
        return f"It rests on what the simulator only assumes: {', '.join(row.situation.assumed)}."
    return ""


def place(evidence: Evidence) -> str:
    """The tests that an occurrence happened in, or else its workspace."""
    return ", ".join(evidence.tests) or f"workspace {evidence.workspace} ({evidence.scenario})"
