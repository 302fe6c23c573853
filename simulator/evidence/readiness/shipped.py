"""The report against the shipped catalogue and the ledger, and the profiles that it knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.readiness.baseline import Baseline
from simulator.evidence.readiness.catalogue import SITUATIONS
from simulator.evidence.readiness.judging import EVERYTHING, ReportCriteria, judged
from simulator.evidence.readiness.ratchet import updated
from simulator.evidence.readiness.record import ReadinessRecord
from simulator.evidence.readiness.report import Report
from simulator.scenario.format.reader import suggestion


class ProfileError(Exception):
    """There is no profile of that name; the message lists them."""


def report_on(records: Sequence[ReadinessRecord], simulator: str, policy: ReportCriteria = EVERYTHING) -> Report:
    """The report on merged records. `simulator` is the version that makes it."""
    return judged(records, SITUATIONS, rules(), simulator, policy)


def updated_baseline(baseline: Baseline | None, report: Report) -> Baseline:
    """The baseline after `--update-baseline`."""
    return updated(baseline, report, SITUATIONS)


def checked_profiles(names: Iterable[str]) -> tuple[str, ...]:
    """The names, if each is a profile; they may be separated by commas. Raises `ProfileError`."""
    known = sorted({situation.profile for situation in SITUATIONS})
    checked = tuple(dict.fromkeys(name.strip() for text in names for name in text.split(",")))
    for name in checked:
        if name not in known:
            raise ProfileError(
                f"there is no profile {name[:60]!r}{suggestion(name, known)}; there are {', '.join(known)}"
            )
    return checked
