"""What has happened: entries by number, by filter, as they come, and as a HAR."""

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
from simulator.core.endpoints import OPERATIONS
from simulator.core.refusals import Reason
from simulator.evidence import views
from simulator.evidence.filters import EntryFilter
from simulator.evidence.har import archive, archived
from simulator.evidence.journal import Entry, Journal
from simulator.version import __version__
from simulator.web.control.calls import LONGEST_NUMBER, answer, limit_of, number_of
from simulator.web.control.problems import ProblemError, problem
from simulator.web.control.stream import EventStream, first
from simulator.web.control.streamed import Streamed
from simulator.web.endpoints.desk import Desk
from simulator.web.wire.damage import disconnected
from simulator.web.work import collected

FILTERS: Final = ("operation", "user", "client", "outcome", "path", "status")
OUTCOMES: Final = frozenset(("OK", "NOT_PERFORMED", *Reason.__members__))
NAMES: Final = frozenset(operation.name for operation in OPERATIONS.values())
EVERYTHING: Final = EntryFilter()
PATIENCE: Final = 10
LONGEST: Final = 60
"""Seconds that a wait lasts unless told otherwise, and at most."""
MOST: Final = 1000
"""Entries that a wait collects at most."""
T = TypeVar("T")


async def requests(desk: Desk, request: Request) -> Response:
    """The journal: the newest first, or with `since` what came after that entry, oldest first."""
    journal, wanted = desk.journal, wanted_of(request, "since", "limit")
    limit, since = limit_of(request), since_of(request)
    if since is None:
        last, newest = journal.last, journal.newest(limit if wanted == EVERYTHING else journal.last)
        found = await _chosen(request, newest, wanted, limit)
        return answer({"requests": await _lines(journal, found, request), "next": last})
    last = journal.last
    found = await _chosen(request, journal.after(since), wanted, limit)
    following = found[-1].number if len(found) == limit else max(since, last)
    return answer({"requests": await _lines(journal, found, request), "next": following})


async def clear(desk: Desk, request: Request) -> Response:
    """Empty the journal. Numbers go on, and what `expect` counts stays counted."""
    return answer({"dropped": desk.journal.clear(), "next": desk.journal.last})


async def entry(desk: Desk, request: Request) -> Response:
    """All of one entry: request, answer, what changed in the world, and why it was refused."""
    number = request.path_params["number"]
    known = number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
    found = desk.journal.entry(int(number)) if known else None
    if found is None:
        raise ProblemError(404, f"no entry {number[:LONGEST_NUMBER]}; it never was, or the ring has dropped it")
    return answer(views.whole(desk.journal, found))


async def har(desk: Desk, request: Request) -> Response:
    """The journal as an HTTP Archive (HAR 1.2), oldest first: the newest entries, as many as `limit` says."""
    journal, wanted = desk.journal, wanted_of(request, "since", "limit")
    limit, since = limit_of(request), since_of(request)
    entries = list(journal.after(since or 0))
    found = (await _chosen(request, reversed(entries), wanted, limit))[::-1]
    return Streamed(chain(_learned(journal), archive(map(partial(archived, journal), found), __version__)))


async def wait(desk: Desk, request: Request) -> Response:
    """Answers when `count` entries have come, since the entry `since` or since now; 408 when `timeout` is over."""
    journal, wanted = desk.journal, wanted_of(request, "since", "count", "timeout")
    count = number_of(request, "count", 1, 1, MOST)
    patience = number_of(request, "timeout", PATIENCE, 0, LONGEST)
    since = since_of(request)
    seen = journal.last if since is None else since
    until = stopwatch() + patience * 1_000_000_000
    found: list[Entry] = []
    changed = asyncio.Event()
    gone = asyncio.ensure_future(disconnected(request.receive))
    try:
        with journal.subscribed(changed.set):
            while True:
                changed.clear()
                last, new = journal.last, journal.after(seen)
                found += await _chosen(request, new, wanted, count - len(found))
                seen = max(seen, last)
                left = (until - stopwatch()) / 1_000_000_000
                if len(found) == count or left <= 0 or gone.done() or journal.closed:
                    break
                await first(gone, changed, left)
    finally:
        gone.cancel()
    lines = await _lines(journal, found, request)
    if len(found) == count:
        return answer({"requests": lines, "next": found[-1].number})
    until_when = "before the workspace ended" if journal.closed else f"within {patience} s"
    came = f"{len(found)} of {count} came {until_when}"
    return problem(408, came, requests=lines, next=journal.last)


async def stream(desk: Desk, request: Request) -> Response:
    """Every new entry as a server-sent event; `Last-Event-ID` or `since` goes back to what the ring still has."""
    wanted = wanted_of(request, "since")
    last = request.headers.get("last-event-id", "")
    since = read_number(last) if last else since_of(request)
    return EventStream(desk.journal, wanted, desk.journal.last if since is None else since)


async def _chosen(request: Request, entries: Iterable[Entry], wanted: EntryFilter, limit: int) -> list[Entry]:
    """The first entries that somebody wants, so many at most. Others have their turn meanwhile, and add entries."""
    snapshot = list(entries)
    matching = (entry if wanted.matches(entry) else None for entry in snapshot)
    return await collected(_first(matching, limit), request.receive)


def _first(found: Iterable[T | None], limit: int) -> Iterator[T | None]:
    """All up to the one that is the last of so many."""
    left = limit
    for each in found:
        if not left:
            return
        left -= each is not None
        yield each


async def _lines(journal: Journal, entries: list[Entry], request: Request) -> list[Raw]:
    """What the list shows of them, as JSON."""
    lines = (Raw(views.rendered(journal, entry)) for entry in entries)
    return await collected(chain(journal.learning(), lines), request.receive)


def _learned(journal: Journal) -> Iterator[bytes]:
    return (b"" for _ in journal.learning())


def wanted_of(request: Request, *others: str) -> EntryFilter:
    """The filters of a query. A repeated one means any of its values; an unknown name or word is a problem."""
    query = request.query_params
    known = (*FILTERS, *others)
    if unknown := [name for name in query if name not in known]:
        raise ProblemError(400, f"unknown parameter {unknown[0]}; known are {', '.join(known)}")
    words = {name: frozenset(query.getlist(name)) for name in FILTERS if name != "path"}
    for name, allowed in (("operation", NAMES), ("outcome", OUTCOMES)):
        if wrong := sorted(words[name] - allowed):
            where = "operations" if name == "operation" else "reasons"
            raise ProblemError(400, f"no {name} {wrong[0]}; GET /_sim/v1/{where} lists them")
    if wrong := sorted(each for each in words["status"] if not (each.isascii() and each.isdigit())):
        raise ProblemError(400, f"status must be a number such as 200, not {wrong[0]}")
    return EntryFilter(**words, path=tuple(query.getlist("path")))


def since_of(request: Request) -> int | None:
    """The number of the last entry that is known already."""
    text = request.query_params.get("since")
    return None if text is None else read_number(text)


def read_number(text: str) -> int:
    """The number of an entry."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise ProblemError(400, "since and Last-Event-ID are the number of an entry")
    return int(text)
