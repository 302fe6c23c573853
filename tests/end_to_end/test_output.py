"""What a process prints: a stream that is closed, full or unread, or an odd encoding, changes nothing else."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
from support.polling import wait_until
from support.process_streams import CLOSED, FULL, GONE, WAYS, ended, started, stream
from support.processes import MODULE, environment, run

EXPECT = "version: 1\nname: mine\nextends: demo\nexpect: [{operation: get_server_time, exactly: %d}]\n"
TIME = "/api/v1/timestamp"
ESCAPES = "\x1b[2J\x1b]0;title\x07\x9b31m\u202e\u2066\x7f\x00\r\u2028\n  base URL  http://elsewhere"
"""Clears a screen, names a window, colours, turns the writing round, begins a line of its own."""


@pytest.mark.parametrize("format", ["human", "json"])
def test_a_log_that_nobody_reads_holds_up_nothing(format: str) -> None:
    """Far more lines than a pipe holds: every call is answered, SIGTERM ends it, and each line is whole."""
    with started("--log-format", format) as (process, send):
        for _ in range(1_500):
            assert send("GET", f"{TIME}?{'x' * 200}").status in (200, 429)
        process.send_signal(signal.SIGTERM)
        assert process.wait() == -signal.SIGTERM
        assert process.stderr
        lines = process.stderr.read().decode().splitlines()
    assert 100 < len(lines) < 1_500
    if format == "json":
        assert [json.loads(line)["operation"] for line in lines[:-1]] == ["get_server_time"] * (len(lines) - 1)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("format", "expected", "status"), [("human", 1, 0), ("json", 2, 1)])
def test_streams_change_neither_service_nor_status(
    way: str, format: str, expected: int, status: int, tmp_path: Path
) -> None:
    """With stdout and stderr in any state it starts, serves, and ends with the status that the verdict has."""
    file = tmp_path / "mine.yaml"
    file.write_text(EXPECT % expected)
    closed = (1, 2) if way == CLOSED else ()
    with (
        stream(way) as descriptor,
        started(
            "--verify", "--scenario", str(file), "--log-format", format, out=descriptor, err=descriptor, closed=closed
        ) as (process, send),
    ):
        assert send("GET", TIME).status == 200
        assert ended(process)[0] == status


@pytest.mark.parametrize("way", WAYS)
def test_streams_do_not_change_how_a_signal_ends_it(way: str) -> None:
    """Without a verdict the process dies of the signal, as ever."""
    closed = (0, 1, 2) if way == CLOSED else ()
    with stream(way) as descriptor:
        for number in (signal.SIGTERM, signal.SIGINT):
            with started("--log-format", "human", out=descriptor, err=descriptor, closed=closed) as (process, send):
                assert send("GET", TIME).status == 200
                assert ended(process, number)[0] == -number


@pytest.mark.parametrize("way", WAYS)
def test_streams_do_not_change_how_a_start_fails(way: str) -> None:
    """A start that cannot be says so if it can, and its status is the same."""
    with stream(way) as descriptor:
        for arguments, status in ((["--scenario", "nothing"], 3), (["--nonsense"], 2), (["--control-token", ""], 2)):
            command = [*MODULE, "--port", "0", *arguments]
            command = ["sh", "-c", '"$@" >&- 2>&-', "sh", *command] if way == CLOSED else command
            failed = subprocess.run(command, stdout=descriptor, stderr=descriptor, check=False, env=environment())
            assert failed.returncode == status


@pytest.mark.parametrize("env", [{"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}])
def test_an_encoding_without_a_character_is_enough(env: dict[str, str], tmp_path: Path) -> None:
    """Banner, log and verdict are printed in Latin-1 and in the C locale, with escapes for what these do not have."""
    file = tmp_path / "euro.yaml"
    file.write_text(EXPECT.replace("mine", "€ 😀") % 0)
    if "LC_ALL" in env:
        env = {**env, "PYTHONUTF8": "0"}
    with started("--verify", "--scenario", str(file), "--log-format", "json", env=env) as (process, send):
        assert send("GET", f"{TIME}?%E2%82%AC").status == 200
        status, out, err = ended(process)
    assert status == 1
    assert "scenario \\u20ac \\ud83d\\ude00, seed 0" in out
    assert "1 of 1 expectations failed" in out
    assert [json.loads(line)["status"] for line in err.splitlines()] == [200]


@pytest.mark.parametrize("command", [["schema"], ["scenarios"], ["scenarios", "show", "demo"]])
@pytest.mark.parametrize(
    ("way", "status", "told"),
    [
        (GONE, 0, ""),
        (FULL, 1, "Error: the output cannot be written: No space left on device\n"),
        (CLOSED, 1, "Error: the output cannot be written: it is closed\n"),
    ],
)
def test_a_command_tells_that_its_output_is_lost(command: list[str], way: str, status: int, told: str) -> None:
    """`| head -1` is no failure; a full disk and a closed stdout are, where the output is what was asked for."""
    with stream(way) as descriptor:
        line = ["sh", "-c", '"$@" >&-', "sh", *MODULE, *command] if way == CLOSED else [*MODULE, *command]
        done = subprocess.run(line, stdout=descriptor, stderr=subprocess.PIPE, check=False, env=environment())
    assert (done.returncode, done.stderr.decode()) == (status, told)


@pytest.mark.parametrize("way", [CLOSED, FULL, GONE])
@pytest.mark.parametrize(("command", "status"), [(["validate", "demo"], 0), (["tour", "--quiet"], 0)])
def test_where_the_status_is_the_answer_it_stays(command: list[str], status: int, way: str) -> None:
    """`validate` and `tour` answer by their status, whoever reads what they print."""
    with stream(way) as descriptor:
        line = ["sh", "-c", '"$@" >&-', "sh", *MODULE, *command] if way == CLOSED else [*MODULE, *command]
        done = subprocess.run(line, stdout=descriptor, stderr=subprocess.PIPE, check=False, env=environment())
    assert (done.returncode, done.stderr) == (status, b"")


def hostile(folder: Path) -> Path:
    """A scenario whose every text tries to steer a terminal, as its file's name does."""
    file = folder / f"{ESCAPES.replace(chr(0), '').replace('/', '')}.yaml"
    text = json.dumps(ESCAPES)
    file.write_text(
        f'{{"version": 1, "name": {text}, "description": {text}, "given": {{"clients": {{{text}: {{"name": {text},'
        f' "secret": {text}, "redirect_uris": ["/cb"]}}}}, "users": {{{text}: {{"email": {text}}}}}}},'
        f' "expect": [{{"operation": "withdraw", "user": {text}, "exactly": 1}}]}}'
    )
    return file


def harmless(text: str) -> bool:
    """Whether nothing steers a terminal, and nothing from a scenario begins a line."""
    lines = text.split("\n")
    return all(line.isprintable() for line in lines) and not any(line.startswith("  base URL  http") for line in lines)


@pytest.mark.parametrize("format", ["human", "json"])
def test_no_scenario_steers_a_terminal(format: str, tmp_path: Path) -> None:
    """Banner, log lines, watch lines and verdict print escapes of what a scenario or a client would steer with."""
    file = hostile(tmp_path)
    with started("--scenario", str(file), "--watch", "--verify", "--log-format", format) as (process, send):
        assert send("GET", "/%1B%5B2J%C2%9B31m%E2%80%AE").status == 404
        file.write_text(file.read_text().replace('"exactly": 1', '"exactly": 2'))
        wait_until(lambda: send("POST", "/_sim/v1/verify").json()["results"][0]["expectation"][-1] == "2")
        file.write_text(json.dumps({"version": 1, ESCAPES: 1, "given": {"users": {ESCAPES: 1}}}))
        assert process.stderr
        told = process.stderr.readline()
        while b"cannot be used" not in told:
            told += process.stderr.readline()
        status, out, err = ended(process)
    assert status == 1
    assert "\\u001b[2J" in out
    assert out.count("  base URL  ") == out.count("\\u000a  base URL  ") + 1
    assert harmless(out)
    assert harmless(told.decode() + err)


def test_no_scenario_steers_a_terminal_when_it_is_checked(tmp_path: Path) -> None:
    """`validate` and a start that fails print escapes as well, of names, paths, messages and of the file's name."""
    good, bad = hostile(tmp_path), tmp_path / f"\x1b[2J{ESCAPES.partition(chr(0))[0]}.yaml"
    bad.write_text(good.read_text().replace('"email"', json.dumps(f"email{ESCAPES}")))
    for arguments, status in (
        (["validate", str(good), str(bad)], 3),
        (["--port", "0", "--scenario", str(bad)], 3),
        (["--port", "0", "--scenario", ESCAPES.replace("\0", "")], 3),
        (["scenarios", "show", ESCAPES.replace("\0", "")], 3),
        (["--" + ESCAPES.partition("\0")[0]], 2),
    ):
        done = run(*arguments)
        assert done.returncode == status
        assert done.stderr
        assert harmless(done.stdout + done.stderr)
