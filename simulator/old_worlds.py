"""Worlds that nobody needs any more are taken apart piece by piece, in a thread that gives way.

Left alone, the interpreter frees a world with the last reference to it, in one go: with 100,000 users that stops
everything for a second. So whoever parts with a large world hands it over here. It stays until nobody else has it,
because a snapshot, the journal and the log of commands keep worlds as well.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from msgspec import Struct
from rpds import HashTrieMap, List

from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.world import World

LARGE: Final = 2_000
"""Rows from which on a world is not left to the interpreter."""
AT_ONCE: Final = 20_000
"""Rows that a table may have when it is freed in one go. That takes 10 ms, because its rows are freed apart from it."""
STEPS: Final = 500
"""Steps that are done without a pause, some 2 ms."""
PAUSE: Final = 0.002
"""Seconds. It is in no hurry: without pauses it would want the interpreter as often as all others together."""
CONTAINER: Final = lazy_pattern(r"\b(HashTrieMap|List|Queue|Stack|Line|Statement)\b")
"""In the type of a field: there may be many things in it."""


class OldWorlds:
    """The worlds that were parted with and are not free yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[World] = []
        self._free: list[Any] = []
        self._busy = False

    def part_with(self, *worlds: World) -> None:
        """Take these worlds apart once nobody else has them. Small ones are left to the interpreter."""
        with self._lock:
            for world in worlds:
                if is_large(world) and not any(world is other for other in self._waiting):
                    self._waiting.append(world)

    def look(self) -> None:
        """Begin to take apart what nobody else has any more. To be called now and then while anything waits."""
        if not self._waiting:
            return
        with self._lock:
            place = len(self._waiting)
            while place:
                place -= 1
                if sys.getrefcount(self._waiting[place]) <= ALONE:
                    self._free.append(self._waiting.pop(place))
            if self._free and not self._busy:
                self._busy = True
                threading.Thread(target=self._run, name="old worlds", daemon=True).start()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            for step, _ in enumerate(taken_apart(self._free)):
                if step % STEPS == 0:
                    pause.wait(PAUSE)
            with self._lock:
                if not self._free:
                    self._busy = False
                    return

    def __len__(self) -> int:
        """How many there are that somebody else still has."""
        return len(self._waiting)


def is_large(world: World) -> bool:
    """True if it has many rows."""
    return len(world.users) + len(world.withdrawals) + len(world.deposits) + len(world.api_keys) >= LARGE


def taken_apart(things: list[Any]) -> Iterator[None]:
    """Free the things in a list, and what only they hold, in small steps. The list is empty in the end.

    A table that somebody else has as well stays as it is.
    """
    while things:
        thing = things.pop()
        if isinstance(thing, Struct):
            things += [part for name in _large_parts(type(thing)) if (part := getattr(thing, name)) is not None]
            thing = part = None
            yield
        elif sys.getrefcount(thing) > HELD:
            continue
        elif isinstance(thing, HashTrieMap):
            keys, rows = [key for key in thing], [row for row in thing.values()]  # noqa: C416 - list() does not give way
            while len(thing) > AT_ONCE:
                thing = thing.remove(keys.pop())
                yield
            thing = None
            while rows:
                row = rows.pop()
                if isinstance(row, Struct) and _large_parts(type(row)):
                    things.append(row)
                row = None
                if keys:
                    keys.pop()
                yield
        else:
            while len(thing):
                thing = thing.drop_first() if isinstance(thing, List) else thing.dequeue()
                yield


@cache
def _large_parts(kind: type[Struct]) -> tuple[str, ...]:
    """The fields of a struct in which there may be many things."""
    return tuple(name for name, hint in kind.__annotations__.items() if CONTAINER.search(hint))


def _references() -> tuple[int, int]:
    """What `sys.getrefcount` says of what only a list has, and of what only a variable has."""
    listed, local = [object()], object()
    return sys.getrefcount(listed[0]), sys.getrefcount(local)


ALONE, HELD = _references()
OLD_WORLDS: Final = OldWorlds()
"""Those of this process."""
