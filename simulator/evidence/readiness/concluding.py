"""From the records in folders to the report, its files, and a new baseline: what every command does at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from simulator.core.value import Value
from simulator.evidence.readiness.baseline import Baseline, read_baseline, written_baseline
from simulator.evidence.readiness.folder import RECORDS, SUFFIX, read_records, record_files, write_whole
from simulator.evidence.readiness.judging import ReportCriteria
from simulator.evidence.readiness.record import ReadinessRecord
from simulator.evidence.readiness.report import Report
from simulator.evidence.readiness.shipped import checked_profiles, report_on, updated_baseline

ProgressStep = Callable[[int, int], None]
"""Called with how much is done, and with how much there is."""


class Demands(Value, frozen=True, kw_only=True):
    """What a report is asked for. `update` = write the baseline anew, and judge by what is in it then."""

    baseline: Path | None = None
    update: bool = False
    profiles: tuple[str, ...] = ()
    fail_under: int | None = None

    @property
    def gate(self) -> bool:
        """True if a report that fails is to fail a command that is about something else, too."""
        return self.baseline is not None or self.fail_under is not None


NO_DEMANDS: Final = Demands()


def check(demands: Demands) -> Baseline | None:
    """The baseline, if there is one. Raises `BaselineError` and `ProfileError` for what could never be used."""
    checked_profiles(demands.profiles)
    if demands.baseline is None or (demands.update and not demands.baseline.exists()):
        return None
    return read_baseline(demands.baseline)


def concluded(records: Sequence[ReadinessRecord], simulator: str, demands: Demands = NO_DEMANDS) -> Report:
    """The report on merged records; the baseline is updated if that is demanded.

    Raises `BaselineError`, `ProfileError` and `ReportFolderError`.
    """
    baseline = check(demands)
    policy = ReportCriteria(
        baseline=baseline, profiles=checked_profiles(demands.profiles), fail_under=demands.fail_under
    )
    report = report_on(records, simulator, policy)
    if demands.baseline is None or not demands.update:
        return report
    baseline = updated_baseline(baseline, report)
    write_whole(demands.baseline, written_baseline(baseline).encode())
    return report_on(
        records, simulator, ReportCriteria(baseline=baseline, profiles=policy.profiles, fail_under=policy.fail_under)
    )


def records_of(folders: Iterable[Path], step: ProgressStep = lambda done, of: None) -> tuple[ReadinessRecord, ...]:
    """The merged records of folders. Raises `ReportFolderError` and `RecordError`."""
    files = record_files(folders)
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        step(done, len(files))

    return read_records(files, count)


def records_in(folder: Path) -> tuple[ReadinessRecord, ...]:
    """The merged records of a folder, which may have none. Raises `ReportFolderError` and `RecordError`."""
    return read_records(sorted((folder / RECORDS).glob(f"*{SUFFIX}")))
