"""A client of the websocket feeds: one text at a time, on a socket that waits for what it expects."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from support.desk import Key, payment
from support.wire import Answer, Broker, Send

PUBLIC, PRIVATE = "/api/v1/bullet-public", "/api/v1/bullet-private"
PATIENCE = 20
"""Seconds after which a text that does not come is a failure."""


def opened(answer: Answer) -> tuple[str, str]:
    """The token and the endpoint in an answer."""
    data = answer.json()["data"]
    [server] = data["instanceServers"]
    return data["token"], server["endpoint"]


def public(send: Send, prefix: str = "", **headers: str) -> tuple[str, str]:
    """A token for public topics, and where to connect."""
    return opened(send("POST", prefix + PUBLIC, headers=headers))


def private(broker: Broker, key: Key) -> tuple[str, str]:
    """A token for the topics of the key's user, and where to connect."""
    return opened(broker.signed(key, "POST", PRIVATE))


def pay(broker: Broker, key: Key, user: str = "alice", **changes: object) -> str:
    """A withdrawal with its second step: its id."""
    fields = payment(**changes)
    asked = broker.withdraw(key, fields).json()["data"]
    if "transactionId" in asked:
        asked = broker.withdraw(key, fields, validation=broker.validation(user, asked)).json()["data"]
    withdrawal_id: str = asked["withdrawalId"]
    return withdrawal_id


@dataclass
class Feed:
    """A session. What comes is taken in order."""

    socket: ClientConnection
    sent: int = field(default=0, init=False)

    def told(self) -> dict[str, Any]:
        """The next text."""
        text: dict[str, Any] = json.loads(self.socket.recv(PATIENCE))
        return text

    def say(self, **fields: object) -> str:
        """Send a text; its id."""
        self.sent += 1
        self.socket.send(json.dumps({"id": str(self.sent), **fields}))
        return str(self.sent)

    def ask(self, **fields: object) -> dict[str, Any]:
        """Send a text, and take what comes."""
        self.say(**fields)
        return self.told()

    def subscribe(self, *topics: str) -> None:
        """Subscribe, and take the acks."""
        for topic in topics:
            of = self.say(type="subscribe", topic=topic, privateChannel=False, response=True)
            assert self.told() == {"id": of, "type": "ack"}

    def data(self, count: int = 1) -> list[dict[str, Any]]:
        """The data of the next messages."""
        return [self.told()["data"] for _ in range(count)]

    def nothing(self) -> None:
        """Nothing came before the answer to this ping."""
        of = self.say(type="ping")
        assert self.told() == {"id": of, "type": "pong"}

    def end(self) -> tuple[int | None, str]:
        """Take the end of the session: its code and its reason."""
        try:
            while True:
                self.socket.recv(PATIENCE)
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (None, "")


@contextmanager
def dialled(token: str, endpoint: str, connect_id: str = "c-1", **more: Any) -> Iterator[Feed]:
    """A socket, before anything has been taken from it."""
    with connect(f"{endpoint}?token={token}&connectId={connect_id}", proxy=None, **more) as client:
        yield Feed(client)


@contextmanager
def session(token: str, endpoint: str, **more: Any) -> Iterator[Feed]:
    """A session that has been welcomed."""
    with dialled(token, endpoint, **more) as feed:
        assert feed.told() == {"id": "c-1", "type": "welcome"}
        yield feed


def led_to(port: int) -> socket.socket:
    """A connection to a port of this machine, whatever name the client asks for."""
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
