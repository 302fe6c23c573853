"""Commands that run by `exec`, as a user would type them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from support.processes import MODULE, environment

CLIENT = """
import json, sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
print(opener.open("https://api.kucoin.com/api/v1/timestamp").status)
"""
"""A program that calls KuCoin by its own name, and obeys no proxy variable."""


def led(*arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """`exec` with these flags and command, to its end."""
    return subprocess.run(
        [*MODULE, "exec", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=environment(**env),
        timeout=60,
    )


def python(code: str) -> list[str]:
    """The command line of a Python program, after `--`."""
    return ["--", sys.executable, "-c", code]


def report(folder: Path, name: str) -> object:
    """A file of a report."""
    return json.loads((folder / name).read_text())
