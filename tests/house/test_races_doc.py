"""The blocks of docs/races.md run as they stand, one after another, and print what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import environment, running

PAGE = (Path(__file__).parents[2] / "docs" / "races.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^<!-- (\w+) ?(\S*) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [match.groups() for match in BLOCK.finditer(PAGE)]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the scripts of the page print, in a folder with its files."""
    folder = tmp_path_factory.mktemp("races")
    for mark, name, _, text in BLOCKS:
        if mark == "file":
            (folder / name).write_text(text, encoding="utf-8")
    bin_folder = Path(sys.executable).parent
    with running("--scenario", "demo", cwd=folder) as started:
        env = environment(PATH=f"{bin_folder}{os.pathsep}{os.environ['PATH']}", BASE=started.url)
        return [
            subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text],
                capture_output=True,
                text=True,
                check=True,
                cwd=folder,
                env=env,
            ).stdout
            for mark, _, _, text in BLOCKS
            if mark == "sh"
        ]


def test_every_block_is_executed_or_shown() -> None:
    """Each block is a file, a script that is run, or what a script prints."""
    marks = [mark or language for mark, _, language, _ in BLOCKS]
    assert (marks.count("file"), marks.count("sh"), marks.count("text")) == (2, 4, 1)


def test_the_blocks_print_what_the_page_says(printed: list[str]) -> None:
    """The race has the lines of the page; the careless broker fails in the second order, and again in the replay."""
    race, tried, again, staged = printed
    [lines] = [text for mark, _, language, text in BLOCKS if language == "text"]
    for line in lines.splitlines():
        assert line in race
    assert race.count('"distinct":2') == 2
    assert "run 2 failed with exit status 1" in tried
    assert "--replay refresh_tokens:2-1 -- python3 broker.py" in tried
    assert tried.endswith("exit status 1\n")
    assert again.endswith("exit status 1\n")
    assert '"order":"reversed"' in staged
    assert '"event":"settle"' in staged
