"""The flow of a user: a sequence diagram of what really happened, and the same as a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.world import World
from simulator.evidence.journal import Entry
from simulator.evidence.lives import flow
from simulator.evidence.lives.flow import MOST_CALLS, FlowStep
from simulator.evidence.redaction import Redactor
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.dashboard.diagram import picture
from simulator.web.dashboard.screens import Screen, query_of, screen
from simulator.web.dashboard.showing import Instant, instant, redactor_of
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.people import people
from simulator.web.work import collected

LONGEST: Final = 300
"""Characters of a line of the text."""


class FlowLine(NamedTuple):
    """One step in words, with both clocks."""

    text: str
    detail: str
    outcome: str
    entry: int
    business: Instant
    wall: Instant


async def flows(desk: Desk, request: Request) -> Response:
    """The flow of the `user`, newest calls; `before` = only calls with a smaller number."""
    form = query_of(request)
    identity, before = form.one("user", "").strip(), _before(form.one("before", ""))
    world = desk.exchange.world
    user = world.user_of(identity)
    name = user.name if user else identity
    hide = await redactor_of(desk, request, name)
    entries = await _entries(desk, request, name, before) if name else []
    more = len(entries) > MOST_CALLS
    entries = entries[:MOST_CALLS][::-1]
    steps = flow.flow(entries)
    lines = [_line(step, hide) for step in steps]
    drawn = picture(steps, [(hide.text(step.text), line.text) for step, line in zip(steps, lines, strict=True)])
    return screen(
        request,
        "dashboard/flow.html",
        "/flow",
        user=hide.text(name),
        unknown=bool(name and user is None and not entries),
        people=_acting(desk) or [line.name for line in people(world).shown],
        picture=drawn,
        lines=lines,
        calls=len(entries),
        client=_clients(world, entries),
        older=urlencode({"user": name, "before": entries[0].number}) if more else "",
        newer=urlencode({"user": name}) if before is not None else "",
    )


async def _entries(desk: Desk, request: Request, user: str, before: int | None) -> list[Entry]:
    """The newest calls of a user, newest first: one more than a page has."""
    entries: list[Entry] = []

    def few() -> Iterator[Entry | None]:
        for entry in flow.of_user(desk.journal, user, before):
            if len(entries) > MOST_CALLS:
                return
            if entry is not None:
                entries.append(entry)
            yield entry

    await collected(few(), request.receive)
    return entries


def _line(step: FlowStep, hide: Redactor) -> FlowLine:
    text, detail = hide.sent(flow.line(step), LONGEST), hide.sent(step.detail, LONGEST)
    return FlowLine(text, detail, step.outcome, step.entry, instant(step.business), instant(step.wall))


def _acting(desk: Desk) -> list[str]:
    """The users of the newest calls."""
    users = [entry.outcome.subject.user for entry in desk.journal.newest(500)]
    return [*dict.fromkeys(filter(None, users))][:12]


def _clients(world: World, entries: list[Entry]) -> str:
    """The names of the brokers in these calls."""
    ids = dict.fromkeys(entry.outcome.subject.client for entry in entries)
    names = [world.clients[client].name if client in world.clients else client for client in ids if client]
    return ", ".join(names[:3])


def _before(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ProblemError(400, "before is the number of an entry of the journal")
    return int(text)


ROUTES: Final = (Screen("GET /flow", flows),)
