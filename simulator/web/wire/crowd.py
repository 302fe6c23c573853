"""The limit of open connections, and which connection is closed if there are more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from msgspec import json

from simulator.messages import Answer

RESERVE: Final = 64
"""File descriptors that are kept for everything besides connections, such as files of scenarios and modules."""
ENOUGH: Final = 65_536
"""The limit of open files that is requested from the operating system."""
CROWDED: Final = "too many connections are open: close some, or raise the limit of open files (ulimit -n)"
TOO_MANY: Final = Answer(503, json.encode({"msg": CROWDED})).last


class CrowdMember(Protocol):
    """A connection."""

    @property
    def transport(self) -> asyncio.Transport:
        """The transport of the connection."""


C = TypeVar("C", bound=CrowdMember)


class Crowd(Generic[C]):
    """The limit of a server's connections. At most `most` may be open; None = any number.

    `silent` holds the connections that never sent a request, oldest first.
    """

    def __init__(self, full: Callable[[], None]) -> None:
        """`full` is called whenever a connection is closed or refused because of the limit."""
        self.most: int | None = None
        self.silent: dict[C, None] = {}
        self._full = full

    def admits(self, others: int) -> bool:
        """True if one more connection may be open besides `others`. If necessary, the oldest silent one is closed."""
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
    """Raise the limit of open files, which often begins at 1024. Only a process of our own may do this."""
    limits = _limits()
    if limits:
        import resource

        soft, hard = limits
        limit = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
        if soft != resource.RLIM_INFINITY and soft < limit:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def most_connections() -> int | None:
    """How many connections this process can have open; None = unlimited or unknown."""
    limits = _limits()
    return max(1, limits[0] - RESERVE) if limits and limits[0] > 0 else None


def _limits() -> tuple[int, int] | None:
    """The soft and the hard limit of open files, -1 = any number; None if the operating system has no such limit."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrlimit(resource.RLIMIT_NOFILE)
