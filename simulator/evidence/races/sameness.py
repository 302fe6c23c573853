"""When two worlds are the same: exactly, so that a walk may go on from either; or but for their instants.

A world lists the rows that the last operation touched, so the rows that a race has touched are known, and no other row
has to be looked at. A call keeps its step and its instant in every order, so the ids that it makes are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from msgspec import Struct
from rpds import HashTrieMap, List

from simulator.core.value import is_instant
from simulator.core.world import World
from simulator.evidence.changes import INDEXES

RowPlace = tuple[str, Any]
"""Table and key of a row."""
UNTOLD: Final = frozenset((*INDEXES, "message_boxes"))
"""Tables that say nothing of an outcome: indexes, and codes that were sent, of which the transactions know as well."""


def touched(before: World, after: World, places: frozenset[RowPlace]) -> frozenset[RowPlace]:
    """The places that a race has touched, with those of its last call."""
    if after is before:
        return places
    return places.union(place for place in after.touched or () if place[0] not in UNTOLD)


def exact(base: World, world: World, places: Iterable[RowPlace]) -> frozenset[Any]:
    """What makes two worlds of the same calls the same: every rule reads the same rows in them."""
    rows = ((place, row_of(world, place)) for place in places)
    return frozenset(
        (place, frozenset(row.addresses) if place[0] == "deposit_books" and row else row)
        for place, row in rows
        if row != row_of(base, place)
    )


class Timeless:
    """Compares final worlds with the one before the race, without instants. Rows that come again are not read again."""

    def __init__(self, base: World) -> None:
        self._base = base
        self._known: dict[Any, Any] = {}

    def rows(self, world: World, places: Iterable[RowPlace]) -> frozenset[Any]:
        """The rows that differ from those before the race: two orders with the same rows have one outcome."""
        rows = ((place, self._of(row_of(world, place)), self._of(row_of(self._base, place))) for place in places)
        return frozenset((place, row) for place, row, old in rows if row != old)

    def _of(self, row: Any) -> Any:
        known = self._known.get(row)
        if known is None:
            known = self._known[row] = without_instants(row)
        return known


def row_of(world: World, place: RowPlace) -> Any:
    """The row at a place; None if there is none."""
    table, key = place
    return getattr(world, table).get(key)


def without_instants(value: Any) -> Any:
    """A value of the world as tuples, without the fields that hold instants."""
    if isinstance(value, Struct):
        names = _timeless_fields(type(value))
        return (type(value).__name__, *(without_instants(getattr(value, name)) for name in names))
    if isinstance(value, tuple):
        return tuple(map(without_instants, value))
    if isinstance(value, HashTrieMap):
        return frozenset((key, without_instants(item)) for key, item in value.items())
    if isinstance(value, List):
        return frozenset(map(without_instants, value))
    return value


@cache
def _timeless_fields(cls: type[Struct]) -> tuple[str, ...]:
    return tuple(filter(is_timeless, cls.__struct_fields__))


def is_timeless(field: str) -> bool:
    """True if a field holds no instant."""
    return not (is_instant(field) or field == "instants")
