"""The chapters of the tour: steps in the order of their definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from simulator.tour.walk import Walk

GRANTED: Final = ("COMMON", "SPOT", "WITHDRAW_OAUTH")
"""What the users grant: names of `authGroupMap` without `API_`."""

Run = Callable[[Walk], None]


class TourStep(NamedTuple):
    """One step of the tour: its title, the rules that it shows, and its function."""

    title: str
    rules: str
    run: Run


class Chapter(list[TourStep]):
    """Steps that follow each other."""

    def shows(self, rules: str) -> Callable[[Run], Run]:
        """A decorator that adds the next step. `rules`: sections of the page, and rules of `rules.md` in brackets."""

        def add(run: Run) -> Run:
            self.append(TourStep((run.__doc__ or run.__name__).rstrip("."), rules, run))
            return run

        return add
