"""The page for a request that no page can answer."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from simulator.messages import Answer
from simulator.web.pages.render import AnswerResponse, page


def error_answer(status: int, detail: str) -> Answer:
    """`detail` says what is wrong, and what to do about it where something can be done."""
    phrase = HTTPStatus(status).phrase
    return page("error.html", status, status=status, phrase=phrase, detail="" if detail == phrase else detail)


def error_page(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The same, for Starlette: 404, and 405 with its `Allow`."""
    more = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    return AnswerResponse(error_answer(status, detail).having(*more))
