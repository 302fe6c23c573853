"""A server that another program watches: the file with its port, and its end with standard input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import MODULE, environment, run

SILENT = "version: 1\nname: silent\nextends: demo\nexpect:\n  - {operation: exchange_code, exactly: 1}\n"


def started(*arguments: str, code: tuple[str, ...] = MODULE) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*code, "--port", "0", "--until-eof", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


@pytest.mark.parametrize(("arguments", "status"), [((), 0), (("--verify", "--scenario", "silent.yaml"), 1)])
def test_it_ends_with_its_standard_input(arguments: tuple[str, ...], status: int, tmp_path: Path) -> None:
    """The port file stands when the first line is printed, and is gone at the end, whose status is the verdict's."""
    (tmp_path / "silent.yaml").write_text(SILENT)
    file = tmp_path / "port.json"
    file.write_text("of an older server")
    with started("--port-file", str(file), *[a.replace("silent", f"{tmp_path}/silent") for a in arguments]) as process:
        assert process.stdout
        assert process.stdin
        assert process.stderr
        process.stdout.readline()
        address = json.loads(file.read_text())
        process.stdin.close()
        printed, errors = process.stdout.read(), process.stderr.read()
    assert address == {
        "host": "127.0.0.1",
        "port": address["port"],
        "url": f"http://127.0.0.1:{address['port']}",
        "pid": process.pid,
    }
    assert address["url"] in printed
    assert (process.returncode, errors, list(tmp_path.glob("*port*"))) == (status, "", [])


@pytest.mark.parametrize("file", ["missing/port.json", "."])
def test_a_file_that_cannot_be_written(file: str, tmp_path: Path) -> None:
    """A port file that cannot be written is an error at the start."""
    ended = run("--port", "0", "--port-file", file, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "port-file" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_closed_standard_input_is_its_end() -> None:
    """A process whose standard input is closed ends at once if it shall end with it."""
    closing = "import os, sys; os.close(0); from simulator.cli import main; main()"
    with started(code=(sys.executable, "-c", closing)) as process:
        assert process.wait() == 0
