"""The calls: the journal as a list that is live, with a search box, a page at a time."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from msgspec import json
from starlette.requests import Request
from starlette.responses import Response

from simulator.evidence import views
from simulator.evidence.filters import EntryFilter
from simulator.evidence.journal import Entry, Journal
from simulator.web.control.journal import archive_of, chosen, lines, read_number
from simulator.web.control.journal_events import EventStream
from simulator.web.control.protocol.calls import settled
from simulator.web.control.protocol.declaration import LIMIT
from simulator.web.dashboard.screens import Screen, query_of, screen
from simulator.web.dashboard.searching import HELP, Search, read_search
from simulator.web.dashboard.steering import ControlRequest
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import CONTROL
from simulator.web.pages.render import fragment

PAGE: Final = 50
"""Calls of one page."""


async def calls(desk: Desk, request: Request) -> Response:
    """The newest calls, or those before or after the call in the query. `q` is the search."""
    journal, query = desk.journal, query_of(request)
    search = read_search(settled(desk), query.one("q", ""))
    before, after = (_number(query.one(name, "")) for name in ("before", "after"))
    last, newest = journal.last, before is None and after is None
    entries, more = await _page(request, journal, search.filters, before, after)
    rows = [json.decode(line) for line in await lines(journal, entries, request)]
    numbers = [entry.number for entry in entries]
    return screen(
        request,
        "dashboard/calls.html",
        "/calls",
        400 if search.problem else 200,
        rows=rows,
        search=search,
        help=HELP,
        live=newest and not search.problem,
        last=last,
        first=journal.first,
        stream=_link(search, since=last),
        next=f"?{_link(search, before=numbers[-1])}" if numbers and more else "",
        previous="" if newest or not numbers else f"?{_link(search, after=numbers[0])}",
        script=script(request, search),
    )


async def _page(
    request: Request, journal: Journal, filters: EntryFilter, before: int | None, after: int | None
) -> tuple[list[Entry], bool]:
    """The entries of a page, newest first, and true if there are older ones.

    Without a filter only the entries of the page are looked at, however many there are.
    """
    everything = filters == EntryFilter()
    if after is not None:
        entries = (await chosen(request, journal.after(after), filters, PAGE))[::-1]
        if len(entries) == PAGE:
            return entries, True
    until = journal.last + 1 if before is None or after is not None else before
    candidates = journal.before(until, PAGE + 1 if everything else until)
    entries = await chosen(request, candidates, filters, PAGE + 1)
    return entries[:PAGE], len(entries) > PAGE


def _number(text: str) -> int | None:
    return read_number(text) if text else None


def _link(search: Search, **cursor: int) -> str:
    """The query of a link that keeps the search."""
    return urlencode({**({"q": search.text} if search.text else {}), **cursor})


def script(request: Request, search: Search) -> str:
    """The line of curl that lists the same calls."""
    line = ControlRequest("GET", "/requests", query=search.parameters).curl(request)
    return f"{line} | jq '.requests[] | select(.diagnosis.reason)'" if search.refused else line


async def stream(desk: Desk, request: Request) -> Response:
    """New calls that the search finds, as rows of the list, by server-sent events."""
    query = query_of(request)
    search = read_search(desk.exchange.world, query.one("q", ""))
    since = _number(request.headers.get("last-event-id", "") or query.one("since", ""))
    shown = partial(row, f"{desk.exchange.world.prefix}{CONTROL}")
    return EventStream(desk.journal, search.filters, desk.journal.last if since is None else since, shown)


def row(dash: str, journal: Journal, entry: Entry) -> bytes:
    """One call as a row of the list, without line breaks."""
    data: dict[str, Any] = json.decode(views.rendered(journal, entry))
    text = fragment("dashboard/_row.html", call=data, dash=dash)
    return " ".join(text.split()).encode(errors="replace")


async def har(desk: Desk, request: Request) -> Response:
    """The calls that the search finds as a HAR, to save."""
    journal = desk.journal
    search = read_search(desk.exchange.world, query_of(request).one("q", ""))
    entries = (await chosen(request, journal.before(journal.last + 1, journal.last), search.filters, LIMIT.most))[::-1]
    return archive_of(journal, entries, "calls.har")


ROUTES: Final = (Screen("GET /calls", calls), Screen("GET /calls/stream", stream), Screen("GET /calls/har", har))
