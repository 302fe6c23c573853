"""The JSON body of a control call, read field by field. One problem reports everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Self, TypeVar

from simulator.core.gateway.requests import E, FieldProblem, Fields
from simulator.core.money import ZERO
from simulator.scenario.format.reader import suggestion
from simulator.web.control.protocol.problems import LONGEST_NAME, MOST_NAMES, ProblemError, wrong_field

T = TypeVar("T")


class DeclaredFields(dict[str, object]):
    """The values of a body by name. Looking up a name that is not declared raises `LookupError`."""

    def __init__(self, values: Mapping[str, object], known: tuple[str, ...]) -> None:
        super().__init__(values)
        self.known = known

    def get(self, name: str, default: object = None) -> Any:
        """The value, `default` if it is absent."""
        if name not in self.known:
            raise LookupError(f"the body has no field {name}; declared are {', '.join(self.known)}")
        return super().get(name, default)


class BodyFields(Fields):
    """The fields, to be read in a `with` block; the call acts after the block.

    In the block a wrong field is noted and a harmless value is returned in its place. The end of the block raises one
    `ProblemError` with everything that was noted. A name that is not `known` is noted from the start, and to read such
    a name is an error of ours.
    """

    def __init__(self, values: Mapping[str, object], known: tuple[str, ...]) -> None:
        super().__init__(DeclaredFields(values, known))
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
        """Raise what was noted, together with the problem that ended the block, if any."""
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
        """Note a wrong field."""
        self._details.append(f"{problem.field} {problem.problem}")
        self._errors.append(wrong_field(problem.field, problem.problem))

    def get(self, read: Callable[[BodyFields], T], otherwise: T) -> T:
        """What `read` returns for the fields. If it raises a `FieldProblem`, the problem is noted: `otherwise`."""
        try:
            return read(self)
        except FieldProblem as problem:
            self.note(problem)
            return otherwise

    def has(self, name: str) -> bool:
        """True if a field has a value, right or wrong. Null and "" count as absent."""
        return self.raw(name) not in (None, "")

    def text(self, name: str, *, required: bool = False) -> str:
        """A string, "" if it is absent or wrong."""
        return self.get(lambda _: super(BodyFields, self).text(name, required=required), "")

    def boolean(self, name: str) -> bool:
        """A boolean, false if it is absent or wrong."""
        return self.get(lambda _: super(BodyFields, self).boolean(name), otherwise=False)

    def word(self, name: str, words: type[E], *, required: bool = False) -> E | None:
        """A member of a closed list, None if it is absent or wrong."""
        if self.raw(name) is not None and not isinstance(self.raw(name), str):
            self.text(name)  # notes that it is no string, without the list of words
            return None
        return self.get(lambda _: super(BodyFields, self).word(name, words, required=required), None)

    def amount(self, name: str) -> Decimal:
        """A positive amount, 0 if it is wrong."""
        return self.get(lambda _: super(BodyFields, self).amount(name), ZERO)
