"""Same scenario, same seed, same calls one after the other: the same bytes, in whatever process they are made."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.demo_world import CALLBACK
from support.desk import query
from support.processes import running
from support.wire import JSON, V1, Answer, Broker, Http

SCENARIO = """
version: 1
name: same-bytes
extends: demo
seed: 42
clock: {mode: frozen, start: 2026-06-01T00:00:00Z}
faults:
  - {operation: add_api_key, times: 1, refuse: REPEATED_API_NAME}
  - {operation: refresh_tokens, skip: 1, times: 1, respond: {status: 502, body: bad gateway}}
expect:
  - {operation: add_api_key, outcome: OK, at_least: 1}
"""
FORM = {"content-type": "application/x-www-form-urlencoded"}

NONCE = re.compile(rb'nonce="[^"]+"')
"""A page's nonce: nobody may predict it, so it is not of the seed."""


@dataclass
class Recording:
    """Carries requests and keeps status and body of every answer that owes nothing to the wall clock."""

    send: Http
    kept: list[tuple[str, int, bytes]] = field(default_factory=list)

    def __call__(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
        answer = self.send(method, target, body, {**headers, "host": "kucoin.example"})
        if not target.endswith("/totp"):
            body = NONCE.sub(b"", answer.body)
            self.kept.append((f"{method} {target.partition('?')[0]}", answer.status, body))
        return answer


def played(path: Path, seed: str) -> list[tuple[str, int, bytes]]:
    """One process with that hash seed: what it answers to a broker, a user and a test."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = ("--scenario", str(path), "--port", str(port), "--public-url", "http://kucoin.example")
    with running(*arguments, PYTHONHASHSEED=seed):
        send = Recording(Http(port))
        broker = Broker(send)
        login = f"/oauth?{query(CALLBACK)}"
        send("GET", "/")
        send("GET", login)
        send("POST", login, b"step=login&identity=alice", FORM)
        send("POST", login, b"step=consent&identity=alice&decision=approve&grant=API_SPOT", FORM)
        tokens = broker.tokens()
        broker.add_key(tokens["access_token"])
        broker.exchange("0" * 24)
        renewed = broker.refresh(tokens["refresh_token"]).json()
        broker.refresh(renewed["refresh_token"])
        broker.refresh(renewed["refresh_token"])
        broker.refresh(renewed["refresh_token"])
        key = broker.key()
        opened = broker.withdraw(key)
        broker.withdraw(key, validation=broker.validation("alice", opened.json()["data"]))
        broker.withdraw(key, amount="99999999")
        broker.signed(key, "GET", "/api/v1/accounts")
        broker.signed(key, "GET", "/api/v1/user/api-key")
        send("GET", "/api/v3/currencies/USDT")
        send("GET", "/account/security/g2fa")
        for path_ in ("/users", "/withdrawals", "/faults", "/reasons", "/operations", "/scenario"):
            send("GET", V1 + path_)
        send("GET", f"{V1}/schema/scenario.json")
        send("POST", f"{V1}/verify", json.dumps({}).encode(), JSON)
        return send.kept


def test_two_processes_answer_alike(tmp_path: Path) -> None:
    """Status and body of every call are identical in two processes whose hashes differ."""
    path = tmp_path / "same-bytes.yaml"
    path.write_text(SCENARIO)
    one, other = played(path, "1"), played(path, "2")
    assert len(one) > 30
    assert {status for _, status, _ in one} >= {200, 201, 303, 400, 502}
    for first, second in zip(one, other, strict=True):
        assert first == second
