"""A progress bar on a terminal; elsewhere nothing is printed."""

from __future__ import annotations

import sys
from typing import Final

WIDTH: Final = 30
"""Characters of the bar."""


class ProgressBar:
    """A bar in the last line of the terminal at stderr. It is drawn when another percent is done."""

    def __init__(self, label: str, total: int) -> None:
        self._label, self._total = label, max(total, 1)
        self._done = 0
        self._percent = -1
        self._shown = sys.stderr.isatty()

    def advance(self, by: int) -> None:
        """Note that so much more is done."""
        self._done += by
        percent = min(100, 100 * self._done // self._total)
        if self._shown and percent != self._percent:
            self._percent = percent
            filled = WIDTH * percent // 100
            self._write(f"\r{self._label} [{'#' * filled}{'.' * (WIDTH - filled)}] {percent:3d} %")

    def close(self) -> None:
        """Take the bar away."""
        if self._percent >= 0:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        from simulator.printing import Printable

        sys.stderr.write(Printable(text))
        sys.stderr.flush()
