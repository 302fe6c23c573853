"""Recordings of us as other programs write them: nothing is found, each seeded drift is, and no value is shown."""

from __future__ import annotations

import io
import json
from functools import cache

import pytest
from support.recording_programs import NOISE, PROGRAMS, Written, as_written_by
from support.recordings import Har, changed, checked, recording, rows
from support.seeded_drifts import REFUSALS, SEEDS

from simulator.evidence.drift.checking import take_file
from simulator.evidence.drift.comparing import Comparison
from simulator.evidence.drift.learning import patch
from simulator.evidence.drift.report import DriftReport, as_data, as_markdown, as_text
from simulator.web.own_answers import own_declarations, own_tally

CANARY = "cAnArYqX"


def report_of(written: Written) -> DriftReport:
    """The report about a recording with files of its own."""
    comparison = Comparison(own_declarations())
    entries = take_file(comparison, io.BytesIO(written.har), "a.har", "", lambda size: None, written.files.get)
    return DriftReport(entries, comparison.coverage, tuple(comparison.findings(own_tally())))


@cache
def seeded(name: str) -> Har:
    """The calls of one operation with one seeded drift."""
    operation, change, _, _ = (SEEDS | REFUSALS)[name]
    har = changed(operation, change, ok=name in SEEDS)
    har["log"]["entries"] = [entry for entry in har["log"]["entries"] if entry["_operation"] == operation]
    return har


@pytest.mark.parametrize("program", PROGRAMS)
def test_our_own_recording_has_no_finding(program: str) -> None:
    """Every call is compared as in our own export, bodies included, and what else is in the file is counted."""
    report = report_of(as_written_by(program, recording()))
    coverage, ours = report.coverage, checked(recording()).coverage
    assert report.findings == ()
    assert coverage.operations == ours.operations
    assert (coverage.without_body, coverage.without_headers) == (ours.without_body, ours.without_headers)
    assert report.entries == len(recording()["log"]["entries"]) + NOISE
    assert (coverage.other_hosts, coverage.unanswered, coverage.from_browser, coverage.encrypted) == (1, 3, 2, 1)
    assert coverage.unserved == ours.unserved + 1
    assert coverage.steering
    assert len(report.remarks) == 6


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_seeded_drift_is_found(program: str) -> None:
    """Each drift is found, as what it is and where, whoever wrote the recording."""
    for name, (operation, _, kind, place) in (SEEDS | REFUSALS).items():
        differences = rows(report_of(as_written_by(program, seeded(name))))
        assert (kind, operation, place) in differences, name
        assert {where for _, where, _ in differences} == {operation}, name


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_value_is_shown(program: str) -> None:
    """Canaries in bodies, headers, queries, names of files, cookies, messages and comments are in no report."""
    har = recording()
    for entry in har["log"]["entries"]:
        entry["request"]["url"] += f"{'&' if '?' in entry['request']['url'] else '?'}{CANARY}={CANARY}"
        entry["response"]["content"]["text"] = entry["response"]["content"]["text"].replace(
            '"code":"', f'"code":"{CANARY}'
        )
        entry["response"]["headers"].append({"name": f"gw-{CANARY}", "value": CANARY})
        if "postData" in entry["request"]:
            entry["request"]["postData"]["text"] = json.dumps({CANARY: CANARY})
    report = report_of(as_written_by(program, har, mark=CANARY))
    shown = "\n".join((as_text(report), as_markdown(report), json.dumps(as_data(report)), patch(report.findings)))
    assert len(report.findings) > 5
    assert CANARY.lower() not in shown.lower()
