"""Keys in ascending order, of which there may be many: one more costs little more however many there are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, Final, Generic, Protocol, TypeVar

from simulator.core.value import Value


class Comparable(Protocol):
    """A key that can be ordered."""

    def __lt__(self, other: Any, /) -> bool: ...


K = TypeVar("K", bound=Comparable)
LONGEST: Final = 256
"""The most keys of a part; a longer one is divided in two."""


class SortedKeys(Value, Generic[K], frozen=True):
    """Different keys in ascending order, in parts that are not empty. A change copies one part."""

    parts: tuple[tuple[K, ...], ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __iter__(self) -> Iterator[K]:
        for part in self.parts:
            yield from part

    def __reversed__(self) -> Iterator[K]:
        for part in reversed(self.parts):
            yield from reversed(part)

    def at(self, place: int) -> K | None:
        """The key at a place, the lowest one at 0; None if there are not so many."""
        for part in self.parts:
            if place < len(part):
                return part[place]
            place -= len(part)
        return None

    def having(self, key: K) -> SortedKeys[K]:
        """The keys with one more, which is not there yet."""
        if not self.parts:
            return SortedKeys(((key,),))
        number = min(self._number(key), len(self.parts) - 1)
        part = self.parts[number]
        place = bisect_left(part, key)
        part = (*part[:place], key, *part[place:])
        half = len(part) // 2
        pieces = (part[:half], part[half:]) if len(part) > LONGEST else (part,)
        return SortedKeys((*self.parts[:number], *pieces, *self.parts[number + 1 :]))

    def without(self, key: K) -> SortedKeys[K]:
        """The keys without one that is there."""
        number = self._number(key)
        part = self.parts[number]
        place = bisect_left(part, key)
        part = (*part[:place], *part[place + 1 :])
        return SortedKeys((*self.parts[:number], *((part,) if part else ()), *self.parts[number + 1 :]))

    def _number(self, key: K) -> int:
        """The place of the part in which the key is, or where it would be; one too many if it is the highest."""
        return bisect_left(self.parts, key, key=_last)


def _last(part: tuple[Any, ...]) -> Any:
    return part[-1]
