"""The routes of the dashboard. Each module of a section has its own in `ROUTES`."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.web.control.protocol.calls import handled
from simulator.web.control.routes import CALLS
from simulator.web.dashboard import (
    calls,
    clocks,
    console,
    entering,
    faults,
    feeds,
    flows,
    inspector,
    money,
    one_call,
    one_order,
    orders,
    overview,
    readiness,
    workspaces,
)
from simulator.web.dashboard.nav import ROOTS, wants_page
from simulator.web.dashboard.screens import Screen, answered

SCREENS: Final[tuple[Screen, ...]] = (
    *calls.ROUTES,
    *one_call.ROUTES,
    *faults.ROUTES,
    *clocks.ROUTES,
    *workspaces.ROUTES,
    *entering.ROUTES,
    *inspector.ROUTES,
    *orders.ROUTES,
    *one_order.ROUTES,
    *feeds.ROUTES,
    *money.ROUTES,
    *flows.ROUTES,
    *console.ROUTES,
    *readiness.ROUTES,
)
"""Every screen. A path without a part in braces stands before one that would match it as well."""


def dashboard_routes() -> list[Route]:
    """The routes: one a path, so that a 405 names all its methods. At the root a program gets the index as JSON."""
    by_path: dict[str, dict[str, Screen]] = {}
    for screen in SCREENS:
        by_path.setdefault(screen.path, {})[screen.method] = screen
    roots = [Route(path, _root, methods=["GET"]) for path in ROOTS]
    return [*roots, *(Route(path, answered(screens), methods=list(screens)) for path, screens in by_path.items())]


_overview = answered({"GET": overview.ROOT})
_index = handled({"GET": CALLS[0]})


async def _root(request: Request) -> Response:
    if wants_page(request.headers):
        return await _overview(request)
    response: Response = await _index(request)
    response.headers["vary"] = "accept"
    return response
