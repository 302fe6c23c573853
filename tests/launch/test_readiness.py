"""The readiness report of an `exec`: its files, its exit code, and what its command's own tests recorded."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from support.led import CLIENT, led, python

from simulator.launch import readiness
from simulator.launch.options import Options

NEVER = "version: 1\nsituations: {rate-limits/none: proven}\n"
SUITE = """
from urllib.request import urlopen
def test_of_the_plugin(kucoin):
    urlopen(kucoin.url + "/api/v1/timestamp").close()
"""


def read(folder: Path) -> Any:
    """The report as JSON."""
    return json.loads((folder / "report.json").read_bytes())


def test_every_form_and_the_records_are_written(tmp_path: Path) -> None:
    """Beside the journal there are the records, and the report in each form; the exit code stays the command's."""
    done = led("--report", str(tmp_path / "out"), *python(CLIENT))
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {"journal.har", "run.json", "records", "report.html", "report.json", "report.md", "report.xml"}
    assert (read(tmp_path / "out")["calls"], read(tmp_path / "out")["runs"]) == (1, 1)
    assert "handled here" in done.stderr
    assert str(tmp_path / "out" / "report.html") in done.stderr


def test_the_report_counts_only_if_it_is_asked_to(tmp_path: Path) -> None:
    """A score that is too low fails the run with --fail-under, and a command that failed keeps its own exit code."""
    arguments = ("--report", str(tmp_path), "--fail-under", "100")
    assert led("--report", str(tmp_path), *python(CLIENT)).returncode == 0
    done = led(*arguments, *python(CLIENT))
    assert (done.returncode, "--fail-under asks for 100 %" in done.stderr) == (1, True)
    assert led(*arguments, "sh", "-c", "exit 7").returncode == 7
    assert read(tmp_path)["calls"] == 0, "the calls of an earlier run are there as well"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--fail-under", "5", "true"), "give --report DIR as well"),
        (("--report", "{tmp}", "--profile", "payout", "true"), "did you mean payouts?"),
        (("--report", "{tmp}", "--baseline", "{tmp}/missing", "true"), "--update-baseline makes it"),
        (("--report", "{tmp}/file/below", "true"), "cannot be made"),
    ],
)
def test_what_cannot_be_used_is_told_before_the_command_runs(
    arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    """A wrong option ends it with status 2, and the command is not run for nothing."""
    (tmp_path / "file").touch()
    done = led(*(argument.format(tmp=tmp_path) for argument in arguments))
    assert done.returncode == 2
    assert says in done.stderr


def test_a_baseline_fails_the_run(tmp_path: Path) -> None:
    """With --baseline the report counts; a situation that nobody knows is a failure of it."""
    baseline = tmp_path / "readiness.yaml"
    baseline.write_text(NEVER)
    done = led("--report", str(tmp_path / "out"), "--baseline", str(baseline), *python(CLIENT))
    assert (done.returncode, "there is no such situation" in done.stderr) == (1, True)


def test_tests_with_the_plugin_are_in_the_report(tmp_path: Path) -> None:
    """The plugin's own simulators are part of the report, with the node ids of their tests."""
    (tmp_path / "test_suite.py").write_text(SUITE)
    command = [
        "--",
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        str(tmp_path / "test_suite.py"),
    ]
    done = led("--report", str(tmp_path / "out"), *command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [test.partition("::")[2] for test in read(tmp_path / "out")["tests"]] == ["test_of_the_plugin"]


class Interrupted:
    """A recorder whose work is stopped by Ctrl+C."""

    folder = Path("x")

    def report(self, demands: object, step: object) -> None:
        """Stop at once."""
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize(("code", "ended"), [(0, 130), (7, 7)])
def test_ctrl_c_ends_the_report_and_nothing_else(code: int, ended: int) -> None:
    """After the command has ended, Ctrl+C stops the report; the exit code stays the command's if it failed."""
    before = signal.getsignal(signal.SIGINT)
    texts: list[str] = []
    recorder: Any = Interrupted()
    shown = readiness.conclude(recorder, Options(["true"]), code, texts.append, texts.append, lambda done, of: None)
    assert (shown, texts) == (ended, ["Ctrl+C: the readiness report was not finished"])
    assert signal.getsignal(signal.SIGINT) == before
