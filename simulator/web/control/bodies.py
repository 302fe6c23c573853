"""The JSON body of a control call, field by field: all that is wrong with it is told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, Self, TypeVar

from simulator.core.gateway.requests import E, FieldProblem, Fields
from simulator.core.money import ZERO
from simulator.scenario.format.reader import suggestion
from simulator.web.control.problems import ProblemError, wrong_field

T = TypeVar("T")
LONGEST_NAME: Final = 80
"""Characters of a field's name that a problem repeats."""
MOST_NAMES: Final = 20
"""Unknown names that are told."""


class BodyFields(Fields):
    """Read it in a `with` block, and act on what was read behind the block.

    In the block a field that is wrong is noted, and something harmless comes back in its place; the end of the block
    raises one `ProblemError` with everything that was noted. A name that is not `known` is noted from the start.
    """

    def __init__(self, values: Mapping[str, object], known: tuple[str, ...]) -> None:
        super().__init__(values)
        self._errors: list[Mapping[str, object]] = []
        self._details: list[str] = []
        unknown = [name[:LONGEST_NAME] for name in values if name not in known]
        if unknown:
            self._details.append("unknown fields")
        for name in unknown[:MOST_NAMES]:
            detail = f"unknown{suggestion(name, known)}; known are {', '.join(known)}"
            self._errors.append(wrong_field(name, detail))

    def __enter__(self) -> Self:
        """The fields themselves."""
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise what was noted, together with the problem that ended the block."""
        if isinstance(error, FieldProblem):
            self.note(error)
        elif isinstance(error, ProblemError) and error.status == 400 and self._details:
            self._details.append(error.detail)
            self._errors += error.errors or [wrong_field("", error.detail)]
        elif error is not None and not (isinstance(error, ProblemError) and self._details):
            return
        if self._details:
            raise ProblemError(400, "; ".join(self._details), self._errors) from None

    def note(self, problem: FieldProblem) -> None:
        """One more thing that is wrong."""
        self._details.append(f"{problem.field} {problem.problem}")
        self._errors.append(wrong_field(problem.field, problem.problem))

    def get(self, read: Callable[[BodyFields], T], otherwise: T) -> T:
        """What `read` makes of the fields; `otherwise` when it raises a `FieldProblem`, which is noted."""
        try:
            return read(self)
        except FieldProblem as problem:
            self.note(problem)
            return otherwise

    def has(self, name: str) -> bool:
        """Whether a field says something, right or wrong: null and "" do not."""
        return self.raw(name) not in (None, "")

    def text(self, name: str, *, required: bool = False) -> str:
        """A string; "" when absent or noted."""
        return self.get(lambda _: super(BodyFields, self).text(name, required=required), "")

    def boolean(self, name: str) -> bool:
        """A boolean; false when absent or noted."""
        return self.get(lambda _: super(BodyFields, self).boolean(name), otherwise=False)

    def word(self, name: str, words: type[E], *, required: bool = False) -> E | None:
        """A member of a closed list; None when absent or noted."""
        if self.raw(name) is not None and not isinstance(self.raw(name), str):
            self.text(name)  # notes that it is no string; the list of words would be told beside it
            return None
        return self.get(lambda _: super(BodyFields, self).word(name, words, required=required), None)

    def amount(self, name: str) -> Decimal:
        """A positive amount; 0 when noted."""
        return self.get(lambda _: super(BodyFields, self).amount(name), ZERO)
