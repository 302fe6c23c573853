"""How a test waits for what another thread or process does: it asks again, and counts on nothing but the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PAUSE: Final = 0.02
"""Seconds between two questions, so that the other side gets the processor."""


def wait_until(holds: Callable[[], object]) -> None:
    """Return as soon as `holds()` is true. If that never happens, the time limit of pytest names this line."""
    while not holds():
        time.sleep(PAUSE)
