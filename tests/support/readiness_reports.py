"""A small catalogue of situations, and records as the simulator would write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.judging import EVERYTHING, ReportCriteria, judged
from simulator.evidence.readiness.merging import merged
from simulator.evidence.readiness.record import CitedCall, Leaning, ReadinessRecord, Sightings
from simulator.evidence.readiness.report import Report
from simulator.evidence.readiness.setup import SetupFinding
from simulator.evidence.readiness.situation import Occurrence, Situation
from simulator.evidence.readiness.states import RowState

ASSUMED = next(rule.id for rule in rules().values() if rule.grade == "assumed")
DOCUMENTED = next(rule.id for rule in rules().values() if rule.grade == "documented")


def never(history: History) -> Iterator[Occurrence]:
    """A detector that finds nothing."""
    yield from ()


def situation(id: str, **more: Any) -> Situation:
    """A situation with plausible texts."""
    texts = {
        "title": f"The answer of {id} is lost on its way back",
        "kucoin": "KuCoin performs the call, and the connection breaks before the answer arrives.",
        "risk": "A second payment of the same amount.",
        "fix": "Look for the withdrawal by its remark before you pay again.",
        "scenario": "withdrawal-answer-lost",
        "profile": "payouts",
        "operations": ("withdraw",),
        "rules": (DOCUMENTED,),
        "detect": never,
    }
    return Situation(id=id, **{**texts, **more})


CATALOGUE = (
    situation("lost-answers/withdrawal"),
    situation("lost-answers/refresh", profile="login", operations=("refresh_tokens",), rules=(ASSUMED,)),
    situation(
        "login/state-altered", profile="login", operations=("authorize",), scenario="", reach="Change it by hand."
    ),
    situation("deposits/unconfirmed", profile="deposits", operations=("list_deposits",)),
)
LOST, REFRESH, STATE, DEPOSIT = CATALOGUE


def handled(entry: int = 2) -> Sightings:
    """A situation that was reached once and handled."""
    return Sightings(1, 0, 0, (Occurrence(entry, True, f"#{entry + 1} looked at what became of #{entry}"),))


def mistake(entry: int = 2, why: str = "") -> Sightings:
    """A situation that was reached once and not handled."""
    why = why or f"#{entry + 2} paid again before anything looked at #{entry}"
    return Sightings(0, 1, 0, (Occurrence(entry, False, why, entry + 2),))


def undecided(entry: int = 2) -> Sightings:
    """A situation that was reached once, and then the run ended."""
    return Sightings(0, 0, 1, (Occurrence(entry, None, f"nothing came after #{entry}"),))


def record(situations: Mapping[Situation, Sightings] | None = None, **more: Any) -> ReadinessRecord:
    """A record with calls of all operations of the catalogue."""
    seen = {place.id: sightings for place, sightings in (situations or {}).items()}
    cited = tuple(
        CitedCall(number, "POST", "/api/v3/withdrawals", 200, "withdraw", "ann", "OK") for number in range(1, 9)
    )
    operations = dict.fromkeys(("withdraw", "refresh_tokens", "authorize"), 3)
    fields: dict[str, Any] = {
        "simulator": "1.0",
        "run": "r1",
        "workspace": "main",
        "start": 1,
        "first": 1,
        "last": 9,
        "began": 1_780_000_000_000,
        "ended": 1_780_000_060_000,
        "scenario": "demo",
        "seed": 7,
        "operations": operations,
        "situations": seen,
        "cited": cited,
    }
    return ReadinessRecord(**{**fields, **more})


def report_of(*records: ReadinessRecord, policy: ReportCriteria = EVERYTHING, **policies: Any) -> Report:
    """The report on records, against the small catalogue."""
    return judged(merged(records), CATALOGUE, rules(), "1.0", replace(policy, **policies) if policies else policy)


def leaning(calls: int = 2) -> dict[str, Leaning]:
    """The assumed rules of a record."""
    return {ASSUMED: Leaning(calls, 2)}


def finding(**more: Any) -> SetupFinding:
    """A mistake in the configuration."""
    fields = {
        "id": "setup/clock",
        "title": "The clock is 40 s slow",
        "text": "Timestamps of signed calls are 40 s behind.",
        "fix": "Synchronise the clock.",
        "count": 3,
        "entry": 2,
    }
    return SetupFinding(**{**fields, **more})


EVERY_STATE = {
    LOST.id: RowState.PROVEN,
    REFRESH.id: RowState.UNTESTED,
    STATE.id: RowState.UNTESTED,
    DEPOSIT.id: RowState.NOT_YOURS,
}


def failures(report: Report) -> dict[str, str]:
    """The failures of rows, by situation."""
    return {row.situation.id: row.failure for row in report.rows if row.failure}
