"""A server with --report: what it leaves when it ends, however it ends."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from urllib.request import urlopen

import pytest
from support.processes import run, running


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_report_is_written_at_the_end(end: signal.Signals, tmp_path: Path) -> None:
    """After Ctrl+C and after SIGTERM the folder has the records and each form, and the last line names the page."""
    with running("--report", str(tmp_path / "out")) as started:
        urlopen(f"{started.url}/api/v1/timestamp").close()
        started.process.send_signal(end)
        output, _ = started.process.communicate()
        errors = started.stderr()
    data = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert data["calls"] == 1
    assert f"{tmp_path}/out/report.html" in output
    assert "Traceback" not in errors
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "records",
        "report.html",
        "report.json",
        "report.md",
        "report.xml",
    ]


def test_a_folder_that_cannot_be_used_ends_the_start(tmp_path: Path) -> None:
    """A file in place of the folder is an error before the server listens."""
    (tmp_path / "file").touch()
    ended = run("--port", "0", "--report", str(tmp_path / "file"))
    assert (ended.returncode, "is not a folder" in ended.stderr) == (2, True)
    ended = run("--port", "0", "--report", str(tmp_path / "file" / "below"))
    assert (ended.returncode, "--report" in ended.stderr, "Traceback" in ended.stderr) == (2, True, False)
