"""The blocks of docs/first-hour.md run as they stand, and what the page says beside them is so."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.web.server import LocalServer

Run = Callable[[str], str]
"""Runs a block and returns what it prints."""
PAGE = (Path(__file__).parents[2] / "docs" / "first-hour.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^<!-- (\w+) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = {mark: text for mark, _, text in BLOCK.findall(PAGE)}


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    """A server of the demo world."""
    with LocalServer() as running:
        yield running


@pytest.fixture
def run(server: LocalServer, tmp_path: Path) -> Run:
    """Runs a block, with the helpers of the first one, in an empty folder; returns what it prints."""

    def printed(mark: str) -> str:
        script = BLOCKS["helper"] + BLOCKS[mark]
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={"SIMULATOR": server.url, "PATH": os.environ["PATH"]},
        )
        assert ended.stderr == ""
        return ended.stdout

    server.exchange.reset()
    return printed


def test_every_block_is_executed() -> None:
    """Each block has a mark, and a test below runs it."""
    assert all(BLOCKS)
    assert len(BLOCKS) == PAGE.count("\n```sh\n") == 8
    source = Path(__file__).read_text(encoding="utf-8")
    assert [mark for mark in BLOCKS if mark != "helper" and f'run("{mark}")' not in source] == []


def test_your_own_client(server: LocalServer, run: Run) -> None:
    """A workspace has the client that was given, and its code buys tokens there."""
    made, token_type = run("client").rsplit("}", 1)
    assert json.loads(made + "}")["client_id"] == "acme"
    assert token_type.strip() == "bearer"


def test_validation_is_observed(run: Run) -> None:
    """The rule is graded as the page says: `validation` observed, the same payment assumed."""
    grades = {rule["id"]: rule["grade"] for rule in json.loads(run("validation"))["rules"]}
    assert (grades["H43/validation"], grades["H43/same-request"]) == ("observed", "assumed")


def test_the_code_that_nobody_published(run: Run) -> None:
    """The code is 999999, and another one after the switch."""
    assert run("unpublished").split() == ["999999", "123456"]


def test_pools(server: LocalServer, run: Run, tmp_path: Path) -> None:
    """Pools are filled, and then they only count."""
    assert json.loads(run("pools"))
    assert json.loads((tmp_path / "choices.json").read_text())["rate_pools"] == "count"
    assert run("staged").strip() == "RATE_LIMITED"


def test_time_inside_a_call(server: LocalServer, run: Run) -> None:
    """The fault is in force, and the scenario of that name has the same one."""
    assert run("advance").strip() == "1h1m"
    [armed] = server.exchange.staging.armed
    assert (armed.fault.operation, armed.fault.advance, armed.fault.at) == ("exchange_code", 3_660_000, "after_commit")


def test_what_is_assumed(run: Run, tmp_path: Path) -> None:
    """The script lists rules that are assumed and no others, and the switches are shown."""
    choices = json.loads(run("assumed"))
    assert choices["unpublished_code"] == "999999"
    lines = (tmp_path / "assumed.txt").read_text().splitlines()
    assert len(lines) > 50
    assert any(line.startswith("H43/same-request") for line in lines)
    assert not any(line.startswith("H43/validation") for line in lines)
