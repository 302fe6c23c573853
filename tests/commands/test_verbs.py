"""The commands that talk to a running simulator: what they print, for people and as JSON, and their exit status."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.desk import payment
from support.other_program import other_program
from support.wire import V1, Broker, Http, control

from simulator.cli import main
from simulator.clock import wall_clock
from simulator.launch.listening import Listener, ListenerKind
from simulator.web.server import LocalServer

Invoke = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    """A simulator that all tests of this file share."""
    with LocalServer() as running:
        yield running


@pytest.fixture
def send(server: LocalServer) -> Http:
    """Calls at the simulator, which stands at its scenario's start."""
    http = Http(server.port)
    http("POST", f"{V1}/reset")
    return http


@pytest.fixture
def invoke(server: LocalServer, send: Http) -> Invoke:
    """Run a command against the simulator."""
    return lambda *arguments: CliRunner().invoke(main, arguments, env={"KUCOIN_SIMULATOR_URL": server.url})


@pytest.fixture
def broker(server: LocalServer, send: Http) -> Broker:
    """A broker at the simulator."""
    return Broker(send, wall_clock)


def printed(result: Result) -> Any:
    """The JSON that a command has printed."""
    return json.loads(result.stdout)


def test_ready(invoke: Invoke, server: LocalServer) -> None:
    """It says so at once if the simulator is ready."""
    assert invoke("ready").stdout == f"the simulator at {server.url} is ready\n"
    assert printed(invoke("ready", "--json", "--wait", "30s")) == {"url": server.url, "ready": True, "found": "ready"}


def test_ready_waits_for_a_simulator_that_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The port is asked again until a simulator answers, or until the wait is over; a proxy may stand before it."""
    found = [Listener(ListenerKind.NOTHING, "Connection refused"), Listener(ListenerKind.OTHER, "502")] * 2 + [
        Listener(ListenerKind.READY, "ready")
    ]
    monkeypatch.setattr("simulator.launch.listening.listener", lambda url: found.pop(0))
    assert CliRunner().invoke(main, ["ready", "--wait", "60s"]).exit_code == 0
    assert found == []
    monkeypatch.undo()
    with socket.create_server(("127.0.0.1", 0)) as closing:
        url = f"http://127.0.0.1:{closing.getsockname()[1]}"
    ended = CliRunner().invoke(main, ["ready", "--url", url, "--wait", "1ms"])
    assert ended.exit_code == 1
    assert f"no simulator is ready at {url} within 0.001 s: nothing (Connection refused)" in ended.stderr
    with other_program() as url:
        assert CliRunner().invoke(main, ["ready", "--url", url, "--wait", "1ms"]).exit_code == 4


def test_status(invoke: Invoke, server: LocalServer, send: Http) -> None:
    """Version, scenario, clients and clocks, and how many calls there were."""
    send("GET", "/api/v1/timestamp")
    data = printed(invoke("status", "--json"))
    assert (data["url"], data["scenario"], data["workspace"], data["users"]) == (server.url, "demo", "default", 7)
    assert data["requests"] == send("GET", f"{V1}/requests?limit=1").json()["next"]
    assert data["clock"]["mode"] == "real"
    text = invoke("status").stdout
    assert "scenario   demo, seed 0" in text
    assert "clients    demo-broker" in text


def test_the_clock(invoke: Invoke, send: Http) -> None:
    """Shown, moved by a duration, to an instant or to an event, stopped, and let run."""
    frozen = printed(invoke("clock", "freeze", "--json"))
    assert invoke("clock").stdout == f"{frozen['now']} (frozen)\n"
    assert [printed(invoke("clock", *show, "--json"))["now"] for show in ((), ("show",))] == [frozen["now"]] * 2
    assert printed(invoke("clock", "advance", "61m", "--json"))["milliseconds"] == frozen["milliseconds"] + 3_660_000
    assert printed(invoke("clock", "advance", "--to", "2099-01-01T00:00:00Z", "--json"))["now"].startswith("2099-01-01")
    assert "scaled, 60 times as fast as the machine's" in invoke("clock", "run", "--scale", "60").stdout
    assert printed(invoke("clock", "run", "--json"))["mode"] == "offset"
    assert "back to the scenario's start; the business clock shows " in invoke("reset").stdout
    assert printed(invoke("reset", "--json"))["mode"] == "real"


def test_the_clock_goes_to_an_event(invoke: Invoke, broker: Broker) -> None:
    """What happened on the way is printed, a line an event."""
    invoke("clock", "freeze")
    broker.tokens("alice")
    ended = invoke("clock", "advance", "--to-event", "access_token_expiry", "--user", "alice", "--offset", "1s")
    assert ended.exit_code == 0
    assert " access_token_expiry user alice client demo-broker" in ended.stdout


@pytest.mark.parametrize("arguments", [(), ("1h", "--to", "2099-01-01T00:00:00Z")])
def test_the_clock_wants_one_target(arguments: tuple[str, ...], invoke: Invoke) -> None:
    """None or two of them are a usage error."""
    ended = invoke("clock", "advance", *arguments)
    assert ended.exit_code == 2
    assert "give one of DURATION, --to INSTANT and --to-event KIND" in ended.stderr


def test_one_time_codes(invoke: Invoke, broker: Broker) -> None:
    """`totp` prints the code of an authenticator, `messages` those that were sent; status 1 if there is none."""
    code = printed(invoke("totp", "alice", "--json"))
    assert invoke("totp", "alice").stdout.strip().isdigit()
    assert 0 < code["valid_for"] <= 30
    none = invoke("messages", "alice")
    assert (none.exit_code, none.stdout) == (1, "")
    assert "no message came to alice; a withdrawal" in none.stderr
    broker.withdraw(broker.key("alice", "API_COMMON", "API_WITHDRAW_OAUTH"), payment())
    [message] = printed(invoke("messages", "alice", "--json"))["messages"]
    assert invoke("messages", "alice").stdout == f"{message['code']} EMV {message['transaction_id']}\n"
    late = invoke("messages", "alice", "--new", "--wait", "1ms")
    assert late.exit_code == 1
    assert "within 0.001 s" in late.stderr


def test_a_wait_for_a_message_ends_when_it_comes(invoke: Invoke, broker: Broker) -> None:
    """The command waits for calls, and looks for messages after each."""
    key = broker.key("alice", "API_COMMON", "API_WITHDRAW_OAUTH")
    sender = Thread(target=lambda: broker.withdraw(key, payment()))
    sender.start()
    ended = invoke("messages", "alice", "--wait", "60s")
    sender.join()
    assert ended.exit_code == 0
    assert " EMV " in ended.stdout


def test_the_calls_of_the_journal(invoke: Invoke, send: Http) -> None:
    """The newest at the end, filtered on request; the failed ones alone; as JSON the lines of the journal."""
    before = send("GET", f"{V1}/requests?limit=1").json()["next"]
    send("GET", "/api/v1/timestamp")
    send("GET", "/_oauth/token")
    number = before + 2
    since = "requests", "--since", str(before)
    first, second = invoke(*since).stdout.splitlines()
    assert first.endswith(" get_server_time - OK")
    assert f" default/{number} GET /_oauth/token 404 " in second
    assert second.endswith("UNKNOWN_PATH: Nearest served is GET /_oauth/access-token.")
    assert invoke(*since, "--failed").stdout == f"{second}\n"
    assert invoke("requests", "--failed", "--limit", "1").stdout == f"{second}\n"
    assert invoke(*since, "--operation", "get_server_time").stdout == f"{first}\n"
    assert [line["number"] for line in printed(invoke(*since, "--json"))["requests"]] == [number - 1, number]
    assert invoke(*since, "--outcome", "NO_SUCH").exit_code == 2


def test_calls_as_an_archive(invoke: Invoke, send: Http, tmp_path: Path) -> None:
    """`--har` writes a file or the output, and cannot be combined with what would contradict it."""
    send("GET", "/api/v1/timestamp")
    assert invoke("requests", "--har", str(tmp_path / "x.har"), "--limit", "1").exit_code == 0
    archive = json.loads((tmp_path / "x.har").read_text())
    assert [entry["request"]["url"].rpartition("/")[2] for entry in archive["log"]["entries"]] == ["timestamp"]
    assert printed(invoke("requests", "--har", "-", "--limit", "1")) == archive
    assert invoke("requests", "--har", "-", "--follow").exit_code == 2
    assert "cannot be written" in invoke("requests", "--har", str(tmp_path / "no" / "x.har")).stderr


def test_new_calls_are_followed(invoke: Invoke, server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--follow` prints each call when it comes, until the workspace ends."""
    http, lines = Http(server.port), list[str]()
    control(http, "/workspaces", {"name": "followed"})
    http("GET", "/w/followed/api/v1/timestamp")
    http("GET", "/w/followed/nowhere")

    def print_line(text: str) -> None:
        lines.append(text)
        http(*(("GET", "/w/followed/new") if len(lines) < 2 else ("DELETE", f"{V1}/workspaces/followed")))

    monkeypatch.setattr("simulator.commands.calls.print_output", print_line)
    follow = "requests", "--follow", "--failed", "--since", "0", "--workspace", "followed", "--json"
    assert invoke(*follow).exit_code == 0
    assert [json.loads(line)["path"] for line in lines] == ["/nowhere", "/new"]


def test_why_a_call_was_refused(invoke: Invoke, broker: Broker, server: LocalServer) -> None:
    """`explain` names reason, finding, rules and what to try; the number may name its workspace."""
    headers = broker.headers(broker.key(), "GET", "/api/v1/accounts")
    refused = broker.send("GET", "/api/v1/accounts?type=main", b"", headers)
    entry = refused.headers["x-sim-entry"]
    text = invoke("explain", entry).stdout
    assert "GET /api/v1/accounts?type=main was answered with 401" in text
    assert "refused: SIGNATURE_INVALID: " in text
    assert "found: KC-API-SIGN was made with the path without its query." in text
    assert "rules: s8.2/headers" in text
    assert "try: " in text
    assert printed(invoke("explain", entry, "--json"))["diagnosis"]["reason"] == "SIGNATURE_INVALID"
    control(Http(server.port), "/workspaces", {"name": "asked"})
    Http(server.port)("GET", "/w/asked/api/v1/timestamp")
    assert invoke("explain", "asked/1").stdout.splitlines()[1] == "outcome: OK"
    assert invoke("explain", "1", "--workspace", "asked").stdout == invoke("explain", "asked/1").stdout
    Http(server.port)("DELETE", f"{V1}/workspaces/asked")
    assert invoke("explain", "999999").exit_code == 2
    assert "not the number of a call" in invoke("explain", "seven").stderr


def test_what_a_signature_was_made_of(invoke: Invoke, broker: Broker, tmp_path: Path) -> None:
    """Status 0 if it is right, else 1 with the mistake; the secret is that of a key known here, or given."""
    key = broker.key()
    sent = broker.headers(key, "POST", "/x?b=1&a=2", b"{}")
    (tmp_path / "body").write_bytes(b"{}")
    given = (
        "explain-signature",
        "--method",
        "POST",
        "--timestamp",
        sent["KC-API-TIMESTAMP"],
        "--sign",
        sent["KC-API-SIGN"],
    )
    known = "--key", key.api_key
    assert invoke(*given, "--path", "/x?b=1&a=2", "--body", "{}", *known).exit_code == 0
    body = "--body-file", str(tmp_path / "body")
    assert invoke(*given, "--path", "/x?b=1&a=2", *body, "--secret", key.secret).exit_code == 0
    wrong = invoke(*given, "--path", "/x?b=1&a=2", *known)
    assert wrong.exit_code == 1
    assert "KC-API-SIGN was made with" in wrong.stdout or "None of the usual" in wrong.stdout
    assert "must be signed: " in wrong.stdout
    assert printed(invoke(*given, "--path", "/x", *known, "--json"))["fits"] in ("wrong", "none")
    assert "give --key" in invoke(*given, "--path", "/x").stderr
    assert invoke(*given, "--path", "/x", *known, "--body", "{}", *body).exit_code == 2


def test_what_is_expected(invoke: Invoke, send: Http, tmp_path: Path) -> None:
    """`verify` prints each expectation; status 1 if one does not hold. A file may hold others."""
    assert invoke("verify").stdout == "nothing is expected\n"
    send("GET", "/nowhere")
    file = tmp_path / "expect.yaml"
    file.write_text("expect:\n  - {operation: get_server_time, exactly: 1}\n")
    failed = invoke("verify", str(file))
    assert failed.exit_code == 1
    assert failed.stdout.startswith("FAIL  ")
    assert "1 of 1 expectations failed" in failed.stderr
    assert printed(invoke("verify", str(file), "--json"))["ok"] is False
    send("GET", "/api/v1/timestamp")
    assert invoke("verify", str(file)).exit_code == 0
    file.write_text("expect: nonsense\n")
    assert invoke("verify", str(file)).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["status", "--url", "gopher://x"], "Invalid value for --url or KUCOIN_SIMULATOR_URL"),
        (["ready", "--url", "gopher://x"], "Invalid value for --url"),
        (["ready", "--wait", "soon"], "'soon' is not a duration such as 30s"),
        (["totp", "nobody"], "no user 'nobody'"),
        (["status", "--workspace", "none"], "there is no workspace none"),
        (["clock", "advance", "x"], "must be a duration"),
    ],
)
def test_a_mistake_in_the_command_is_status_two(arguments: list[str], message: str, invoke: Invoke) -> None:
    """What the simulator refuses, or what cannot be read, is said in words."""
    ended = invoke(*arguments)
    assert ended.exit_code == 2
    assert message in ended.stderr


def test_a_workspace(invoke: Invoke, server: LocalServer) -> None:
    """`--workspace` leads every command to another workspace than the default one."""
    control(Http(server.port), "/workspaces", {"name": "beside"})
    assert printed(invoke("status", "--workspace", "beside", "--json"))["workspace"] == "beside"
    ahead = printed(invoke("clock", "advance", "1h", "--workspace", "beside", "--json"))
    assert printed(invoke("clock", "--json"))["milliseconds"] < ahead["milliseconds"] - 3_000_000
    Http(server.port)("DELETE", f"{V1}/workspaces/beside")
