"""A signal while faults, streams and long work keep calls open: a server that would wait an hour for each ends."""

from __future__ import annotations

import signal
import socket
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest
from support.processes import PATIENT, running

SCENARIO = """
version: 1
name: nothing-ends
extends: demo
faults:
  - {operation: get_currency, match: {currency: BTC}, times: 1, network: hang}
  - {operation: get_currency, match: {currency: BTC}, times: 1, delay: 10m}
  - {operation: get_currency, match: {currency: BTC}, times: 1, at: after_commit, delay: 10m}
  - {operation: get_currency, match: {currency: USDT}, times: 1, at: after_commit, network: drip, delay: 10m}
  - {operation: get_currency, match: {currency: USDT}, times: 1, at: mid_body, network: hang}
  - {operation: get_currency, match: {currency: USDT}, times: 1, at: mid_body, delay: 10m}
  - {operation: log_in, times: 1, delay: 10m}
  - {operation: request_authorization, times: 1, at: mid_body, network: hang}
"""
BTC, USDT = (b"GET /api/v3/currencies/%s HTTP/1.1\r\nHost: x\r\n\r\n" % name for name in (b"BTC", b"USDT"))
QUERY = b"response_type=code&client_id=demo-broker&redirect_uri=http://localhost:3000/callback&scope=OAUTH_CREATE_API&state=1"
PAGE = b"GET /oauth?" + QUERY + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
FORM = b"step=login&identity=alice"
LOGIN = (
    b"POST /oauth?%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n" % QUERY
    + b"Content-Length: %d\r\n\r\n" % len(FORM)
    + FORM
)
SILENT = (BTC, BTC, BTC, LOGIN)
BEGUN = (USDT, USDT, USDT, PAGE)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_what_faults_hold_open(sent: signal.Signals, tmp_path: Path) -> None:
    """Hanging, dripping, delayed and paused calls, of pages too, do not hold up the end, and nothing is printed."""
    file = tmp_path / "nothing-ends.yaml"
    file.write_text(SCENARIO)
    with running("--scenario", str(file), command=PATIENT) as started, ExitStack() as open_until_the_end:
        for request in SILENT + BEGUN:
            connection = open_until_the_end.enter_context(
                socket.create_connection(("127.0.0.1", started.port), timeout=10)
            )
            connection.sendall(request)
            if request in BEGUN:
                assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")
        with urlopen(f"{started.url}/_sim/v1/clock") as answer:
            assert answer.status == 200
        started.process.send_signal(sent)
        status = started.process.wait()
        assert (status, started.stderr()) == (-sent, "")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_streams_and_waits(sent: signal.Signals) -> None:
    """Who reads the journal as it comes or waits for an entry does not hold up the end, and nothing is printed."""
    with running(command=PATIENT) as started, ExitStack() as open_until_the_end:
        for path in (b"stream", b"wait?timeout=60", b"stream?operation=withdraw", b"wait?user=alice&timeout=60"):
            connection = open_until_the_end.enter_context(
                socket.create_connection(("127.0.0.1", started.port), timeout=10)
            )
            connection.sendall(b"GET /_sim/v1/requests/%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % path)
            if path.startswith(b"stream"):
                assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")
        with urlopen(f"{started.url}/api/v1/timestamp") as answer:
            assert answer.status == 200
        started.process.send_signal(sent)
        status = started.process.wait()
        assert (status, started.stderr()) == (-sent, "")


def test_a_reader_who_does_not_read_holds_nothing_up() -> None:
    """A stream whose reader sleeps is waited for, costs the others nothing, and ends with the server."""
    with running(command=PATIENT) as started:
        with socket.create_connection(("127.0.0.1", started.port), timeout=10) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(b"GET /_sim/v1/requests/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            for _ in range(300):
                with urlopen(f"{started.url}/api/v3/currencies/{'x' * 2000}") as answer:
                    assert answer.status == 200
            started.process.send_signal(signal.SIGTERM)
            assert started.process.wait() == -signal.SIGTERM
        assert started.stderr() == ""


USERS = "".join(f"    u{number}: {{}}\n" for number in range(60_000))
SCENARIO_TEXT = f"version: 1\nname: many\nextends: demo\ngiven:\n  users:\n{USERS}".encode()
LONG = {
    "a scenario": (b"PUT", b"/_sim/v1/scenario", b"application/yaml", SCENARIO_TEXT),
    "a check of one": (b"POST", b"/_sim/v1/scenario/validate", b"application/yaml", SCENARIO_TEXT),
    "a HAR": (b"GET", b"/_sim/v1/requests.har?limit=10000", b"application/json", b""),
}


@pytest.mark.parametrize("name", LONG)
def test_a_signal_ends_long_work(name: str) -> None:
    """What is reckoned or written for long does not hold up the end, whoever waits for it, and nothing is printed."""
    method, path, kind, body = LONG[name]
    head = b"%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    with running(command=PATIENT) as started, ExitStack() as open_until_the_end:
        for _ in range(300 if name == "a HAR" else 0):
            with urlopen(f"{started.url}/api/v3/currencies/{'x y ' * 1000}".replace(" ", "%20")) as answer:
                assert answer.status == 200
        for _ in range(5):
            connection = open_until_the_end.enter_context(
                socket.create_connection(("127.0.0.1", started.port), timeout=10)
            )
            connection.sendall(head % (method, path, kind, len(body)) + body)
        with urlopen(f"{started.url}/_sim/live") as answer:
            assert answer.status == 200
        started.process.send_signal(signal.SIGTERM)
        assert started.process.wait() == -signal.SIGTERM
        assert started.stderr() == ""
