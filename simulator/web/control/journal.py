"""What has happened."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from simulator.web.control.calls import answer, limit_of
from simulator.web.control.problems import ProblemError
from simulator.web.desk import Desk


async def requests(desk: Desk, request: Request) -> Response:
    """The journal, newest first."""
    return answer({"requests": [entry.as_data() for entry in desk.journal.newest(limit_of(request))]})


async def entry(desk: Desk, request: Request) -> Response:
    """One entry of the journal, with the diagnosis if it was refused."""
    number = request.path_params["number"]
    known = number.isascii() and number.isdigit() and len(number) < 19
    found = desk.journal.entry(int(number)) if known else None
    if found is None:
        raise ProblemError(404, f"no entry {number}; it never was, or the ring has dropped it")
    return answer(found.as_data())
