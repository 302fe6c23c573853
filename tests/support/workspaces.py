"""Brokers that each have a workspace of their own on one server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.messages import Request
from simulator.web.routing.workspaces import Workspaces
from support.desk import query
from support.wire import V1, Answer, Broker, Send, control

FROZEN = """
version: 1
name: still
extends: demo
clock: {mode: frozen, start: 2026-06-01T00:00:00Z}
"""


def made(send: Send, **wanted: object) -> dict[str, Any]:
    """A new workspace, as the call that made it tells."""
    answer = control(send, "/workspaces", wanted)
    assert answer.status == 201, answer
    told: dict[str, Any] = answer.json()
    return told


@dataclass(frozen=True)
class Inside:
    """A wire on which calls of the control surface are those of one workspace; all others go as they are."""

    send: Send
    name: str

    def __call__(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
        if target.startswith(V1):
            target = f"{V1}/workspaces/{self.name}{target.removeprefix(V1)}"
        return self.send(method, target, body, headers)


def tenant(send: Send, **wanted: object) -> Broker:
    """A broker in a new workspace."""
    told = made(send, **wanted)
    return Broker(Inside(send, told["name"]), client_id=told["client_id"])


def served_by(answer: Answer) -> str:
    """The workspace whose journal has the call."""
    return answer.headers["x-sim-entry"].partition("/")[0]


class Hand:
    """A clock that is moved by hand, ms."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


def names(known: Workspaces) -> list[str]:
    """The workspaces beside the default one."""
    return [each.name for each in known.listed()]


def asks(client_id: str) -> Request:
    """The request of a login page for that client."""
    return Request("GET", "/oauth", query(client_id=client_id), {}, "", b"")
