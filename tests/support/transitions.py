"""What a feed would push for each command of a desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import json

from simulator.core.stream.families import SOURCES
from simulator.core.stream.message import Push, Transition
from simulator.core.world import Now, World
from simulator.exchange import Exchange


@contextmanager
def watched(exchange: Exchange, *topics: str) -> Iterator[list[Push]]:
    """All messages of what is performed within the block, as JSON has them."""
    pushes: list[Push] = []

    def watch(before: World, after: World, now: Now) -> None:
        if after is not before:
            change = Transition(before, after, now)
            change.topics = topics
            for source in SOURCES.values():
                pushes.extend(source(change))

    exchange.watcher = watch
    try:
        yield pushes
    finally:
        exchange.watcher = None


def of(pushes: list[Push], topic: str, user: str = "") -> list[dict[str, Any]]:
    """The data of a topic's messages."""
    return [json.decode(json.encode(push.data)) for push in pushes if (push.topic, push.user) == (topic, user)]
