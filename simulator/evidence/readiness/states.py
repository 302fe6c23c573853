"""The words of a report: what a row says of a situation."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class RowState(StrEnum):
    """What the tests are known to do about a situation, the worst first."""

    BROKEN = "broken"
    UNTESTED = "untested"
    NOT_YOURS = "not yours"
    UNSURE = "unsure"
    PROVEN = "proven"
    PENDING = "pending"
    WAIVED = "waived"

    @property
    def rank(self) -> int:
        """The place in the order, from the worst."""
        return _ORDER.index(self)

    @property
    def meaning(self) -> str:
        """What the word says, in a sentence."""
        return MEANINGS[self]


_ORDER: Final = tuple(RowState)
MEASURED: Final = _ORDER[:5]
"""The states that follow from calls alone, in the order in which a baseline compares them."""
SHOWN: Final = (
    RowState.BROKEN,
    RowState.UNTESTED,
    RowState.PENDING,
    RowState.UNSURE,
    RowState.PROVEN,
    RowState.WAIVED,
    RowState.NOT_YOURS,
)
"""All states in the order in which a reader wants them: what to do first, what is nobody's business last."""
COUNTED: Final = (RowState.PROVEN, RowState.BROKEN, RowState.UNTESTED)
"""The states that the score is made of."""
MEANINGS: Final = {
    RowState.BROKEN: "Your tests reached it, and at least once your code did not handle it.",
    RowState.UNTESTED: "Your code calls these operations, but no test reached the situation and saw it decided.",
    RowState.NOT_YOURS: "Your code never called one of its operations.",
    RowState.UNSURE: "Reached and always handled here, but it rests on a rule that the simulator only assumes.",
    RowState.PROVEN: "Your tests reached it, and your code handled it each time.",
    RowState.PENDING: "New in this version of the simulator: the baseline does not know it yet.",
    RowState.WAIVED: "You decided that it does not matter, with the reason given.",
}
