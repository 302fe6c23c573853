"""The timeouts of one connection: how long the server waits for the client's bytes, and for it to read an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

ARRIVAL: Final = 10.0
"""Seconds until a first request must begin, a head must end, and more of a body must arrive. A client that has stopped
sending gets its answers for this long."""
SLOWEST: Final = 1024
"""The least bytes a second of a body: so many bytes give the client another second."""
KEEP_ALIVE: Final = 5.0
"""Seconds for which a connection stays open without another request."""
STUCK: Final = 30.0
"""Seconds after which a connection is aborted if its client reads nothing of an answer."""
MOMENT: Final = 1.0
"""Seconds for which a client that has stopped sending is assumed to read still."""


class TimedConnection(Protocol):
    """The parts of a connection that its timeouts use."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    running: RequestResponseCycle | None

    @property
    def ready(self) -> bool:
        """True if more may be read, because no request waits for its turn."""

    @property
    def missing(self) -> str:
        """The part of a request that has begun to arrive and is not complete; "" = none."""

    def give_up(self, part: str, limit: str) -> None:
        """Refuse the request, because that part of it did not arrive in time. `limit` is in seconds."""


class Patience:
    """The timeouts of one connection. One timer checks all of them now and then, so that a request needs no timer."""

    def __init__(self, connection: TimedConnection) -> None:
        self._connection = connection
        self._loop = connection.loop
        self._now = self._since = self._loop.time()
        self._limit: float | None = ARRIVAL
        """Seconds after `_since` for which the server waits for the client; None = the client waits for the server."""
        self._stuck: float | None = None
        """The time since which the client has read nothing of what waits to be sent; None = it reads."""
        self.ended: float | None = None
        """The time at which the client stopped sending; None = it has not stopped."""
        self.over = False
        """True if the client stopped sending at least `MOMENT` seconds ago."""
        self._timer = self._loop.call_later(KEEP_ALIVE, self._look)

    def look_at_clock(self) -> None:
        """Note the time, before bytes are read or an answer is given: `begin`, `gain` and `next` use this time."""
        self._now = self._loop.time()

    def begin(self) -> None:
        """A request begins to arrive."""
        self._since, self._limit = self._now, ARRIVAL

    def go_on(self) -> None:
        """More of the request has arrived, or its turn has come."""
        self._since = self._loop.time()

    def gain(self, size: int) -> None:
        """So many bytes of a body have arrived. They gain time in proportion, so that a body cannot drip for hours."""
        self._since = min(self._now, self._since + size / SLOWEST)

    def rest(self) -> None:
        """The request is complete, and the client waits for the server."""
        self._limit = None

    def next(self) -> None:
        """All complete requests are answered. The server waits for another one, unless one has begun already."""
        if self._limit is None:
            self._since, self._limit = self._now, KEEP_ALIVE

    def end(self) -> None:
        """The client has stopped sending. An application that waits for this is told `MOMENT` seconds later."""
        self.ended = self._loop.time()
        self._loop.call_later(MOMENT, self._tell)

    def _tell(self) -> None:
        self.over = True
        if self._connection.running:
            self._connection.running.message_event.set()

    def stick(self) -> None:
        """The client reads more slowly than the server writes."""
        self._stuck = self._loop.time()

    def loosen(self) -> None:
        """The client has caught up."""
        self._stuck = None

    def stop(self) -> None:
        """The connection is gone."""
        self._timer.cancel()

    def linger(self, seconds: float) -> None:
        """Close the connection after so many seconds."""
        self._wait(seconds, self.close)

    def close(self) -> None:
        """Close the connection. It is aborted after `STUCK` seconds if the client does not read what was written."""
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
