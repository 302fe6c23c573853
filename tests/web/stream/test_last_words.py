"""A client that says something and ends the session with it, in one piece of bytes."""

from __future__ import annotations

import asyncio
import json

import pytest
from support.feeds_without_ports import HEADERS, Connection, frame, subscribed
from support.wire import JSON, V1, Asgi, still_app

from simulator.messages import Request

CLOSE = bytes((0x88, 0x82, 0, 0, 0, 0)) + (1000).to_bytes(2, "big")
NOT_MASKED = bytes((0x81, 0x02)) + b"{}"
NOT_UTF8 = bytes((0x81, 0x81, 0, 0, 0, 0)) + b"\xff"


def text(**fields: object) -> bytes:
    """A frame of a text."""
    data = json.dumps({"id": "1", **fields}).encode()
    return bytes((0x81, 0x80 | len(data), 0, 0, 0, 0)) + data


@pytest.mark.parametrize(
    "said",
    [
        text(type="ping"),
        text(type="subscribe", topic="/market/ticker:all", response=True),
        text(type="unsubscribe", topic="/market/ticker:all", response=True),
        text(type="none"),
        NOT_UTF8,
    ],
)
@pytest.mark.parametrize(("end", "code"), [(CLOSE, 1000), (NOT_MASKED, 1002)])
def test_words_before_an_end(runner: asyncio.Runner, said: bytes, end: bytes, code: int) -> None:
    """What comes before a close, or before what breaks the protocol, raises nothing: the client gets a close frame."""
    send = Asgi(still_app(), runner)
    token = send("POST", "/api/v1/bullet-public").json()["data"]["token"]

    async def opened() -> bytes:
        connection = Connection()
        request = Request("GET", "/", f"token={token}", HEADERS, "127.0.0.1", b"")
        send.app.stream(connection, request, said + end)
        return bytes(connection.transport.written)

    written = runner.run(opened())
    assert written.rpartition(b"\x88")[2][1:3] == code.to_bytes(2, "big")
    [session] = send("GET", f"{V1}/streams").json()["streams"]
    assert session["ended"]
    assert session["topics"] == (["/market/ticker:all"] if b'"subscribe"' in said else [])


def test_a_session_that_has_ended_is_shown_with_its_topics(runner: asyncio.Runner) -> None:
    """What it was subscribed to at its end stays, without what it had unsubscribed from; nothing is pushed any more."""
    send = Asgi(still_app(), runner)
    kept, left = "/market/ticker:BTC-USDT", "/market/ticker:all"
    leaving = json.dumps({"id": "1", "type": "unsubscribe", "topic": left}).encode()
    transport = subscribed(send, kept, left)

    async def said(*frames: bytes) -> None:
        transport.protocol.data_received(b"".join(frames))

    runner.run(said(frame(leaving)))
    runner.run(said(CLOSE, frame(leaving)))
    [session] = send("GET", f"{V1}/streams").json()["streams"]
    assert session["ended"]
    assert session["topics"] == [kept]
    price = json.dumps({"last": "61000"}).encode()
    assert send("PUT", f"{V1}/prices/BTC-USDT", price, JSON).status == 200
    assert send("GET", f"{V1}/streams").json()["streams"] == [session]
