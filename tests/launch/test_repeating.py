"""Runs in processes of their own: what they tell, and how they end."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.processes import python

BEGIN = """
import os, signal, sys
from simulator.launch.repeating import Finished, StoppedError, run_apart
from pathlib import Path
"""


def test_a_run_tells_its_exit_code() -> None:
    """The code of the run is that of the process; one that is killed, and says nothing, has a code of its own."""
    killed = "lambda seen: os.kill(os.getpid(), signal.SIGKILL)"
    assert python(f"{BEGIN}print(run_apart(lambda seen: 7, None).code, run_apart({killed}, None).code)") == "7 70\n"


def test_its_output_goes_to_a_file(tmp_path: Path) -> None:
    """What it and its children print is in the file, and not on our own output."""
    file = tmp_path / "output"
    run = f"run_apart(lambda seen: os.system('echo it; echo that >&2'), Path({str(file)!r}))"
    assert python(f"{BEGIN}print({run}.code)") == "0\n"
    assert file.read_text() == "it\nthat\n"


def test_a_failure_is_told() -> None:
    """An error of the run is no exit code of the command: its text and its code come back."""
    code = """
class NoRunError(Exception):
    exit_code = 4
def fail(seen):
    raise NoRunError("nothing can listen")
print(run_apart(fail, None) == Finished(4, "nothing can listen"))
"""
    assert python(BEGIN + code) == "True\n"


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_it_can_be_stopped(number: str, tmp_path: Path) -> None:
    """A signal to us ends the run, and our own handling of signals is as before."""
    file = tmp_path / "pid"
    code = f"""
before = signal.getsignal(signal.{number})
def wait(seen):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Path({str(file)!r}).write_text(str(os.getpid()))
    os.kill(os.getppid(), signal.{number})
    while True:
        signal.pause()
try:
    run_apart(wait, None)
except StoppedError:
    print(signal.getsignal(signal.{number}) == before)
try:
    os.kill(int(Path({str(file)!r}).read_text()), 0)
except ProcessLookupError:
    print("gone")
"""
    assert python(BEGIN + code) == "True\ngone\n"
