"""How a chapter of the tour is written: steps in the order in which they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from simulator.tour.walk import Walk

GRANTED: Final = ("COMMON", "SPOT", "WITHDRAW_OAUTH")
"""What the users grant, as in `authGroupMap` without `API_`."""

Run = Callable[[Walk], None]


class Step(NamedTuple):
    """One step: what happens, what it shows, and how it is done."""

    title: str
    rules: str
    run: Run


class Chapter(list[Step]):
    """Steps that follow each other."""

    def shows(self, rules: str) -> Callable[[Run], Run]:
        """The next step. What it shows are sections of the page, and rules of `rules.md` in brackets."""

        def add(run: Run) -> Run:
            self.append(Step((run.__doc__ or run.__name__).rstrip("."), rules, run))
            return run

        return add
