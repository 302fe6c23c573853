"""Many workspaces on one real port at the same time: whatever one of them does shows in no other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from support.demo_world import CALLBACK
from support.desk import START, by_account, query, refresh_body, token_query
from support.http_clients import with_http_client
from support.wire import FORM, JSON, REFRESH, TOKEN, V1, Answer, Broker, Send, control
from support.workspaces import FROZEN, Inside, made

from simulator.scenario.loader import read
from simulator.web.server import LocalServer

WORKSPACES, THREADS = 200, 16
CONSENT = {"step": "consent", "decision": "approve"}


@dataclass
class Tenant:
    """One test at its workspace: a flow that is stopped after every call, and what it has seen."""

    name: str
    delay: int
    """How far its clock is ahead of the start, s."""
    broker: Broker
    send: Send
    answers: list[Answer] = field(default_factory=list)
    minted: list[str] = field(default_factory=list)

    def _seen(self, answer: Answer) -> Any:
        self.answers.append(answer)
        return answer.json()

    def _login(self, user: str) -> str:
        form = urlencode({**CONSENT, "identity": user, "grant": "API_WITHDRAW_OAUTH"}).encode()
        asked = query(client_id=self.broker.client_id)
        answer = self.send("POST", f"/oauth?{asked}", form, {**FORM, "accept": "application/json"})
        return str(self._seen(answer)["code"])

    def _tokens(self, code: str) -> Any:
        return self._seen(self.send("GET", f"{TOKEN}?{token_query(code, CALLBACK, self.broker.client_id)}"))

    def _refreshed(self, token: str) -> Any:
        return self._seen(self.send("POST", REFRESH, json.dumps(refresh_body(token).fields).encode(), JSON))

    def _faults(self) -> Any:
        return self.broker.send("GET", f"{V1}/faults").json()["faults"]

    def flow(self) -> Iterator[None]:
        """The whole flow with a clock and a fault of its own; every `yield` lets other workspaces go on."""
        control(self.broker.send, "/clock/advance", {"by": f"{self.delay}s"})
        fault = {"operation": "list_accounts", "respond": {"status": 503, "body": self.name}, "times": 1}
        control(self.broker.send, "/faults", fault)
        yield
        codes = [self._login("alice"), self._login("frank")]
        yield
        first, other = (self._tokens(code) for code in codes)
        yield
        second = self._refreshed(first["refresh_token"])
        retired = self.broker.add_key(first["access_token"])
        assert self._seen(retired)["code"] == "400400"
        yield
        added = [self.broker.add_key(tokens["access_token"]) for tokens in (second, other)]
        alice, frank = (answer.key for answer in added)
        self.answers += added
        for tokens in (first, second, other):
            self.minted += [tokens["access_token"], tokens["refresh_token"]]
        self.minted += [*codes, alice.api_key, alice.secret, frank.api_key, frank.secret]
        yield
        challenge = self._seen(self.broker.withdraw(alice))["data"]
        self.minted.append(challenge["transactionId"])
        yield
        validation = self.broker.validation("alice", challenge)
        assert "withdrawalId" in self._seen(self.broker.withdraw(alice, validation=validation))["data"]
        yield
        payment = by_account("UID", "200000002", amount="10")
        paid = [self._seen(self.broker.withdraw(frank, payment))["code"] for _ in range(4)]
        assert paid == ["200000"] * 3 + ["429000"]
        yield
        struck, free = (self.broker.signed(frank, "GET", "/api/v1/accounts") for _ in range(2))
        self.answers += [struck, free]
        assert (struck.status, struck.text, free.status) == (503, self.name, 200)

    def check(self) -> None:
        """What the workspace shows at the end is its own flow, all of it and nothing else."""
        inside = self.broker.send
        places = [answer.headers["x-sim-entry"] for answer in self.answers]
        assert places == [f"{self.name}/{number}" for number in range(1, len(places) + 1)]
        entries = inside("GET", f"{V1}/requests?limit=1000").json()["requests"]
        assert [entry["number"] for entry in entries] == [*range(len(places), 0, -1)]
        assert {entry["client"] for entry in entries} <= {self.broker.client_id, ""}
        now = START + 1000 * self.delay
        assert {entry["businessTime"] for entry in entries} == {now}
        assert inside("GET", f"{V1}/clock").json()["milliseconds"] == now
        [message] = inside("GET", f"{V1}/users/alice/messages").json()["messages"]
        assert message["transactionId"] == self.minted[-1]
        [fault] = self._faults()
        assert (fault["respond"]["body"], fault["hits"], fault["seen"]) == (self.name, 1, 1)
        assert len(inside("GET", f"{V1}/withdrawals").json()["withdrawals"]) == 4
        assert self.broker.balance("bob") == "1030"


def _run(server: LocalServer, first: int) -> list[Tenant]:
    """One thread's workspaces, each a step further in turn, so that all are under way at the same time."""
    with with_http_client(server.url) as send:
        tenants = []
        for number in range(first, WORKSPACES, THREADS):
            told = made(send, name=f"t{number}")
            broker = Broker(Inside(send, told["name"]), client_id=told["client_id"])
            tenants.append(Tenant(told["name"], number, broker, send))
        flows = [tenant.flow() for tenant in tenants]
        while flows:
            flows = [flow for flow in flows if next(flow, flow) is None]
        for tenant in tenants:
            tenant.check()
        return tenants


def test_200_workspaces_at_once() -> None:
    """200 workspaces that 16 threads use in parallel, each with its own clock and fault, see nothing of each other."""
    with LocalServer(read(FROZEN, "still.yaml")) as server:
        with ThreadPoolExecutor(THREADS) as pool:
            done = [tenant for found in pool.map(lambda first: _run(server, first), range(THREADS)) for tenant in found]
        assert len(done) == len(server.app.workspaces) == WORKSPACES
        assert server.app.desk.journal.last == 0
        assert Counter(text for tenant in done for text in tenant.minted).most_common(1)[0][1] == 1
