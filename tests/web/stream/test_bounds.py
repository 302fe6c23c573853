"""What one client can cost the others and the memory, and the limits of a session at their edge. No port is needed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.control_calls import steer
from support.feeds_without_ports import Nowhere, frame, opened, subscribed, subscription, token_of
from support.wire import Asgi, still_app

from simulator.core.operations import UNTOUCHED
from simulator.core.stream import topics
from simulator.core.trading.quotes import new_market
from simulator.core.world import Stack
from simulator.web import work
from simulator.web.stream import hub
from simulator.web.stream.socket import MOST_UNSENT, PIECE, SLOW

PING = 9
TICKER = "/market/ticker:all"


@pytest.fixture
def send(runner: asyncio.Runner) -> Asgi:
    """An application whose clocks stand still."""
    return Asgi(still_app(), runner)


def texts(transport: Nowhere) -> list[dict[str, Any]]:
    """The texts that were sent, without the ones that are longer than a frame with a short header."""
    decoder, found = json.JSONDecoder(), []
    written = transport.written.partition(b"\r\n\r\n")[2].decode("latin-1")
    place = written.find("{")
    while place >= 0:
        text, place = decoder.raw_decode(written, place)
        found.append(text)
        place = written.find("{", place)
    return found


async def turns(until: Callable[[], bool]) -> int:
    """How many turns of the loop it takes."""
    for passed in range(10_000):
        if until():
            return passed
        await asyncio.sleep(0)
    raise AssertionError("it does not happen")


def ended(send: Asgi) -> str:
    """Why the newest session has ended, "" = it has not."""
    reason: str = send("GET", "/_sim/v1/streams").json()["streams"][0]["ended"]
    return reason


def test_many_small_frames_give_way(send: Asgi) -> None:
    """A client's pings are answered piece by piece, with a turn of the loop for others between two pieces."""
    count, token = 20_000, token_of(send)
    pings = frame(b"", PING) * count

    async def pongs() -> int:
        transport = opened(send, token, pings)
        passed = await turns(lambda: not transport.paused)
        assert transport.written.count(b"\x8a\x00") == count
        return passed

    assert send.runner.run(pongs()) >= len(pings) // PIECE


def test_a_client_that_reads_none_of_its_pongs_is_cut_off(send: Asgi) -> None:
    """What waits for it is bounded, whether it is pushed or asked for by pings."""
    token = token_of(send)
    pings = frame(b"x" * 125, PING) * (2 * MOST_UNSENT // 125)

    async def written() -> int:
        transport = Nowhere()
        transport.drained = False
        opened(send, token, pings, transport)
        await turns(lambda: transport.closed)
        return len(transport.written)

    assert MOST_UNSENT < send.runner.run(written()) < MOST_UNSENT + 2 * PIECE
    assert ended(send) == SLOW


def test_a_client_that_is_cut_off_by_an_ack_subscribes_to_nothing(send: Asgi) -> None:
    """Nobody watches the exchange for a session that has ended while it was answered."""
    token, exchange = token_of(send), send.app.workspaces.home.exchange

    async def cut_off() -> bool:
        transport = opened(send, token)
        transport.written, transport.drained = bytearray(MOST_UNSENT + 1), False
        transport.protocol.data_received(subscription(TICKER))
        return transport.closed

    assert send.runner.run(cut_off())
    assert ended(send) == SLOW
    assert exchange.watcher is None


def test_three_hundred_topics_and_no_more(send: Asgi) -> None:
    """Each symbol counts; a request that leads beyond is refused whole, and what is given back makes room."""
    world = send.app.workspaces.home.exchange.world
    names = [f"BTC-X{number}" for number in range(topics.MOST_TOPICS + 2)]
    for name in names:
        symbol = replace(world.symbols["BTC-USDT"], symbol=name)
        world = world.put(symbol, new_market(symbol, Decimal(1)))
    send.app.workspaces.home.exchange.world = world
    whole = [f"/market/match:{','.join(names[begin : begin + 100])}" for begin in (0, 100, 200)]
    requests = [
        *whole[:2],
        f"/market/match:{','.join(names[200:299])}",
        f"/market/match:{','.join(names[299:301])}",
        f"/market/match:{names[299]},{names[0]}",
        f"/market/match:{names[300]}",
        whole[0],
    ]
    session = subscribed(send, *requests)
    answers = texts(session)[1:]
    assert [answer.get("code") for answer in answers] == [None, None, None, 509, None, 509, None]
    assert answers[3]["data"] == "exceed max subscription count limitation of 300 per session"
    [shown] = send("GET", "/_sim/v1/streams").json()["streams"]
    assert len(shown["topics"]) == topics.MOST_TOPICS == 300


def test_what_is_still_to_be_pushed_ends_with_its_world(send: Asgi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a change is pushed when the world begins anew: who comes then hears nothing of the rest."""
    monkeypatch.setattr(hub, "SLICE", -1)
    monkeypatch.setattr(work, "SLICE", -1)
    desk = send.app.workspaces.home
    symbols = len(desk.exchange.world.symbols)
    before, token = subscribed(send, TICKER), token_of(send)

    async def told() -> list[dict[str, Any]]:
        world = replace(desk.exchange.world, touched=UNTOUCHED)
        for name in world.symbols:
            world = world.put(replace(world.markets[name], last=Decimal(7), prices=Stack()))
        desk.exchange.world = world
        await turns(lambda: any(text.get("data", {}).get("price") == "7" for text in texts(before)))
        desk.reset()
        after = opened(send, token, subscription(TICKER))
        for _ in range(100):
            await asyncio.sleep(0)
        return texts(after)

    prices = [text["data"]["price"] for text in send.runner.run(told()) if "data" in text]
    assert len(prices) == symbols
    assert "7" not in prices


def test_a_look_at_a_session_gives_way(send: Asgi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its messages are redacted one after the other, and others have their turn between them."""
    monkeypatch.setattr(work, "SLICE", -1)
    subscribed(send, *[TICKER, "/market/match:BTC-USDT"] * 40)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = send.runner.get_loop().create_task(count())
    messages = send("GET", "/_sim/v1/streams/1").json()["messages"]
    counting.cancel()
    assert len(messages) > 80
    assert turns > len(messages)


def test_what_faults_hold_back_is_bounded(send: Asgi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages that wait for their delay are forgotten with their session, which ends if they are too many."""
    from simulator.web.stream import session

    monkeypatch.setattr(session, "MOST_LATE", 500)
    fault = {"topic": "/market/ticker", "effect": "late", "delay": "1h", "times": 100}
    assert steer(send, "PUT", "/stream-faults", {"stream_faults": [fault]}).status == 200
    subscribed(send, "/market/ticker:BTC-USDT")
    for price in range(1, 4):
        assert ended(send) == ""
        assert steer(send, "PUT", "/prices/BTC-USDT", {"last": str(price)}).status == 200
        send.runner.run(asyncio.sleep(0))
    assert ended(send).startswith("faults delay more than 1 MiB")
