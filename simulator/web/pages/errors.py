"""The page for a request that no page can answer."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from simulator.messages import Answer
from simulator.web.pages.render import AnswerResponse, page


def error_answer(status: int, detail: str, base: str = "") -> Answer:
    """`detail` says what is wrong, and what to do about it where something can be done. `base` as for `page`."""
    phrase = HTTPStatus(status).phrase
    told = "" if detail == phrase else detail
    return page("error.html", status, base=base, status=status, phrase=phrase, detail=told)


def error_page(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The same, for Starlette: 404, and 405 with its `Allow`."""
    more = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    return AnswerResponse(error_answer(status, detail).having(*more))
