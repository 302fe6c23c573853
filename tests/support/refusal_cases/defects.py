"""What can be wrong with a request, and the changes to the world that make it so.

A defect spoils the request (`fields`), the world, or the time. Several can be put together, which is how the order of
precedence is held to be the order of `Reason`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core.gateway.requests import MAXIMUM_BODY, Body
from simulator.core.refusals import Reason
from simulator.core.value import Command
from simulator.core.world import KeyRing, Window, World
from simulator.exchange import Exchange
from support.desk import START, Desk

Fields = dict[str, Any]
Spoil = Callable[[World], World]
Earlier = Callable[[Desk, Fields], None]

UNREADABLE: Final = (
    Reason.UNSUPPORTED_MEDIA_TYPE,
    Reason.BODY_TOO_LARGE,
    Reason.BODY_NOT_UTF8,
    Reason.BODY_NOT_JSON,
    Reason.BODY_NOT_AN_OBJECT,
)


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong, and what it earns. `fields` replace those of the good request; None leaves one out.

    `later` is ms of the business clock; `hides` are the reasons that cannot hold any more where this one does.
    `earlier` is what was called while the request was still good.
    """

    reason: Reason
    fields: Mapping[str, Any] = field(default_factory=dict)
    world: Spoil = lambda world: world
    later: int = 0
    hides: tuple[Reason, ...] = ()
    earlier: Earlier = lambda desk, fields: None


@dataclass(frozen=True)
class Prepared:
    """An exchange at which a request can be made, and the fields of that request. Both are for copies only."""

    exchange: Exchange
    fields: Fields

    def copy(self) -> tuple[Desk, Fields]:
        """A desk and fields of one's own."""
        desk = Desk()
        desk.exchange = self.exchange.fork()
        return desk, dict(self.fields)


@dataclass(frozen=True)
class Case:
    """An operation: how its good request is made, and its defects."""

    prepare: Callable[[Desk], Fields]
    build: Callable[[Desk, Fields], Command]
    defects: tuple[Defect, ...]

    @cached_property
    def prepared(self) -> Prepared:
        """What comes before the good request, which is done once."""
        desk = Desk()
        return Prepared(desk.exchange, self.prepare(desk))

    def refused(self, *defects: Defect) -> tuple[Desk, Command]:
        """A desk and the command with these defects: ready to be refused."""
        desk, fields = self.prepared.copy()
        for defect in defects:
            defect.earlier(desk, fields)
        for defect in defects:
            fields |= defect.fields
            desk.world = defect.world(desk.world)
        desk.advance(max([0, *(defect.later for defect in defects)]))
        return desk, self.build(desk, fields)


def together(one: Defect, other: Defect) -> bool:
    """Whether both can be wrong with the same request."""
    hidden = other.reason in one.hides or one.reason in other.hides
    return not hidden and not one.fields.keys() & other.fields.keys()


# --- changes to the world
def choose(**choices: Any) -> Spoil:
    return lambda world: world.put(choices=replace(world.choices, **choices))


def change_user(name: str = "alice", **changes: Any) -> Spoil:
    return lambda world: world.put(replace(world.users[name], **changes))


def named(name: str, user: str = "alice") -> Spoil:
    """The user has a key of that name."""
    return lambda world: world.put(KeyRing(user, HashTrieMap({name: "another"})))


def change_client(**changes: Any) -> Spoil:
    return lambda world: world.put(replace(world.clients["demo-broker"], **changes))


def change_consent(**changes: Any) -> Spoil:
    return lambda world: world.put(*(replace(each, **changes) for each in world.consents.values()))


def change_key(**changes: Any) -> Spoil:
    return lambda world: world.put(*(replace(each, **changes) for each in world.api_keys.values()))


def change_currency(name: str = "USDT", **changes: Any) -> Spoil:
    def spoil(world: World) -> World:
        currency = world.currencies.get(name)
        return (
            world
            if currency is None
            else world.put(replace(currency, chains=tuple(replace(chain, **changes) for chain in currency.chains)))
        )

    return spoil


def poor(world: World) -> World:
    return world.put(replace(world.wallet("alice"), accounts=()))


def used_up(world: World) -> World:
    return world.put(Window("alice", "withdrawals 10 s", START, Decimal(3)))


NOBODY_KNOWN: Final = (Reason.IP_NOT_ALLOWED,)
"""Whose list of IPs it would be, nobody can tell."""
ELSEWHERE: Final = ("198.51.100.1",)


def unreadable(*reasons: Reason, encoding: str = "json", hides: tuple[Reason, ...] = ()) -> list[Defect]:
    bodies = {reason: Body(None, reason, encoding, str(MAXIMUM_BODY)) for reason in reasons}
    return [Defect(reason, {"body": body}, hides=hides) for reason, body in bodies.items()]
