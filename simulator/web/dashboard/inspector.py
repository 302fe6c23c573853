"""The inspector: any id in one box leads to the thing, its life, its calls, its money and what is still to come."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.control.events import Event
from simulator.core.world import Now
from simulator.evidence import views
from simulator.evidence.journal import Entry, Journal
from simulator.evidence.lives.life import Life, LifeMoment, life_of
from simulator.evidence.lives.things import Thing, distinct, search
from simulator.evidence.lives.touches import touching
from simulator.evidence.redaction import Redactor
from simulator.web.control.money import movement_data
from simulator.web.dashboard.facts import balances_of, facts_of
from simulator.web.dashboard.screens import Screen, query_of, screen
from simulator.web.dashboard.showing import Instant, instant, redactor_of
from simulator.web.endpoints.desk import Desk
from simulator.web.work import collected

CALLS: Final = 50
"""Calls of a page."""
WORDS: Final = {"entry": "Call", "api_key": "API key"}
"""Kinds of things whose word is not the kind itself."""


class TimelineLine(NamedTuple):
    """One line of the timeline. `entry` 0 = no call of the ring; `to` = how to get there, for an event ahead."""

    business: Instant
    wall: Instant
    text: str
    entry: int
    outcome: str
    to: str


async def inspect(desk: Desk, request: Request) -> Response:
    """The thing that `q` names; all of them if there are several; an example of each if there is none."""
    form = query_of(request)
    text, before = form.one("q", ""), _number(form.one("before", ""))
    world, journal = desk.exchange.world, desk.journal
    things = distinct(await collected(search(world, journal, text), request.receive))
    kind = form.one("kind", "")
    things = [thing for thing in things if thing.kind == kind] or things
    hide = await redactor_of(desk, request)
    shown = things[0].name if len(things) == 1 and things[0].secret else hide.sent(text.strip())
    if len(things) != 1:
        choices = [_link(thing, hide) for thing in things]
        return screen(
            request, "dashboard/inspect.html", "/inspect", q=shown, things=choices, life=None, known=_known(desk)
        )
    return screen(
        request, "dashboard/inspect.html", "/inspect", q=shown, **await life_shown(desk, request, things[0], before)
    )


async def life_shown(desk: Desk, request: Request, thing: Thing, before: int | None = None) -> dict[str, Any]:
    """What a page shows of one thing. `before` = only calls with a lower number."""
    world, journal, now = desk.exchange.world, desk.journal, desk.exchange.clock.now()
    entries = await _touching(desk, request, thing, before)
    more = len(entries) > CALLS
    life = life_of(world, now.business, thing, entries[:CALLS])
    owner = thing.id if thing.kind == "user" else getattr(life.row, "user", "")
    hide = await redactor_of(desk, request, owner)
    calls = await collected((views.line(journal, entry) for entry in entries[:CALLS]), request.receive)
    return {
        "things": [_link(thing, hide)],
        "life": life,
        "kind": _word(thing),
        "name": hide.text(thing.name),
        "owner": hide.text(owner) if thing.kind != "client" else "",
        "facts": facts_of(desk, life, hide),
        "balances": balances_of(world, thing.id) if thing.kind == "user" and not life.gone else [],
        "related": [_link(other, hide) for other in life.related],
        "past": [_of_moment(moment, hide) for moment in life.moments],
        "ahead": [_of_event(event, now, desk.exchange.clock.scale, hide) for event in life.events],
        "now": (instant(now.business), instant(now.wall)),
        "frozen": not desk.exchange.clock.scale,
        "at": instant,
        "movements": [hide.data(movement_data(movement)) for movement in life.movements],
        "calls": calls,
        "older": urlencode({"q": thing.name, "before": entries[CALLS - 1].number}) if more else "",
        "newer": urlencode({"q": thing.name}) if before is not None else "",
        "gone_text": "" if not life.gone else _gone(life),
    }


async def _touching(desk: Desk, request: Request, thing: Thing, before: int | None) -> list[Entry]:
    """The newest calls of a thing, one more than a page has. Each entry of the ring is read at most once."""
    entries: list[Entry] = []

    def few() -> Any:
        for entry in touching(desk.journal, desk.exchange.world, thing, before):
            if len(entries) > CALLS:
                return
            if entry is not None:
                entries.append(entry)
            yield entry

    await collected(few(), request.receive)
    return entries


def _gone(life: Life) -> str:
    if life.row is None:
        return "The world has no such row, and no call that the journal still keeps had it."
    return "The world does not have it any more. This is how a call in the journal last saw it."


class ThingLink(NamedTuple):
    """A link to a thing: the words of its kind, what it is called, and the query that leads to it."""

    kind: str
    name: str
    query: str


def _link(thing: Thing, hide: Redactor) -> ThingLink:
    name = thing.name if thing.secret else hide.text(thing.name)
    query = urlencode({"q": thing.name, "kind": thing.kind})
    return ThingLink(_word(thing), name, query)


def _of_moment(moment: LifeMoment, hide: Redactor) -> TimelineLine:
    wall = instant(moment.wall)
    return TimelineLine(instant(moment.business), wall, hide.text(moment.text), moment.entry, moment.outcome, "")


def _of_event(event: Event, now: Now, scale: Decimal, hide: Redactor) -> TimelineLine:
    """An event ahead. The wall clock's instant is that at the speed of now; unknown while the clock stands still."""
    wall = now.wall + int((event.at - now.business) / scale) if scale else None
    text = f"{event.kind.value.replace('_', ' ')} of {event.of}"
    at = instant(event.at)
    return TimelineLine(at, instant(wall), hide.text(text), 0, "", at.text)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _known(desk: Desk) -> list[ThingLink]:
    """Things to begin with: a user, a client, and what the last calls were about."""
    world, journal = desk.exchange.world, desk.journal
    things = [Thing("user", user) for user in _first(world.users)] + [
        Thing("client", client) for client in _first(world.clients)
    ]
    hide = views.outside(journal, world, desk.exchange.clock.now())
    things += [Thing("entry", str(journal.last))] if journal.entry(journal.last) else []
    return [_link(thing, hide) for thing in [*things, *_last(journal)]]


def _first(table: Any) -> list[str]:
    return [key for key, _ in zip(table, range(1), strict=False)]


def _last(journal: Journal) -> list[Thing]:
    """The user and the key of the newest calls."""
    things: dict[Thing, None] = {}
    for entry in journal.newest(20):
        if user := entry.outcome.subject.user:
            things[Thing("user", user)] = None
        key = entry.request.header(b"kc-api-key") or ""
        if key in entry.after.api_keys:
            things[Thing("api_key", key)] = None
    return [*things][:4]


def _word(thing: Thing) -> str:
    """The word for the kind of a thing, as a person reads it."""
    return WORDS.get(thing.kind, thing.kind.replace("_", " ").capitalize())


ROUTES: Final = (Screen("GET /inspect", inspect),)
