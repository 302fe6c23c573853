"""A message of a feed, and the change of the world that it comes from."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Any

from simulator.core.mint import digest
from simulator.core.value import Value
from simulator.core.world import Now, World


class Push(Value, frozen=True):
    """What is pushed to those who subscribed to a topic. `user` is whose it is, "" = everybody's."""

    topic: str
    subject: str
    data: dict[str, Any]
    user: str = ""
    id: str = ""
    """KuCoin's `id` of the message, "" = it has none."""

    def written(self, world: World) -> dict[str, Any]:
        """The fields as they are sent."""
        fields = {"topic": self.topic, "type": "message", "subject": self.subject}
        if self.id:
            fields["id"] = self.id
        if self.user:
            fields |= {"userId": user_id(world, self.user), "channelType": "private"}
        return {**fields, "data": self.data}


def user_id(world: World, user: str) -> str:
    """The id of a user in messages: 24 hex digits that never change."""
    return digest(world.seed, world.workspace, "user id", user)[:12].hex()


class Transition:
    """What one command, or the passing of time, has changed: the worlds before and after it, and when."""

    def __init__(self, before: World, after: World, now: Now) -> None:
        self.before, self.after, self.now = before, after, now
        self.topics: Collection[str] = ()
        """The public topics that somebody subscribed to: the others need not be made."""

    @cached_property
    def places(self) -> dict[str, list[Any]]:
        """The keys of the touched rows by table, the first touched one first."""
        keys: dict[str, dict[Any, None]] = {}
        for table, key in reversed(list(self.after.touched or ())):
            keys.setdefault(table, {})[key] = None
        return {table: [*rows] for table, rows in keys.items()}

    def keys(self, table: str) -> list[Any]:
        """The keys of that table's touched rows."""
        return self.places.get(table, [])
