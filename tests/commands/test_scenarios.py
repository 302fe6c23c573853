"""The commands about scenarios that start no server."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.scenario_texts import unknown_key

from simulator.cli import NAME, main
from simulator.health import simulators
from simulator.scenario.keys.json_schema import schema
from simulator.scenario.keys.scenario import SCENARIO
from simulator.scenario.loader import builtin, comment, load
from simulator.web.server import LocalServer

GOOD = "version: 1\nname: good\nextends: demo\n"
BAD = "version: 1\nname: bad\nextends: demo\nfault: []\nseed: x\n"


def invoke(*arguments: str, **env: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name=NAME, env=env)


def test_the_built_in_scenarios_are_listed() -> None:
    """Each by its name, with what its first comment says beside it; no line is wider than the terminal."""
    ended = invoke("scenarios", COLUMNS="80")
    lines = ended.stdout.splitlines()
    assert ended.exit_code == 0
    assert max(map(len, lines)) <= 80
    comments = {file.stem: comment(file.read_text(encoding="utf-8")) for file in builtin()}
    wide = max(map(len, comments)) + 2
    told: dict[str, list[str]] = {}
    for line in lines:
        name = line[:wide].strip()
        told.setdefault(name or list(told)[-1], []).append(line[wide:])
    assert {name: " ".join(words) for name, words in told.items()} == comments
    assert "demo" in comments


def test_one_is_printed_as_it_is() -> None:
    """To copy, comments and all."""
    assert invoke("scenarios", "show", "demo").stdout == load("demo").text


def test_an_unknown_one_is_its_own_status() -> None:
    """3, with the names of those that are there."""
    ended = invoke("scenarios", "show", "nothing")
    assert (ended.exit_code, ended.stdout) == (3, "")
    assert ended.stderr.startswith("Error: no built-in scenario is called nothing; there are ")
    assert "demo" in ended.stderr


def test_valid_scenarios_are_ok(tmp_path: Path) -> None:
    """Files and names of built-in ones, a line each."""
    file = tmp_path / "good.yaml"
    file.write_text(GOOD)
    ended = invoke("validate", str(file), "demo")
    assert (ended.exit_code, ended.stdout, ended.stderr) == (0, f"{file}: ok\ndemo: ok\n", "")


def test_every_problem_is_told(tmp_path: Path) -> None:
    """On stderr, with file, line and column; the good ones are told as well, and the status is 3."""
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(GOOD)
    bad.write_text(BAD)
    ended = invoke("validate", str(bad), str(good))
    assert (ended.exit_code, ended.stdout) == (3, f"{good}: ok\n")
    assert ended.stderr.splitlines() == [
        f"{bad}:4:1: fault: {unknown_key(SCENARIO, 'faults')}",
        f"{bad}:5:7: seed: expected a whole number, found 'x'",
    ]


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_an_unreadable_file_is_a_problem(tmp_path: Path, content: bytes | None) -> None:
    """One that is not there, and one that is no text: status 3."""
    file = tmp_path / "mine.yaml"
    if content:
        file.write_bytes(content)
    ended = invoke("validate", str(file))
    assert (ended.exit_code, ended.stdout) == (3, "")
    assert ended.stderr.startswith(f"{file}:1:1: cannot be read")


def test_health_is_an_exit_status(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """0 if each simulator here is ready; 1 if one is not, if there is none, and where nobody can look."""
    there, nobody = ("127.0.0.1", server.port), ("127.0.0.1", 1)
    for found, status in (([there], 0), ([there, nobody], 1), ([], 1)):
        monkeypatch.setattr("simulator.health.simulators", partial(iter, found))
        ended = invoke("healthcheck")
        assert ended.exit_code == status
        assert (
            ended.output
            == "".join(
                f"port {port} of {host} is {'' if (host, port) == there else 'not '}ready\n" for host, port in found
            )
            or ended.stderr == "Error: no simulator is running here\n"
        )
    monkeypatch.undo()
    monkeypatch.setattr("simulator.health.simulators", lambda: simulators(Path("/nowhere")))
    assert "only Linux has" in invoke("healthcheck").stderr


def test_each_of_them_prints_json(tmp_path: Path, server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as data: names and purposes, a text, problems with their places, what is ready."""
    names = [row["name"] for row in json.loads(invoke("scenarios", "--json").stdout)]
    assert names == [file.stem for file in builtin()]
    assert json.loads(invoke("scenarios", "show", "demo", "--json").stdout) == {
        "name": "demo",
        "text": load("demo").text,
    }
    (tmp_path / "bad.yaml").write_text(BAD)
    ended = invoke("validate", "demo", str(tmp_path / "bad.yaml"), "--json")
    good, bad = json.loads(ended.stdout)
    assert (ended.exit_code, ended.stderr, good) == (3, "", {"file": "demo", "ok": True, "problems": []})
    assert [(problem["line"], problem["field"]) for problem in bad["problems"]] == [(4, "fault"), (5, "seed")]
    monkeypatch.setattr("simulator.health.simulators", lambda: iter([("127.0.0.1", server.port)]))
    assert json.loads(invoke("healthcheck", "--json").stdout) == [
        {"host": "127.0.0.1", "port": server.port, "ready": True}
    ]


def test_the_schema_is_printed() -> None:
    """JSON, the one that the control surface serves."""
    assert json.loads(invoke("schema").stdout) == schema()
