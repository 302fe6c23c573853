"""`given.trades` -> the brokers' books, and the check of `invited`. Trades are given because nobody can trade here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.core.world import User, World
from simulator.core.world.brokers import BrokerBook, Trade
from simulator.scenario.format.reader import Path, Reader, suggestion
from simulator.scenario.format.shapes import Values, by_hand, fields
from simulator.scenario.given.api_keys import client_of
from simulator.scenario.keys.trades import TRADE

by_hand(TRADE, "client")
PLACE: Final = ("given", "trades")
Users = Mapping[str, User]
"""Users by name."""


def with_trades(reader: Reader, world: World, entries: tuple[Values, ...]) -> World:
    """The world with the books of its brokers. Problems are added to the reader."""
    books: dict[str, list[Values]] = {}
    for number, values in enumerate(entries):
        client = client_of(reader, world, values, (*PLACE, number), "user")
        user = values.get("user")
        if user is not None and user not in world.users:
            reader.refuse((*PLACE, number, "user"), no_user(user, world.users))
        elif client and user is not None and not values.get("tag", True) and user not in client.invited:
            message = f"{user} is not among given.clients.{client.client_id}.invited: the trade would earn nothing"
            reader.refuse((*PLACE, number, "tag"), message)
        if client and all(name in values for name, key in TRADE.keys.items() if key.required):
            books.setdefault(client.client_id, []).append(values)
    return world.put(*(BrokerBook(client_id, _numbered(trades)) for client_id, trades in books.items()))


def check_invited(reader: Reader, users: Users, values: Values, path: Path) -> None:
    """Add a problem for each invited user who does not exist."""
    for number, name in enumerate(values.get("invited", ())):
        if name is not None and name not in users:
            reader.refuse((*path, "invited", number), no_user(name, users))


def no_user(name: str, users: Users) -> str:
    """The message about an unknown user."""
    return f"unknown user {name}{suggestion(name, users)}"


def _numbered(entries: list[Values]) -> tuple[Trade, ...]:
    """The trades with numbers from 1, the oldest first; trades of one instant in the order of the file."""
    return tuple(
        Trade(number, **fields(TRADE, values))
        for number, values in enumerate(sorted(entries, key=lambda values: int(values["at"])), 1)
    )
