"""The command `report`: records of folders and of a running simulator, its forms, its baseline, its exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from support.readiness_reports import CATALOGUE, DEPOSIT, LOST, STATE, handled, mistake, record

from simulator.cli import main
from simulator.evidence.readiness import folder, shipped
from simulator.evidence.readiness.folder import write_record
from simulator.evidence.readiness.record import ReadinessRecord
from simulator.web.server import LocalServer


class Ended(NamedTuple):
    """What a run of the command was."""

    code: int
    output: str
    errors: str


@pytest.fixture(autouse=True)
def _small_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge by the small catalogue, whose situations stay as they are."""
    monkeypatch.setattr(shipped, "SITUATIONS", CATALOGUE)


def report(*arguments: object) -> Ended:
    """A run of the command."""
    ended = CliRunner().invoke(main, ["report", *map(str, arguments)])
    return Ended(ended.exit_code, ended.stdout, ended.stderr)


def wrote(path: Path, *records: ReadinessRecord) -> Path:
    """The folder with these records."""
    for part in records:
        write_record(path, part)
    return path


def test_jobs_are_merged(tmp_path: Path) -> None:
    """Folders of several jobs are one report; naming one twice changes nothing."""
    one = wrote(tmp_path / "a", record({LOST: handled()}, tests=("test_a",)))
    two = wrote(tmp_path / "b", record({LOST: mistake()}, run="r2", tests=("test_b",)), record({LOST: handled()}))
    both = report("--from", one, "--from", two, "--from", one, "--json")
    assert both == report("--from", tmp_path, "--format", "json")
    data = json.loads(both.output)
    assert (both.code, data["tests"], data["runs"]) == (1, ["test_a", "test_b"], 2)
    row = data["rows"][0]
    assert (row["state"], row["handled"], row["broken"]) == ("broken", 1, 1)


@pytest.mark.parametrize(
    ("form", "begins"),
    [("html", "<!doctype html>"), ("json", "{"), ("junit", "<?xml"), ("md", "# "), ("text", "readi")],
)
def test_every_form_can_be_printed_and_written(form: str, begins: str, tmp_path: Path) -> None:
    """`--output` writes what would be printed, byte for byte, and prints nothing."""
    records = wrote(tmp_path / "r", record({LOST: handled()}))
    printed = report("--from", records, "--format", form)
    assert printed.code == 0
    assert printed.output.startswith(begins)
    written = report("--from", records, "--format", form, "--output", tmp_path / "file")
    assert (written.code, written.output) == (0, "")
    assert (tmp_path / "file").read_text("utf-8") == printed.output


def test_all_forms_go_into_a_folder(tmp_path: Path) -> None:
    """`--into` writes each form, which may be the folder with the records."""
    records = wrote(tmp_path / "r", record({LOST: handled()}))
    assert report("--from", records, "--into", records).code == 0
    assert sorted(path.name for path in records.glob("report.*")) == [
        "report.html",
        "report.json",
        "report.md",
        "report.xml",
    ]


def test_the_exit_status_is_the_verdict(tmp_path: Path) -> None:
    """1 if something is broken or the score is too low, 0 otherwise; the last line says why."""
    fine = wrote(tmp_path / "fine", record({LOST: handled()}))
    broken = wrote(tmp_path / "broken", record({LOST: mistake()}))
    assert report("--from", fine).code == 0
    assert report("--from", fine, "--fail-under", 33).code == 0
    assert report("--from", fine, "--fail-under", 34).code == 1
    ended = report("--from", broken)
    assert (ended.code, ended.errors) == (1, f"Error: the report fails: {LOST.id}: not handled, at least once\n")
    both = report("--from", broken, "--fail-under", 34)
    assert both.errors == f"Error: the report fails: {LOST.id}: not handled, at least once, and 1 more\n"
    assert report("--from", broken, "--profile", "login").code == 0
    assert report("--from", broken, "--profile", "login,payouts").code == 1


def test_a_baseline_from_its_beginning(tmp_path: Path) -> None:
    """It is made, holds what is, fails what gets worse, asks for what gets better, and is updated."""
    path = tmp_path / "readiness.yaml"
    now = wrote(tmp_path / "now", record({LOST: handled()}))
    worse, better = (
        wrote(tmp_path / "worse", record()),
        wrote(tmp_path / "better", record({LOST: handled(), STATE: handled()})),
    )
    missing = report("--from", now, "--baseline", path)
    assert (missing.code, "--update-baseline makes it" in missing.errors) == (2, True)
    assert report("--from", now, "--baseline", path, "--update-baseline").code == 0
    assert f"{LOST.id}: proven" in path.read_text()
    assert f"{DEPOSIT.id}: not yours" in path.read_text()
    assert report("--from", now, "--baseline", path).code == 0
    assert "untested, and the baseline has proven" in report("--from", worse, "--baseline", path).output
    assert report("--from", worse, "--baseline", path, "--update-baseline").code == 1
    ended = report("--from", better, "--baseline", path)
    assert (ended.code, "--update-baseline writes it down" in ended.output) == (1, True)
    ended = report("--from", better, "--baseline", path, "--update-baseline")
    assert (ended.code, f"{STATE.id}: untested -> proven" in ended.errors) == (0, True)
    assert report("--from", better, "--baseline", path).code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--from", "missing"], "no such folder"),
        (["--from", "empty"], "exec --report"),
        (["--from", "bad"], "x.record.json is no readiness record"),
        (["--from", "r", "--profile", "payout"], "did you mean payouts?"),
        (["--from", "r", "--baseline", "bad.yaml"], "bad.yaml:1:1"),
        (["--from", "r", "--update-baseline"], "--update-baseline needs --baseline FILE"),
        (["--from", "r", "--json", "--format", "md"], "exclude each other"),
        (["--from", "r", "--workspace", "w1"], "--workspace is about a running simulator"),
        (["--from", "r", "--fail-under", "101"], "--fail-under"),
        (["--from", "r", "--output", "empty"], "is a directory"),
        (["--from", "r", "--into", "bad.yaml"], "is a file"),
    ],
)
def test_what_cannot_be_used_is_named(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 2 and a sentence, before anything is written."""
    monkeypatch.chdir(tmp_path)
    wrote(Path("r"), record())
    for name in ("empty", "bad"):
        Path(name).mkdir()
    Path("bad/x.record.json").write_text("{}")
    Path("bad.yaml").write_text("- x")
    ended = report(*arguments)
    assert ended.code == 2
    assert says in ended.errors
    assert "Traceback" not in ended.errors


def test_a_running_simulator_is_asked() -> None:
    """Without --from it is about the calls of a simulator: of all its workspaces, or of one."""
    with LocalServer("demo") as server:
        from simulator.testing import Client

        with Client(server.url) as client:
            client.create_workspace(name="one")
        ended = report("--url", server.url, "--json")
        assert (ended.code, json.loads(ended.output)["workspaces"]) == (0, [])
        for path in ("/api/v1/timestamp", "/w/one/api/v1/timestamp"):
            from urllib.request import urlopen

            urlopen(server.url + path).close()
        names = [row["workspace"] for row in json.loads(report("--url", server.url, "--json").output)["workspaces"]]
        assert names == ["default", "one"]
        (only,) = json.loads(report("--url", server.url, "--workspace", "one", "--json").output)["workspaces"]
        assert only["workspace"] == "one"


def test_ctrl_c_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C while records are read ends the command with 130, and nothing is written."""

    def interrupted(data: bytes, name: str) -> ReadinessRecord:
        raise KeyboardInterrupt

    records = wrote(tmp_path / "r", record())
    monkeypatch.setattr(folder, "decode", interrupted)
    ended = report("--from", records, "--output", tmp_path / "out")
    assert (ended.code, (tmp_path / "out").exists()) == (130, False)
