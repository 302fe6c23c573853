"""The readiness report of an `exec`: on its own server, and on those of the pytest plugin in its command."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Final

from simulator.evidence.readiness.baseline import BaselineError
from simulator.evidence.readiness.concluding import Demands, ProgressStep
from simulator.evidence.readiness.concluding import check as check_demands
from simulator.evidence.readiness.folder import ReportFolderError
from simulator.evidence.readiness.formats.terminal import lines
from simulator.evidence.readiness.record import RecordError
from simulator.evidence.readiness.shipped import ProfileError
from simulator.launch.options import Options
from simulator.web.app import App
from simulator.web.recording import Recorder

RECORDS: Final = "KUCOIN_SIMULATOR_RECORDS"
"""The variable with the folder into which the pytest plugin writes its records, so that this report has them, too."""
FAILED: Final = 1


def check(options: Options) -> None:
    """Raise `ValueError` if the report could not be made as it is asked for."""
    try:
        check_demands(_demands(options))
    except (BaselineError, ProfileError) as error:
        raise ValueError(str(error)) from None


def _demands(options: Options) -> Demands:
    return Demands(baseline=options.baseline, profiles=options.profiles, fail_under=options.fail_under)


def begin(app: App, folder: Path) -> Recorder:
    """Keep what a report needs from now on. Raises `ValueError` if the folder cannot be used."""
    os.environ[RECORDS] = str(folder.resolve())
    try:
        return Recorder(app.workspaces, folder)
    except ReportFolderError as error:
        raise ValueError(f"--report: {error}") from None


def conclude(
    recorder: Recorder,
    options: Options,
    code: int,
    tell: Callable[[str], None],
    warn: Callable[[str], None],
    step: ProgressStep,
) -> int:
    """Write the report, tell what it says, and return the exit code. Ctrl+C ends the work."""
    demands = _demands(options)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        report = recorder.report(demands, step)
    except KeyboardInterrupt:
        warn("Ctrl+C: the readiness report was not finished")
        return code or 128 + signal.SIGINT
    except (BaselineError, ReportFolderError, RecordError) as error:
        warn(f"no readiness report: {error}")
        return code or FAILED
    finally:
        signal.signal(signal.SIGINT, before)
    gate = demands.gate and bool(report.failures)
    for text in lines(report):
        (warn if gate else tell)(text)
    if report.failures and not gate:
        tell("this does not change the exit status: --baseline and --fail-under do")
    tell(f"the readiness report is {recorder.folder / 'report.html'}")
    return code or (FAILED if gate else 0)
