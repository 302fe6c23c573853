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
    """A transport that keeps what is written. `drained` False = the client reads none of it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.drained = True
        self.closed = self.paused = False
        self.protocol: Any = None

    def write(self, data: Any) -> None:
        self.written += data

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def get_write_buffer_size(self) -> int:
        return 0 if self.drained else len(self.written)


class Connection:
    """What a websocket is made of."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.transport = Nowhere()
        self.client = ("127.0.0.1", 50_000)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more is to be done."""


def frame(text: bytes, opcode: int = 1) -> bytes:
    """A whole frame of a client."""
    length = len(text)
    size = bytes((0x80 | length,)) if length < 126 else bytes((0xFE,)) + length.to_bytes(2, "big")
    return bytes((0x80 | opcode,)) + size + bytes(4) + text


def subscription(topic: str) -> bytes:
    """The frame of a client that subscribes, and wants an ack."""
    return frame(json.dumps({"id": "1", "type": "subscribe", "topic": topic, "response": True}).encode())


def token_of(send: Asgi) -> str:
    """A token for public topics."""
    token: str = send("POST", "/api/v1/bullet-public").json()["data"]["token"]
    return token


def opened(send: Asgi, token: str, frames: bytes = b"", transport: Nowhere | None = None) -> Nowhere:
    """What is sent on a session that says these frames behind its handshake. It must be called in the loop."""
    connection = Connection()
    connection.transport = transport or connection.transport
    send.app.stream(connection, Request("GET", "/", f"token={token}", HEADERS, "127.0.0.1", b""), frames)
    return connection.transport


def subscribed(send: Asgi, *topics: str, token: str = "") -> Nowhere:
    """A session that has subscribed to these topics, public ones without a token; what it is sent."""
    token, frames = token or token_of(send), b"".join(map(subscription, topics))

    async def begun() -> Nowhere:
        return opened(send, token, frames)

    return send.runner.run(begun())
