"""The clocks. No other module reads the time.

The business clock is a linear function of the wall clock: `business = anchor + (wall - wall anchor) x scale`.
A scale of 1 is real or offset time, 0 is frozen, anything else scaled. All instants are milliseconds since 1970.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Final

from simulator.core.spec import NANOSECONDS
from simulator.core.value import Value
from simulator.core.world import Now

LATEST: Final = 253_402_300_799_999
"""The last millisecond of the year 9999, where `datetime` ends and every business clock stops."""
SWIFTEST: Final = 1_000_000
"""The largest scale: a year in half a minute."""


def wall_clock() -> int:
    """The machine's clock, ms."""
    return time.time_ns() // NANOSECONDS


def stopwatch() -> int:
    """A clock that only measures durations, ns."""
    return time.perf_counter_ns()


if sys.platform == "win32":
    machine_seconds: Callable[[], float] = time.monotonic
else:
    machine_seconds = partial(time.clock_gettime, time.CLOCK_MONOTONIC)
"""A clock for timers, in seconds. It goes on while a library such as freezegun stops the functions of `time`."""


JUMP: Final = 1_000
"""The smallest step of the machine's clock that counts as a jump, in ms."""


class Jumps(Value, frozen=True):
    """The jumps of the machine's clock while a business clock ran on it: their number, and their sums in ms.

    They are measured against a monotonic clock. After a sleep of the machine there is a jump ahead, too.
    """

    count: int = 0
    ahead: int = 0
    back: int = 0

    def and_one(self, by: int) -> Jumps:
        """The jumps and one more; less than 0 = back."""
        return Jumps(self.count + 1, self.ahead + max(by, 0), self.back - min(by, 0))


class ClockSettings(Value, frozen=True):
    """A scenario's clock settings: `start` of the business clock in ms, None = the wall clock's now.

    `wall_offset` is how many ms the exchange's wall clock, which KC-API-TIMESTAMP is compared with, is ahead of the
    machine's. `scale` is how many business ms pass per ms of the wall clock, unless `frozen`.
    """

    frozen: bool = False
    start: int | None = None
    wall_offset: int = 0
    scale: Decimal = Decimal(1)

    @property
    def speed(self) -> Decimal:
        """The scale, 0 if frozen."""
        return Decimal(0) if self.frozen else self.scale

    @property
    def mode(self) -> str:
        """`real`, `offset`, `frozen` or `scaled`."""
        return _mode(self.speed, started=self.start is not None)


class Clock:
    """A business clock and a wall clock. The business clock goes forward; only `reset` and `stand_at` go back."""

    def __init__(
        self,
        settings: ClockSettings | None = None,
        wall: Callable[[], int] = wall_clock,
        steady: Callable[[], int] | None = None,
    ) -> None:
        """`steady` is a monotonic clock in ns that `wall` is compared with to see jumps.

        Without it, the machine's own is used if `wall` is the machine's wall clock.
        """
        self._settings = settings or ClockSettings()
        self._machine = wall
        self._steady = time.monotonic_ns if steady is None and wall is wall_clock else steady
        self.reset()

    def _wall(self) -> int:
        """The exchange's wall clock, ms."""
        return self._machine() + self._wall_offset

    def reset(self) -> None:
        """Go back to the scenario's start and count jumps from zero."""
        self.jumps = Jumps()
        self._wall_offset = self._settings.wall_offset
        self._apart = self._machine() - self._steady() // NANOSECONDS if self._steady else 0
        wall, start = self._wall(), self._settings.start
        self._go(wall if start is None else start, wall, self._settings.speed)

    def _go(self, business: int, wall: int, scale: Decimal) -> None:
        """Set the business clock to an instant and run at this scale from now on."""
        self._anchor = self._least = min(LATEST, business)
        self._wall_anchor = wall
        self.scale = scale
        """How many business ms pass per ms of the wall clock; 0 = frozen."""
        self._gain, self._per = scale.as_integer_ratio()

    @property
    def mode(self) -> str:
        """`real`, `offset`, `frozen` or `scaled`."""
        return _mode(self.scale, started=self._anchor != self._wall_anchor)

    def now(self) -> Now:
        """One instant of each clock. The business clock never goes back, even if the machine's does."""
        machine, steady = self._machine(), self._steady
        if steady and not -JUMP < machine - steady() // NANOSECONDS - self._apart < JUMP:
            self._look(steady)
        wall = machine + self._wall_offset
        business = self._anchor + (wall - self._wall_anchor) * self._gain // self._per
        if business > self._least:
            self._least = min(LATEST, business)
        return Now(self._least, wall)

    _stand = now

    def _look(self, steady: Callable[[], int]) -> None:
        """Count a jump, unless this thread was only delayed between reading the two clocks."""
        apart = self._machine() - steady() // NANOSECONDS
        if abs(by := apart - self._apart) >= JUMP:
            self.jumps = self.jumps.and_one(by)
            self._apart = apart

    @property
    def held(self) -> int:
        """For how many more ms of the wall clock the business clock stands still because the wall clock went back.

        0 = it runs, or it is frozen.
        """
        business, wall = self._stand().business, self._wall()
        if not self._gain or business >= LATEST:
            return 0
        ahead = (business - self._anchor) * self._per - (wall - self._wall_anchor) * self._gain
        return max(0, ahead // self._gain)

    def advance(self, milliseconds: int, *, wall: bool = False) -> None:
        """Move the business clock forward; with `wall`, the exchange's wall clock as far, until a reset."""
        if milliseconds < 0:
            raise ValueError("time goes forward only; reset to go back")
        now = self._stand()
        if wall:
            self._wall_offset += milliseconds
        self._go(now.business + milliseconds, self._wall() if wall else now.wall, self.scale)

    def run(self, scale: Decimal) -> None:
        """Run at this scale from now on, 0 = frozen; no instant is skipped."""
        now = self._stand()
        self._go(now.business, now.wall, scale)

    def stand_at(self, business: int, scale: Decimal | None = None) -> None:
        """Set the business clock to an instant, also to an earlier one; without `scale` it runs as before."""
        self._go(business, self._wall(), self.scale if scale is None else scale)


def _mode(scale: Decimal, *, started: bool) -> str:
    if not scale:
        return "frozen"
    if scale != 1:
        return "scaled"
    return "offset" if started else "real"
