"""The blocks of docs/drift.md run as they stand, and what it shows is what they print."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import environment
from support.recordings import at, changed, exported

PAGE = (Path(__file__).parents[3] / "docs" / "drift.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^<!-- run (\w+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [match.groups() for match in BLOCK.finditer(PAGE)]
COMPARED = re.compile(r"^\d+ of \d+ calls compared, of \d+ operations", re.MULTILINE)
"""The recording calls every endpoint, so each new one is counted here."""
STATUS = {"clean": 0, "drifted": 1}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the recordings of the page."""
    folder = tmp_path_factory.mktemp("drift")
    drifted = json.dumps(changed("list_ledgers", at("data.items[].amount", float)))
    for name, text in (("real.har", drifted), ("monday.har", exported().decode()), ("own.har", exported().decode())):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """The block in a shell."""
    env = environment(PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return subprocess.run(["bash", "-uc", text], capture_output=True, text=True, check=False, cwd=folder, env=env)


def test_every_block_is_executed() -> None:
    """Each block is a command that runs, or the output of the first of them."""
    assert {(mark, language) for mark, language, _ in BLOCKS} == {("drifted", "sh"), ("clean", "sh"), (None, "text")}
    assert len(BLOCKS) == 7


@pytest.mark.parametrize("number", [place for place, block in enumerate(BLOCKS) if block[1] == "sh"])
def test_the_blocks_run(folder: Path, number: int) -> None:
    """Each command ends with the exit status that the page means, and says nothing on stderr but of the patch."""
    mark, _, text = BLOCKS[number]
    ended = run(folder, text)
    assert ended.returncode == STATUS[mark], ended
    assert "patch" in ended.stderr if "--learn" in text else ended.stderr == ""


def test_the_output_is_that_of_the_command(folder: Path) -> None:
    """The page shows what the first command prints, line by line, but for how many calls and operations there are."""
    [shown] = [text for _, language, text in BLOCKS if language == "text"]
    printed = run(folder, BLOCKS[0][2]).stdout
    assert len(COMPARED.findall(printed)) == 1
    assert COMPARED.sub("", printed) == COMPARED.sub("", shown)
