"""The command `drift`: reports, exit status, the patch for the ledger, and that nothing is sent."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.recording_programs import as_written_by
from support.recordings import Har, at, changed, exported, put_field, without

from simulator.cli import main
from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.drift.findings import DriftKind
from simulator.web.endpoints.table import ROUTES

ROOT = Path(__file__).parents[2]


def run(*arguments: object) -> Result:
    """The command, in this process."""
    return CliRunner().invoke(main, ["drift", *map(str, arguments)])


def written(folder: Path, har: Har | bytes, name: str = "real.har") -> Path:
    """A recording as a file."""
    file = folder / name
    file.write_bytes(har if isinstance(har, bytes) else json.dumps(har).encode())
    return file


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A recording of our own."""
    return written(tmp_path, exported(), "own.har")


@pytest.fixture
def drifted(tmp_path: Path) -> Path:
    """A recording with an error of type."""
    return written(tmp_path, changed("list_ledgers", at("data.items[].amount", float)))


def test_no_drift(own: Path) -> None:
    """Without a finding the exit status is 0, and the report says how much was compared."""
    ended = run(own)
    assert ended.exit_code == 0, ended.output
    assert "error: 0, warning: 0, info: 0" in ended.output
    assert f" calls compared, of {len(ROUTES)} operations" in ended.output


def test_the_text(drifted: Path) -> None:
    """A finding says what, where, ours and theirs, how often, in which entries, and the rules with their grades."""
    ended = run(drifted)
    assert ended.exit_code == 1
    lines = ended.output.splitlines()
    assert lines[0] == "ERROR   type: GET /api/v1/accounts/ledgers, answer data.items[].amount"
    assert lines[1].strip() == "ours: a decimal number as text; recorded: a number with a decimal point"
    assert lines[2].strip().startswith("2 calls, the newest of 2026-06-01: entries #")
    assert "rest/ledgers (documented, assumed)" in lines[3]


def test_the_data(drifted: Path) -> None:
    """The JSON has the same, for scripts."""
    data = json.loads(run(drifted, "--format", "json").output)
    assert json.loads(run(drifted, "--json").output) == data
    assert run(drifted, "--json", "--format", "md").exit_code == 2
    assert data["counts"] == {"info": 0, "warning": 0, "error": 1}
    assert data["operations"]["list_ledgers"] == 2
    [finding] = data["findings"]
    assert (finding["severity"], finding["kind"], finding["operation"]) == ("error", "type", "list_ledgers")
    assert finding["observed_at"] == "2026-06-01"
    assert all(rules()[rule["id"]].home == rule["home"] for rule in finding["rules"])


def test_the_page(drifted: Path) -> None:
    """The Markdown is a table for each severity, with every cell in its column."""
    text = run(drifted, "--format", "md").output
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert "## error (1)" in text
    assert {row.count("|") for row in rows} == {10}
    assert "`GET /api/v1/accounts/ledgers`" in rows[-1]


@pytest.mark.parametrize(
    ("change", "statuses"),
    [
        (put_field("data.items[]", "tradeFee", "1"), {"info": 1, "warning": 0, "error": 0, "never": 0}),
        (without("data.items[].context"), {"info": 1, "warning": 1, "error": 0, "never": 0}),
        (at("data.items[].amount", float), {"info": 1, "warning": 1, "error": 1, "never": 0}),
    ],
)
def test_the_exit_status(tmp_path: Path, change: Any, statuses: dict[str, int]) -> None:
    """The exit status is 1 from the severity of --fail-on, which is error without."""
    file = written(tmp_path, changed("list_ledgers", change))
    assert {word: run(file, "--fail-on", word).exit_code for word in statuses} == statuses
    assert run(file).exit_code == statuses["error"]


def test_several_files(own: Path, drifted: Path) -> None:
    """The entries of several files are named with their files."""
    ended = run(own, drifted)
    assert "entries real.har#" in ended.output


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "real.har, near character 0: it is empty"),
        (b'{"log": {"entries": [{"request": 1}]}}', "entry 1"),
        (b'{"log": {"entries": []}}', "none of 0 entries"),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, data: bytes, words: str) -> None:
    """A file that is no HAR, or has no call of ours, is exit status 2 with the reason: nothing is no success."""
    ended = run(written(tmp_path, data))
    assert ended.exit_code == 2
    assert words in ended.output


def test_no_call_of_kucoin(tmp_path: Path) -> None:
    """If all calls went to another host, the message says so and names the option."""
    other = exported().replace(b"http://127.0.0.1:8080", b"https://gateway.example")
    file = written(tmp_path, other)
    ended = run(file)
    assert ended.exit_code == 2
    assert "--kucoin-host" in ended.output
    assert "gateway" not in ended.output
    assert run(file, "--kucoin-host", "Gateway.example").exit_code == 0


def test_ctrl_c_is_no_verdict(drifted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C while files are read ends the command with 130, which no script takes for a difference."""

    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("simulator.commands.drift._take", interrupted)
    ended = run(drifted)
    assert (ended.exit_code, ended.output) == (130, "stopped by Ctrl+C\n")


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is a mistake of usage."""
    assert run(tmp_path / "gone.har").exit_code == 2
    assert run().exit_code == 2


# --- --learn
def learned(folder: Path, har: Har) -> str:
    """The patch."""
    target = folder / "learned.patch"
    run(written(folder, har), "--learn", target)
    return target.read_text(encoding="utf-8")


def test_a_patch_applies_and_the_ledger_stays_whole(tmp_path: Path) -> None:
    """`git apply` takes the patch; the row has the day, the grade and the source, and seven cells as before."""
    learned(tmp_path, changed("list_ledgers", at("data.items[].amount", float)))
    copy = tmp_path / "copy" / "simulator" / "core"
    copy.mkdir(parents=True)
    shutil.copy(ROOT / "simulator" / "core" / "rules.md", copy / "rules.md")
    subprocess.run(["git", "apply", "../learned.patch"], cwd=tmp_path / "copy", check=True)
    before = (ROOT / "simulator" / "core" / "rules.md").read_text(encoding="utf-8").splitlines()
    after = (copy / "rules.md").read_text(encoding="utf-8").splitlines()
    [(old, new)] = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    cells, was = ([cell.strip() for cell in line.strip("|").split("|")] for line in (new, old))
    assert len(cells) == len(was) == 7
    assert cells[2].startswith(f"{was[2]}; `GET /api/v1/accounts/ledgers` answer data.items[].amount: a number")
    assert cells[2].endswith("not a decimal number as text (observed_at 2026-06-01)")
    assert "observed" in cells[3].split(", ")
    assert "captures" in cells[4].split(", ")
    assert (cells[0], cells[1], cells[5:]) == (was[0], was[1], was[5:])


def test_every_kind_can_be_learned(tmp_path: Path) -> None:
    """A warning and an error are learned, a note is not: then no file is written, and the command says so."""
    assert "observed_at" in learned(tmp_path, changed("list_ledgers", without("data.items[].context")))
    target = tmp_path / "none.patch"
    ended = run(written(tmp_path, changed("list_ledgers", put_field("data.items[]", "tradeFee", 1))), "--learn", target)
    assert "nothing to learn" in ended.output
    assert not target.exists()


def test_a_patch_that_cannot_be_written(own: Path, drifted: Path, tmp_path: Path) -> None:
    """The report is printed all the same, and the exit status is 2."""
    ended = run(drifted, "--learn", tmp_path / "no" / "such" / "folder")
    assert ended.exit_code == 2
    assert "the patch cannot be written" in ended.output
    assert "ERROR   type" in ended.output


def test_what_a_row_has_is_not_learned_again(drifted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording of another day adds nothing to a ledger that has taken the patch of the first one."""
    target = tmp_path / "first.patch"
    run(drifted, "--learn", target)
    row = next(line[1:] for line in target.read_text().splitlines() if line.startswith("+|"))
    (tmp_path / "rules.md").write_text(f"{row}\n")
    monkeypatch.setattr("simulator.evidence.drift.learning.files", lambda package: tmp_path)
    later = written(tmp_path, drifted.read_bytes().replace(b"2026-06-01", b"2026-07-01"), "later.har")
    again = tmp_path / "again.patch"
    assert "nothing to learn" in run(later, "--learn", again).output
    assert not again.exists()


def test_a_recording_is_not_overwritten(drifted: Path, tmp_path: Path) -> None:
    """`--learn` writes over an older patch and over nothing else, however the names were mixed up."""
    before = drifted.read_bytes()
    ended = run(drifted, "--learn", drifted)
    assert (ended.exit_code, drifted.read_bytes()) == (2, before)
    assert "would overwrite real.har, which is no patch" in ended.output
    target = tmp_path / "learned.patch"
    assert run(drifted, "--learn", target).exit_code == run(drifted, "--learn", target).exit_code == 1


def test_bodies_beside_the_recording(tmp_path: Path) -> None:
    """Bodies in files of their own are read from the folder of the recording; without any body nothing is compared."""
    made = as_written_by("playwright", changed("list_ledgers", at("data.items[].amount", float)))
    for name, data in made.files.items():
        (tmp_path / name).write_bytes(data)
    assert run(written(tmp_path, made.har)).output.startswith("ERROR   type: GET /api/v1/accounts/ledgers")
    (tmp_path / "alone").mkdir()
    ended = run(written(tmp_path / "alone", made.har))
    assert ended.exit_code == 2
    assert "has a body that can be compared" in ended.output
    assert "keep bodies that are in files of their own beside the .har file" in ended.output


# --- what it does not do
def test_nothing_is_sent(drifted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command opens no connection and looks up no name."""

    def refuse(*arguments: object, **more: object) -> None:
        raise AssertionError("a connection")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert run(drifted, "--format", "md").exit_code == 1


def test_every_kind_is_explained() -> None:
    """Each kind of finding has a word of its own and a meaning; docs/drift.md lists all of them with their severity."""
    assert len({kind.word for kind in DriftKind}) == len(DriftKind)
    page = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")
    for kind in DriftKind:
        assert f"| {kind.word} | {kind.severity.value} | {kind.meaning} |" in page
