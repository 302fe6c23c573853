"""Who may reach a server is decided before it starts."""

from __future__ import annotations

import pytest
from support.processes import run, running
from support.wire import V1, Http


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "simulator"])
def test_other_machines_are_let_in_only_on_purpose(host: str) -> None:
    """A host beyond loopback ends the start with status 2 and a sentence with both flags, before anything is bound."""
    ended = run("--host", host, "--port", "0")
    assert (ended.returncode, ended.stdout) == (2, "")
    (sentence,) = [line for line in ended.stderr.splitlines() if line.startswith("Error: ")]
    for said in (f"--host {host} ", "--control-token TOKEN", "--control-open"):
        assert said in sentence


@pytest.mark.parametrize("more", [{"KUCOIN_SIMULATOR_HOST": "0.0.0.0"}, {"KUCOIN_SIMULATOR_CONTROL_OPEN": "1"}, {}])
def test_an_empty_token_is_refused(more: dict[str, str]) -> None:
    """A variable that is there and empty, as compose files make them, opens no server: a guard was meant."""
    ended = run("--port", "0", env={"KUCOIN_SIMULATOR_CONTROL_TOKEN": "", **more})
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Invalid value for '--control-token': a token consists of visible ASCII characters" in ended.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost"])
def test_loopback_needs_no_decision(host: str) -> None:
    """It starts as ever, without a warning."""
    with running("--host", host) as started:
        assert "other machines" not in "\n".join(started.lines)


def test_a_token_guards_a_server_for_others() -> None:
    """With a token, also beside --control-open: no warning, control wants it, and it is nowhere in what is printed."""
    with running(
        KUCOIN_SIMULATOR_HOST="0.0.0.0",
        KUCOIN_SIMULATOR_CONTROL_OPEN="1",
        KUCOIN_SIMULATOR_CONTROL_TOKEN="t0ken",
        KUCOIN_SIMULATOR_ALLOWED_HOST="simulator other",
    ) as started:
        send = Http(started.port)
        asked = [({}, 401), ({"X-Sim-Token": "t0ken"}, 200), ({"X-Sim-Token": "t0ken", "Host": "simulator:1"}, 200)]
        assert [send("GET", f"{V1}/users", headers=headers).status for headers, _ in asked] == [
            status for _, status in asked
        ]
        assert send("GET", "/api/v1/timestamp", headers={"Host": "api.kucoin.com"}).status == 200
        assert send("GET", "/", headers={"Host": "api.kucoin.com"}).status == 200
        assert send("GET", f"{V1}/users", headers={"Host": "api.kucoin.com", "X-Sim-Token": "t0ken"}).status == 403
        assert send("GET", "/", headers={"Host": "evil-kucoin.com"}).status == 403
    text = "\n".join(started.lines)
    assert "keep it off the internet" not in text
    assert "t0ken" not in text


def test_an_open_server_says_so() -> None:
    """With --control-open anybody drives it, and the start warns."""
    with running("--host", "0.0.0.0", "--control-open") as started:
        assert "keep it off the internet" in "\n".join(started.lines)
        assert Http(started.port)("GET", f"{V1}/users").status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "0"])
def test_a_server_that_listens_everywhere_is_called_by_loopback(host: str) -> None:
    """The start prints an address that can be called, and what was listened on is nobody's name."""
    with running("--host", host, "--control-open") as started:
        assert f"http://127.0.0.1:{started.port}" in "\n".join(started.lines)
        send = Http(started.port)
        for asked in ("0.0.0.0", "0", "[::]"):
            for headers in ({"Host": f"{asked}:{started.port}"}, {"Origin": f"http://{asked}:{started.port}"}):
                assert send("GET", f"{V1}/users", headers=headers).status == 403
                assert send("GET", "/", headers=headers).status == 403
