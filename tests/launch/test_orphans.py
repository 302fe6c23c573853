"""However `exec` ends, no process of the command is left, and the exit code is right."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from exec_ends import WAYS, Family, play


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_is_left(way: object) -> None:
    """No child, no grandchild in a session of its own and no guardian outlives `exec`, whichever end it takes."""
    assert callable(way)
    assert play(way) == ""


def test_a_temporary_folder_is_removed_after_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guardian removes the files of an `exec` that was killed."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    family = Family(tmp_path)
    assert [path.name for path in folder.iterdir() if path.name.startswith("kucoin-simulator-")]
    family.process.kill()
    family.ended()
    assert family.left() == []
    assert [path.name for path in folder.iterdir() if path.name.startswith("kucoin-simulator-")] == []
