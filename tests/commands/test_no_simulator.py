"""Where no simulator answers that a command could talk to: status 4, what was found, and what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from click.testing import CliRunner
from support.other_program import other_program
from support.wire import Http

from simulator.cli import main
from simulator.web.guards import Policy
from simulator.web.server import LocalServer


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    """A simulator."""
    with LocalServer() as running:
        yield running


@pytest.mark.parametrize("command", [["status"], ["clock"], ["totp", "alice"], ["requests"], ["verify"], ["reset"]])
def test_where_no_simulator_answers(command: list[str]) -> None:
    """Status 4, and what to do: nothing listens, or something else does."""
    with socket.create_server(("127.0.0.1", 0)) as closing:
        free = closing.getsockname()[1]
    nothing = CliRunner().invoke(main, [*command, "--url", f"http://127.0.0.1:{free}"])
    assert nothing.exit_code == 4
    assert f"nothing listens at http://127.0.0.1:{free} (Connection refused); start one by" in nothing.stderr
    with other_program() as url:
        other = CliRunner().invoke(main, [*command, "--url", url])
    assert other.exit_code == 4
    assert "something else than a simulator listens at" in other.stderr


def test_a_control_token(server: LocalServer) -> None:
    """Missing or wrong it is status 4 and says which; the environment may hold it."""
    with LocalServer(policy=Policy(token="right")) as guarded:
        url = "--url", guarded.url
        assert "was started with --control-token" in CliRunner().invoke(main, ["status", *url]).stderr
        wrong = CliRunner().invoke(main, ["status", *url, "--control-token", "wrong"])
        assert (wrong.exit_code, "refuses this token" in wrong.stderr) == (4, True)
        right = CliRunner().invoke(main, ["status", *url], env={"KUCOIN_SIMULATOR_CONTROL_TOKEN": "right"})
        assert right.exit_code == 0
        assert CliRunner().invoke(main, ["ready", *url]).exit_code == 0


def test_a_simulator_of_another_version(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that the simulator does not know is said to be one of another version, with status 4."""
    monkeypatch.setattr("simulator.testing.calls.Calls.clock", lambda client: client._call("GET", "/future"))
    ended = CliRunner().invoke(main, ["clock", "--url", server.url])
    assert ended.exit_code == 4
    assert "does not know GET /_sim/v1/future, because it is of another version" in ended.stderr


def test_a_simulator_that_ends_while_it_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """`requests --follow` ends with status 4 if the simulator ends, and not as if all were well."""
    with ExitStack() as stack:
        ending = stack.enter_context(LocalServer())
        Http(ending.port)("GET", "/api/v1/timestamp")
        monkeypatch.setattr("simulator.commands.calls.print_output", lambda text: stack.close())
        done = CliRunner().invoke(main, ["requests", "--follow", "--since", "0", "--url", ending.url])
    assert (done.exit_code, "nothing listens at" in done.stderr) == (4, True), done.stderr
