"""Seeded drifts: each is put into a recording of our own, and found, at its place and as what it is."""

from __future__ import annotations

from functools import cache

import pytest
from support.recordings import at, changed, checked, header, recording, rows
from support.seeded_drifts import REFUSALS, ROW, SEEDS

from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.drift.findings import DriftKind, Severity
from simulator.evidence.drift.report import DriftReport


@cache
def report_of(name: str) -> DriftReport:
    """The report about the recording with one seed."""
    operation, change, _, _ = (SEEDS | REFUSALS)[name]
    return checked(changed(operation, change, ok=name in SEEDS))


@pytest.mark.parametrize("name", [*SEEDS, *REFUSALS])
def test_a_seeded_drift_is_found(name: str) -> None:
    """Each drift of an answer, a refusal or a request is found, as what it is and where; no other call has any."""
    operation, _, kind, place = (SEEDS | REFUSALS)[name]
    differences = rows(report_of(name))
    assert (kind, operation, place) in differences
    assert {where for _, where, _ in differences} == {operation}


def test_there_are_many_seeds() -> None:
    """There are more than forty, and every kind of finding is among them."""
    seeds = [*SEEDS.values(), *REFUSALS.values()]
    assert len(seeds) >= 60
    kinds = {kind for _, _, kind, _ in seeds}
    assert kinds == {kind.word for kind in DriftKind} - {"header absent"}


def test_a_header_that_comes_at_times() -> None:
    """A header that some answers lack is a warning of its own."""
    har = changed("list_accounts", header("gw-ratelimit-limit", None), most=1)
    assert rows(checked(har)) == {("header absent", "list_accounts", "header gw-ratelimit-limit")}


def test_seeds_are_found_together() -> None:
    """A recording with drifts of several calls has all of them, each in its own operation alone."""
    har = recording()
    for entry in har["log"]["entries"]:
        if entry["_outcome"] == "OK" and entry["_operation"] in ("list_ledgers", "list_accounts"):
            path = "data.items[].amount" if entry["_operation"] == "list_ledgers" else "data[].balance"
            at(path, float)(entry)
    found = rows(checked(har))
    assert found == {
        ("type", "list_ledgers", f"{ROW}.amount"),
        ("type", "list_accounts", "answer data[].balance"),
    }


def test_severities() -> None:
    """A new field is a note, what never came a warning, another type an error."""
    for kind, severity in (
        (DriftKind.NEW_FIELD, Severity.INFO),
        (DriftKind.NEVER_CAME, Severity.WARNING),
        (DriftKind.TYPE, Severity.ERROR),
        (DriftKind.NULLABILITY, Severity.ERROR),
        (DriftKind.STATUS, Severity.ERROR),
        (DriftKind.NUMBER_FORMAT, Severity.ERROR),
    ):
        assert kind.severity is severity


@pytest.mark.parametrize("name", [*SEEDS, *REFUSALS])
def test_a_finding_leads_to_rules(name: str) -> None:
    """Every finding names at least one rule, and each that it names is a row of the ledger."""
    findings = report_of(name).findings
    assert all(finding.rules and set(finding.rules) <= rules().keys() for finding in findings)
