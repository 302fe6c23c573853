"""The picture of a flow: where each arrow and each note stands. The template draws it, and escapes every text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from simulator.evidence.lives.flow import NAMES, PARTIES, FlowStep, Party, StepOutcome

WIDTH: Final = 760
"""Of the picture, in its own units."""
LANES: Final[dict[Party, int]] = dict(zip(PARTIES, (90, 380, 670), strict=True))
"""The middle of each party's line."""
TOP: Final = 64
ROW: Final = 42
LONGEST: Final = 40
"""Characters of a label; the text twin has the whole text."""


class Arrow(NamedTuple):
    """An arrow or a note. `x1` = `x2` for a note. `label` stands in the middle, `at`; `title` is the whole text."""

    x1: int
    x2: int
    y: int
    at: int
    label: str
    title: str
    outcome: StepOutcome
    entry: int
    lost: bool
    number: int

    @property
    def note(self) -> bool:
        """True if it is a note at one party."""
        return self.x1 == self.x2

    @property
    def way(self) -> int:
        """1 = to the right, -1 = to the left, 0 = a note."""
        return (self.x2 > self.x1) - (self.x2 < self.x1)


class Picture(NamedTuple):
    """A flow as a picture of this size. `lanes` are (name, x)."""

    width: int
    height: int
    lanes: list[tuple[str, int]]
    arrows: list[Arrow]


def picture(steps: Iterable[FlowStep], texts: Iterable[tuple[str, str]]) -> Picture:
    """The picture of steps. `texts` has for each step its label and its whole text, both without secrets."""
    arrows = []
    for number, (step, (label, title)) in enumerate(zip(steps, texts, strict=True), 1):
        x1, x2 = LANES[step.source], LANES[step.target]
        y = TOP + ROW * number
        short = label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"
        if step.note:  # so that its box stays inside of the picture
            half = 4 * len(short) + 14
            at = min(max(x1, half + 4), WIDTH - half - 4)
        else:
            at = (x1 + x2) // 2
        arrows.append(Arrow(x1, x2, y, at, short, title, step.outcome, step.entry, step.lost, number))
    lanes = [(NAMES[party], LANES[party]) for party in PARTIES]
    return Picture(WIDTH, TOP + ROW * (len(arrows) + 1), lanes, arrows)
