"""The control surface `/_sim`, with which pages, the command line and tests drive the simulator."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.core import spec
from simulator.version import __version__
from simulator.web.control import (
    administration,
    certificates,
    clock,
    credentials,
    deposits,
    explain,
    faults,
    handshakes,
    journal,
    money,
    orders,
    people,
    prices,
    races,
    rate_pools,
    reference,
    report,
    scenarios,
    state,
    websockets,
    workspaces,
)
from simulator.web.control.protocol.calls import answer, handled
from simulator.web.control.protocol.declaration import ControlCall
from simulator.web.control.views.people import BRIEF_CLIENT, brief_client_data
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import BASE, CONTROL
from simulator.web.json_schema import COUNT, NAME, TEXT, closed, const, listed, mapped


async def index(desk: Desk, request: Request) -> Response:
    """What runs here, and every call of this surface."""
    world = desk.exchange.world
    base = f"{world.origin}{world.prefix}{BASE}"
    linked = [call for call in CALLS if call.method == "GET" and "{" not in call.path]
    return answer(
        {
            "name": "kucoin-fast-api-simulator",
            "version": __version__,
            "page": spec.PAGE_REVISION,
            "scenario": desk.scenario.name,
            "seed": world.seed,
            "workspace": world.workspace,
            "clients": [brief_client_data(world, world.clients[client_id]) for client_id in sorted(world.clients)],
            "users": len(world.users),
            "calls": [call.as_data() for call in CALLS],
            "links": {call.handler.__name__: base + call.path for call in linked},
        }
    )


async def openapi(desk: Desk, request: Request) -> Response:
    """The calls of this surface as an OpenAPI document; the exchange's own is at /openapi.json."""
    from simulator.web.control.protocol.openapi import document

    return answer(document(CALLS, desk.exchange.world.prefix or "/"))


INDEX: Final = closed(
    {
        "name": const("kucoin-fast-api-simulator"),
        "version": TEXT,
        "page": const(spec.PAGE_REVISION),
        "scenario": TEXT,
        "seed": COUNT,
        "workspace": NAME,
        "clients": listed(BRIEF_CLIENT),
        "users": COUNT,
        "calls": listed(closed({"call": TEXT, "does": TEXT, "query?": listed(TEXT), "body?": TEXT})),
        "links": mapped(TEXT),
    }
)
DOCUMENT: Final = {"type": "object", "required": ["openapi", "info", "paths", "components"]}
CALLS: Final = (
    ControlCall("GET", index, INDEX),
    *workspaces.CALLS,
    *scenarios.CALLS,
    *faults.CALLS,
    *clock.CALLS,
    *rate_pools.CALLS,
    *state.CALLS,
    *people.CALLS,
    *administration.CALLS,
    *credentials.CALLS,
    *deposits.CALLS,
    *money.CALLS,
    *orders.CALLS,
    *prices.CALLS,
    *journal.CALLS,
    *explain.CALLS,
    *races.CALLS,
    *report.CALLS,
    *websockets.CALLS,
    *handshakes.CALLS,
    *reference.CALLS,
    *certificates.CALLS,
    ControlCall("GET /openapi.json", openapi, DOCUMENT),
)
"""Every call. A path without a part in braces stands before one that would match it as well."""
INDEXED: Final = (f"{BASE}/",)
"""Other paths of the index. They do not redirect, because curl does not follow a redirect by itself. `/_sim` is one as
well, for a client that is no browser (`dashboard/routes.py`)."""
SHORT: Final = {CONTROL + call.path: call for call in certificates.CALLS}
"""Other paths of calls that a person types, or a shell script: without the version."""


def control_routes() -> list[Route]:
    """The routes of the control surface: one a path, so that a 405 names all its methods."""
    calls: dict[str, dict[str, ControlCall]] = {path: {"GET": CALLS[0]} for path in INDEXED}
    calls |= {path: {call.method: call} for path, call in SHORT.items()}
    for call in CALLS:
        calls.setdefault(BASE + call.path, {})[call.method] = call
    return [Route(path, handled(by_method), methods=list(by_method)) for path, by_method in calls.items()]
