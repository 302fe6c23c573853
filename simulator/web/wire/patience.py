"""How long one client is waited for: until its next bytes come, and until it has taken what was written for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

ARRIVAL: Final = 10.0
"""Seconds for a first request to begin, for a head to end, for more of a body, and for all answers that are still due
to a client that sends nothing more."""
SLOWEST: Final = 1024
"""Bytes of a body that are worth a second more."""
KEEP_ALIVE: Final = 5.0
"""Seconds that a connection stays open without another request."""
STUCK: Final = 30.0
"""Seconds after which a client that takes nothing of an answer is left."""
MOMENT: Final = 1.0
"""Seconds for which a client that sends nothing more is taken for one that still reads."""


class Waited(Protocol):
    """A connection, as far as its clock has to do with it."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    running: RequestResponseCycle | None

    @property
    def ready(self) -> bool:
        """Whether more may be read: nothing waits for its turn."""

    @property
    def missing(self) -> str:
        """What has begun to arrive and is not whole; "" = nothing."""

    def give_up(self, part: str, limit: str) -> None:
        """Refuse the request of which that part did not arrive."""


class Patience:
    """The clock of one connection. It looks now and then, so that a request costs no timer."""

    def __init__(self, connection: Waited) -> None:
        self._connection = connection
        self._loop = connection.loop
        self._now = self._since = self._loop.time()
        self._limit: float | None = ARRIVAL
        """Seconds after `_since` for which the client is waited for; None = the client waits for us."""
        self._stuck: float | None = None
        """Since when the client has taken nothing of what waits to be sent."""
        self.ended: float | None = None
        """Since when the client sends nothing more."""
        self.over = False
        """Whether that was a moment ago."""
        self._timer = self._loop.call_later(KEEP_ALIVE, self._look)

    def look_at_clock(self) -> None:
        """Whatever happens next happens now: bytes are read, or an answer is given. One look at the clock for all."""
        self._now = self._loop.time()

    def begin(self) -> None:
        """A request begins to arrive."""
        self._since, self._limit = self._now, ARRIVAL

    def go_on(self) -> None:
        """More of it has arrived, or its turn has come."""
        self._since = self._loop.time()

    def gain(self, size: int) -> None:
        """So many bytes of its body have arrived. A few are worth little time, so that a body cannot drip for hours."""
        self._since = min(self._now, self._since + size / SLOWEST)

    def rest(self) -> None:
        """It is whole: the client waits for us."""
        self._limit = None

    def next(self) -> None:
        """Everything is answered that is whole: another request is waited for, unless one has begun already."""
        if self._limit is None:
            self._since, self._limit = self._now, KEEP_ALIVE

    def end(self) -> None:
        """The client sends nothing more. Who listens for that hears it a moment later."""
        self.ended = self._loop.time()
        self._loop.call_later(MOMENT, self._tell)

    def _tell(self) -> None:
        self.over = True
        if self._connection.running:
            self._connection.running.message_event.set()

    def stick(self) -> None:
        """The client is slower than we are."""
        self._stuck = self._loop.time()

    def loosen(self) -> None:
        """It has caught up."""
        self._stuck = None

    def stop(self) -> None:
        """The connection is gone."""
        self._timer.cancel()

    def linger(self, seconds: float) -> None:
        """Hang up after a while."""
        self._wait(seconds, self.close)

    def close(self) -> None:
        """Hang up. A client that does not take what was written for it does not keep the connection."""
        transport = self._connection.transport
        transport.close()
        self._wait(STUCK, transport.abort)

    def _wait(self, seconds: float, action: Callable[[], None]) -> None:
        self._timer.cancel()
        self._timer = self._loop.call_later(seconds, action)

    def _look(self) -> None:
        now, connection = self._loop.time(), self._connection
        waits = self._limit is not None and connection.ready
        left = self._since + (self._limit or 0) - now if waits else KEEP_ALIVE
        if self._stuck is not None and now - self._stuck >= STUCK:
            connection.transport.abort()
        elif connection.transport.is_closing() or (self.ended is not None and now - self.ended >= ARRIVAL):
            self.close()
        elif left > 0:
            self._wait(min(left, KEEP_ALIVE), self._look)
        elif part := connection.missing:
            self._wait(KEEP_ALIVE, self._look)
            connection.give_up(part, f"{ARRIVAL:g}")
        else:
            self.close()
