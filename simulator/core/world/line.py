"""A waiting line of ids: one more, or the first one less, costs the same however long it is."""

from __future__ import annotations

from collections.abc import Container

from rpds import HashTrieMap

from simulator.core.value import Value


class Line(Value, frozen=True):
    """A waiting line of ids, first in, first out."""

    places: HashTrieMap[int, str] = HashTrieMap()
    first: int = 0

    def __len__(self) -> int:
        return len(self.places)

    @property
    def head(self) -> str:
        """Who waits longest."""
        return self.places[self.first]

    def at(self, place: int) -> str | None:
        """Who waits there, counted from the head, which is 0; None = the line is not so long."""
        return self.places.get(self.first + place)

    def joined(self, id: str) -> Line:
        """The line with one more at its end."""
        return Line(self.places.insert(self.first + len(self.places), id), self.first)

    def served(self) -> Line:
        """The line without its head."""
        return Line(self.places.remove(self.first), self.first + 1)

    def only(self, there: Container[str]) -> Line:
        """The line of those alone who are there."""
        waiting = (self.places[place] for place in range(self.first, self.first + len(self)))
        return Line(HashTrieMap(dict(enumerate(filter(there.__contains__, waiting)))))
