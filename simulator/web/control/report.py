"""The readiness report on the calls so far: of all workspaces, or of the one that the call is addressed to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from msgspec import Raw
from starlette.requests import Request
from starlette.responses import Response

from simulator.version import __version__
from simulator.web.control.protocol.calls import answer
from simulator.web.control.protocol.declaration import ControlCall, QueryParameter
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.endpoints.decode import JSON
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import TEXT, closed, listed
from simulator.web.recording import Kept, kept
from simulator.web.routing.visits import visit_of
from simulator.web.work import aside

if TYPE_CHECKING:
    from simulator.evidence.readiness.record import ReadinessRecord

HTML: Final = "text/html; charset=utf-8"
XML: Final = "application/xml"
MARKDOWN: Final = "text/markdown; charset=utf-8"
LONGEST_TEST: Final = 2_000
"""Characters of a test's node id."""
PROFILE: Final = QueryParameter("profile", TEXT, "Only situations of this profile, such as `payouts`. Repeatable")
TEST: Final = QueryParameter("test", TEXT, "The node id of the test that made the calls. Repeatable")


async def report(desk: Desk, request: Request) -> Response:
    """Which situations that cost money or access the calls so far have reached, and which were handled."""
    return await _written(desk, request, "json", JSON)


async def report_page(desk: Desk, request: Request) -> Response:
    """The readiness report as a page: one HTML file with everything in it."""
    return await _written(desk, request, "html", HTML)


async def report_junit(desk: Desk, request: Request) -> Response:
    """The readiness report as JUnit XML."""
    return await _written(desk, request, "junit", XML)


async def report_markdown(desk: Desk, request: Request) -> Response:
    """The readiness report as Markdown."""
    return await _written(desk, request, "md", MARKDOWN)


async def records(desk: Desk, request: Request) -> Response:
    """What a report is made of, one record for each workspace, to be merged with those of other servers."""
    tests = TEST.texts(request)
    if any(len(test) > LONGEST_TEST for test in tests):
        raise ProblemError(400, f"test must have at most {LONGEST_TEST} characters")
    return answer({"records": await aside(partial(_encoded, _sources(desk, request), tests), request.receive)})


def _sources(desk: Desk, request: Request) -> tuple[list[Kept], list[ReadinessRecord]]:
    """What records are made of, and records of workspaces that have ended; all workspaces at the default address."""
    workspaces = visit_of(request).workspaces
    if desk is not workspaces.home:
        return [kept(desk)], []
    ended = workspaces.keeper.ended() if workspaces.keeper else []
    return [kept(other) for other in workspaces.desks()], ended


def _records(
    sources: tuple[list[Kept], list[ReadinessRecord]], tests: Iterable[str] = ()
) -> tuple[ReadinessRecord, ...]:
    """The merged records. This may be long work."""
    from simulator.evidence.readiness.merging import merged

    living, ended = sources
    return merged([*ended, *filter(None, (entries.record(tests) for entries in living))])


def _encoded(sources: tuple[list[Kept], list[ReadinessRecord]], tests: Iterable[str]) -> list[Raw]:
    from simulator.evidence.readiness.record import encode

    return [Raw(encode(record)) for record in _records(sources, tests)]


async def _written(desk: Desk, request: Request, form: str, media_type: str) -> Response:
    from simulator.evidence.readiness.shipped import ProfileError, checked_profiles

    try:
        profiles = checked_profiles(PROFILE.texts(request))
    except ProfileError as error:
        raise ProblemError(400, str(error)) from None
    text = await aside(partial(_text, _sources(desk, request), form, profiles), request.receive)
    headers = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
    return Response(text, headers=headers, media_type=media_type)


def _text(sources: tuple[list[Kept], list[ReadinessRecord]], form: str, profiles: tuple[str, ...]) -> bytes:
    """The report in a form. This may be long work."""
    from simulator.evidence.readiness.formats.writing import written
    from simulator.evidence.readiness.judging import ReportCriteria
    from simulator.evidence.readiness.shipped import report_on

    return written(report_on(_records(sources), __version__, ReportCriteria(profiles=profiles)), form)


def _report_schema() -> dict[str, Any]:
    return {"type": "object", "required": ["format", "version", "ok", "score", "counts", "set_up", "rows", "rules"]}


CALLS: Final = (
    ControlCall("GET /report", report, _report_schema, query=(PROFILE,)),
    ControlCall("GET /report.html", report_page, TEXT, query=(PROFILE,), media_type=HTML),
    ControlCall("GET /report.xml", report_junit, TEXT, query=(PROFILE,), media_type=XML),
    ControlCall("GET /report.md", report_markdown, TEXT, query=(PROFILE,), media_type=MARKDOWN),
    ControlCall("GET /report/records", records, closed({"records": listed({"type": "object"})}), query=(TEST,)),
)
