"""Parked calls: those that a fault holds until others have come, and then lets go one after another, in an order.

A call that is let go is performed to its end before the next one is. If too few come within the time that the fault
says, those that have come go on in the order of their arrival, and their entries say so.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from simulator.clock import stopwatch
from simulator.outcomes import Struck
from simulator.scenario.staging.faults import Hold

Wait = Callable[[int, "asyncio.Future[None]"], Awaitable[bool]]
"""Waits so many ms of real time, or until the future is done. False = the world has gone meanwhile."""


AT_A_TIME: Final = 1_000
"""How long a call waits for those before it at a time, ms."""


class Turn:
    """The turn of one parked call. Whoever has it performs the call and ends the turn, whatever comes of it."""

    def __init__(self, lot: _Lot) -> None:
        self._lot = lot
        self.free: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.words = ""
        """About it, for the entry of the call."""
        self.ended = False

    def end(self) -> None:
        """Let the next call go."""
        self._lot.go_on()


class _Lot:
    """The calls that are parked together."""

    def __init__(self, hold: Hold, batch: int) -> None:
        self.hold, self._batch = hold, batch
        self.turns: list[Turn] = []
        self._order: list[Turn] = []
        self._since = stopwatch()

    @property
    def full(self) -> bool:
        return len(self.turns) >= self.hold.until

    @property
    def left(self) -> int:
        """How long it stays, ms."""
        return max(0, self.hold.within - (stopwatch() - self._since) // 1_000_000)

    def release(self) -> None:
        """Let the first call go."""
        count, until = len(self.turns), self.hold.until
        places = self.hold.places(self._batch) if self.full else range(count)
        for number, place in enumerate(places, 1):
            turn = self.turns[place]
            what = f"came as {place + 1} of {count}, performed as {number}"
            missing = "" if self.full else f"; only {count} of {until} calls came within {self.hold.within} ms"
            turn.words = f"held: {what}{missing}"
            self._order.append(turn)
        self.go_on()

    def go_on(self) -> None:
        """Let the next call go, if there is one. A call that has ended meanwhile is passed over."""
        while self._order:
            turn = self._order.pop(0)
            if not turn.ended:
                turn.free.set_result(None)
                return

    def leave(self, turn: Turn) -> None:
        """A call has ended while it was parked: nobody waits for it."""
        turn.ended = True
        if turn.free.done():
            self.go_on()
        elif turn in self.turns and not self._order:
            self.turns.remove(turn)


class Holding:
    """The parked calls of a workspace, by the id of the fault that holds them."""

    def __init__(self) -> None:
        self._lots: dict[str, _Lot] = {}
        self._batches: dict[str, int] = {}

    @asynccontextmanager
    async def turn(self, struck: Struck | None, wait: Wait) -> AsyncIterator[tuple[str, ...] | None]:
        """The turn of a call: words about it, () if nothing holds the call; None = the world has gone meanwhile."""
        if struck is None or struck.fault.hold is None:
            yield ()
            return
        turn = await self._parked(struck.id, struck.fault.hold, wait)
        try:
            yield (turn.words,) if turn else None
        finally:
            if turn:
                turn.end()

    async def _parked(self, id: str, hold: Hold, wait: Wait) -> Turn | None:
        lot = self._lots.get(id)
        if lot is None:
            batch = self._batches[id] = self._batches.get(id, -1) + 1
            lot = self._lots[id] = _Lot(hold, batch)
        turn = Turn(lot)
        lot.turns.append(turn)
        try:
            if not lot.full and not await wait(lot.left, turn.free):
                return None
            self._release(id, lot)  # it is full or its time is over, unless it has been released already
            while not turn.free.done():
                if not await wait(AT_A_TIME, turn.free):
                    return None
        except BaseException:
            lot.leave(turn)
            raise
        return turn

    def _release(self, id: str, lot: _Lot) -> None:
        if self._lots.get(id) is lot:
            del self._lots[id]
            lot.release()

    def clear(self) -> None:
        """Forget everything, because the world begins anew. Parked calls learn it from `wait`."""
        self._lots.clear()
        self._batches.clear()
