"""How many connections a process can have open, and who has to go when there are more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from msgspec import json

from simulator.messages import Answer

RESERVE: Final = 64
"""File descriptors that are kept for all but connections: scenarios, modules, the journal's readers."""
ENOUGH: Final = 65_536
"""File descriptors that are asked of the operating system, if it grants so many."""
CROWDED: Final = "too many connections are open: close some, or raise the limit of open files (ulimit -n)"
TOO_MANY: Final = Answer(503, json.encode({"msg": CROWDED})).last


class CrowdMember(Protocol):
    """A connection."""

    @property
    def transport(self) -> asyncio.Transport:
        """What carries its bytes."""


C = TypeVar("C", bound=CrowdMember)


class Crowd(Generic[C]):
    """The connections of a server, of which there may be `most`. `silent` ones never sent a request, oldest first."""

    def __init__(self, full: Callable[[], None]) -> None:
        """`full` is called whenever one has to go or cannot come."""
        self.most: int | None = None
        self.silent: dict[C, None] = {}
        self._full = full

    def admits(self, others: int) -> bool:
        """Whether there is room for one more; the oldest silent one makes room."""
        if self.most is None or others < self.most:
            return True
        self._full()
        oldest = next(iter(self.silent), None)
        if oldest is None:
            return False
        del self.silent[oldest]
        oldest.transport.abort()
        return True


def raise_limit() -> None:
    """Ask for more open files than the 1024 that a process often begins with. It is for a process of our own."""
    limits = _limits()
    if limits:
        import resource

        soft, hard = limits
        wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections() -> int | None:
    """How many connections this process can have open; None = nobody knows."""
    limits = _limits()
    return max(1, limits[0] - RESERVE) if limits and limits[0] > 0 else None


def _limits() -> tuple[int, int] | None:
    """How many files may be open, softly and hard; -1 = any number. None = the operating system has no such limit."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrlimit(resource.RLIMIT_NOFILE)
