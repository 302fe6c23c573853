"""Which calls put another world in place of the one that a session has heard of, and so end it; and which do not."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable

import pytest
from support.control_calls import steer
from support.feeds_without_ports import Nowhere, subscribed
from support.wire import V1, Asgi, still_app

from simulator.web.endpoints.streams import ANEW

BOOK = "/market/level2:BTC-USDT"


@pytest.fixture
def send(runner: asyncio.Runner) -> Asgi:
    """An application whose clocks stand still, and the price of BTC has moved once."""
    send = Asgi(still_app(), runner)
    assert steer(send, "PUT", "/prices/BTC-USDT", {"last": "60500"}).status == 200
    return send


def sequences(transport: Nowhere) -> list[tuple[int, int]]:
    """From where to where each change of the book leads."""
    found = re.findall(rb'"sequenceEnd":(\d+),"sequenceStart":(\d+)', transport.written)
    return [(int(begin), int(end)) for end, begin in found]


def sequence(send: Asgi) -> int:
    """What a client reads before it applies changes."""
    number = send("GET", "/api/v1/market/orderbook/level1?symbol=BTC-USDT").json()["data"]["sequence"]
    return int(number)


def change(send: Asgi, price: int) -> None:
    """Set another price, and let its messages go out."""
    assert steer(send, "PUT", "/prices/BTC-USDT", {"last": str(price)}).status == 200
    send.runner.run(asyncio.sleep(0))


def ended(send: Asgi) -> str:
    """Why the newest session has ended, "" = it has not."""
    reason: str = send("GET", f"{V1}/streams").json()["streams"][0]["ended"]
    return reason


def imported(send: Asgi) -> None:
    """The state that was exported, once more."""
    assert steer(send, "PUT", "/state", json.loads(send("GET", f"{V1}/state").body)).status == 200


def steered(method: str, path: str, body: object = None) -> Callable[[Asgi], None]:
    """A call that succeeds."""

    def call(send: Asgi) -> None:
        answer = steer(send, method, path, body)
        assert answer.status in (200, 201, 204), answer

    return call


ENDINGS = {
    "a reset": steered("POST", "/reset"),
    "another scenario": steered("PUT", "/scenario", {"version": 1, "name": "next", "extends": "demo"}),
    "a rewind": steered("POST", "/rewind", {"before": 1}),
    "a snapshot": steered("POST", "/snapshots/here/restore"),
    "an import": imported,
}
OTHERS = {
    "a snapshot is taken": steered("POST", "/snapshots", {"name": "there"}),
    "an export": steered("GET", "/state"),
    "another workspace": steered("POST", "/workspaces", {"name": "fork"}),
    "the end of that": steered("DELETE", "/workspaces/fork"),
    "a dry run": steered("POST", "/explain", {"entry": 1}),
    "other plans": steered("PUT", "/order-plans", {"orders": [{"stale_for": "1s"}]}),
    "other faults": steered("PUT", "/stream-faults", {"stream_faults": []}),
    "a user is made anew": steered("PUT", "/users/alice", {"like": "bob"}),
    "a client goes": steered("DELETE", "/clients/demo-broker"),
    "an advance": steered("POST", "/clock/advance", {"by": "1h"}),
    "the journal is emptied": steered("DELETE", "/requests"),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_another_world_ends_the_session(send: Asgi, name: str) -> None:
    """The client is told; its next session begins with the sequence that the book has in that world."""
    steered("POST", "/snapshots", {"name": "here"})(send)
    session = subscribed(send, BOOK)
    change(send, 61_000)
    told = sequence(send)
    assert sequences(session)[-1][1] == told
    ENDINGS[name](send)
    assert ended(send) == ANEW
    assert ANEW.encode() in session.written
    begun = sequence(send)
    assert begun <= told
    change(send, 62_000)
    another = subscribed(send, BOOK)
    change(send, 63_000)
    assert sequences(another)[0][0] == begun + 2
    assert sequences(session)[-1][1] == told


def test_everything_else_leaves_it_alone(send: Asgi) -> None:
    """Its changes of the book follow each other without a gap, whatever else happens in between."""
    session = subscribed(send, BOOK)
    begun = sequence(send)
    for price, (name, call) in enumerate(OTHERS.items(), 61_000):
        call(send)
        change(send, price)
        assert ended(send) == "", name
    steps = sequences(session)
    assert [begin for begin, _ in steps] == [begun + 1, *(end + 1 for _, end in steps[:-1])]
    assert len(steps) == len(OTHERS)
