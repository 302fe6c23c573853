"""A simulator as its own process: started as a person would, waited for by what it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from simulator.certificates.state_folder import VARIABLE

ROOT = Path(__file__).parents[2]
MODULE = (sys.executable, "-m", "simulator")
PATIENT = (
    sys.executable,
    "-c",
    """
from simulator.web.wire import patience
for name, value in list(vars(patience).items()):
    if isinstance(value, float):
        setattr(patience, name, 3_600.0)
from simulator.web import server
server.GRACE = 3_600.0
from simulator.cli import main
main()
""",
)
"""A simulator that waits an hour for each client and for each call. If it ends, then because it waits for nobody."""


LATE = {
    "jwt",
    "starlette",
    "jinja2",
    "pyotp",
    "segno",
    "difflib",
    "secrets",
    "zipfile",
    "ctypes",
    "importlib.resources",
}
"""What a page, a first token or somebody's mistake may import, and a start may not."""


def environment(**more: str) -> dict[str, str]:
    """Our own environment without what steers a simulator or a Python, with this session's state and with `more`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KUCOIN_", "WEB_", "PYTHON"))}
    state = {VARIABLE: os.environ[VARIABLE]} if VARIABLE in os.environ else {}
    return {**kept, **state, "PYTHONPATH": str(ROOT), **more}


@dataclass
class Running:
    """A simulator that accepts connections."""

    process: subprocess.Popen[str]
    lines: list[str]
    errors: IO[str]

    @property
    def url(self) -> str:
        """The address that the start printed."""
        found = re.search(r"base URL +(\S+)", "\n".join(self.lines))
        assert found, self.lines
        return found[1]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def stderr(self) -> str:
        """All of it so far."""
        self.errors.seek(0)
        return self.errors.read()


@contextmanager
def running(
    *arguments: str, command: tuple[str, ...] = MODULE, cwd: Path | None = None, **env: str
) -> Iterator[Running]:
    """A simulator on a free port, from the line that says it is ready until the end of the block."""
    chosen = "--port" in arguments or "KUCOIN_SIMULATOR_PORT" in env
    with (
        TemporaryFile("w+") as errors,
        subprocess.Popen(
            [*command, *arguments, *(() if chosen else ("--port", "0"))],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=cwd,
            env=environment(**env),
        ) as process,
    ):
        try:
            yield Running(process, list(_banner(process, errors)), errors)
        finally:
            process.kill()


def _banner(process: subprocess.Popen[str], errors: IO[str]) -> Iterator[str]:
    """The lines up to the login link, which is the last."""
    assert process.stdout
    for line in process.stdout:
        yield line.rstrip("\n")
        if "/oauth?" in line:
            return
    errors.seek(0)
    raise AssertionError(f"the simulator ended before it was ready:\n{errors.read()}")


def run(
    *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """A command of the simulator that ends by itself."""
    return subprocess.run(
        [*MODULE, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=environment(**(env or {})),
    )


def python(code: str) -> str:
    """What a Python process that runs this code prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment()).stdout


def imported_by(started: Running) -> set[str]:
    """The modules that a process has imported which was started with `-X importtime`."""
    return set(re.findall(r"\| +([\w.]+)$", started.stderr(), re.MULTILINE))


def late(imported: set[str]) -> set[str]:
    """Those that a start may not import, and what is in them."""
    return {name for name in imported if any(f"{name}.".startswith(f"{each}.") for each in LATE)}
