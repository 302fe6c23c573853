"""The overview: both clocks, the next events, the users, and what was refused last."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.evidence.journal import Journal
from simulator.instants import iso
from simulator.web.control.views.clock import clock_data
from simulator.web.dashboard.clocks import coming, event_data, first_of_each
from simulator.web.dashboard.screens import Screen, screen
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.people import people

RECENT: Final = 1_000
"""The newest calls that are looked at for what was refused."""
MOST_EVENTS: Final = 5
MOST_GROUPS: Final = 12


async def overview(desk: Desk, request: Request) -> Response:
    """The overview."""
    pending = await coming(desk, request)
    now, world = desk.exchange.clock.now(), desk.exchange.world
    groups = refused(desk.journal)
    return screen(
        request,
        "dashboard/overview.html",
        "/",
        clock=clock_data(desk),
        wall=iso(now.wall),
        pending=[event_data(event, now.business) for event in first_of_each(pending)[:MOST_EVENTS]],
        count=len(pending),
        people=people(world),
        clients=len(world.clients),
        groups=groups[:MOST_GROUPS],
        more_groups=len(groups) - MOST_GROUPS,
        recent=RECENT,
        calls=desk.journal.last,
        kept=desk.journal.last + 1 - desk.journal.first,
        faults=len(desk.exchange.staging.armed),
    )


def refused(journal: Journal) -> list[dict[str, Any]]:
    """What was refused among the newest `RECENT` calls, by reason and operation, the newest first."""
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in journal.newest(RECENT):
        refusal, operation = entry.refusal, entry.outcome.operation
        if refusal is None:
            continue
        key = (refusal.reason.name, operation)
        if key not in groups:
            meaning = refusal.reason.denial.meaning
            groups[key] = {"reason": key[0], "operation": operation, "meaning": meaning, "count": 0, "staged": 0}
            groups[key] |= {"last": entry.number, "at": iso(entry.outcome.now.business)}
        groups[key]["count"] += 1
        groups[key]["staged"] += entry.outcome.prevented
    return [*groups.values()]


ROOT: Final = Screen("GET /", overview)
ROUTES: Final[tuple[Screen, ...]] = ()
"""The root's route is in `routes.py`, because a program gets the index there."""
