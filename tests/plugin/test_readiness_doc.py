"""The blocks of docs/readiness.md run as they stand, in their order, and print what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import pytest
from support.processes import ROOT, environment

from simulator.evidence.readiness.baseline import read_baseline
from simulator.evidence.readiness.states import RowState

PAGE = (ROOT / "docs" / "readiness.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^<!-- (\w+) (\S+) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [match.groups() for match in BLOCK.finditer(PAGE)]
OPTIONS = "-p pytest_kucoin -p no:cacheprovider"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each script of the page prints, by its name; and `folder`, where they ran."""
    folder = tmp_path_factory.mktemp("readiness")
    outputs = {"folder": str(folder)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = environment(PATH=path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", PYTEST_ADDOPTS=OPTIONS)
    for mark, name, _, text in BLOCKS:
        if mark == "file":
            (folder / name).write_text(text, encoding="utf-8")
        elif mark == "fix":
            broken = (folder / name).read_text(encoding="utf-8")
            before, _, after = broken.partition("    def pay(")
            after = after.partition("    def call(")[2]
            (folder / name).write_text(f"{before}{indent(text, '    ')}\n    def call({after}", encoding="utf-8")
        elif mark == "run":
            command = ["bash", "-euo", "pipefail", "-c", text]
            ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=env)
            assert ended.returncode == 0, ended.stdout + ended.stderr
            outputs[name] = ended.stdout
    return outputs


def shown() -> Iterator[tuple[str, list[str]]]:
    """The outputs that the page shows, by the name of their script."""
    return ((name, text.splitlines()) for mark, name, _, text in BLOCKS if mark == "prints")


def test_every_block_is_executed() -> None:
    """Each block has a mark that says what becomes of it."""
    assert {(mark, language) for mark, _, language, _ in BLOCKS} == {
        ("file", "python"),
        ("file", "yaml"),
        ("fix", "python"),
        ("run", "sh"),
        ("prints", "text"),
    }


def test_the_page_shows_what_is_printed(printed: dict[str, str]) -> None:
    """The broken broker's report and the green one stand on the page as the scripts print them, line by line."""
    outputs = dict(shown())
    assert outputs.keys() == {"broken", "fixed"}
    for name, lines in outputs.items():
        actual = printed[name].splitlines()
        for line in lines:
            begin, dots, _ = line.partition("...")
            assert [other for other in actual if other.startswith(begin) if dots or other == line], printed[name]


def test_a_broken_broker_passes_its_tests(printed: dict[str, str]) -> None:
    """Both runs of pytest are green: only the report tells the two brokers apart."""
    assert "2 passed" in printed["broken"]
    assert "2 passed" in printed["fixed"]
    assert "broken:" not in printed["fixed"]


def test_the_baseline_holds_what_the_tests_have_reached(printed: dict[str, str]) -> None:
    """The update writes the states of the last run; strict truth finds no rule that the page's file does not accept."""
    folder = Path(printed["folder"])
    baseline = read_baseline(folder / "readiness.yaml")
    assert baseline.situations["lost-answers/withdrawal"] is RowState.UNSURE
    assert int(printed["baseline"]) == sum(state is RowState.UNTESTED for state in baseline.situations.values())
    assert printed["strict"].count("FAILURE H") == 3
    assert (folder / "summary.md").read_text("utf-8").startswith("# KuCoin readiness report")


def test_the_page_has_every_word() -> None:
    """Each state has its row on the page."""
    assert [state for state in RowState if f"| `{state}` |" not in PAGE] == []


def test_a_report_that_fails_no_run_says_so(printed: dict[str, str]) -> None:
    """Without a baseline a broken situation is a failure of the report alone, and a line says so."""
    assert "this does not fail the run" in printed["broken"]
    assert "Error:" not in printed["broken"]
    assert "this does not fail the run" not in printed["fixed"]
