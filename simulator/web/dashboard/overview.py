"""The overview: both clocks, the next events, the users, and what was refused last."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.web.control.views.clock import clock_data
from simulator.web.dashboard.screens import Screen, screen
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.people import people


async def overview(desk: Desk, request: Request) -> Response:
    """The overview."""
    return screen(request, "dashboard/overview.html", "/", clock=clock_data(desk), people=people(desk.exchange.world))


ROOT: Final = Screen("GET /", overview)
ROUTES: Final[tuple[Screen, ...]] = ()
"""The root's route is in `routes.py`, because a program gets the index there."""
