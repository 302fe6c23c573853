"""The error page, for a request that no page can answer."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from simulator.messages import Answer
from simulator.web.pages.render import AnswerResponse, page


def error_answer(status: int, detail: str, base: str = "") -> Answer:
    """The error page. `detail` says what is wrong and what to do about it. `base` as for `page`."""
    phrase = HTTPStatus(status).phrase
    shown_detail = "" if detail == phrase else detail
    return page("error.html", status, base=base, status=status, phrase=phrase, detail=shown_detail)


def error_page(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The error page as a Starlette response, for 404 and for 405 with its `Allow`."""
    more = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    return AnswerResponse(error_answer(status, detail).having(*more))
