"""A run of pytest with the plugin, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.processes import ROOT, environment


def pytest_of(folder: Path, *arguments: str, autoload: bool = False) -> tuple[int, str]:
    """The exit code of a run in the folder, and what it prints."""
    env = environment(PYTHONPATH=os.pathsep.join([str(ROOT), str(folder / "installed")]))
    if not autoload:
        env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        arguments = ("-p", "pytest_kucoin", *arguments)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=env,
    )
    return ended.returncode, ended.stdout + ended.stderr
