"""A simulator as a process of its own, which a test starts and stops."""

from __future__ import annotations

import datetime as dt
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time
from support.processes import ROOT, environment

from simulator.testing import Client, NotStartedError, Simulator, SimulatorError

FROZEN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SHADOWED = """
import sys
import simulator
assert simulator.__file__.startswith(sys.argv[1]), simulator.__file__
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
folder = Path(sys.argv[2]) / "simulator" / "testing"
spec = spec_from_file_location("kucoin_testing", folder / "__init__.py", submodule_search_locations=[str(folder)])
module = sys.modules["kucoin_testing"] = module_from_spec(spec)
spec.loader.exec_module(module)
with module.Simulator() as kucoin:
    print(kucoin.client.index()["name"])
"""
FORGETFUL = """
import os
from simulator.testing import Simulator
kucoin = Simulator().start()
if os.fork() == 0:
    raise SystemExit  # runs the functions of atexit
os.wait()
assert kucoin.client.index()
print(kucoin.pid, flush=True)
"""


@pytest.fixture(scope="module")
def kucoin() -> Iterator[Simulator]:
    """One simulator with a client of its own, beside which others can run."""
    with Simulator("code-expired", seed=5, client_id="mine", client_secret="s3cret", redirect_uri="http://a/b") as one:
        yield one


def test_what_it_is_asked_for(kucoin: Simulator) -> None:
    """The scenario, the seed and the client are those that were asked for, and it says where it listens."""
    index = kucoin.client.index()
    assert (index["scenario"], index["seed"]) == ("code-expired", 5)
    assert (kucoin.client_id, kucoin.client_secret, kucoin.redirect_uri) == ("mine", "s3cret", "http://a/b")
    assert kucoin.url == f"http://127.0.0.1:{kucoin.port}"
    assert kucoin.running


def test_a_scenario_as_a_mapping_beside_another(kucoin: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two run at a time; variables of the caller that are flags of a simulator do not matter."""
    monkeypatch.setenv("KUCOIN_SIMULATOR_PORT", str(kucoin.port))
    monkeypatch.setenv("KUCOIN_SIMULATOR_SCENARIO", "nope")
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    other = Simulator({"version": 1, "name": "own", "extends": "demo"}, control_token="t0ken")
    with other:
        assert other.client.index()["scenario"] == "own"
        assert other.url != kucoin.url
        assert other.client_id == "demo-broker"
    assert not other.running
    assert other.stop() is None


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"scenario": "nope"}, r"(?s)exit status 3.*no built-in scenario of that name"),
        ({"host": "203.0.113.7"}, r"(?s)exit status 2.*--control-token"),
        ({"start_timeout": 0.001}, r"not ready within 0.001 s"),
    ],
)
def test_a_start_that_fails_says_why(more: dict[str, Any], sentence: str) -> None:
    """The error of a start has the exit status, or the time that was too short, and what was printed."""
    with pytest.raises(NotStartedError, match=sentence):
        Simulator(**more).start()


def test_use_before_the_start() -> None:
    """An address that is not known yet, and a flag that is not the caller's, are errors that say what to do."""
    with pytest.raises(SimulatorError, match=r"start\(\)"):
        _ = Simulator().url
    with pytest.raises(TypeError, match="until_eof cannot be chosen"):
        Simulator(until_eof=False)


@pytest.mark.parametrize("frozen", [freeze_time(FROZEN), time_machine.travel(FROZEN, tick=False)], ids=["fg", "tm"])
def test_a_stopped_clock_of_the_caller(frozen: AbstractContextManager[object], kucoin: Simulator) -> None:
    """Start, calls and stop work while a library has stopped the caller's clocks, and the simulator's go on."""
    with frozen, Simulator() as other:
        assert other.client.clock()["milliseconds"] > FROZEN.timestamp() * 1000
        assert other.stop() == 0


def test_a_package_of_the_same_name(tmp_path: Path) -> None:
    """Tests with a package `simulator` of their own, by PYTHONPATH, load ours by its path; the process runs ours."""
    (tmp_path / "simulator").mkdir()
    (tmp_path / "simulator" / "__init__.py").write_text("raise_no_more = True\n")
    ended = subprocess.run(
        [sys.executable, "-c", SHADOWED, str(tmp_path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(tmp_path)),
    )
    assert (ended.stderr, ended.stdout) == ("", "kucoin-fast-api-simulator\n")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 9)"])
def test_no_orphan(end: str) -> None:
    """A caller that forgets to stop it, or is killed, leaves no simulator; a child that it forked does not end it."""
    process = subprocess.run(
        [sys.executable, "-c", f"{FORGETFUL}\n{end}"], capture_output=True, text=True, check=False, env=environment()
    )
    assert process.stderr == ""
    _wait_for_the_end_of(int(process.stdout))


def _wait_for_the_end_of(pid: int) -> None:
    """Wait until a process that is no child of ours has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], 60)[0], "it still runs"
    finally:
        os.close(handle)


def test_ctrl_c_does_not_reach_it() -> None:
    """It is in a group of its own: a signal to the caller's group leaves it for the caller's teardown."""
    with Simulator() as other:
        assert os.getpgid(other.pid) != os.getpgid(0)
        os.kill(other.pid, signal.SIGSTOP)
        os.kill(other.pid, signal.SIGCONT)
        with Client(other.url) as client:
            assert client.clock()
