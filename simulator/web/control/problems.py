"""Problems of the control surface: `application/problem+json` (RFC 9457). Nothing here looks like KuCoin."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from simulator.web.envelope import as_json


class ProblemError(Exception):
    """A call of the control surface that cannot be answered. `errors` are (field, what is wrong) pairs."""

    def __init__(self, status: int, detail: str, errors: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors


def problem(
    status: int,
    detail: str,
    errors: tuple[tuple[str, str], ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer that tells of a problem, with all errors."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = [{"field": field, "detail": text} for field, text in errors]
    return Response(as_json(body), status, headers, media_type="application/problem+json")
