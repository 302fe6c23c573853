"""A workspace for one test: its client, its users, what was asked of it, and KuCoin's hosts that lead to it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from support.processes import ROOT

from simulator.testing import AsyncKucoinWorkspace, Client, KucoinWorkspace, Problem, SimulatorError
from simulator.testing import environment as led
from simulator.testing.replies import Workspace
from simulator.web.server import LocalServer

TIME = "/api/v1/timestamp"
ASK = f"from urllib.request import urlopen; print(urlopen('https://api.kucoin.com{TIME}').status)"
EXPECTING = {
    "version": 1,
    "name": "expecting",
    "extends": "demo",
    "expect": [{"operation": "get_server_time", "at_least": 1}],
}


def ask(url: str, path: str = TIME) -> dict[str, object]:
    """The answer of the exchange, whatever its status."""
    parts = urlsplit(url)
    connection = HTTPConnection(str(parts.hostname), parts.port)
    connection.request("GET", path)
    answer: dict[str, object] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def test_what_a_broker_needs(client: Client) -> None:
    """A workspace has the client and the users that it was asked for, and what reaches its URL is its own."""
    uris = ["https://b.example/callback"]
    with (
        KucoinWorkspace(client, client_id="me", client_secret="s", redirect_uris=uris, users=["zoe:none:5"]) as one,
        KucoinWorkspace(client, seed=9) as other,
    ):
        assert (one.client_id, one.client_secret, one.redirect_uri) == ("me", "s", uris[0])
        assert {"alice", "zoe"} <= set(one.users)
        assert one.url != other.url
        assert one.authorize("alice", grant=("API_COMMON",))
        assert one.authorize()
        assert len(one.totp("alice")) == 6
        ask(one.url)
        ask(one.url, "/api/v1/accounts")
        assert [line["path"] for line in one.requests()][-2:] == [TIME, "/api/v1/accounts"]
        assert [line["status"] for line in one.requests(outcome="HEADER_MISSING")] == [400]
        assert other.requests() == []
    with pytest.raises(Problem, match="404"):
        client.workspace(one.name)
    one.close()


def test_one_value_without_a_list(client: Client) -> None:
    """One redirect URI and one user may be given as they are."""
    with KucoinWorkspace(client, redirect_uris="https://b.example/c", users="zoe:none:5") as workspace:
        assert workspace.redirect_uri == "https://b.example/c"
        assert "zoe" in workspace.users


class OfAContainer(Client):
    """A simulator behind a published port: the ports that it opens are its own machine's."""

    def create_workspace(self, **fields: Any) -> Workspace:
        reply = super().create_workspace(**fields)
        if reply["urls"]["port"]:
            reply["urls"]["port"] = "http://127.0.0.1:9"
        return reply


def test_a_port_that_cannot_be_reached(server: LocalServer) -> None:
    """Where a workspace's port is another machine's, its URL has a prefix, and nothing leads a process past it."""
    with OfAContainer(server.url) as client:
        for _ in range(2):
            with KucoinWorkspace(client) as workspace:
                assert workspace.url == f"{server.url}/w/{workspace.name}"
                with urlopen(workspace.url + TIME) as answer:
                    assert answer.status == 200
                assert [line["path"] for line in workspace.requests()] == [TIME]
                for led_there in (workspace.env, workspace.lead_hosts):
                    with pytest.raises(SimulatorError, match="no port of its own"):
                        led_there()


def test_a_scenario_without_a_client(client: Client) -> None:
    """What a scenario does not have is named; a scenario may be a mapping or a text."""
    scenario = {"version": 1, "name": "bare", "given": {"users": {"ann": {}}}}
    with KucoinWorkspace(client, scenario=scenario) as bare:
        if bare.info["client_id"] is None:
            with pytest.raises(SimulatorError, match="bare"):
                _ = bare.client_id


class LateMessages:
    """A control surface where a message arrives with the second request that is waited for."""

    def __init__(self) -> None:
        self.waits: list[int] = []

    def requests(self, limit: int) -> dict[str, Any]:
        return {"requests": [], "next": 7 + len(self.waits)}

    def wait_for_requests(self, since: int, timeout: int) -> None:
        self.waits.append(since)
        if len(self.waits) == 1:
            raise Problem("GET", {"status": 408})

    def messages(self, user: str) -> dict[str, Any]:
        return {"messages": [{"factor": "EMV", "code": "123456"}] if len(self.waits) > 1 else []}

    def close(self) -> None:
        pass


def test_messages_are_waited_for(workspace: KucoinWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages have their kind; a wait goes on from request to request, and without a message it ends."""
    assert workspace.messages("alice") == workspace.messages("alice", wait=0.01) == []
    late = LateMessages()
    monkeypatch.setattr(workspace, "client", late)
    assert workspace.messages("alice") == []
    assert workspace.messages("alice", wait=30) == [{"kind": "EMV", "factor": "EMV", "code": "123456"}]
    assert late.waits == [7, 8]


def test_expectations(client: Client) -> None:
    """What was expected and has not happened is an assertion that fails with the whole verdict."""
    with KucoinWorkspace(client, scenario=EXPECTING) as workspace:
        with pytest.raises(AssertionError, match=r"FAIL  get_server_time: at least 1, was 0"):
            workspace.verify()
        assert workspace.verify([{"operation": "withdraw", "exactly": 0}])["ok"]
        with pytest.raises(Problem, match="422"):
            workspace.verify([{"operation": "wtihdraw", "exactly": 0}])
        ask(workspace.url)
        assert workspace.verify()["ok"]


def test_awaited(workspace: KucoinWorkspace) -> None:
    """The twin for `await` does the same."""

    async def used(twin: AsyncKucoinWorkspace) -> None:
        code, totp, messages = await asyncio.gather(twin.authorize(), twin.totp("alice"), twin.messages("alice"))
        assert (bool(code), len(totp), messages) == (True, 6, [])
        assert await twin.requests(operation="withdraw") == []
        assert (await twin.verify())["ok"]
        assert (await twin.client.index())["workspace"] == twin.name
        assert twin.client_id == workspace.client_id

    asyncio.run(used(AsyncKucoinWorkspace(workspace)))


def test_hosts_lead_to_it(workspace: KucoinWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process KuCoin's hosts lead to the workspace also past a proxy, other hosts do not, and it ends."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.delenv("no_proxy", raising=False)
    undo = workspace.lead_hosts(["kucoin.test"])
    try:
        for host in ("api.kucoin.com", "www.kucoin.com"):
            with urlopen(f"https://{host}{TIME}") as answer:
                assert answer.status == 200
        with urlopen(f"http://kucoin.test{TIME}") as answer:
            assert answer.status == 200
    finally:
        undo()
    assert [line["path"] for line in workspace.requests()] == [TIME] * 3
    assert (os.environ["NO_PROXY"], "no_proxy" in os.environ) == ("localhost", False)


def test_hosts_need_a_port(client: Client, server: LocalServer) -> None:
    """A workspace without a port of its own says that hosts cannot lead to it, and what to do."""
    with pytest.raises(SimulatorError, match=r"no port of its own.*exec"):
        led.lead_hosts(f"{server.url}/w/mine", client.ca)


def test_the_environment_of_a_subprocess(workspace: KucoinWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a subprocess with that environment KuCoin's hosts lead to the workspace, and the caller's variables stay."""
    monkeypatch.setenv("OF_THE_CALLER", "1")
    environment = workspace.env()
    assert environment["OF_THE_CALLER"] == "1"
    assert environment["KUCOIN_SIMULATOR_URL"] == workspace.url
    ended = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("200\n", "")
    assert [line["path"] for line in workspace.requests()] == [TIME]
    assert Path(environment["KUCOIN_SIMULATOR_CA"]).is_absolute()
    assert str(ROOT) in environment["PYTHONPATH"]
