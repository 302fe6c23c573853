"""The workspaces: who shares this server, a form to make one, and a button to end one."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.scenario.loader import builtin
from simulator.web.dashboard.screens import Screen, form_of, screen
from simulator.web.dashboard.steering import ControlReply, ControlRequest
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.forms import FormError
from simulator.web.routing.credentials import NAME
from simulator.web.routing.visits import visit_of

MOST: Final = 100
"""Workspaces that are listed."""
FIELDS: Final = ("name", "scenario", "ttl")


async def workspaces(desk: Desk, request: Request) -> Response:
    """The workspaces."""
    return await _shown(request)


async def steer(desk: Desk, request: Request) -> Response:
    """Make a workspace or end one."""
    form = await form_of(request)
    given: dict[str, Any] = {}
    if form.word("do", "create", "end") == "create":
        given = {name: value for name in FIELDS if (value := form.one(name, "").strip())}
        call = ControlRequest("POST", "/workspaces", given)
    else:
        name = form.one("name")
        if not NAME.fullmatch(name):
            raise FormError("There is no such workspace.")
        call = ControlRequest("DELETE", f"/workspaces/{name}")
    return await _shown(request, given, call, await call.perform(request))


async def _shown(
    request: Request,
    given: dict[str, Any] | None = None,
    call: ControlRequest | None = None,
    reply: ControlReply | None = None,
) -> Response:
    listed = (await ControlRequest("GET", "/workspaces", query=(("limit", str(MOST)),)).perform(request)).data
    home = visit_of(request).workspaces.home
    return screen(
        request,
        "dashboard/workspaces.html",
        "/workspaces",
        reply.status if reply and not reply.good else 200,
        listed=listed,
        home=home.exchange.world,
        home_scenario=home.scenario,
        given=(given or {}) if reply and not reply.good else {},
        call=call,
        reply=reply,
        scenarios=sorted(file.stem for file in builtin()),
    )


ROUTES: Final = (Screen("GET /workspaces", workspaces), Screen("POST /workspaces", steer))
