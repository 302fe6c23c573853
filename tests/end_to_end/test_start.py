from __future__ import annotations

import json
import re
import signal
import socket
import sys
from contextlib import ExitStack
from importlib import import_module
from math import ceil
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from support.processes import PATIENT, Running, imported_by, late, python, run, running
from support.scenario_texts import unknown_key

from simulator.scenario.keys.people import USER


def get(url: str) -> Any:
    with urlopen(url) as answer:
        return json.load(answer)


def test_banner_fits_a_screen(simulator: Running) -> None:
    """What a start prints fits 24 lines of 80 columns; only an address is longer than a line."""
    assert sum(ceil(max(1, len(line)) / 80) for line in simulator.lines) <= 24
    assert [line for line in simulator.lines if len(line) > 100 and "://" not in line] == []


def test_banner_says_what_a_broker_needs(simulator: Running) -> None:
    """Addresses, client, redirect URIs, users with factors, scenario and seed stand in it."""
    text = "\n".join(simulator.lines)
    known = get(f"{simulator.url}/_sim/v1")
    for needed in (
        "scenario demo, seed 0",
        "demo-broker",
        "demo-secret",
        f"{simulator.url}/demo/callback",
        "https://broker.example/callback?tenant=7&lang=en",
        f"{simulator.url}/_sim/v1",
    ):
        assert needed in text
    users = {user["name"]: user for user in get(f"{simulator.url}/_sim/v1/users")["users"]}
    assert users.pop("operator")["name"] not in text  # the broker's own account: nobody logs in as it
    for user in users.values():
        assert re.search(rf"{user['name']} +{user['email']} +\S", text)
    assert (known["scenario"], known["seed"]) == ("demo", 0)


def test_login_link_opens_the_login_page(simulator: Running) -> None:
    """The printed link, redirect_uri raw as s7.1 wants it, is in order as it stands."""
    link = simulator.lines[-1]
    assert f"&redirect_uri={simulator.url}/demo/callback&" in link
    with urlopen(link) as page:
        assert (page.status, b"Log in for Demo Broker" in page.read()) == (200, True)


def test_environment_twins() -> None:
    """A container is set up by environment alone, values of repeatable flags split at spaces."""
    with running(
        KUCOIN_SIMULATOR_PORT="0",
        KUCOIN_SIMULATOR_SEED="7",
        KUCOIN_SIMULATOR_CLIENT_ID="mine",
        KUCOIN_SIMULATOR_CLIENT_SECRET="s3cret",
        KUCOIN_SIMULATOR_REDIRECT_URI="http://localhost:3000/cb http://localhost:4000/cb?a=1&b=2",
        KUCOIN_SIMULATOR_USER="zoe:GAV+EMV,SMS:1000 max:free:5",
    ) as started:
        text = "\n".join(started.lines)
        known = get(f"{started.url}/_sim/v1")
        zoe = get(f"{started.url}/_sim/v1/users/zoe")
    assert known["seed"] == 7
    mine = next(client for client in known["clients"] if client["client_id"] == "mine")
    assert mine["redirect_uris"] == ["http://localhost:3000/cb", "http://localhost:4000/cb?a=1&b=2"]
    assert zoe["factor_sets"] == [["GAV", "EMV"], ["SMS"]]
    assert re.search(r"client_secret +s3cret", text)
    assert re.search(r"max +max@example.test +not asked", text)
    assert "client_id=mine&redirect_uri=http://localhost:3000/cb&" in started.lines[-1]


def test_listens_where_told() -> None:
    """On every interface it is reached by loopback too, and the start warns; --public-url is what links show."""
    with running("--host", "0.0.0.0", "--control-open", "--public-url", "https://sim.example:8443") as started:
        text = "\n".join(started.lines)
    assert started.url == "https://sim.example:8443"
    assert "keep it off the internet" in text
    assert started.lines[-1].startswith("https://sim.example:8443/oauth?")


def test_port_in_use_is_one_message(simulator: Running) -> None:
    """A taken port ends the start with status 2, one line and no traceback."""
    ended = run("--port", str(simulator.port))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"Error: port {simulator.port} of 127.0.0.1 is in use; --port 0 takes any that is free\n"


def test_invalid_scenario_lists_every_problem(tmp_path: Path) -> None:
    """A scenario with mistakes ends the start with status 3 and each mistake with file, line and column."""
    file = tmp_path / "mine.yaml"
    file.write_text("version: 1\nname: mine\ngiven:\n  users:\n    bob: {emial: x, frozen: maybe}\n")
    ended = run("--port", "0", "--scenario", str(file))
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.splitlines() == [
        "Error: the scenario cannot be used",
        f"{file}:5:11: given.users.bob.emial: {unknown_key(USER, 'email')}",
        f"{file}:5:29: given.users.bob.frozen: expected true or false, found 'maybe'",
    ]


def test_start_imports_nothing_that_it_does_not_need() -> None:
    """Tokens, pages and QR codes cost their imports when they are first asked for, not at the start."""
    with running(command=(sys.executable, "-X", "importtime", "-m", "simulator")) as started:
        imported = imported_by(started)
    assert {"uvicorn", "simulator.web.app"} <= imported
    assert late(imported) == set()


def test_start_compiles_no_pattern_before_it_is_used() -> None:
    """No module that a start imports compiles a regular expression of its own at import."""
    with running(command=(sys.executable, "-X", "importtime", "-m", "simulator")) as started:
        ours = {name for name in imported_by(started) if name.startswith("simulator.")}
    assert "simulator.core.lazy_pattern" in ours
    modules = {name: vars(import_module(name)) for name in sorted(ours)}
    constants = [(name, key) for name, values in modules.items() for key in values]
    assert [f"{name}.{key}" for name, key in constants if isinstance(modules[name][key], re.Pattern)] == []


def test_help_costs_click_alone() -> None:
    """`--help` imports neither server nor world."""
    names = python("import simulator.cli, sys; print(*sys.modules)").split()
    ours = [name for name in names if name.partition(".")[0] in ("simulator", "uvicorn", "yaml", "rpds")]
    assert sorted(ours) == [
        "simulator",
        "simulator.cli",
        "simulator.commands",
        "simulator.commands.output",
        "simulator.ending",
        "simulator.flags",
        "simulator.printing",
        "simulator.version",
    ]


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_it_at_once(sent: signal.Signals) -> None:
    """Idle, kept-alive and half-sent connections are not waited for; it dies of the signal, and is silent."""
    head = b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    openings = {
        "idle": b"",
        "half a head": b"GET /api/v1/times",
        "half a body": b"POST /_oauth/refresh-token" + head + b"Content-Length: 100\r\n\r\n{",
        "half a body for a page": b"POST /oauth?state=1" + head + b"Content-Length: 100\r\n\r\n{",
        "half a body for control": b"POST /_sim/v1/reset" + head + b"Content-Length: 100\r\n\r\n{",
        "kept alive": b"GET /api/v1/timestamp HTTP/1.1\r\nHost: x\r\n\r\n",
    }
    with running(command=PATIENT) as started, ExitStack() as open_until_the_end:
        for opening in openings.values():
            connection = open_until_the_end.enter_context(socket.create_connection(("127.0.0.1", started.port)))
            connection.sendall(opening)
        assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")  # by now the others have been read too
        started.process.send_signal(sent)
        status = started.process.wait()
        assert (status, started.stderr()) == (-sent, "")
