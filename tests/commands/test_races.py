"""`races`: a command is run once for each order of its overlapping calls, up to the first that fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import MODULE, environment

BROKER = """
import json, os, sys, threading, urllib.error, urllib.parse, urllib.request
base = os.environ["KUCOIN_SIMULATOR_URL"]

def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, {"Content-Type": "application/json"}, method=method)
    try:
        return json.loads(urllib.request.urlopen(request).read())
    except urllib.error.HTTPError as error:
        return json.loads(error.read())

uri = call("GET", "/_sim/v1/clients")["clients"][0]["redirect_uris"][0]
asked = {"user": "alice", "client_id": "demo-broker", "redirect_uri": uri, "state": "s"}
code = call("POST", "/_sim/v1/authorizations", asked)["code"]
parts = {"grant_type": "authorization_code", "code": code, "redirect_uri": uri, "client_id": "demo-broker"}
tokens = call("GET", "/_oauth/access-token?" + urllib.parse.urlencode(parts, safe=":/"))
body = {"grant_type": "authorization_code", "refresh_token": tokens["refresh_token"], "scope": "OAUTH_CREATE_API"}
answers = {}

def refresh(name):
    answers[name] = call("POST", "/_oauth/refresh-token", body)

def others():
    return [fault["seen"] for fault in call("GET", "/_sim/v1/faults")["faults"]]

first, second = (threading.Thread(target=refresh, args=(name,)) for name in ("first", "second"))
first.start()
while others() == [0]:
    pass
second.start()
first.join()
second.join()
print("the first has", "a pair" if "access_token" in answers["first"] else "nothing")
"""
CARELESS = BROKER + 'sys.exit(0 if "access_token" in answers["first"] else 3)\n'
"""Takes the first answer alone for what has become of the token."""
HELD = "refresh_tokens=2"


def races(*arguments: str, code: str = BROKER, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command to its end."""
    return subprocess.run(
        [*MODULE, "races", *arguments, "--", sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=environment(),
        timeout=120,
    )


def test_the_first_order_that_fails_ends_it() -> None:
    """Its output and its exit status are passed on, and its replay string repeats it."""
    ended = races("--hold", HELD, "--json", code=CARELESS)
    report = json.loads(ended.stdout)
    assert (ended.returncode, report["failed"], report["runs"], report["orders"]) == (3, "refresh_tokens:2-1", 2, 2)
    assert "the first has nothing" in ended.stderr
    assert "the first has a pair" not in ended.stderr
    assert "races --scenario demo --replay refresh_tokens:2-1 -- " in report["text"]
    again = races("--replay", report["failed"], code=CARELESS)
    assert again.returncode == 3
    assert "the first has nothing" in again.stdout


def test_a_command_that_is_right_in_every_order() -> None:
    """All orders are run, and nothing but the sum is printed."""
    ended = races("--hold", HELD)
    assert (ended.returncode, ended.stdout) == (0, "2 of 2 orders tried, none failed\n"), ended.stderr
    assert ended.stderr == ""


def test_an_expectation_that_fails(tmp_path: Path) -> None:
    """A run fails as well if the scenario's `expect` does not hold; the scenario says which calls are held."""
    faults = "faults:\n  - {operation: refresh_tokens, hold: {until: 2}}\n"
    expect = "expect:\n  - {operation: refresh_tokens, outcome: OK, exactly: 2}\n"
    (tmp_path / "twice.yaml").write_text(f"version: 1\nname: twice\nextends: demo\n{faults}{expect}")
    ended = races("--scenario", "twice.yaml", cwd=tmp_path)
    assert ended.returncode == 1
    assert "run 1 failed with exit status 1" in ended.stdout
    assert "--scenario twice.yaml --replay refresh_tokens:1-2" in ended.stdout


def test_calls_that_never_overlap_are_no_success() -> None:
    """If nothing was put in another order, it says so, and the exit status is 1."""
    ended = races("--hold", HELD, code="pass")
    assert ended.returncode == 1
    assert "no order was tried: the held calls never overlapped" in ended.stdout


def test_a_failure_without_an_overlap_is_said_to_be_one() -> None:
    """A run that fails although its calls never overlapped says that no order was the reason."""
    ended = races("--hold", HELD, code="raise SystemExit(3)")
    assert ended.returncode == 3
    assert "never overlapped in it, so no order of them was the reason" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "nothing is held: say which calls overlap"),
        (("--hold", "refresh=2"), 2, "did you mean refresh_tokens?"),
        (("--replay", "x"), 2, "no part of a replay string"),
        (("--replay", "refresh_tokens:2-1", "--hold", HELD), 2, "leave --hold out"),
        (("--hold", HELD, "--scenario", "nothing-like-it"), 3, "the scenario cannot be used"),
        (("--hold", HELD, "--client-id", "mine", "--user", "alice"), 2, "NAME:FACTORS:BALANCE"),
    ],
)
def test_what_cannot_be_run(arguments: tuple[str, ...], code: int, message: str) -> None:
    """A mistake of the user ends it before anything is run, with what to do."""
    ended = races(*arguments, code="print('it was run')")
    assert (ended.returncode, message in ended.stderr) == (code, True), ended.stderr
    assert "it was run" not in ended.stdout + ended.stderr
