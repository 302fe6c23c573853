"""However `exec` ends, no process of the command is left, and the exit code is right."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from exec_ends import WAYS, Family, play
from support.namespaces import needs_namespaces
from support.polling import wait_until
from support.processes import MODULE, environment

CRASHING = """
from simulator.web.server import SimulatorServer

async def crash(self):
    import asyncio, sys
    while sys.argv[-1] == "later" and not self.server_state.total_requests:
        await asyncio.sleep(0)
    raise RuntimeError("a mistake of ours")

SimulatorServer.main_loop = crash
from simulator.cli import main
main()
"""
"""A simulator whose server crashes as soon as it is ready, or at the first request."""
ASKS = (
    f"{sys.executable} -c 'import os, urllib.request as u; u.urlopen(os.environ[\"KUCOIN_SIMULATOR_URL\"])'; sleep 300"
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_is_left(way: object) -> None:
    """No child, no grandchild in a session of its own and no guardian outlives `exec`, whichever end it takes."""
    assert callable(way)
    assert play(way) == ""


def test_a_temporary_folder_is_removed_after_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guardian removes the files of an `exec` that was killed."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    family = Family(tmp_path)
    assert [path.name for path in folder.iterdir() if path.name.startswith("kucoin-simulator-")]
    family.process.kill()
    family.ended()
    assert family.left() == []
    assert [path.name for path in folder.iterdir() if path.name.startswith("kucoin-simulator-")] == []


@needs_namespaces
def test_a_killed_exec_in_a_namespace_is_told_as_well(tmp_path: Path) -> None:
    """Whoever runs the command, the guardian tells that the simulator was killed, and removes its files."""
    files = tmp_path / "tmp"
    files.mkdir()
    script = f"touch {tmp_path}/ready; sleep 300"
    arguments = ["exec", "--quiet", "--mode", "namespace", "--", "sh", "-c", script]
    with subprocess.Popen([*MODULE, *arguments], env=environment(TMPDIR=str(files)), stderr=subprocess.PIPE) as process:
        wait_until((tmp_path / "ready").exists)
        process.kill()
        assert process.stderr
        assert process.stderr.read() == b"kucoin-simulator: the simulator was killed; its command ends as well\n"
    wait_until(lambda: not list(files.iterdir()))


@pytest.mark.parametrize("when", ["at once", "later"])
def test_a_crash_of_the_server_is_told(when: str) -> None:
    """If the simulator crashes, its command is ended, the reason is told, and the exit code is 4."""
    command = [sys.executable, "-c", CRASHING, "exec", "--quiet", "--", "sh", "-c", ASKS, "-", when]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False, timeout=60)
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "RuntimeError: a mistake of ours" in done.stderr
