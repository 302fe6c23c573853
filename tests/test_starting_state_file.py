"""`--state-file` and `--export-on-exit` with a real process: the world outlives the server."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from support.processes import run, running
from support.wire import V1, Http, control

from simulator.starting import STATED


def test_the_world_outlives_the_server(tmp_path: Path) -> None:
    """What the first server exports, the second one begins with, whichever signal ends them."""
    file = tmp_path / "state.json"
    flags = "--state-file", str(file), "--export-on-exit"
    with running(*flags) as first:
        assert not any("--state-file" in line for line in first.lines)
        consent = {
            "user": "bob",
            "client_id": "demo-broker",
            "redirect_uri": f"{first.url}/demo/callback",
            "state": "1",
        }
        assert control(Http(first.port), "/authorizations", consent).status == 201
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait() == -signal.SIGTERM
    assert file.stat().st_mode & 0o777 == 0o600
    with running(*flags, "--verify") as second:
        assert f"  {STATED}" in second.lines
        assert [each["user"] for each in Http(second.port)("GET", f"{V1}/consents").json()["consents"]] == ["bob"]
        assert control(Http(second.port), "/reset", {}).status == 200
        second.process.send_signal(signal.SIGINT)
        assert second.process.wait() == -signal.SIGINT
    assert json.loads(file.read_text())["state"]["world"]["consents"] == []


def test_a_damaged_file_stops_the_start(tmp_path: Path) -> None:
    """The server does not start, says why with status 2, and does not write over the file at the end."""
    file = tmp_path / "state.json"
    file.write_text("{")
    ended = run("--port", "0", "--state-file", str(file), "--export-on-exit")
    assert (ended.returncode, file.read_text()) == (2, "{")
    assert f"--state-file: {file} holds no state that can be used" in ended.stderr


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--export-on-exit"], "--export-on-exit needs --state-file FILE"),
        (["--state-file", "/", "--port", "0"], "/ is not a file"),
        (["--state-file", "missing/state.json", "--export-on-exit", "--port", "0"], "there is no folder"),
    ],
)
def test_flags_that_cannot_hold(flags: list[str], message: str, tmp_path: Path) -> None:
    """What could not be read or written is refused at the start, with status 2."""
    ended = run(*flags, cwd=tmp_path)
    assert ended.returncode == 2
    assert message in ended.stderr


def test_a_state_that_cannot_be_written_is_status_one(tmp_path: Path) -> None:
    """If the folder has gone meanwhile, the end says that the state is lost."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with running("--state-file", str(folder / "state.json"), "--export-on-exit") as started:
        folder.rmdir()
        started.process.terminate()
        assert started.process.wait() == 1
        assert "the state could not be written to" in started.stderr()
