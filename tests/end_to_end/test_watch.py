"""`--watch` and `--verify` in a process of its own: what a person sees who edits a file, and what a script is told."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from support.polling import wait_until
from support.processes import MODULE, ROOT, Running, environment, running
from support.scenario_texts import unknown_key

from simulator.scenario.keys.scenario import SCENARIO

TEXT = "version: 1\nname: mine\nextends: demo\nclock: {mode: frozen, start: 2026-06-01T00:00:00Z}\n"
FAULT = TEXT + "faults: [{operation: exchange_code, user: alice, refuse: CODE_EXPIRED}]\n"
EXPECT = TEXT + "expect: [{operation: exchange_code, outcome: OK, exactly: 1}]\n"
EVERYBODY = "alice, bob, carol, dave, erin, frank, operator"


def call(url: str, body: object = None) -> Any:
    """A call of the control surface."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, {"content-type": "application/json"})) as answer:
        return json.load(answer)


def exchange(started: Running) -> tuple[int, Any]:
    """Alice consents, and the broker exchanges her code."""
    uri = f"{started.url}/demo/callback"
    asked = {"user": "alice", "client_id": "demo-broker", "redirect_uri": uri, "state": "1"}
    code = call(f"{started.url}/_sim/v1/authorizations", asked)["code"]
    query = f"grant_type=authorization_code&code={code}&redirect_uri={uri}&client_id=demo-broker"
    try:
        with urlopen(f"{started.url}/_oauth/access-token?{query}") as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def said(started: Running) -> str:
    """The next line that the process prints."""
    assert started.process.stdout
    return started.process.stdout.readline().rstrip("\n")


def test_an_edit_takes_effect_at_once(tmp_path: Path) -> None:
    """Faults come and go by edits of the file, the world goes on; a reset comes back to the file as it is now."""
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT)
    with running("--scenario", str(file), "--watch") as started:
        faults = f"{started.url}/_sim/v1/faults"
        assert exchange(started)[0] == 200
        file.write_text(FAULT)
        wait_until(lambda: bool(call(faults)["faults"]))
        assert said(started) == f"{file}: faults changed; the world goes on"
        status, answer = exchange(started)
        assert (status, answer["msg"]) == (400, "invalid_grant: the code has expired")
        assert call(faults)["faults"][0]["hits"] == 1
        call(f"{started.url}/_sim/v1/reset", {})
        assert exchange(started)[0] == 400
        replaced = tmp_path / "mine.new"
        replaced.write_text(TEXT)
        replaced.replace(file)
        wait_until(lambda: not call(faults)["faults"])
        assert exchange(started)[0] == 200


def test_an_invalid_edit_is_told_and_changes_nothing(tmp_path: Path) -> None:
    """All problems stand on stderr, the fault goes on; the next good edit counts, also one that starts over."""
    file = tmp_path / "mine.yaml"
    file.write_text(FAULT)
    with running("--scenario", str(file), "--watch", "--user", "zoe:free:5") as started:
        file.write_text(FAULT.replace("alice", "alise") + "expekt: []\n")
        wait_until(lambda: "expekt" in started.stderr())
        assert started.stderr().splitlines()[1:] == [
            f"{file}:5:43: faults[0].user: unknown user alise; given.users has {EVERYBODY} (did you mean alice?)",
            f"{file}:6:1: expekt: {unknown_key(SCENARIO, 'expect')}",
        ]
        assert exchange(started)[0] == 400
        file.write_text(TEXT + "given: {users: {yan: {}}}\n")
        assert said(started) == f"{file}: given, faults changed; the world starts over"
        users = {user["name"] for user in call(f"{started.url}/_sim/v1/users")["users"]}
        assert {"alice", "yan", "zoe"} < users
        assert exchange(started)[0] == 200


@pytest.mark.parametrize(
    ("sent", "calls", "status", "last"),
    [
        (signal.SIGTERM, 1, 0, "expectations that hold: 1 of 1"),
        (signal.SIGTERM, 0, 1, "1 of 1 expectations failed"),
        (signal.SIGINT, 1, -signal.SIGINT, "expectations that hold: 1 of 1"),
        (signal.SIGINT, 2, 1, "1 of 1 expectations failed"),
    ],
)
def test_the_end_says_whether_what_was_expected_holds(
    tmp_path: Path, sent: signal.Signals, calls: int, status: int, last: str
) -> None:
    """`--verify` prints the verdict and ends with 1 when it does not hold; nothing is on stderr."""
    file = tmp_path / "mine.yaml"
    file.write_text(EXPECT)
    with running("--scenario", str(file), "--verify") as started:
        for _ in range(calls):
            assert exchange(started)[0] == 200
        started.process.send_signal(sent)
        assert started.process.stdout
        printed = started.process.stdout.read().splitlines()
        assert printed[-1] == last
        assert re.fullmatch(rf"(ok  |FAIL)  exchange_code, outcome OK: exactly 1, was {calls}.*", printed[-2])
        assert (started.process.wait(10), started.stderr()) == (status, "")


def test_the_verdict_is_on_the_scenario_as_it_was_edited(tmp_path: Path) -> None:
    """With `--watch` and `--verify` the expectations that count are the last ones."""
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT)
    with running("--scenario", str(file), "--watch", "--verify") as started:
        file.write_text(EXPECT)
        assert said(started) == f"{file}: expect changed; the world goes on"
        started.process.send_signal(signal.SIGTERM)
        assert started.process.wait(10) == 1


def test_validate_and_schema_are_for_scripts(tmp_path: Path) -> None:
    """What `validate` says of a wrong file stands on stderr, with status 3; `schema` prints JSON alone."""
    file = tmp_path / "mine.yaml"
    file.write_text("version: 1\n")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*MODULE, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment())

    wrong = run("validate", "demo", str(file))
    assert (wrong.returncode, wrong.stdout) == (3, "demo: ok\n")
    assert f"{file}:1:1: name: is missing" in wrong.stderr.splitlines()
    assert json.loads(run("schema").stdout)["type"] == "object"


def test_a_reader_who_has_gone_does_not_end_the_watching(tmp_path: Path) -> None:
    """`--watch | head`: lines about edits go nowhere, and each edit still takes effect."""
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT)
    with running("--scenario", str(file), "--watch") as started:
        assert started.process.stdout
        started.process.stdout.close()
        for _ in range(2):
            file.write_text(FAULT)
            wait_until(lambda: bool(call(f"{started.url}/_sim/v1/faults")["faults"]))
            file.write_text(TEXT)
            wait_until(lambda: not call(f"{started.url}/_sim/v1/faults")["faults"])


def test_a_link_to_a_device_is_told_and_changes_nothing(tmp_path: Path) -> None:
    """It is never read, however often it is looked at; the file that comes back counts."""
    file = tmp_path / "mine.yaml"
    file.write_text(FAULT)
    with running("--scenario", str(file), "--watch") as started:
        file.unlink()
        file.symlink_to("/dev/zero")
        wait_until(lambda: "it is a device" in started.stderr())
        assert call(f"{started.url}/_sim/v1/faults")["faults"]
        file.unlink()
        file.write_text(TEXT)
        assert said(started) == f"{file}: faults changed; the world goes on"
