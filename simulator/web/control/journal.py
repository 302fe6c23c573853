"""The journal: entries by number, by filter, as they come, and as a HAR."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Final, TypeVar

from msgspec import Raw
from starlette.requests import Request
from starlette.responses import Response

from simulator.clock import stopwatch
from simulator.evidence import views
from simulator.evidence.filters import EntryFilter
from simulator.evidence.har import archive, archived
from simulator.evidence.journal import Entry, Journal
from simulator.version import __version__
from simulator.web.control.journal_events import EventStream, first
from simulator.web.control.protocol.calls import answer
from simulator.web.control.protocol.declaration import (
    LIMIT,
    LONGEST_NUMBER,
    ControlCall,
    NumberParameter,
    QueryParameter,
)
from simulator.web.control.protocol.long_answers import Streamed
from simulator.web.control.protocol.problems import ProblemError, problem
from simulator.web.control.views.entries import ENTRY_FIELDS, LINE, OPERATION, OUTCOME
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import COUNT, TEXT, closed, const, listed
from simulator.web.routing.visits import visit_of
from simulator.web.wire.damage import disconnected
from simulator.web.work import collected

OPERATION_IS: Final = QueryParameter("operation", OPERATION)
USER_IS: Final = QueryParameter("user", TEXT)
CLIENT_IS: Final = QueryParameter("client", TEXT)
OUTCOME_IS: Final = QueryParameter("outcome", OUTCOME, "`OK`, `NOT_PERFORMED` or a reason")
PATH_IS: Final = QueryParameter("path", TEXT, "A whole path, or its beginning with `*` behind it")
STATUS_IS: Final = QueryParameter("status", {"type": "integer", "minimum": 0}, "0 = no answer")
FILTERS: Final = (OPERATION_IS, USER_IS, CLIENT_IS, OUTCOME_IS, PATH_IS, STATUS_IS)
SINCE: Final = QueryParameter(
    "since",
    {"type": "integer", "minimum": 0, "maximum": 10**LONGEST_NUMBER - 1},
    "What came after this entry, oldest first",
)
COUNT_OF: Final = NumberParameter("count", 1, 1000, 1, "How many to wait for; 1 without")
TIMEOUT: Final = NumberParameter("timeout", 0, 60, 10, "Seconds; 10 without")
EVERYTHING: Final = EntryFilter()
T = TypeVar("T")


async def requests(desk: Desk, request: Request) -> Response:
    """The journal: the newest first, or with `since` what came after that entry, oldest first."""
    journal, filters = desk.journal, filters_of(request)
    limit, since = LIMIT.number(request), since_of(request)
    if since is None:
        last, newest = journal.last, journal.newest(limit if filters == EVERYTHING else journal.last)
        entries = await chosen(request, newest, filters, limit)
        return answer({"requests": await lines(journal, entries, request), "next": last})
    last = journal.last
    entries = await chosen(request, journal.after(since), filters, limit)
    following = entries[-1].number if len(entries) == limit else max(since, last)
    return answer({"requests": await lines(journal, entries, request), "next": following})


async def clear(desk: Desk, request: Request) -> Response:
    """Empty the journal. Numbers go on, and what `expect` counts stays counted."""
    if keeper := visit_of(request).workspaces.keeper:
        keeper.keep(desk)
    return answer({"dropped": desk.journal.clear(), "next": desk.journal.last})


async def entry(desk: Desk, request: Request) -> Response:
    """All of one entry: request, answer, what changed in the world, and why it was refused."""
    number = request.path_params["number"]
    known = number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
    entry = desk.journal.entry(int(number)) if known else None
    if entry is None:
        raise ProblemError(404, f"no entry {number[:LONGEST_NUMBER]}; it never was, or the ring has dropped it")
    return answer(views.whole(desk.journal, entry))


async def har(desk: Desk, request: Request) -> Response:
    """The journal as an HTTP Archive (HAR 1.2), oldest first: the newest entries, as many as `limit` says."""
    journal, filters = desk.journal, filters_of(request)
    limit, since = LIMIT.number(request), since_of(request)
    kept = list(journal.after(since or 0))
    entries = (await chosen(request, reversed(kept), filters, limit))[::-1]
    return archive_of(journal, entries)


def archive_of(journal: Journal, entries: Iterable[Entry], file: str = "") -> Streamed:
    """The entries as a HAR. `file` is the name under which a browser saves it; "" = it may show it."""
    headers = {"content-disposition": f'attachment; filename="{file}"'} if file else None
    pieces = archive(map(partial(archived, journal), entries), __version__)
    return Streamed(chain(_learned(journal), pieces), headers=headers)


async def wait(desk: Desk, request: Request) -> Response:
    """Wait until `count` entries have come, since the entry `since` or since now; 408 when `timeout` is over."""
    journal, filters = desk.journal, filters_of(request)
    count, timeout = COUNT_OF.number(request), TIMEOUT.number(request)
    since = since_of(request)
    seen = journal.last if since is None else since
    until = stopwatch() + timeout * 1_000_000_000
    entries: list[Entry] = []
    changed = asyncio.Event()
    gone = asyncio.ensure_future(disconnected(request.receive))
    try:
        with journal.subscribed(changed.set):
            while True:
                changed.clear()
                last, new = journal.last, journal.after(seen)
                entries += await chosen(request, new, filters, count - len(entries))
                seen = max(seen, last)
                left = (until - stopwatch()) / 1_000_000_000
                if len(entries) == count or left <= 0 or gone.done() or journal.closed:
                    break
                await first(gone, changed, left)
    finally:
        gone.cancel()
    shown = await lines(journal, entries, request)
    if len(entries) == count:
        return answer({"requests": shown, "next": entries[-1].number})
    period = "before the workspace ended" if journal.closed else f"within {timeout} s"
    return problem(408, f"{len(entries)} of {count} came {period}", requests=shown, next=journal.last)


async def stream(desk: Desk, request: Request) -> Response:
    """Every new entry as a server-sent event; `Last-Event-ID` or `since` goes back to what the ring still has."""
    filters = filters_of(request)
    last = request.headers.get("last-event-id", "")
    since = read_number(last) if last else since_of(request)
    return EventStream(desk.journal, filters, desk.journal.last if since is None else since)


async def chosen(request: Request, entries: Iterable[Entry], filters: EntryFilter, limit: int) -> list[Entry]:
    """The first `limit` entries that match. Other calls have their turn meanwhile, and may add entries."""
    snapshot = list(entries)
    matching = (entry if filters.matches(entry) else None for entry in snapshot)
    return await collected(_first(matching, limit), request.receive)


def _first(items: Iterable[T | None], limit: int) -> Iterator[T | None]:
    """All items up to the one that is the last of `limit` that are not None."""
    left = limit
    for item in items:
        if not left:
            return
        left -= item is not None
        yield item


async def lines(journal: Journal, entries: list[Entry], request: Request) -> list[Raw]:
    """The entries as the list shows them, as JSON."""
    texts = (Raw(views.rendered(journal, entry)) for entry in entries)
    return await collected(chain(journal.learning(), texts), request.receive)


def _learned(journal: Journal) -> Iterator[bytes]:
    return (b"" for _ in journal.learning())


def filters_of(request: Request) -> EntryFilter:
    """The filters of the query. A repeated one means any of its values; an unknown word is a problem."""
    words = {parameter.name: frozenset(parameter.texts(request)) for parameter in FILTERS if parameter is not PATH_IS}
    for parameter, list_name in ((OPERATION_IS, "operations"), (OUTCOME_IS, "reasons")):
        if wrong := sorted(words[parameter.name].difference(parameter.schema["enum"])):
            raise ProblemError(400, f"no {parameter.name} {wrong[0]}; GET /_sim/v1/{list_name} lists them")
    if wrong := sorted(text for text in words["status"] if not (text.isascii() and text.isdigit())):
        raise ProblemError(400, f"status must be a number such as 200, not {wrong[0]}")
    return EntryFilter(**words, path=tuple(PATH_IS.texts(request)))


def since_of(request: Request) -> int | None:
    """The number of the last entry that the caller knows."""
    texts = SINCE.texts(request)
    return read_number(texts[-1]) if texts else None


def read_number(text: str) -> int:
    """The number of an entry."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise ProblemError(400, "since and Last-Event-ID are the number of an entry")
    return int(text)


LINES: Final = closed({"requests": listed(LINE), "next": COUNT})
HAR: Final = closed(
    {
        "log": closed(
            {
                "version": const("1.2"),
                "creator": closed({"name": TEXT, "version": TEXT}),
                "entries": listed({"type": "object", "required": ["request", "response", "startedDateTime", "time"]}),
            }
        )
    }
)
CALLS: Final = (
    ControlCall("GET /requests", requests, LINES, query=(*FILTERS, SINCE, LIMIT)),
    ControlCall("DELETE /requests", clear, closed({"dropped": COUNT, "next": COUNT})),
    ControlCall(
        "GET /requests/wait",
        wait,
        LINES,
        problems=(408,),
        query=(*FILTERS, SINCE, COUNT_OF, TIMEOUT),
        members={408: {"requests": listed(LINE), "next": COUNT}},
    ),
    ControlCall("GET /requests/stream", stream, TEXT, query=(*FILTERS, SINCE), media_type="text/event-stream"),
    ControlCall("GET /requests.har", har, HAR, query=(*FILTERS, SINCE, LIMIT)),
    ControlCall("GET /requests/{number}", entry, closed(ENTRY_FIELDS), problems=(404,)),
)
