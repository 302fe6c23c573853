"""What tried to leave the namespace, counted in bounded space."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

MOST: Final = 300
"""Different attempts that are kept by name. Further ones are counted together."""
NAME: Final = "name"
TCP: Final = "tcp"
UDP: Final = "udp"
OTHER: Final = "packet"
REFUSED: Final = "refused"
"""Kinds: a name was looked up; a connection, a datagram or another packet was for an address outside; a connection to
loopback was refused, because nothing listens there inside."""


class Attempts:
    """Counts by kind and target."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}

    def add(self, kind: str, target: str) -> None:
        """Count one attempt."""
        key = (kind, target)
        if key not in self._counts and len(self._counts) >= MOST:
            key = (kind, "others")
        self._counts[key] = self._counts.get(key, 0) + 1

    def __iter__(self) -> Iterator[tuple[str, str, int]]:
        """Kind, target and count, in the order of the first time."""
        return ((kind, target, count) for (kind, target), count in self._counts.items())
