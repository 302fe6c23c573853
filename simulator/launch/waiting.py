"""How much is left of a span of time."""

from __future__ import annotations

from collections.abc import Callable

from simulator.clock import stopwatch


def seconds_left(seconds: float) -> Callable[[], float]:
    """A function that says how many of the seconds are left from now on; negative = they are over."""
    end = stopwatch() + int(seconds * 1_000_000_000)
    return lambda: (end - stopwatch()) / 1_000_000_000
