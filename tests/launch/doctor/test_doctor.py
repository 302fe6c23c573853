"""`doctor` with real processes: a sound set-up gets through, and a sabotaged one is named with its fix."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.other_program import other_program

from simulator.certificates.authority import in_memory
from simulator.cli import main
from simulator.launch.doctor.examination import led_environment
from simulator.web.guards import Policy
from simulator.web.server import LocalServer

CALL = "import urllib.request as u; u.urlopen('https://api.kucoin.com/api/v1/timestamp').read()"
PYTHON = (sys.executable, "-c", CALL)
PIN = """
import socket, ssl
with ssl.create_default_context().wrap_socket(
    socket.create_connection(("api.kucoin.com", 443)), server_hostname="api.kucoin.com"
) as connection:
    assert connection.getpeercert(True) == b"the pinned certificate"
"""
AGENT = """
const https = require('https');
const agent = new https.Agent({ checkServerIdentity: () => new Error('not the pinned one') });
https.get({ host: 'api.kucoin.com', agent }).on('error', () => {});
"""
BELOW = """
import subprocess, sys
subprocess.run([sys.executable, "-I", "-c", "import signal; signal.pause()  # api.kucoin.com"])
"""
LATE = "import time; now = time.time; time.time = lambda: now() + 3600"


def needs(program: str) -> pytest.MarkDecorator:
    """Skip a test if there is no such program, but not in CI, which has them all."""
    return pytest.mark.skipif(not (shutil.which(program) or os.environ.get("CI")), reason=f"there is no {program} here")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A simulator that runs."""
    with LocalServer() as server:
        yield server.url


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of this shell decides."""
    for name in os.environ:
        if name.startswith("KUCOIN_") and not name.endswith("STATE_DIR"):
            monkeypatch.delenv(name)
        if name.lower().endswith("_proxy") or "CERT" in name or "BUNDLE" in name:
            monkeypatch.delenv(name)


def diagnosis(url: str, *arguments: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    """What `doctor --json` prints, with its exit status."""
    ended = CliRunner().invoke(main, ["doctor", "--url", url, "--json", *arguments], env=env)
    data: dict[str, Any] = json.loads(ended.stdout)
    assert ended.exit_code == (0 if data["ok"] else 1)
    return {**data, "ids": [finding["id"] for finding in data["findings"]]}


def led(url: str, **more: str) -> dict[str, str]:
    """The variables that `exec` sets, and then others."""
    return {**led_environment(os.environ, url), **more}


def test_a_python_process_gets_through(url: str) -> None:
    """The hook leads the probe and the command; both reach this simulator, and nothing is found."""
    data = diagnosis(url, "--", *PYTHON)
    assert (data["findings"], data["run"]["calls"], data["run"]["status"]) == ([], 1, 0)
    assert (data["probe"]["hook"], data["probe"]["seen"], data["probe"]["alpn"]) == (True, 1, "http/1.1")


def test_the_text_goes_through_the_layers(url: str) -> None:
    """For people there is a line for each layer, in order, with what was seen."""
    ended = CliRunner().invoke(main, ["doctor", "--url", url, "--", *PYTHON])
    assert ended.exit_code == 0
    layers = [line.split()[1].rstrip(":") for line in ended.stdout.splitlines()[1:]]
    assert layers == ["simulator", "variables", "process", "name", "connection", "trust", "answer", "clock", "command"]
    assert "process: led by the hook" in ended.stdout
    assert "command: calls: 1, exit status 0" in ended.stdout


def test_an_isolated_interpreter_is_named(url: str) -> None:
    """`python -I` reads no hook, also if its calls happen to come by the proxy."""
    data = diagnosis(url, "--no-run", "--", sys.executable, "-I", "-c", CALL)
    assert "isolated-interpreter" in data["ids"]
    assert data["run"] is None


def test_a_sitecustomize_that_does_not_chain_is_named(url: str, tmp_path: Path) -> None:
    """Another sitecustomize that stands first on PYTHONPATH keeps the hook out."""
    (tmp_path / "sitecustomize.py").write_text("")
    environment = led(url)
    environment["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{environment['PYTHONPATH']}"
    data = diagnosis(url, "--no-run", "--", *PYTHON, env=environment)
    [finding] = [finding for finding in data["findings"] if finding["id"] == "foreign-sitecustomize"]
    assert str(tmp_path / "sitecustomize.py") in finding["seen"]


def test_a_process_below_the_command_that_is_not_led_ends_it(url: str) -> None:
    """A command that starts an isolated interpreter is ended before that one asks for the real exchange."""
    data = diagnosis(url, "--", sys.executable, "-c", BELOW)
    assert data["ids"] == ["process-not-led"]
    assert "runs with -I" in data["findings"][0]["seen"]


def test_a_replaced_path_is_named(url: str) -> None:
    """A PYTHONPATH that was set anew after `env` has no hook."""
    assert "python-path" in diagnosis(url, "--no-run", "--", *PYTHON, env=led(url, PYTHONPATH="src"))["ids"]


def test_a_clock_that_is_off_is_named(url: str, tmp_path: Path) -> None:
    """The probe tells the time of its own process, which a library may have moved."""
    (tmp_path / "sitecustomize.py").write_text(LATE)
    data = diagnosis(url, "--no-run", "--", *PYTHON, env={"PYTHONPATH": str(tmp_path)})
    assert data["ids"] == ["clock-skew"]
    assert "ahead of the simulator's" in data["findings"][0]["seen"]


def test_a_pinned_certificate_is_named(url: str) -> None:
    """The probe gets through and the command ends its connection: it wants another certificate."""
    assert diagnosis(url, "--", sys.executable, "-c", PIN)["ids"] == ["pinned-certificate"]


def test_the_proxy_of_a_company_is_named(url: str) -> None:
    """The twin in small letters wins; nothing is sent to it, and its password is not shown."""
    data = diagnosis(url, "--no-run", "--", *PYTHON, env=led(url, https_proxy="http://ann:pw@192.0.2.1:3128"))
    [finding] = [finding for finding in data["findings"] if finding["id"] == "another-proxy"]
    assert "https_proxy=http://192.0.2.1:3128" in finding["seen"]
    assert "pw" not in json.dumps(data["findings"])


@needs("node")
def test_node_and_its_agents(url: str) -> None:
    """Node is led by its hook; an agent that checks otherwise is named; without the hook the variables are ignored."""
    assert diagnosis(url, "--", "node", "-e", "require('https').get('https://api.kucoin.com/api/v1/timestamp')")["ok"]
    assert diagnosis(url, "--", "node", "-e", AGENT)["ids"] == ["custom-agent"]
    unhooked = led(url, KUCOIN_SIMULATOR_LEAD="", NODE_OPTIONS="", NODE_USE_ENV_PROXY="")
    ids = diagnosis(url, "--as-is", "--no-run", "--", "node", "x.js", env=unhooked)["ids"]
    assert {"old-node", "node-env-proxy"} & {*ids}


@needs("curl")
def test_a_stale_authority_is_named(url: str, tmp_path: Path) -> None:
    """A bundle that was exported before the authority was made anew is not trusted, and is named as that."""
    (tmp_path / "old.pem").write_text(in_memory().pem)
    curl = "curl", "-sS", "-o", os.devnull, "https://api.kucoin.com/api/v1/timestamp"
    assert diagnosis(url, "--", *curl)["run"]["calls"] == 1
    data = diagnosis(url, "--", *curl, env=led(url, CURL_CA_BUNDLE=str(tmp_path / "old.pem")))
    assert data["ids"] == ["stale-ca", "untrusted"]
    assert data["run"] is None, "it is not run, because it does not get through"
    assert "export it again" in data["findings"][0]["fix"]


@needs("java")
def test_a_truststore_of_ones_own_is_named(url: str) -> None:
    """An option on the command line wins over JAVA_TOOL_OPTIONS, and the probe is not trusted with it."""
    java = "java", "-Djavax.net.ssl.trustStore=/none", "Broker"
    assert "java-overridden" in diagnosis(url, "--no-run", "--", *java)["ids"]


def test_what_is_no_simulator_is_named() -> None:
    """Nothing at the port, another program, a token that is missing or wrong: each has its own finding."""
    with socket.create_server(("127.0.0.1", 0)) as closing:
        free = closing.getsockname()[1]
    assert diagnosis(f"http://127.0.0.1:{free}", "--no-run", "--", *PYTHON)["ids"] == ["nothing-listens"]
    with other_program() as other:
        assert diagnosis(other, "--no-run", "--", *PYTHON)["ids"] == ["another-program"]
    with LocalServer(policy=Policy(token="right")) as guarded:
        assert diagnosis(guarded.url, "--no-run", "--", *PYTHON)["ids"] == ["token-missing"]
        assert diagnosis(guarded.url, "--control-token", "no", "--no-run", "--", *PYTHON)["ids"] == ["token-wrong"]
        assert diagnosis(guarded.url, "--control-token", "right", "--", *PYTHON)["ok"]


@needs("curl")
def test_a_program_that_is_told_to_ignore_proxies_is_named(url: str) -> None:
    """Its call would go past the simulator, so the command is not what is run here."""
    data = diagnosis(url, "--no-run", "--", "curl", "--noproxy", "*", "https://api.kucoin.com/api/v1/timestamp")
    assert data["ids"] == ["no-hook-fits"]


@pytest.mark.parametrize("wrong", ["gopher://x", "https://127.0.0.1:8080"])
def test_a_url_that_cannot_be_used_is_a_usage_error(wrong: str) -> None:
    """Exit status 2, and the flag is named."""
    ended = CliRunner().invoke(main, ["doctor", "--url", wrong, "--", "true"])
    assert ended.exit_code == 2
    assert "--url" in ended.stderr
