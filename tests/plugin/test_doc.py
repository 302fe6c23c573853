"""The examples of docs/pytest.md run as they stand."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from types import FunctionType

import pytest
from support.processes import ROOT
from support.pytest_runs import pytest_of

import pytest_kucoin
from simulator.testing import KucoinClock, KucoinFaults, KucoinWorkspace, settings

PAGE = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^<!-- (\w+) ?(\S*) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_example_runs(tmp_path: Path) -> None:
    """Each code block is a file; the tests in them pass in one run, with the configuration of the page."""
    blocks = [match.groups() for match in BLOCK.finditer(PAGE)]
    assert {(mark, language) for mark, _, language, _ in blocks} == {
        ("file", "python"),
        ("file", "ini"),
        (None, "text"),
    }
    for mark, name, _, text in blocks:
        if mark:
            (tmp_path / name).write_text(text, encoding="utf-8")
    code, printed = pytest_of(tmp_path, "--junitxml", "report.xml")
    assert code == 0, printed
    cases = [*ET.parse(tmp_path / "report.xml").iter("testcase")]
    assert len(cases) == PAGE.count("\ndef test_") == 10


@pytest.mark.parametrize("kind", [KucoinWorkspace, KucoinClock, KucoinFaults])
def test_every_method_is_described(kind: type) -> None:
    """Each public method of what a fixture gives stands on the page."""
    beside = {"close", "lead_hosts", "listed"}
    methods = [name for name, value in vars(kind).items() if isinstance(value, FunctionType) and name[0] != "_"]
    assert [name for name in methods if f".{name}(" not in PAGE and name not in beside] == []


class Recorded:
    """What is declared to pytest's parser, and nothing else."""

    def __init__(self) -> None:
        self.options: list[str] = []
        self.keys: list[str] = []

    def getgroup(self, *names: str) -> Recorded:
        return self

    def addoption(self, name: str, **settings: object) -> None:
        self.options.append(name)

    def addini(self, name: str, *words: str, **settings: object) -> None:
        self.keys.append(name)


def declared() -> tuple[list[str], list[str]]:
    """The options of the command line and the keys of the configuration file that the plugin declares."""
    recorded = Recorded()
    pytest_kucoin.pytest_addoption(recorded)  # type: ignore[arg-type]  # it stands for the parser
    return recorded.options, recorded.keys


def test_everything_that_is_declared_is_described() -> None:
    """Each fixture, option, key of the marker and key of the configuration file stands on the page."""
    fixtures = [name for name in vars(pytest_kucoin) if name.startswith("kucoin")]
    assert len(fixtures) == 8
    options, keys = declared()
    assert [option for option in options if not re.search(rf"{option}\b", PAGE)] == []
    names = [*fixtures, *settings.KEYS, *keys]
    assert [name for name in names if f"`{name}`" not in PAGE] == []
    assert all(f"{key}=" in pytest_kucoin.MARKER for key in settings.KEYS)
