"""Folders with records."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.readiness_reports import LOST, handled, mistake, record

from simulator.evidence.readiness.folder import ReportFolderError, begin, read_records, record_files, write_record
from simulator.evidence.readiness.record import RecordError, encode


def test_a_later_record_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    """However often a workspace is recorded, it has one file, with the newest record and all node ids."""
    write_record(tmp_path, record({LOST: mistake()}, last=5, tests=("test_a",)))
    path = write_record(tmp_path, record({LOST: handled()}, last=9))
    write_record(tmp_path, record({LOST: mistake()}, last=6))
    assert record_files([tmp_path]) == [path.resolve()]
    assert read_records([path]) == (record({LOST: handled()}, last=9, tests=("test_a",)),)


def test_folders_below_and_repeated_folders_are_read_once(tmp_path: Path) -> None:
    """A folder of artifacts has a folder for each job; naming one of them as well changes nothing."""
    write_record(tmp_path / "job-1", record())
    write_record(tmp_path / "job-2", record(run="r2"))
    files = record_files([tmp_path, tmp_path / "job-2", tmp_path])
    assert len(files) == 2
    assert len(read_records(files)) == 2


@pytest.mark.parametrize("name", ["../../escape", "a/b", "", "\N{SNOWMAN}", "x" * 300, ".hidden"])
def test_the_name_of_a_workspace_is_no_path(tmp_path: Path, name: str) -> None:
    """A file of a record stands in the folder, whatever its workspace is called."""
    path = write_record(tmp_path / "report", record(workspace=name))
    assert path.parent == tmp_path / "report" / "records"
    assert [*read_records(record_files([tmp_path]))] == [record(workspace=name)]


def test_a_damaged_file_is_replaced_when_written_and_named_when_read(tmp_path: Path) -> None:
    """Half a file stops a report with an error that names it; the next record of its workspace mends it."""
    path = write_record(tmp_path, record())
    path.write_bytes(encode(record())[:50])
    with pytest.raises(RecordError, match=r"record\.json"):
        read_records([path])
    write_record(tmp_path, record())
    assert read_records([path]) == (record(),)


def test_a_new_run_begins_without_the_records_of_the_last_one(tmp_path: Path) -> None:
    """A mistake that has been mended must not stay in the report; other files of the user stay."""
    write_record(tmp_path, record({LOST: mistake()}))
    (tmp_path / "records" / "mine.txt").write_text("mine")
    (tmp_path / "other.record.json").write_text("mine")
    begin(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["mine.txt", "other.record.json"]


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A folder that is missing, empty or a file is an error with the way out."""
    with pytest.raises(ReportFolderError, match="no such folder"):
        record_files([tmp_path / "missing"])
    with pytest.raises(ReportFolderError, match="exec --report"):
        record_files([tmp_path])
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportFolderError, match="cannot be used for a report"):
        begin(tmp_path / "file")
    with pytest.raises(ReportFolderError, match="cannot be written"):
        write_record(tmp_path / "file", record())
