"""The only module that asks what time it is.

The business clock is the wall clock run through one straight line: `business = anchor + (wall - wall anchor) x scale`.
A scale of 1 is real or offset time, 0 is frozen, anything else scaled. All instants are milliseconds since 1970.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from simulator.core.value import Value
from simulator.core.world import Now

LATEST: Final = 253_402_300_799_999
"""The last millisecond of the year 9999, where dates end and every business clock stops."""
SWIFTEST: Final = 1_000_000
"""The largest scale: a year in half a minute."""


def wall_clock() -> int:
    """The machine's clock, ms."""
    return time.time_ns() // 1_000_000


def stopwatch() -> int:
    """A clock that only measures durations, ns."""
    return time.perf_counter_ns()


class ClockSettings(Value, frozen=True):
    """How a scenario wants its clocks: `start` of the business clock in ms, None = the wall clock's now.

    `wall_offset` is how many ms the exchange's wall clock is ahead of the machine's: what KC-API-TIMESTAMP is held
    against. `scale` is how many business ms pass in one of the wall clock's, unless it is `frozen`.
    """

    frozen: bool = False
    start: int | None = None
    wall_offset: int = 0
    scale: Decimal = Decimal(1)

    @property
    def speed(self) -> Decimal:
        """The scale, 0 when frozen."""
        return Decimal(0) if self.frozen else self.scale

    @property
    def mode(self) -> str:
        """`real`, `offset`, `frozen` or `scaled`."""
        return _mode(self.speed, started=self.start is not None)


class Clock:
    """A business clock beside the wall clock. It goes forward; only `reset` and `stand_at` go back."""

    def __init__(self, settings: ClockSettings | None = None, wall: Callable[[], int] = wall_clock) -> None:
        self._settings = settings or ClockSettings()
        self._machine = wall
        self.reset()

    def _wall(self) -> int:
        """The exchange's wall clock, ms."""
        return self._machine() + self._settings.wall_offset

    def reset(self) -> None:
        """Back to the scenario's start."""
        wall, start = self._wall(), self._settings.start
        self._go(wall if start is None else start, wall, self._settings.speed)

    def _go(self, business: int, wall: int, scale: Decimal) -> None:
        """Stand there and run like that from here on."""
        self._anchor = self._least = min(LATEST, business)
        self._wall_anchor = wall
        self._scale = scale
        self._gain, self._per = scale.as_integer_ratio()

    @property
    def scale(self) -> Decimal:
        """How many business ms pass in one of the wall clock's; 0 = frozen."""
        return self._scale

    @property
    def mode(self) -> str:
        """`real`, `offset`, `frozen` or `scaled`."""
        return _mode(self._scale, started=self._anchor != self._wall_anchor)

    def now(self) -> Now:
        """One instant of each clock. The business clock never goes back, even if the machine's does."""
        wall = self._wall()
        business = self._anchor + (wall - self._wall_anchor) * self._gain // self._per
        if business > self._least:
            self._least = min(LATEST, business)
        return Now(self._least, wall)

    _stand = now

    def advance(self, milliseconds: int) -> None:
        """Move the business clock forward."""
        if milliseconds < 0:
            raise ValueError("time goes forward only; reset to go back")
        now = self._stand()
        self._go(now.business + milliseconds, now.wall, self._scale)

    def run(self, scale: Decimal) -> None:
        """Run at this scale from now on, 0 = stand still; no instant is skipped."""
        now = self._stand()
        self._go(now.business, now.wall, scale)

    def stand_at(self, business: int, scale: Decimal | None = None) -> None:
        """Put the business clock to an instant, also to an earlier one, and let it run from there as before."""
        self._go(business, self._wall(), self._scale if scale is None else scale)


def _mode(scale: Decimal, *, started: bool) -> str:
    if not scale:
        return "frozen"
    if scale != 1:
        return "scaled"
    return "offset" if started else "real"
