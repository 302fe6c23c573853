"""`exec` as a user types it: exit codes, what is told, what is written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.led import CLIENT, led, python, report

from simulator.cli import main
from simulator.launch import running

ASK = """
import os, urllib.request
print(urllib.request.urlopen(os.environ["KUCOIN_SIMULATOR_URL"] + "{path}").read().decode())
"""
REFUSED = """
import urllib.request, urllib.error
try: urllib.request.urlopen("https://api.kucoin.com/api/v1/accounts")
except urllib.error.HTTPError as error: print(error.code)
raise SystemExit(9)
"""


def test_a_hard_wired_client_is_led() -> None:
    """A program with KuCoin's host as a constant, which obeys no proxy, calls the simulator and trusts it."""
    done = led(*python(CLIENT))
    assert (done.returncode, done.stdout) == (0, "200\n"), done.stderr


def test_what_was_set_is_told() -> None:
    """Each mechanism has one line on stderr, and --quiet leaves them out; the command's own output is untouched."""
    loud, quiet = led("--", "true"), led("--quiet", "--", "true")
    starts = [line.split(": ")[1] for line in loud.stderr.splitlines()]
    mechanisms = ["simulator", "Python", "Node", "proxy", "certificates"]
    assert [start for start in starts if start in mechanisms] == mechanisms
    assert "simulator: http://127.0.0.1:" in loud.stderr
    assert (loud.stdout, quiet.stdout, quiet.stderr) == ("", "", "")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["sh", "-c", "exit 7"], 7),
        (["sh", "-c", "kill -TERM $$"], 128 + 15),
        (["sh", "-c", "kill -KILL $$"], 128 + 9),
        (["kucoin-no-such-command"], 127),
        ([os.devnull], 126),
    ],
)
def test_the_commands_exit_code_is_passed_on(command: list[str], code: int) -> None:
    """The exit code is the command's, 128 + N if signal N ended it, and as in shells if it cannot be started."""
    done = led("--quiet", "--", *command)
    assert done.returncode == code
    started = f"kucoin-simulator: {command[0]} cannot be started: "
    assert (len(done.stderr.splitlines()), done.stderr.startswith(started)) == (
        (1, True) if code in {126, 127} else (0, False)
    )


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["--mode", "magic", "--", "true"], 2, "magic"),
        (["--quiet"], 2, "CMD"),
        (["--allow", "nowhere", "--", "true"], 2, "HOST:PORT"),
        (["--allow", "api.kucoin.com:443", "--", "echo", "ran"], 2, "KuCoin"),
        (["--report", f"{os.devnull}/report", "--", "echo", "ran"], 2, "--report"),
        (["--scenario", "no-such-scenario", "--", "true"], 3, "no-such-scenario"),
    ],
)
def test_mistakes_have_exit_codes(arguments: list[str], code: int, word: str) -> None:
    """A wrong flag is 2, a wrong scenario 3; the command does not run."""
    done = led(*arguments)
    assert (done.returncode, done.stdout, word in done.stderr) == (code, "", True), done.stderr


def test_an_interrupted_start_is_no_failed_expectation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C before the command has started is exit code 130, as it is later, and not 1."""

    class Interrupted:
        def __init__(self, *arguments: object) -> None:
            pass

        def run(self, step: object) -> int:
            raise KeyboardInterrupt

    monkeypatch.setattr(running, "Execution", Interrupted)
    done = CliRunner().invoke(main, ["exec", "--", "echo", "ran"])
    assert (done.exit_code, done.stdout) == (130, "")
    assert "before the command was started" in done.stderr


def test_expectations_decide_if_the_command_is_content(tmp_path: Path) -> None:
    """With --verify, exit code 1 says that the command ended well and the scenario's expectations failed."""
    scenario = tmp_path / "s.yaml"
    scenario.write_text("version: 1\nname: s\nextends: demo\nexpect:\n  - {operation: get_server_time, at_least: 1}\n")
    failed = led("--quiet", "--verify", "--scenario", str(scenario), "--", "true")
    assert (failed.returncode, "FAIL" in failed.stderr) == (1, True), failed.stderr
    held = led("--quiet", "--verify", "--scenario", str(scenario), *python(CLIENT))
    assert (held.returncode, "ok" in held.stderr) == (0, True), held.stderr


def test_a_report_has_the_journal_and_the_refused_calls(tmp_path: Path) -> None:
    """--report writes the journal as HAR, the verdict, and each refused call with its diagnosis, which is also told."""
    done = led("--report", str(tmp_path / "r"), "--verify", "--seed", "7", *python(REFUSED))
    assert (done.returncode, done.stdout.strip()) == (9, "400"), done.stderr
    assert "refused: GET /api/v1/accounts HEADER_MISSING" in done.stderr
    har, refused = report(tmp_path / "r", "journal.har"), report(tmp_path / "r", "refused.json")
    run, verdict = report(tmp_path / "r", "run.json"), report(tmp_path / "r", "verify.json")
    assert isinstance(har, dict)
    assert isinstance(refused, list)
    assert isinstance(run, dict)
    assert [entry["_operation"] for entry in har["log"]["entries"]] == [refused[0]["operation"]]
    assert (refused[0]["outcome"], bool(refused[0]["diagnosis"])) == ("HEADER_MISSING", True)
    assert (run["seed"], run["exit_code"], run["mode"]) == (7, 9, "hooks")
    assert verdict == {"ok": True, "results": []}


def test_a_client_of_ones_own() -> None:
    """--client-id and its companions make the client that the broker's settings name."""
    code = ASK.format(path="/_sim/v1/clients")
    done = led("--quiet", "--client-id", "my-broker", "--redirect-uri", "https://broker.example/cb", *python(code))
    assert "my-broker" in done.stdout, done.stderr


def test_plain_sets_nothing_but_the_address() -> None:
    """--mode plain leaves every other variable as it is."""
    code = (
        "import os; print(sorted(name for name in os.environ if name.startswith('KUCOIN_SIMULATOR_')),"
        " os.environ.get('NODE_OPTIONS'))"
    )
    done = led("--quiet", "--mode", "plain", *python(code), KUCOIN_SIMULATOR_STATE_DIR="")
    assert done.stdout.strip() == "['KUCOIN_SIMULATOR_CA', 'KUCOIN_SIMULATOR_STATE_DIR', 'KUCOIN_SIMULATOR_URL'] None"


def test_proxy_leads_who_obeys_it() -> None:
    """--mode proxy sets no hook: a program that obeys the variables is led, and nothing is in any process."""
    code = (
        "import sys, urllib.request\n"
        "status = urllib.request.urlopen('https://api.kucoin.com/api/v1/timestamp').status\n"
        "print(status, 'kucoin_simulator_hook' in sys.modules)"
    )
    done = led("--quiet", "--mode", "proxy", *python(code))
    assert (done.returncode, done.stdout) == (0, "200 False\n"), done.stderr


def test_the_users_own_sitecustomize_still_runs(tmp_path: Path) -> None:
    """A sitecustomize of the user's on PYTHONPATH is read as before, and theirs is the module of that name."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.theirs = __file__\n")
    code = f"import sys, sitecustomize\nassert sitecustomize.__file__ == sys.theirs\n{CLIENT}"
    done = led("--quiet", *python(code), PYTHONPATH=f"{Path(__file__).parents[2]}{os.pathsep}{tmp_path}")
    assert (done.returncode, done.stdout) == (0, "200\n"), done.stderr


@pytest.mark.parametrize("child", ["fork", "spawn", "subprocess"])
def test_children_are_led_as_well(child: str, tmp_path: Path) -> None:
    """A child of the command is led, whether it is forked or a new interpreter, and nothing is told of it."""
    program = tmp_path / "program.py"
    program.write_text(
        "import multiprocessing, ssl, subprocess, sys, urllib.request\n"
        "def call():\n"
        "    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))\n"
        "    print(opener.open('https://api.kucoin.com/api/v1/timestamp').status, flush=True)\n"
        "if __name__ == '__main__':\n"
        "    if sys.argv[1] == 'subprocess':\n"
        "        subprocess.run([sys.executable, '-c', 'import program; program.call()'], check=True)\n"
        "    else:\n"
        "        process = multiprocessing.get_context(sys.argv[1]).Process(target=call)\n"
        "        process.start(); process.join()\n"
    )
    done = led("--quiet", "--", sys.executable, str(program), child, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "200\n", "")
