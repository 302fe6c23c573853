"""Projects as users have them, copied out of the checkout and run there as their users would."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from support.processes import MODULE, ROOT, environment

SAMPLES: Final = ROOT / "tests" / "end_to_end"
INHERITED: Final = ("PYTEST_", "COV_", "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "HTTP", "http")
"""Beginnings of the names of variables that are about this run and not about the sample's."""


def needs(tool: str) -> None:
    """Skip a test if a program is absent. In CI it must be there."""
    if shutil.which(tool):
        return
    if os.environ.get("CI"):
        pytest.fail(f"{tool} is not on the PATH: .ci/run installs it")
    pytest.skip(f"{tool} is not on the PATH")


def copied(name: str, folder: Path) -> Path:
    """A sample, far from the checkout and its settings."""
    return Path(
        shutil.copytree(SAMPLES / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    )


def plugin() -> tuple[str, ...]:
    """What pytest is told so that it finds our plugin: nothing, if its entry point is installed."""
    installed = any(point.value == "pytest_kucoin" for point in entry_points(group="pytest11"))
    return () if installed else ("-p", "pytest_kucoin")


@lru_cache
def state_folder() -> TemporaryDirectory[str]:
    """Where the authority of these runs is, so that nothing is written into the home of who tests."""
    return TemporaryDirectory(prefix="kucoin-simulator-tests-")


def users_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of a user who runs a project of his own. `more` are added."""
    kept = {name: value for name, value in environment().items() if not name.startswith(INHERITED)}
    return {**kept, "KUCOIN_SIMULATOR_STATE_DIR": state_folder().name, **(more or {})}


def ended(command: Iterable[str], cwd: Path, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A command in a sample's folder, at its end. `more` are variables besides those of everybody."""
    return subprocess.run([*command], capture_output=True, text=True, check=False, cwd=cwd, env=users_environment(more))


def below_exec(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The same below `kucoin-simulator exec`."""
    return ended((*MODULE, "exec", "--quiet", "--", *command), cwd)
