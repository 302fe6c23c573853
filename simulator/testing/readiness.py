"""The readiness records of a run of pytest, and the report on them at its end."""

from __future__ import annotations

import json
import os
import re
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .problems import Problem, SimulatorError
from .process import command, environment

if TYPE_CHECKING:
    from .client import Client

FOLDER: Final = "records"
SUFFIX: Final = ".record.json"
"""Folder and names of the files that the command `report` reads."""
RECORDS: Final = "KUCOIN_SIMULATOR_RECORDS"
"""The variable in which `kucoin-simulator exec --report DIR` names the folder of its report."""
GONE: Final = 404
UNFULFILLED: Final = 1
"""The exit status of the command `report` if the report has failures."""
_UNFIT: Final = re.compile(r"[^A-Za-z0-9_-]+")


class Records:
    """The records of the tests of one process of pytest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        """Why tests have no record."""

    def begin(self) -> None:
        """Make the folder and take away the records of an earlier run. Raises `SimulatorError`."""
        try:
            (self.folder / FOLDER).mkdir(parents=True, exist_ok=True)
            for path in (self.folder / FOLDER).glob(f"*{SUFFIX}"):
                path.unlink()
        except OSError as error:
            raise SimulatorError(f"--kucoin-report: {self.folder} cannot be used: {error.strerror or error}") from None

    def keep(self, client: Client, test: str | None = None) -> None:
        """Write the records of what a client is about. A test does not fail because this cannot be done."""
        name = test and test.encode(errors="replace").decode()
        try:
            for record in client.records(test=name)["records"]:
                self._write(record)
        except Problem as problem:
            if problem.status != GONE or "workspace" not in problem.detail:  # a test may end its workspace itself
                self.problems.append(f"{test or 'the default workspace'}: {problem}")
        except (OSError, SimulatorError) as error:
            self.problems.append(f"{test or 'the default workspace'}: {error}")

    def _write(self, record: dict[str, Any]) -> None:
        key = "\n".join(str(record[name]) for name in ("run", "workspace", "life", "start"))
        digest = sha256(key.encode()).hexdigest()[:16]
        path = self.folder / FOLDER / f"{_UNFIT.sub('-', str(record['workspace']))[:40]}-{digest}{SUFFIX}"
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        unfinished.write_text(json.dumps(record), encoding="utf-8")
        unfinished.replace(path)

    def report(self, baseline: str, fail_under: str) -> tuple[int, str]:
        """Write the report in every form; the exit status of the command `report`, and what it prints."""
        arguments = ["report", "--from", str(self.folder), "--into", str(self.folder)]
        arguments += ["--baseline", baseline] if baseline else []
        arguments += ["--fail-under", fail_under] if fail_under else []
        ended = subprocess.run(  # noqa: S603 - our own command line
            [*command(), *arguments], capture_output=True, text=True, check=False, env=environment(), encoding="utf-8"
        )
        # the output has each failure already, and the error only repeats the first one
        error = "" if ended.returncode == UNFULFILLED and ended.stdout else ended.stderr
        return ended.returncode, (ended.stdout + error).strip()
