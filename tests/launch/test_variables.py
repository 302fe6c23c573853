"""The table of variables, and their lines in each shell."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.led import CLIENT
from support.processes import environment, run

from simulator.cli import PREFIX, main
from simulator.launch import SHELLS
from simulator.launch.shells import assignments
from simulator.launch.variables import MODES, VARIABLES, WHY, Setting, environment_of, led, lines, own, unset
from simulator.web.server import LocalServer

SETTING = Setting(
    "127.0.0.1:9", "/ca.pem", "/bundle.pem", "", "/a b/store.p12", "pw", "/wgetrc", "/report", ("local.example",)
)
BEFORE = {
    "PYTHONPATH": "mine",
    "NODE_OPTIONS": "--max-old-space-size=100",
    "JAVA_TOOL_OPTIONS": "-Xmx1g",
    "NO_PROXY": "db.local,*.kucoin.com,.com,example.com",
    "HTTPS_PROXY": "http://corporate:3128",
}


def test_no_variable_is_a_flag_of_the_server() -> None:
    """No variable of the table steers a server that the command starts, and none is there twice."""
    flags = {f"{PREFIX}_{parameter.name}".upper() for parameter in main.params}
    names = [variable.name for variable in VARIABLES]
    assert len(set(names)) == len(names) > 20
    assert flags & set(names) == set()
    assert {variable.mechanism for variable in VARIABLES} == set(WHY)
    assert all(variable.modes <= set(MODES) for variable in VARIABLES)


def test_what_the_user_has_is_kept() -> None:
    """Variables that add keep the user's part, entries that cover KuCoin go, and each of both is told."""
    values = led(SETTING, "hooks", BEFORE)
    assert values["PYTHONPATH"].endswith(f"{os.pathsep}mine")
    assert values["NODE_OPTIONS"].endswith("hook.cjs --max-old-space-size=100")
    assert values["JAVA_TOOL_OPTIONS"].startswith('-Xmx1g -Djavax.net.ssl.trustStore="/a b/store.p12" ')
    assert values["NO_PROXY"] == "db.local,example.com,localhost,127.0.0.1,::1"
    told = "\n".join(lines(values, BEFORE, "hooks"))
    assert "NO_PROXY had *.kucoin.com, .com" in told
    assert "HTTPS_PROXY was http://corporate:3128" in told
    assert led(SETTING, "hooks", {**BEFORE, **values})["PYTHONPATH"] == values["PYTHONPATH"]


@pytest.mark.parametrize("mode", MODES)
def test_unset_restores_what_was_there(mode: str) -> None:
    """What was added is taken out again, what was replaced comes back, and what only we set is removed."""
    before = {**BEFORE, "SSL_CERT_FILE": "/company's.pem", "NODE_EXTRA_CA_CERTS": "/more.pem", "PATH": "/bin"}
    ours = {**before, **led(SETTING, mode, before)}
    assert own(ours) == before
    assert unset(before) == {}
    assert ("SSL_CERT_FILE" in unset(ours)) is (mode != "plain")


def test_nothing_of_an_outer_exec_stays() -> None:
    """A command that `exec` runs inside another `exec` has the inner one's variables alone, whatever the modes."""
    for outer, inner in itertools.product(MODES, MODES):
        environment = environment_of(SETTING._replace(address="127.0.0.1:1"), outer, BEFORE)
        assert environment_of(SETTING, inner, environment) == environment_of(SETTING, inner, BEFORE)


@pytest.mark.parametrize(("mode", "count"), [("plain", 2), ("proxy", 18), ("namespace", 13), ("hooks", 24)])
def test_each_mode_has_its_variables(mode: str, count: int) -> None:
    """Plain sets the addresses alone, proxy no hook, and a namespace no proxy."""
    values = led(SETTING, mode, {})
    assert ("PYTHONPATH" in values) is (mode == "hooks")
    assert ("HTTPS_PROXY" in values) is (mode in {"hooks", "proxy"})
    assert ("proxyHost" in values.get("JAVA_TOOL_OPTIONS", "")) is (mode in {"hooks", "proxy"})
    assert len(values) >= count


def test_lines_survive_their_shell() -> None:
    """Quotes, spaces and dollars come back from a shell as they were; a line break is refused."""
    value = """a b'c"d$e`f\\g"""
    read = f'{assignments({"X": value}, "sh")}\nprintf %s "$X"'
    assert subprocess.run(["sh", "-c", read], capture_output=True, text=True, check=True).stdout == value
    assert assignments({"X": value}, "fish") == """set -gx X 'a b\\'c"d$e`f\\\\g'\n"""
    assert assignments({"X": value}, "powershell") == """$Env:X = 'a b''c"d$e`f\\g'\n"""
    assert assignments({"X": None, "Y": "1"}, "github") == "X=\nY=1\n"
    for shell in SHELLS:
        assert assignments({"X": None}, shell)
        with pytest.raises(ValueError, match="line break"):
            assignments({"X": "a\nb"}, shell)


def test_env_leads_the_programs_of_a_shell(tmp_path: Path) -> None:
    """After `eval "$(kucoin-simulator env)"` a hard-wired program reaches a server that runs; --unset takes it back."""
    with LocalServer() as server:
        simulator = f"{sys.executable} -m simulator env --url {server.url}"
        script = f'eval "$({simulator})"; {sys.executable} -c \'{CLIENT}\'; eval "$({simulator} --unset)"; env'
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=environment(), check=False)
    assert done.stdout.startswith("200\n"), done.stderr
    assert "KUCOIN_SIMULATOR_LEAD" not in done.stdout
    assert "hooks/python" not in done.stdout


def test_env_needs_a_plain_address() -> None:
    """A proxy is asked in plain text, so --url must be http."""
    done = run("env", "--url", "https://127.0.0.1:1")
    assert (done.returncode, "http://HOST:PORT" in done.stderr) == (2, True)


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish")
def test_fish_reads_its_lines() -> None:
    """The shell fish reads what is printed for it."""
    read = f"{assignments({'X': 'a b'}, 'fish')}; echo $X"
    assert subprocess.run(["fish", "-c", read], capture_output=True, text=True, check=True).stdout == "a b\n"
