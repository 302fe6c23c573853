"""Large worlds that are no longer needed are freed piece by piece, in a thread that gives way to others.

The interpreter would free a world at once when its last reference goes: with 100,000 users that stops all threads for a
second. So code that drops a large world hands it over to this module. The world stays until there is no other reference
to it, because snapshots, the journal and the log of commands keep worlds as well.
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
"""The least rows of a world that is not left to the interpreter."""
AT_ONCE: Final = 20_000
"""The most rows of a table that is freed at once. That takes 10 ms, because the rows are freed separately."""
STEPS: Final = 500
"""Steps without a pause, about 2 ms."""
PAUSE: Final = 0.002
"""Seconds of a pause. Without pauses this thread would take half of the interpreter's time."""
CONTAINER: Final = lazy_pattern(r"\b(HashTrieMap|List|Queue|Stack|Line|Statement|PriceLevels)\b")
"""Matches the type of a field that may hold many values."""


class OldWorlds:
    """The worlds that were handed over and are not freed yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[World] = []
        self._free: list[Any] = []
        self._busy = False

    def part_with(self, *worlds: World) -> None:
        """Free these worlds once there is no other reference to them. Small ones are left to the interpreter."""
        with self._lock:
            for world in worlds:
                if is_large(world) and not any(world is other for other in self._waiting):
                    self._waiting.append(world)

    def look(self) -> None:
        """Begin to free the worlds that have no other reference any more. The server calls this every second."""
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
        """The number of worlds that still have other references."""
        return len(self._waiting)


def is_large(world: World) -> bool:
    """True if it has many rows."""
    return len(world.users) + len(world.withdrawals) + len(world.deposits) + len(world.api_keys) >= LARGE


def taken_apart(things: list[Any]) -> Iterator[None]:
    """Free the values in a list, and what only they hold, in small steps. The list is empty at the end.

    A table that has other references stays as it is.
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
    """The fields of a struct that may hold many values."""
    return tuple(name for name, hint in kind.__annotations__.items() if CONTAINER.search(hint))


def _references() -> tuple[int, int]:
    """The result of `sys.getrefcount` for a value that only a list holds, and for one that only a variable holds."""
    listed, local = [object()], object()
    return sys.getrefcount(listed[0]), sys.getrefcount(local)


ALONE, HELD = _references()
OLD_WORLDS: Final = OldWorlds()
"""The old worlds of this process."""
