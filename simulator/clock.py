"""The only module that asks what time it is.

The business clock is the wall clock run through one straight line: `business = anchor + (wall - wall anchor) x scale`.
A scale of 1 is real or offset time, 0 is frozen. All instants are milliseconds since 1970.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from simulator.core.value import Value
from simulator.core.world import Now


def wall_clock() -> int:
    """The machine's clock, ms."""
    return time.time_ns() // 1_000_000


def stopwatch() -> int:
    """A clock that only measures durations, ns."""
    return time.perf_counter_ns()


class ClockSettings(Value, frozen=True):
    """How a scenario wants its clocks: `start` of the business clock in ms, None = the wall clock's now.

    `wall_offset` is how many ms the exchange's wall clock is ahead of the machine's: what KC-API-TIMESTAMP is held
    against.
    """

    frozen: bool = False
    start: int | None = None
    wall_offset: int = 0


class Clock:
    """A business clock beside the wall clock. It goes forward; only `reset` goes back."""

    def __init__(self, settings: ClockSettings | None = None, wall: Callable[[], int] = wall_clock) -> None:
        self._settings = settings or ClockSettings()
        self._machine = wall
        self.reset()

    def _wall(self) -> int:
        """The exchange's wall clock, ms."""
        return self._machine() + self._settings.wall_offset

    def reset(self) -> None:
        """Back to the scenario's start."""
        self._scale = 0 if self._settings.frozen else 1
        self._wall_anchor = self._wall()
        start = self._settings.start
        self._anchor = self._wall_anchor if start is None else start
        self._least = 0

    @property
    def mode(self) -> str:
        """`real`, `offset` or `frozen`."""
        if not self._scale:
            return "frozen"
        return "real" if self._anchor == self._wall_anchor else "offset"

    def now(self) -> Now:
        """One instant of each clock. The business clock never goes back, even if the machine's does."""
        wall = self._wall()
        business = self._anchor + (wall - self._wall_anchor) * self._scale
        self._least = max(self._least, business)
        return Now(self._least, wall)

    def advance(self, milliseconds: int) -> None:
        """Move the business clock forward."""
        if milliseconds < 0:
            raise ValueError("time goes forward only; reset to go back")
        self._anchor += milliseconds
