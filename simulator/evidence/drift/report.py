"""A drift report as text, JSON data or Markdown. It has words of our declarations and numbers, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from simulator.core.value import Value
from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.drift.comparing import Coverage
from simulator.evidence.drift.findings import DriftFinding, Severity
from simulator.evidence.drift.json_extent import MOST_VALUES

LEDGER = "simulator/core/rules.md"
HOST = "left out: hosts that are not KuCoin's (--kucoin-host adds one)"
UNSERVED = "left out: pages of KuCoin's hosts, and calls that the simulator does not serve"
ENCRYPTED = (
    "left out: a proxy passed on a connection to KuCoin's hosts without reading it;"
    " turn the decryption of HTTPS on for *.kucoin.com in the proxy, and record again"
)
BODILESS = (
    "compared without a body: the recording has none that can be read; save it with content,"
    " and keep bodies that are in files of their own beside the .har file"
)
HEADLESS = "compared without headers: the recording has none of the answer's"
STAGED = "left out: a fault of the simulator staged the answer"
STEERING = "left out: calls of the simulator's own control surface, or a browser's OPTIONS before a call"
UNANSWERED = "left out: no answer came"
FROM_BROWSER = (
    "left out: the browser answered from its cache (304) or redirected the call to HTTPS;"
    " turn the cache off while you record"
)
TOO_LARGE = f"left out: an entry with more than 64 MiB, or with more than {MOST_VALUES:,} values, is not read"


class DriftReport(Value, frozen=True):
    """What a check found, and what it compared. `entries` counts all entries of the recordings."""

    entries: int
    coverage: Coverage
    findings: tuple[DriftFinding, ...]

    def count(self, severity: Severity) -> int:
        """The number of findings of a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def has(self, least: Severity) -> bool:
        """True if there is a finding of this severity or a worse one."""
        return any(finding.severity.rank >= least.rank for finding in self.findings)

    @property
    def summary(self) -> str:
        """One sentence with the numbers."""
        coverage = self.coverage
        counts = ", ".join(f"{severity.value}: {self.count(severity)}" for severity in reversed(Severity))
        return (
            f"{coverage.compared} of {self.entries} calls compared, of {len(coverage.operations)} operations; {counts}"
        )

    @property
    def remarks(self) -> list[str]:
        """What was not compared, in sentences."""
        coverage = self.coverage
        return [
            f"{count} {'entry' if count == 1 else 'entries'} {text}"
            for text, count in (
                (HOST, coverage.other_hosts),
                (UNSERVED, coverage.unserved),
                (ENCRYPTED, coverage.encrypted),
                (BODILESS, coverage.without_body),
                (HEADLESS, coverage.without_headers),
                (UNANSWERED, coverage.unanswered),
                (FROM_BROWSER, coverage.from_browser),
                (STAGED, coverage.staged),
                (TOO_LARGE, coverage.too_large),
                (STEERING, coverage.steering),
            )
            if count
        ]


def as_data(report: DriftReport) -> dict[str, Any]:
    """The report as JSON data."""
    coverage = report.coverage
    return {
        "entries": report.entries,
        "compared": coverage.compared,
        "operations": coverage.operations,
        "other_hosts": coverage.other_hosts,
        "unserved": coverage.unserved,
        "without_body": coverage.without_body,
        "unanswered": coverage.unanswered,
        "staged": coverage.staged,
        "from_browser": coverage.from_browser,
        "encrypted": coverage.encrypted,
        "without_headers": coverage.without_headers,
        "too_large": coverage.too_large,
        "steering": coverage.steering,
        "counts": {severity.value: report.count(severity) for severity in Severity},
        "findings": [_finding_data(finding) for finding in report.findings],
    }


def _finding_data(finding: DriftFinding) -> dict[str, Any]:
    difference = finding.difference
    return {
        "severity": finding.severity.value,
        "kind": difference.kind.word,
        "operation": difference.place.operation,
        "call": finding.call,
        "at": difference.place.at,
        "expected": difference.expected,
        "recorded": difference.received,
        "refusals": list(difference.refusals),
        "count": finding.count,
        "entries": list(finding.entries),
        "observed_at": finding.day or None,
        "rules": [{"id": rule, "grade": rules()[rule].grade, "home": rules()[rule].home} for rule in finding.rules],
    }


def as_text(report: DriftReport) -> str:
    """The report for a terminal."""
    return "\n".join(_text_lines(report))


def _text_lines(report: DriftReport) -> Iterator[str]:
    for finding in report.findings:
        difference = finding.difference
        yield f"{finding.severity.value.upper():<7} {difference.kind.word}: {finding.call}, {difference.place.at}"
        yield f"        ours: {difference.expected}; recorded: {difference.received}"
        yield f"        {_entries(finding)}"
        yield f"        rules: {', '.join(f'{rule} ({rules()[rule].grade})' for rule in finding.rules)}"
    yield report.summary
    yield from report.remarks
    if report.findings:
        yield f"The rules are rows of {LEDGER}."


def _entries(finding: DriftFinding) -> str:
    calls = "1 call" if finding.count == 1 else f"{finding.count} calls"
    newest = f", the newest of {finding.day}" if finding.day else ""
    more = " ..." if finding.count > len(finding.entries) else ""
    return f"{calls}{newest}: entries {' '.join(finding.entries)}{more}"


def as_markdown(report: DriftReport) -> str:
    """The report as Markdown."""
    lines = ["# Drift", "", report.summary + ".", *(f"\n{remark}." for remark in report.remarks)]
    for severity in reversed(Severity):
        findings = [finding for finding in report.findings if finding.severity is severity]
        if findings:
            lines += ["", f"## {severity.value} ({len(findings)})", "", *_table(findings)]
    if report.findings:
        meanings = Counter(finding.difference.kind for finding in report.findings)
        lines += ["", *(f"- *{kind.word}*: {kind.meaning}" for kind in meanings)]
        lines += ["", f"The rules are rows of `{LEDGER}`."]
    return "\n".join(lines) + "\n"


def _table(findings: Iterable[DriftFinding]) -> Iterator[str]:
    yield "| kind | call | at | ours | recorded | calls | entries | newest | rules |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for finding in findings:
        difference = finding.difference
        cells = (
            difference.kind.word,
            f"`{finding.call}`",
            f"`{difference.place.at}`",
            difference.expected,
            difference.received,
            str(finding.count),
            " ".join(finding.entries),
            finding.day or "-",
            ", ".join(f"`{rule}`" for rule in finding.rules),
        )
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
