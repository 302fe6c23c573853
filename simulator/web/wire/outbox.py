"""Answers of one turn of the event loop are written together, if they go to several connections.

To write wakes the client, which costs more than many a call, and takes the processor's caches away from the next one.
So the answers wait for the end of the turn, in which the calls that have arrived are performed one after another. This
costs a turn of its own, so answers are written at once for a while if one had nothing to wait for.
"""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from simulator.left_overs import LEFT_OVERS

MOST: Final = 32
"""Answers that wait at most, so that the first one waits no longer than so many calls take."""
ALONE: Final = 8
"""Answers that are written at once after one that waited for no other; twice as many after each further one."""
MOST_ALONE: Final = 256
"""The most answers that are written at once before one waits again."""


class Answering(Protocol):
    """A connection with an answer that is due."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of the connection."""

    def write_due(self) -> None:
        """Write the answer, unless that has been done already."""


class Outbox:
    """The connections of a server whose answers are due."""

    def __init__(self) -> None:
        self._waiting: list[Answering] = []
        self._at_once = ALONE
        """Answers that are written at once before one waits again."""
        self._next = ALONE
        """How many these will be after the next answer that waits for no other."""

    def put(self, connection: Answering) -> None:
        """Have a connection write its answer, now or at the end of this turn of its loop."""
        if self._at_once:
            self._at_once -= 1
            connection.write_due()
            LEFT_OVERS.free()
            return
        if not self._waiting:
            connection.loop.call_soon(self.empty)
        self._waiting.append(connection)
        if len(self._waiting) == MOST:
            self._write()

    def empty(self) -> None:
        """Write every answer that waits."""
        if len(self._waiting) == 1:
            self._at_once, self._next = self._next, min(2 * self._next, MOST_ALONE)
        else:
            self._next = ALONE
        self._write()

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        for connection in waiting:
            connection.write_due()
        LEFT_OVERS.free()
