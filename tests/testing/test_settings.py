"""What the plugin's fixtures are made of: settings of marks, the server of a run, and the report of a failure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from testing.test_workspace import EXPECTING, ask

from simulator.commands.connecting import TOKEN_VARIABLE
from simulator.testing import Client, KucoinFaults, KucoinWorkspace, Problem, SimulatorError, settings
from simulator.testing.report import section
from simulator.web.guards import Policy
from simulator.web.server import LocalServer

FILE = "version: 1\nname: of-a-file\nextends: demo\nseed: 3\n"
FROZEN = {"mode": "frozen", "start": "2026-06-01T00:00:00Z"}


class Node:
    """A test as pytest describes it, with marks."""

    nodeid = "test_x.py::test_y"

    def __init__(
        self, root: Path, *marks: Mapping[str, Any], order: object = None, values: tuple[str, ...] = ()
    ) -> None:
        self.config, self.rootpath, self.path = self, root, root / "test_x.py"
        self._marks = [SimpleNamespace(args=values, kwargs=mark) for mark in marks]
        self._order = order

    def iter_markers(self, name: str) -> Iterator[object]:
        return iter(self._marks)

    def getoption(self, name: str, default: object) -> object:
        return self._order if self._order is not None else default


@pytest.fixture
def running(server: LocalServer, client: Client) -> settings.RunningServer:
    """The shared server as one that somebody else has started."""
    assert client.index()
    return settings.RunningServer(server.url)


def test_the_closest_mark_counts(tmp_path: Path) -> None:
    """Settings of a mark at the test come before those of its class or module, and a misspelt one is an error."""
    assert settings.of(Node(tmp_path, {"seed": 1}, {"seed": 2, "clock": "frozen"})) == {"seed": 1, "clock": "frozen"}


@pytest.mark.parametrize(
    ("values", "mark", "sentence"),
    [
        ((), {"sead": 1}, r"has no sead; it has scenario, seed"),
        (("demo", "x"), {}, r"kucoin\('demo', 'x'\): one value goes without a name"),
        (("demo",), {"scenario": "demo"}, "one value goes without a name"),
        ((), {"hosts": ["kucoin.test"]}, "hosts must be True or False"),
        ((), {"expect": 5}, "expect must be True, False or a list"),
        ((), {"expect": "yes"}, "expect must be True, False or a list"),
        ((), {"scenario": "missing.yaml"}, "scenario='missing.yaml': there is no such file in "),
        ((), {"scenario": Path("missing")}, "scenario='missing': there is no such file in "),
        ((), {"scenario": "dmeo"}, r"with scenario='dmeo':\nPOST .*'dmeo' is none \(did you mean demo\?\)"),
        ((), {"seed": "x"}, "no workspace with seed='x':\nPOST .*seed must be a whole number"),
        ((), {"expect": [{"operation": "wtihdraw", "exactly": 0}]}, "expect=.* cannot be verified:\n.*withdraw"),
    ],
)
def test_a_mark_that_cannot_be(
    values: tuple[str, ...], mark: dict[str, Any], sentence: str, tmp_path: Path, running: settings.RunningServer
) -> None:
    """A mark with a wrong key or value is an error that says what is wrong, and what it could be."""
    node = Node(tmp_path, mark, values=values)
    with pytest.raises(SimulatorError, match=f"(?s){sentence}"), settings.workspace(node, running, ""):
        pass


@pytest.mark.parametrize(
    ("mark", "name", "now"),
    [
        ({"scenario": "code-expired", "expect": False}, "code-expired", ""),
        ({"scenario": "of-a-file.yaml"}, "of-a-file", ""),
        ({"scenario": EXPECTING, "expect": False, "clock": FROZEN}, "expecting", "2026-06-01"),
        ({"scenario": "demo", "clock": FROZEN, "seed": 4}, "demo", "2026-06-01"),
        ({"clock": FROZEN}, "demo", "2026-06-01"),
        ({"clock": "frozen", "redirect_uris": "https://b.example/c"}, "demo", ""),
    ],
)
def test_the_workspace_of_a_test(
    mark: dict[str, Any], name: str, now: str, tmp_path: Path, running: settings.RunningServer
) -> None:
    """The scenario is a built-in one, a file beside the test, or a mapping; the clock is as the mark says."""
    (tmp_path / "of-a-file.yaml").write_text(FILE)
    with settings.workspace(Node(tmp_path, mark), running, "") as workspace:
        assert workspace.client.scenario()["name"] == name
        clock = workspace.client.clock()
        assert clock["now"].startswith(now)
        assert (clock["mode"] == "frozen") is ("clock" in mark or name == "code-expired")
        assert name == "code-expired" or workspace.seed == mark.get("seed", 3 if name == "of-a-file" else 0)


@pytest.mark.parametrize("mark", [{"clock": "noon"}, {"scenario": FILE, "clock": FROZEN}])
def test_a_clock_that_cannot_be(mark: dict[str, Any], tmp_path: Path, running: settings.RunningServer) -> None:
    """A clock that is no mode, or goes with the text of a scenario, is an error."""
    with pytest.raises(SimulatorError, match="clock="), settings.workspace(Node(tmp_path, mark), running, ""):
        pass


def test_expectations_at_the_end(tmp_path: Path, running: settings.RunningServer) -> None:
    """What is expected and has not happened is an error with the report, unless the test has failed anyway."""
    mark = {"scenario": EXPECTING}
    with (
        pytest.raises(settings.ExpectationError, match=r"(?s)at least 1, was 0.*no call was refused.*replay: pytest"),
        settings.workspace(Node(tmp_path, mark), running, "5") as workspace,
    ):
        assert workspace.seed == 5
    with pytest.raises(settings.ExpectationError, match="withdraw: exactly 1, was 0"):  # noqa: SIM117 - one at a time
        with settings.workspace(Node(tmp_path, {"expect": [{"operation": "withdraw", "exactly": 1}]}), running, ""):
            pass
    node = Node(tmp_path, mark)
    with settings.workspace(node, running, ""):
        getattr(node, settings.NODE_STATE).passed = False
    with settings.workspace(node, running, "") as workspace:
        workspace.close()
    with settings.workspace(node, running, "") as workspace:
        ask(workspace.url)


def test_the_report_of_a_failure(tmp_path: Path, running: settings.RunningServer) -> None:
    """It has refused calls with rule and fix, the newest if there are many, faults without effect, and a replay."""
    node = Node(tmp_path, order=99)
    with settings.workspace(node, running, "8") as workspace:
        faults = KucoinFaults(workspace.client)
        faults.add(operation="withdraw", user="alice", network="reset")
        faults.add(operation="get_server_time", respond={"status": 503, "body": "{}"}, times=1)
        ask(workspace.url)
        for _ in range(11):
            ask(workspace.url, "/api/v1/accounts")
        text = getattr(node, settings.NODE_STATE).section()
    assert text.startswith(
        f"workspace {workspace.name} at {workspace.url}, scenario demo\n11 calls were refused; the last 10:"
    )
    assert "GET /api/v1/accounts: 400 HEADER_MISSING\n    rule s8.2/headers: " in text
    assert "\n    expected all KC-API headers; received no KEY" in text
    assert "\n    fix: " in text
    assert '\nfault f1 never took effect: {"operation": "withdraw", "user": "alice"' in text
    assert "f2" not in text
    assert text.endswith('replay: pytest "test_x.py::test_y" -o kucoin_seed=8 --randomly-seed=99')
    assert "the simulator cannot be asked" in section(workspace, "again")


def test_the_scenario_of_every_test(tmp_path: Path, running: settings.RunningServer) -> None:
    """At a server that runs already, a test without a scenario of its own plays that of the configuration."""
    (tmp_path / "of-a-file.yaml").write_text(FILE)
    with settings.workspace(Node(tmp_path), running, "", "of-a-file.yaml") as workspace:
        assert workspace.info["scenario"] == "of-a-file"
    with settings.workspace(Node(tmp_path, {"scenario": "demo"}), running, "", "of-a-file.yaml") as workspace:
        assert workspace.info["scenario"] == "demo"


def test_a_server_with_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token of a simulator that runs already comes from the variable that the command line reads."""
    with LocalServer(policy=Policy(token="t0ken")) as server:
        with pytest.raises(Problem, match="401"), settings.server(server.url, "", "", Path()):
            pass
        monkeypatch.setenv(TOKEN_VARIABLE, "t0ken")
        with settings.server(server.url, "", "", Path()) as running, KucoinWorkspace(running.client) as workspace:
            assert workspace.authorize()


def test_the_server_of_a_run(tmp_path: Path, server: LocalServer) -> None:
    """It is the one at the URL, or one of its own with the scenario of a file of the project."""
    (tmp_path / "of-a-file.yaml").write_text(FILE)
    with settings.server(server.url, "demo", "", tmp_path) as running:
        assert (running.url, running.port) == (server.url, server.port)
    with settings.server("", "of-a-file.yaml", "", tmp_path) as running:
        assert running.client.scenario()["name"] == "of-a-file"
    with pytest.raises(SimulatorError, match="kucoin_seed = x: must be"), settings.server("", "demo", "x", tmp_path):
        pass
    with pytest.raises(SimulatorError, match=r"to 9{18}$"), settings.server("", "", "9" * 19, tmp_path):
        pass
    with pytest.raises(SimulatorError, match="kucoin_url: 'a b' is not"), settings.server("a b", "", "", tmp_path):
        pass
    with (
        pytest.raises(SimulatorError, match="nothing answers"),
        settings.server("http://127.0.0.1:9", "", "", tmp_path),
    ):
        pass
