"""The folder of a report: records in `records/`, one file each, and the report in each form."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

from simulator.evidence.readiness.merging import merged
from simulator.evidence.readiness.record import ReadinessRecord, RecordError, decode, encode

RECORDS: Final = "records"
SUFFIX: Final = ".record.json"
_UNFIT: Final = re.compile(r"[^A-Za-z0-9_-]+")


class ReportFolderError(Exception):
    """A folder has no records, or it cannot be read or written."""


def _file_name(record: ReadinessRecord) -> str:
    """The name of a record's file. Records of one key share it, so that a later one replaces an earlier one."""
    digest = sha256(repr(record.key).encode(errors="replace")).hexdigest()[:12]
    return f"{_UNFIT.sub('-', record.workspace)[:40]}-{record.start}-{digest}{SUFFIX}"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees all of it or the old one. Raises `ReportFolderError`."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        raise ReportFolderError(f"{path} cannot be written: {error.strerror or error}") from None


def begin(folder: Path) -> None:
    """Make the folder of a report, and take away the records of an earlier one. Raises `ReportFolderError`."""
    records = folder / RECORDS
    try:
        records.mkdir(parents=True, exist_ok=True)
        for path in records.glob(f"*{SUFFIX}"):
            path.unlink()
    except OSError as error:
        raise ReportFolderError(f"{folder} cannot be used for a report: {error.strerror or error}") from None


def write_record(folder: Path, record: ReadinessRecord) -> Path:
    """Write a record, and return its file. A file with the same calls is merged with it. Raises `ReportFolderError`."""
    path = folder / RECORDS / _file_name(record)
    if path.exists():
        record = merged([record, *_readable(path)])[0]
    write_whole(path, encode(record))
    return path


def _readable(path: Path) -> list[ReadinessRecord]:
    """The record that a file already has; nothing if it is damaged, because it is about to be replaced."""
    try:
        return [decode(path.read_bytes(), path.name)]
    except (OSError, RecordError):
        return []


def record_files(folders: Iterable[Path]) -> list[Path]:
    """The files with records in the folders and below them. Raises `ReportFolderError` for a folder without any."""
    files: dict[Path, None] = {}
    for folder in folders:
        if folder.is_file():
            files[folder.resolve()] = None
            continue
        if not folder.is_dir():
            raise ReportFolderError(f"{folder}: there is no such folder")
        below = sorted(path.resolve() for path in folder.rglob(f"*{SUFFIX}") if not path.name.startswith("."))
        if not below:
            raise ReportFolderError(
                f"{folder} has no records (*{SUFFIX}): `kucoin-simulator exec --report {folder} -- CMD`"
                f" writes some, and so do `kucoin-simulator --report {folder}` and `pytest --kucoin-report {folder}`"
            )
        files |= dict.fromkeys(below)
    return list(files)


def read_records(files: Iterable[Path], step: Callable[[], None] = lambda: None) -> tuple[ReadinessRecord, ...]:
    """The merged records of files; `step` is called after each. Raises `ReportFolderError` and `RecordError`."""
    records = []
    for path in files:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ReportFolderError(f"{path} cannot be read: {error.strerror or error}") from None
        records.append(decode(data, str(path)))
        step()
    return merged(records)
