"""`given.trades`: what trades there were, for nobody trades here; and whom a broker has invited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from simulator.core.world import User, World
from simulator.core.world.brokers import BrokerBook, Trade
from simulator.scenario.format.reader import Path, Reader, suggestion
from simulator.scenario.format.shapes import by_hand, fields
from simulator.scenario.given.api_keys import client_of
from simulator.scenario.keys.trades import TRADE

by_hand(TRADE, "client")
PLACE: Final = ("given", "trades")
Found = dict[str, Any]
Users = Mapping[str, User]
"""By their names."""


def with_trades(reader: Reader, world: World, listed: tuple[Found, ...]) -> World:
    """The world with the books of its brokers. Problems are noted in the reader."""
    books: dict[str, list[Found]] = {}
    for number, found in enumerate(listed):
        client = client_of(reader, world, found, (*PLACE, number), "user")
        user = found.get("user")
        if user is not None and user not in world.users:
            reader.refuse((*PLACE, number, "user"), no_user(user, world.users))
        elif client and user is not None and not found.get("tag", True) and user not in client.invited:
            message = f"{user} is not among given.clients.{client.client_id}.invited: the trade would earn nothing"
            reader.refuse((*PLACE, number, "tag"), message)
        if client and all(name in found for name, key in TRADE.keys.items() if key.required):
            books.setdefault(client.client_id, []).append(found)
    return world.put(*(BrokerBook(client_id, _numbered(trades)) for client_id, trades in books.items()))


def check_invited(reader: Reader, users: Users, found: Found, path: Path) -> None:
    """Refuse to have invited somebody who is not there."""
    for number, name in enumerate(found.get("invited", ())):
        if name is not None and name not in users:
            reader.refuse((*path, "invited", number), no_user(name, users))


def no_user(name: str, users: Users) -> str:
    """What is said of a user that there is not."""
    return f"unknown user {name}{suggestion(name, users)}"


def _numbered(listed: list[Found]) -> tuple[Trade, ...]:
    """The oldest first; of those at one instant, as they stand in the file."""
    return tuple(
        Trade(number, **fields(TRADE, found))
        for number, found in enumerate(sorted(listed, key=lambda found: int(found["at"])), 1)
    )
