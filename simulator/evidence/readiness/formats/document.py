"""A report as JSON."""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from simulator.evidence.readiness.formats.wording import LIMITS
from simulator.evidence.readiness.report import Evidence, Report, ReportSection, SituationRow
from simulator.evidence.readiness.states import RowState

FORMAT: Final = "kucoin-simulator/readiness-report"
VERSION: Final = 1


def document(report: Report) -> bytes:
    """The report as indented JSON in ASCII: what has no sign of its own is escaped."""
    return json.dumps(as_data(report), indent=2).encode() + b"\n"


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON data."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "simulator": report.simulator,
        "says": LIMITS,
        "ok": not report.failures,
        "failures": list(report.failures),
        "score": report.score,
        "counts": _counts(report.whole),
        "calls": report.calls,
        "calls_missing": report.missing,
        "runs": report.runs,
        "tests": list(report.tests),
        "profiles": list(report.profiles),
        "left_out": report.left_out,
        "baseline": report.has_baseline,
        "strict_truth": report.strict_truth,
        "fail_under": report.fail_under,
        "set_up": [
            {
                "id": row.finding.id,
                "title": row.finding.title,
                "text": row.finding.text,
                "fix": row.finding.fix,
                "calls": row.calls,
                "workspaces": list(row.workspaces),
                "tests": list(row.tests),
            }
            for row in report.set_up
        ],
        "sections": [
            {"topic": section.topic, "score": section.score, "counts": _counts(section)} for section in report.sections
        ],
        "rows": [_row(row) for row in report.rows],
        "rules": [msgspec.to_builtins(row) for row in report.rules],
        "workspaces": [
            {
                "run": record.run,
                "workspace": record.workspace,
                "scenario": record.scenario,
                "seed": record.seed,
                "first": record.first,
                "last": record.last,
                "missing": record.missing,
                "began": record.began,
                "ended": record.ended,
                "tests": list(record.tests),
            }
            for record in report.records
        ],
    }


def _counts(section: ReportSection) -> dict[str, int]:
    return {state.name.lower(): section.count(state) for state in RowState}


def _row(row: SituationRow) -> dict[str, Any]:
    situation = row.situation
    return {
        "id": situation.id,
        "state": row.state.value,
        "measured": row.measured.value,
        "failure": row.failure,
        "reason": row.reason,
        "title": situation.title,
        "kucoin": situation.kucoin,
        "risk": situation.risk,
        "fix": situation.fix,
        "scenario": situation.scenario,
        "reach": situation.reach,
        "lines": situation.lines,
        "profile": situation.profile,
        "operations": list(situation.operations),
        "rules": list(situation.rules),
        "assumed": list(situation.assumed),
        "handled": row.handled,
        "broken": row.broken,
        "undecided": row.undecided,
        "evidence": [_evidence(evidence) for evidence in row.evidence],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    occurrence = evidence.occurrence
    return {
        "workspace": evidence.workspace,
        "scenario": evidence.scenario,
        "tests": list(evidence.tests),
        "entry": occurrence.entry,
        "handled": occurrence.handled,
        "why": occurrence.why,
        "culprit": occurrence.culprit,
        "calls": [msgspec.to_builtins(call) for call in evidence.cited],
    }
