"""Which files a scenario is read from: regular ones, of a bounded size."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.scenario.loader import load
from simulator.scenario.text.nodes import ScenarioError


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder with a pipe and a file of a terabyte in the places of scenarios."""
    os.mkfifo(tmp_path / "pipe.yaml")
    with (tmp_path / "large.yaml").open("wb") as large:
        large.truncate(1 << 40)
    return tmp_path


NO_FILE = "it is a {}; a scenario is read from a regular file only"
LARGE = "it is longer than 1000000 characters"


@pytest.mark.parametrize(("name", "why"), [("pipe", NO_FILE.format("pipe")), ("large", LARGE)])
def test_only_regular_files_are_read_and_bounded(name: str, why: str, odd: Path) -> None:
    """Neither a scenario nor what it extends is read of a pipe that nobody fills, or of any size."""
    (odd / "mine.yaml").write_text(f"version: 1\nname: x\nextends: {name}\n")
    for start in (name, "mine"):
        with pytest.raises(ScenarioError) as caught:
            load(str(odd / f"{start}.yaml"))
        [problem] = caught.value.problems
        assert str(problem) == f"{odd / name}.yaml:1:1: cannot be read: {why}"


@pytest.mark.parametrize("link", [False, True])
def test_a_device_is_not_read(*, link: bool, tmp_path: Path) -> None:
    """Neither by its name nor by a link to it."""
    file = Path("/dev/zero")
    if link:
        file = tmp_path / "zero.yaml"
        file.symlink_to("/dev/zero")
    with pytest.raises(ScenarioError) as caught:
        load(str(file))
    assert str(caught.value) == f"{file}:1:1: cannot be read: {NO_FILE.format('device')}"


def test_line_ends_are_those_of_any_system(tmp_path: Path) -> None:
    """A file that was written on Windows reads the same."""
    file = tmp_path / "mine.yaml"
    file.write_bytes(b"version: 1\r\nname: x\r\nextends: demo\r\n")
    assert load(str(file)).text == "version: 1\nname: x\nextends: demo\n"
