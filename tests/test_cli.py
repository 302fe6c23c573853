from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simulator.cli import NAME, PREFIX, main
from simulator.core.spec import Factor
from simulator.scenario.overrides import UserOverride
from simulator.version import __version__


def invoke(*arguments: str, **env: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name=NAME, env=env)


TWINS = {
    "host": ("::1", "::1"),
    "port": ("0", 0),
    "public_url": ("https://sim.example/", "https://sim.example"),
    "control_token": ("s3cret", "s3cret"),
    "control_open": ("1", True),
    "allowed_host": ("simulator SIM.example ::1", ("simulator", "sim.example", "[::1]")),
    "port_file": ("port.json", Path("port.json")),
    "until_eof": ("1", True),
    "scenario": ("mine.yaml", "mine.yaml"),
    "watch": ("1", True),
    "verify": ("1", True),
    "report": ("out", Path("out")),
    "state_file": ("state.json", "state.json"),
    "export_on_exit": ("1", True),
    "seed": ("7", 7),
    "client_id": ("mine", "mine"),
    "client_secret": ("s3 cret", "s3 cret"),
    "redirect_uri": ("http://x/1 /2", ("http://x/1", "/2")),
    "user": (
        "a:GAV:1 b:free:2",
        (UserOverride("a", ((Factor.GAV,),), Decimal(1)), UserOverride("b", ((),), Decimal(2))),
    ),
    "log_format": ("json", "json"),
    "show_secrets": ("1", True),
    "no_sim_headers": ("1", True),
    "listen": ("127.0.0.1:8443 [::1]:0", (("127.0.0.1", 8443), ("::1", 0))),
    "tls": ("cert.pem,key.pem", ("cert.pem", "key.pem")),
    "kucoin_host": ("WWW.kucoin.example", ("www.kucoin.example",)),
    "proxy_others": ("tunnel", "tunnel"),
    "workers": ("3", 3),
}


@pytest.mark.parametrize("name", [each.name for each in main.params if each.name != "version"])
def test_every_flag_has_an_environment_twin(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """KUCOIN_SIMULATOR_ and the flag's name in capitals does what the flag does; repeatable ones split at spaces."""
    text, value = TWINS[name]
    monkeypatch.setenv(f"{PREFIX}_{name.upper()}", text)
    assert main.make_context(NAME, []).params[name] == value


@pytest.mark.parametrize("name", sorted(set(TWINS) - {"control_token"}))
def test_an_empty_twin_counts_as_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Compose files make empty variables of what is not set; only an empty token is refused, since it is a guard."""
    default = main.make_context(NAME, []).params[name]
    monkeypatch.setenv(f"{PREFIX}_{name.upper()}", "")
    assert main.make_context(NAME, []).params[name] == default


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "65536"], "65536 is not in the range"),
        (["--seed", "-1"], "-1 is not in the range"),
        (["--seed", "x"], "'x' is not a valid integer"),
        (["--user", "zoe:GAV"], "Invalid value for '--user': 'zoe:GAV' is not NAME:FACTORS:BALANCE"),
        (["--redirect-uri", "localhost:3000"], "Invalid value for '--redirect-uri': 'localhost:3000' is neither a URL"),
        (["--public-url", "sim.example"], "'sim.example' is not like https://simulator.example:8443"),
        (["--public-url", "https://sim.example/path"], "is not like https://simulator.example:8443"),
        (["--public-url", "http://x:99999"], "'http://x:99999' is not like https://simulator.example:8443"),
        (["--control-token", "two words"], "a token consists of visible ASCII characters"),
        (["--control-token", ""], "a token consists of visible ASCII characters"),
        (["--client-id", ""], "Invalid value for '--client-id': it is empty"),
        (["--client-secret", ""], "Invalid value for '--client-secret': it is empty"),
        (["--user", "zoe:free:1,000.50"], "no commas, underscores, spaces or currency signs"),
        (["--allowed-host", "simulator:8080"], "is not a name like simulator or sim.example, without scheme and port"),
        (["--allowed-host", "*"], "'*' is not a name"),
        (["--log-format", "xml"], "'xml' is not one of 'auto', 'human', 'json', 'none'"),
        (["--workers", "2"], "the state lives in one process"),
        (["--workers", "0"], "the state lives in one process"),
        (["--watch", "schema"], "--watch is for the server; schema knows nothing of it"),
        (["validate"], "Missing argument"),
        (["scenarios", "list"], "No such command"),
        (["--listen", "8443"], "'8443' is not like 127.0.0.1:8443 or [::1]:8443"),
        (["--listen", "::1:8443"], "'::1:8443' is not like 127.0.0.1:8443 or [::1]:8443"),
        (["--listen", "127.0.0.1:65536"], "'65536' is not a port from 0 to 65535"),
        (["--listen", "127.0.0.1:+1"], "'+1' is not a port from 0 to 65535"),
        (["--listen", "0.0.0.0:0"], "--listen 0.0.0.0 lets other machines reach the control surface"),
        (["--tls", "on"], "'on' is not auto, off, or two files as in cert.pem,key.pem"),
        (["--tls", "a.pem,"], "'a.pem,' is not auto, off, or two files"),
        (["--port", "0", "--tls", "a.pem,b.pem"], "a.pem and b.pem are not a certificate and its key: No such file"),
        (["--proxy-others", "open"], "'open' is not one of 'refuse', 'tunnel'"),
        (["--nonsense"], "No such option"),
        (["nonsense"], "No such command"),
        (["--port", "1", "tour"], "--port is for the server; tour knows nothing of it"),
        (["--port", "0", "--host", "256.0.0.1", "--control-open"], "cannot listen on port 0 of 256.0.0.1: "),
        (["--port", "0", "--user", "ALICE:none:1"], "alice@example.test of ALICE is alice's already"),
    ],
)
def test_bad_flag_is_one_message(arguments: list[str], message: str) -> None:
    """A flag that cannot be used ends the start with status 2 and one line on stderr that says what is wrong."""
    ended = invoke(*arguments)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert [line for line in ended.stderr.splitlines() if line.startswith("Error: ") and message in line]
    assert type(ended.exception) is SystemExit


def test_more_workers_are_refused_by_environment_too() -> None:
    """WEB_CONCURRENCY, which hosting platforms set, is refused like `--workers`: one process holds the state."""
    ended = invoke(WEB_CONCURRENCY="4")
    assert ended.exit_code == 2
    assert "several workers would answer from several worlds; leave --workers and WEB_CONCURRENCY out" in ended.stderr


def test_unknown_scenario_is_its_own_status() -> None:
    """A scenario that is not there ends the start with status 3 and the names of those that are."""
    ended = invoke("--port", "0", "--scenario", "nothing")
    assert (ended.exit_code, ended.stdout) == (3, "")
    assert re.search(r"built in: .*\bdemo\b", ended.stderr)


def test_version_and_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--version` says the version; `--help` says every flag, the commands, and that each flag has a twin."""
    helped: Any = invoke("--help").stdout
    assert invoke("--version").stdout == f"{NAME}, version {__version__}\n"
    for flag in main.params:
        assert f"--{(flag.name or '').replace('_', '-')}" in helped
    assert "KUCOIN_SIMULATOR_CLIENT_ID" in helped
    assert "tour" in helped
