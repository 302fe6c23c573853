"""Shipped scenarios as nodes: what stands beside a scenario says the same as its YAML, or is not believed."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import msgpack

from simulator.scenario import extending
from simulator.scenario.extending import builtin, read_text
from simulator.scenario.loader import Scenario, load
from simulator.scenario.text import parsing
from simulator.scenario.text.compiled import FORM, SUFFIX, compiled, nodes
from simulator.scenario.text.nodes import Budget, Node, ScenarioError
from simulator.scenario.text.parsing import parse


def spent(budget: Budget) -> tuple[int, int]:
    return budget.characters, budget.nodes


@pytest.mark.parametrize("path", builtin(), ids=lambda path: path.stem)
def test_both_readings_are_equal(path: Path, tmp_path: Path) -> None:
    """Every value, its place and its file, and what is left of the caps."""
    text, beside = read_text(path), tmp_path / path.name
    of_yaml, of_nodes = Budget(), Budget()
    root = parse(text, "demo.yaml", of_yaml)
    beside.with_suffix(SUFFIX).write_bytes(compiled(text, parse(text, "elsewhere")))
    assert nodes(beside, text, "demo.yaml", of_nodes) == root
    assert spent(of_nodes) == spent(of_yaml)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped scenarios: the demo and its nodes."""
    text = read_text(extending.builtin_folder() / "demo.yaml")
    (tmp_path / "demo.yaml").write_text(text)
    (tmp_path / f"demo{SUFFIX}").write_bytes(compiled(text, parse(text, "")))
    monkeypatch.setattr(extending, "builtin_folder", lambda: tmp_path)
    return tmp_path


def read_without_yaml(monkeypatch: pytest.MonkeyPatch) -> Scenario:
    def no_yaml(text: str, file: str, budget: Budget) -> Node:
        raise AssertionError(f"{file} was read as YAML")

    monkeypatch.setattr(parsing, "_parse_yaml", no_yaml)
    return load("demo")


def test_a_shipped_scenario_is_read_without_yaml(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same scenario, text and files included."""
    (shipped / f"demo{SUFFIX}").rename(shipped / "away")
    wanted = load("demo")
    (shipped / "away").rename(shipped / f"demo{SUFFIX}")
    assert read_without_yaml(monkeypatch) == wanted


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        msgpack.encode(None),
        msgpack.encode([1, 2]),
        msgpack.encode((FORM, "another text", None)),
        msgpack.encode((FORM + 1, "TEXT", None)),
    ],
)
def test_what_is_missing_stale_or_broken_is_not_believed(shipped: Path, data: bytes) -> None:
    """Then the YAML is read."""
    text = read_text(shipped / "demo.yaml")
    beside = shipped / f"demo{SUFFIX}"
    beside.write_bytes(data.replace(b"TEXT", text.encode()))
    assert nodes(shipped / "demo.yaml", text, "demo.yaml", Budget()) is None
    assert load("demo").name == "demo"
    beside.unlink()
    assert load("demo").name == "demo"


def test_an_edit_of_a_shipped_scenario_counts(shipped: Path) -> None:
    """Its problems have their places in the file."""
    file = shipped / "demo.yaml"
    file.write_text(file.read_text().replace("version: 1", "version: 2"))
    with pytest.raises(ScenarioError) as raised:
        load("demo")
    [problem] = raised.value.problems
    assert (problem.file, problem.path) == (str(file), "version")
    assert file.read_text().splitlines()[problem.line - 1][problem.column - 1 :] == "2"


def test_nobody_elses_nodes_are_read(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Only beside shipped scenarios: a file of somebody's own is always read itself."""
    own = tmp_path_factory.mktemp("own") / "mine.yaml"
    text = "version: 1\nname: mine\nextends: demo\n"
    own.write_text(text)
    own.with_suffix(SUFFIX).write_bytes(compiled(text, parse(text.replace("mine", "other"), "")))
    assert load(str(own)).name == "mine"


def test_a_shipped_problem_has_its_place(shipped: Path) -> None:
    """What is wrong in a scenario that was read from its nodes is told with file, line and column."""
    text = "version: 1\nname: demo\ngiven:\n  users:\n    bob: {frozen: maybe}\n"
    (shipped / "demo.yaml").write_text(text)
    (shipped / f"demo{SUFFIX}").write_bytes(compiled(text, parse(text, "")))
    with pytest.raises(ScenarioError) as raised:
        load("demo")
    [problem] = raised.value.problems
    assert (problem.file, problem.line, problem.column) == (str(shipped / "demo.yaml"), 5, 19)
