"""What the typed client raises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SimulatorError(Exception):
    """Every error of the typed client."""


class NotReachableError(SimulatorError, ConnectionError):
    """Nothing answers at the address, or the connection broke off."""


class NotASimulatorError(SimulatorError):
    """Something answers at the address that is no simulator."""


class NotStartedError(SimulatorError):
    """A simulator could not be started. The text has what it printed on standard error."""


class Problem(SimulatorError):  # noqa: N818 - it is a problem (RFC 9457), and carries one
    """A call of the control surface that was refused.

    `status`, `title` and `detail` are those of the answer; `errors` has a `field` and a `detail` for each wrong field,
    and for a text also `line` and `column`. `body` is the whole answer.
    """

    def __init__(self, call: str, body: Mapping[str, Any]) -> None:
        self.call, self.body = call, dict(body)
        self.status: int = body.get("status", 0)
        self.title: str = body.get("title", "")
        self.detail: str = body.get("detail", "")
        self.errors: list[dict[str, Any]] = list(body.get("errors", ()))
        lines = [f"{call}: {self.status} {self.title}: {self.detail}"]
        for error in self.errors:
            place, field, detail = _place(error), error.get("field"), str(error.get("detail"))
            if place or not self.detail.endswith(detail):  # else the sentence above has it
                lines.append(f"  {place}{field}: {detail}")
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[type[Problem], tuple[str, dict[str, Any]]]:
        return type(self), (self.call, self.body)


def _place(error: Mapping[str, Any]) -> str:
    return f"line {error['line']}, column {error['column']}: " if "line" in error else ""
