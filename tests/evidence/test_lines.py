"""One line a call: for people, for machines, in colour or not, and never a reason for a call to fail."""

from __future__ import annotations

import io
import json

import pytest
from support.desk import payment
from support.processes import Running, running
from support.wire import Asgi, Broker, Http, still_app

from simulator.evidence.journal import Reporting
from simulator.evidence.log_lines import LONGEST_SEARCHED, human, logger, machine
from simulator.flags import reporting
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault


def test_a_line_for_people(broker: Broker, send: Asgi) -> None:
    """When, which entry, what, who, what came of it, how long it took, and what was noted."""
    broker.withdraw(broker.key("frank"), payment(extra=1))
    broker.send("GET", "/nowhere")
    refused, accepted = send.app.desk.journal.newest(2)
    assert human(send.app.desk.journal, accepted) == (
        f"00:00:00.000 default/4 POST /api/v2/broker/withdrawal 200 {accepted.duration / 1000:.1f} ms"
        " withdraw frank OK (fields that nothing read: extra)"
    )
    assert human(send.app.desk.journal, refused).startswith(
        f"00:00:00.000 default/5 GET /nowhere 404 {refused.duration / 1000:.1f} ms - - UNKNOWN_PATH: received /nowhere"
    )


@pytest.mark.parametrize(
    ("signed", "cause"),
    [
        ("/api/v1/accounts?currency=BTC&type=main", "KC-API-SIGN was made with the query sorted by name."),
        ("/api/v1/accounts", "KC-API-SIGN was made with the path without its query."),
        ("/nothing/like/it", "expected base64(HMAC-SHA256"),
    ],
)
def test_the_line_names_the_mistake_in_a_signature(signed: str, cause: str, broker: Broker, send: Asgi) -> None:
    """Whoever looks at the terminal reads which wrong recipe a signature was made with, if it is a usual one."""
    headers = broker.headers(broker.key(), "GET", signed)
    assert send("GET", "/api/v1/accounts?type=main&currency=BTC", b"", headers).status == 401
    [entry] = send.app.desk.journal.newest(1)
    assert f" alice SIGNATURE_INVALID: {cause}" in human(send.app.desk.journal, entry)


def test_only_a_line_for_people_costs_the_search(broker: Broker, send: Asgi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal, with a JSON log and for a long body, no recipe of a wrong signature is tried."""
    searches: list[object] = []
    monkeypatch.setattr("simulator.evidence.log_lines.explain_signature", lambda *call: searches.append(call))
    journal, lines = send.app.desk.journal, list[str]()
    headers = broker.headers(broker.key(), "POST", "/wrong")
    for reporting_of_server, body, count in (
        (Reporting(), b"{}", 0),
        (Reporting(log=logger("json", lines.append)), b"{}", 0),
        (Reporting(log=logger("human", lines.append)), b"{" + b" " * LONGEST_SEARCHED + b"}", 0),
        (Reporting(log=logger("human", lines.append)), b"{}", 1),
    ):
        journal.reporting = reporting_of_server
        send("POST", "/api/v2/broker/withdrawal", body, headers)
        assert journal.newest(1)[0].outcome.word == "SIGNATURE_INVALID"
        assert len(searches) == count


@pytest.mark.parametrize(("path", "colour"), [("BTC", "\x1b[33mOK"), ("ETH", "\x1b[32mOK"), ("NO", "\x1b[31mCURR")])
def test_colours(send: Asgi, path: str, colour: str) -> None:
    """Green is accepted, red refused, yellow struck by a fault; without colours the line has no escape."""
    fault = Fault("get_currency", times=1, at="mid_body", delay=0)
    send.app = still_app(staging=Staging((fault,) if path == "BTC" else ()))
    send("GET", f"/api/v3/currencies/{path}")
    journal = send.app.desk.journal
    [entry] = journal.newest(1)
    assert colour in human(journal, entry, colours=True)
    assert human(journal, entry).isprintable()


def test_nobody_can_steer_a_terminal(send: Asgi) -> None:
    """What a client sent cannot colour, move or break a line."""
    send("GET", "/\x1b[2J\r\n%1b%0a")
    journal = send.app.desk.journal
    [entry] = journal.newest(1)
    for colours in (True, False):
        text = (
            human(journal, entry, colours=colours).replace("\x1b[2m", "").replace("\x1b[31m", "").replace("\x1b[0m", "")
        )
        assert text.isprintable()
    assert "\n" not in machine(journal, entry)


def test_a_line_for_machines(broker: Broker, send: Asgi) -> None:
    """JSON: the line of the list, and the workspace."""
    broker.send("GET", "/nowhere")
    journal = send.app.desk.journal
    [line] = broker.send("GET", "/_sim/v1/requests").json()["requests"]
    assert json.loads(machine(journal, journal.newest(1)[0])) == {"workspace": "default", **line}


def test_every_workspace_logs(send: Asgi) -> None:
    """Workspaces are made with the reporting of the default one."""
    lines: list[str] = []
    send.app.desk.journal.reporting = Reporting(headers=False, log=logger("human", lines.append))
    made = send("POST", "/_sim/v1/workspaces", b'{"name":"w9"}', {"content-type": "application/json"})
    assert made.status == 201
    assert "x-sim-entry" not in send("GET", "/w/w9/api/v1/timestamp").headers
    assert lines[0].endswith(" ms get_server_time - OK\n")
    assert " w9/1 GET /api/v1/timestamp 200 " in lines[0]


def _called(started: Running) -> list[str]:
    """What is on stderr in the end, after one call."""
    assert Http(started.port)("GET", "/api/v1/timestamp").status == 200
    started.process.terminate()
    started.process.wait()
    return started.stderr().splitlines()


def test_where_nobody_watches_nothing_is_logged() -> None:
    """The stderr of a process without a terminal stays empty, unless a format is asked for."""
    with running() as started:
        assert _called(started) == []


def test_a_format_can_be_asked_for() -> None:
    """`--log-format human` without a terminal has no colours, with or without NO_COLOR."""
    with running("--log-format", "human") as started:
        [line] = _called(started)
    assert line.endswith(" ms get_server_time - OK")
    assert " default/1 GET /api/v1/timestamp 200 " in line
    assert line.isprintable()


def test_flags_have_environment_twins() -> None:
    """KUCOIN_SIMULATOR_LOG_FORMAT and KUCOIN_SIMULATOR_NO_SIM_HEADERS do what the flags do."""
    with running(KUCOIN_SIMULATOR_LOG_FORMAT="json", KUCOIN_SIMULATOR_NO_SIM_HEADERS="1") as started:
        answer = Http(started.port)("GET", "/api/v1/timestamp")
        first, _ = _called(started)
    assert json.loads(first)["operation"] == "get_server_time"
    assert "x-sim-entry" not in answer.headers


def test_show_secrets_warns() -> None:
    """The banner says that secrets can be read."""
    with running("--show-secrets") as started:
        assert any("--show-secrets" in line for line in started.lines)
    with running() as started:
        assert not any("secrets" in line for line in started.lines)


class Terminal(io.StringIO):
    """A stderr, on a terminal or not."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("terminal", "format", "environment", "logs", "coloured"),
    [
        (True, "auto", {}, True, True),
        (True, "auto", {"NO_COLOR": "1"}, True, False),
        (True, "auto", {"NO_COLOR": ""}, True, True),
        (True, "human", {"TERM": "dumb"}, True, False),
        (True, "none", {}, False, False),
        (False, "auto", {}, False, False),
        (False, "human", {}, True, False),
        (True, "json", {}, True, False),
    ],
)
def test_where_and_how_calls_are_logged(
    terminal: bool,
    format: str,
    environment: dict[str, str],
    logs: bool,
    coloured: bool,
    send: Asgi,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a terminal for people, in colour unless NO_COLOR says otherwise (no-color.org); elsewhere when asked for."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stderr = Terminal(terminal=terminal)
    monkeypatch.setattr("sys.stderr", stderr)
    send.app.desk.journal.reporting = reporting(format, show_secrets=False, headers=True)
    send("GET", "/api/v1/timestamp")
    assert (bool(stderr.getvalue()), "\x1b" in stderr.getvalue()) == (logs, coloured)
