"""Problems of the control surface: `application/problem+json` (RFC 9457). They look unlike KuCoin's refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from simulator.core.quoting import shortened
from simulator.scenario.text.nodes import ScenarioError
from simulator.web.endpoints.envelope import as_json

KIND: Final = "application/problem+json"
LONGEST_NAME: Final = 80
"""Characters of the name of a field or a parameter that a problem repeats."""
MOST_NAMES: Final = 20
"""Unknown names that a problem lists."""
LONGEST: Final = 2_000
"""Characters of one sentence of a problem, which may quote what was sent."""
MOST: Final = 101
"""Errors of one problem: as many as a scenario can have, and the sentence that there are more."""
Errors = Sequence[Mapping[str, object]]
"""Each has a `field` and a `detail`; an error in the text of a scenario also has `line` and `column`, from 1."""


class ProblemError(Exception):
    """A call of the control surface that cannot be answered."""

    def __init__(self, status: int, detail: str, errors: Errors = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors


def wrong_field(field: str, detail: str) -> dict[str, object]:
    """One error of a problem."""
    return {"field": field, "detail": detail}


def wrong_text(error: ScenarioError) -> ProblemError:
    """422 with all errors of a scenario, or of a part of one, that cannot be used."""
    count = "1 problem" if len(error.problems) == 1 else f"{len(error.problems)} problems"
    errors = [
        {"line": problem.line, "column": problem.column, **wrong_field(problem.path, problem.message)}
        for problem in error.problems
    ]
    return ProblemError(422, f"{count}; nothing was changed", errors)


def problem_body(status: int, detail: str, errors: Errors = (), **more: object) -> bytes:
    """The problem as JSON, with its errors and with other members."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": shortened(detail, LONGEST),
        **more,
    }
    if errors:
        body["errors"] = [{name: _bounded(value) for name, value in error.items()} for error in errors[:MOST]]
    if len(errors) > MOST:
        body["errors"].append({"field": "", "detail": f"{len(errors) - MOST} more are left out"})
    return as_json(body)


def _bounded(value: object) -> object:
    return shortened(value, LONGEST) if isinstance(value, str) else value


def problem(
    status: int, detail: str, errors: Errors = (), headers: Mapping[str, str] | None = None, **more: object
) -> Response:
    """The response with a problem."""
    return Response(problem_body(status, detail, errors, **more), status, headers, media_type=KIND)
