"""A websocket session at an application without a port: its handshake and its frames come as bytes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from simulator.messages import Request
from support.wire import Asgi

HEADERS = {
    b"host": b"127.0.0.1",
    b"connection": b"Upgrade",
    b"upgrade": b"websocket",
    b"sec-websocket-key": b"dGhlIHNhbXBsZSBub25jZQ==",
    b"sec-websocket-version": b"13",
}


class Nowhere(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def set_protocol(self, protocol: Any) -> None:
        pass

    def close(self) -> None:
        pass

    def abort(self) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0


class Connection:
    """What a websocket is made of."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.transport = Nowhere()
        self.client = ("127.0.0.1", 50_000)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more is to be done."""


def subscribed(send: Asgi, *topics: str, token: str = "") -> Nowhere:
    """A session that has subscribed to these topics, public ones without a token; what it is sent."""
    token = token or send("POST", "/api/v1/bullet-public").json()["data"]["token"]
    texts = [json.dumps({"id": "1", "type": "subscribe", "topic": topic}).encode() for topic in topics]
    frames = b"".join(bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text for text in texts)

    async def opened() -> Nowhere:
        connection = Connection()
        send.app.stream(connection, Request("GET", "/", f"token={token}", HEADERS, "127.0.0.1", b""), frames)
        return connection.transport

    return send.runner.run(opened())
