"""A progress bar for work that tells after each step how much of how much is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from simulator.commands.progress import ProgressBar


@contextmanager
def stepwise(label: str) -> Iterator[Callable[[int, int], None]]:
    """A function to be called with what is done and with how much there is; the bar goes with the block."""
    bars: list[ProgressBar] = []
    before = 0

    def step(done: int, of: int) -> None:
        nonlocal before
        if not bars:
            bars.append(ProgressBar(label, of))
        bars[0].advance(done - before)
        before = done

    try:
        yield step
    finally:
        for bar in bars:
            bar.close()
