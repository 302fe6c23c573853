"""The examples of docs/control.md run as they stand, and its lists of words are whole."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.control_calls import steer
from support.control_table import written
from support.wire import Broker, Http

from simulator.core.control.events import EventKind
from simulator.core.funds.ledger import ORDER
from simulator.scenario.staging.armed import MOST
from simulator.web.server import LocalServer

DOCUMENT = (Path(__file__).parents[3] / "docs" / "control.md").read_text(encoding="utf-8")
MINUTE = 60_000


def section(title: str) -> str:
    """The text below a heading."""
    return DOCUMENT.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    """One of our own: snapshots and other settings are left behind here."""
    with LocalServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _anew(server: LocalServer) -> None:
    server.exchange.reset()


def answers(title: str, server: LocalServer, folder: Path) -> list[Any]:
    """What each curl line of a section is answered with, as JSON; "" where it goes to a file or is empty."""
    [script] = re.findall(r"^```sh\n(.*?)^```$", section(title), re.MULTILINE | re.DOTALL)
    script = script.replace("curl -s ", "curl -sS -w '\\n' ")
    where = {"SIMULATOR": server.url, "PATH": "/usr/bin:/bin"}
    command = ["bash", "-euo", "pipefail", "-c", script]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, env=where, cwd=folder)
    return [json.loads(line) if line else "" for line in ended.stdout.splitlines()]


def test_requests(server: LocalServer, tmp_path: Path) -> None:
    """A list, a wait that is over at once, one entry, an archive, and an empty ring."""
    entry = Broker(Http(server.port)).refresh("none.of.ours").headers["x-sim-entry"].rpartition("/")[2]
    listed, waited, first, dropped = answers("Requests", server, tmp_path)
    assert listed["requests"][0]["outcome"] == "REFRESH_TOKEN_UNKNOWN"
    assert waited["requests"]
    assert first["number"] == 1
    assert dropped["next"] == int(entry)
    assert json.loads((tmp_path / "calls.har").read_text())["log"]["version"] == "1.2"


def test_state(server: LocalServer, tmp_path: Path) -> None:
    """A snapshot is taken and put back; an export is put back where it came from."""
    told = answers("State", server, tmp_path)
    assert "problem" not in json.dumps(told)
    assert json.loads((tmp_path / "state.json").read_text())["page"] == "2026-05-27"


def test_people_and_money(server: LocalServer, tmp_path: Path) -> None:
    """The deposit waits for its one confirmation, has it after a minute, and stands in the ledger."""
    deposit, clock, ledger = answers("People and money", server, tmp_path)
    assert (deposit["status"], deposit["confirmations"], deposit["confirms"]) == ("PROCESSING", 0, 1)
    assert deposit["credited_at"] - deposit["created_at"] == MINUTE
    [event] = clock["events"]
    assert (event["kind"], event["deposit_id"], event["status"]) == ("deposit", deposit["deposit_id"], "SUCCESS")
    [movement, *opening] = ledger["movements"]
    assert {row["kind"] for row in opening} == {"given"}
    assert (movement["kind"], movement["account"], movement["balance"]) == ("deposit", "main", "25")


def test_every_kind_of_event_is_named() -> None:
    """What `to_event` can name stands in the section on time."""
    named = re.findall(r"`(\w+)`", section("Time"))
    assert {each.value for each in EventKind} <= {*named}


def test_every_kind_of_movement_is_named() -> None:
    """What the ledger knows stands in the section on money."""
    named = re.findall(r"`(\w+)`", section("People and money"))
    assert {*ORDER} <= {*named}


@pytest.mark.parametrize(("made_by", "client"), [("user", None), ("broker", "demo-broker")])
def test_keys_can_be_given(server: LocalServer, made_by: str, client: str | None) -> None:
    """A key by hand has the ordinary permission and no client; a broker's own is that client's."""
    send = Http(server.port)
    more = {"withdrawal": True, "ip_whitelist": ["127.0.0.1"]} if made_by == "user" else {"client": client}
    key: dict[str, object] = {
        "key": "given",
        "secret": "s",
        "passphrase": "p",
        "groups": [],
        "made_by": made_by,
        **more,
    }
    assert steer(send, "PATCH", "/users/alice", {"api_keys": [key]}).status == 200
    [told] = steer(send, "GET", "/api-keys?user=alice").json()["api_keys"]
    assert (told["made_by"], told["client"], told["withdrawal"]) == (made_by, client, made_by == "user")


def test_the_table_is_what_is_declared() -> None:
    """The table of all calls is made from their declarations; `scripts/generate` writes it anew."""
    assert written(DOCUMENT) == DOCUMENT
    assert DOCUMENT.count("\n| `GET") > 30


def test_the_bounds_are_told() -> None:
    """How many faults can be in force and how many logins can wait stands in the section on them."""
    assert section("Faults and logins").count(f"at most {MOST:,}") == 2
