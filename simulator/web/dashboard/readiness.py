"""Readiness: what the calls so far have reached and handled, section by section, and the report in each form."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.messages import Answer
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.control.report import HTML, MARKDOWN, XML
from simulator.web.dashboard.screens import Screen, screen
from simulator.web.dashboard.steering import ControlRequest
from simulator.web.endpoints.decode import JSON
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.headers import ALWAYS
from simulator.web.pages.render import AnswerResponse
from simulator.web.routing.visits import visit_of

MOST: Final = 20
"""Mistakes, findings and untested situations that are listed."""
FORMS: Final = {
    "report.html": ("/report.html", HTML),
    "report.json": ("/report", JSON),
    "report.xml": ("/report.xml", XML),
    "report.md": ("/report.md", MARKDOWN),
}
"""The file that a browser asks for: the call of the control surface that makes it, and its media type."""
FRAMELESS: Final = (b"content-security-policy", b"frame-ancestors 'none'")
"""What a page cannot say in itself. The report has the rest of its policy."""


async def readiness(desk: Desk, request: Request) -> Response:
    """The score of each section, the mistakes with their calls, and what a test could stage next."""
    call = ControlRequest("GET", "/report")
    reply = await call.perform(request)
    if not reply.good:
        raise ProblemError(reply.status, reply.detail)
    report: dict[str, Any] = reply.data
    broken = [row for row in report["rows"] if row["broken"]]
    untested = [row for row in report["rows"] if row["state"] == "untested" and row["scenario"]]
    prefixes = _prefixes(request)
    return screen(
        request,
        "dashboard/readiness.html",
        "/readiness",
        report=report,
        mistakes=[_mistake(row, prefixes) for row in broken[:MOST]],
        mistake_count=len(broken),
        findings=report["set_up"][:MOST],
        untested=untested[:MOST],
        untested_count=len(untested),
        forms=[name for name in FORMS if name != "report.html"],
        everybody=desk is visit_of(request).workspaces.home,
        call=ControlRequest("GET", "/report.html"),
    )


def _prefixes(request: Request) -> dict[str, str]:
    """Where the dashboard of each living workspace is, by the workspace's name."""
    worlds = (desk.exchange.world for desk in visit_of(request).workspaces.desks())
    return {world.workspace: world.prefix for world in worlds}


def _mistake(row: dict[str, Any], prefixes: dict[str, str]) -> dict[str, Any]:
    """The row with its first mistake; `prefix` is None if its workspace has ended, so that its calls have no page."""
    evidence = next(evidence for evidence in row["evidence"] if evidence["handled"] is False)
    return {**row, "first": evidence, "prefix": prefixes.get(evidence["workspace"])}


async def file(desk: Desk, request: Request) -> Response:
    """The whole report in a form, for a browser: it has the token as a cookie, and the control surface takes none."""
    name = request.path_params["file"]
    if name not in FORMS:
        raise ProblemError(404, f"There is no such form of the report; there are {', '.join(FORMS)}.")
    path, media_type = FORMS[name]
    status, body = await ControlRequest("GET", path).answered(request)
    if status != 200:
        raise ProblemError(status, "The report cannot be made.")
    return AnswerResponse(Answer(200, body, media_type.encode(), (*ALWAYS, FRAMELESS)))


ROUTES: Final = (Screen("GET /readiness", readiness), Screen("GET /readiness/{file}", file))
