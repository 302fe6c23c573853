"""Workspaces: made, shown and ended; and the calls that belong to none."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import islice
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.spec import DAY
from simulator.core.world import World
from simulator.evidence.journal import ServedElsewhere
from simulator.evidence.views import line
from simulator.scenario.format.scalars import duration_ms
from simulator.web.control import tenants
from simulator.web.control.protocol.calls import LONGEST_SCENARIO, answer, call_of, fields_of
from simulator.web.control.protocol.declaration import LIMIT, ControlCall, JsonBody
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.control.tenants import TENANT_FIELDS
from simulator.web.control.views.entries import LINE
from simulator.web.control.views.people import BRIEF_CLIENT, OWN_KEY, brief_client_data
from simulator.web.control.written import duration
from simulator.web.endpoints.desk import Desk
from simulator.web.guards import LARGEST_PORT
from simulator.web.json_schema import COUNT, NAME, TEXT, Schema, closed, listed, maybe
from simulator.web.routing import credentials
from simulator.web.routing.doors import CONTROLLED, NoDoorError
from simulator.web.routing.unrouted import is_unrouted
from simulator.web.routing.visits import visit_of
from simulator.web.routing.workspaces import IDLE, FullError, Workspace, WorkspaceError, Workspaces

LARGEST_SEED: Final = 10**18 - 1
"""As large as a scenario's may be."""
LONGEST_TTL: Final = 365 * DAY
"""ms."""
MOST_NAMES: Final = 100
"""Users whose names are listed: to sort 100,000 names would take a second."""
CREATION: Final = JsonBody(
    closed(
        {
            "name?": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,63}$"},
            **TENANT_FIELDS,
            "seed?": {"type": "integer", "minimum": 0, "maximum": LARGEST_SEED},
            "ttl?": {
                "type": "string",
                "description": "How long it may be idle, such as `10m`",
                "examples": ["10m"],
            },
            "port?": {
                "type": "integer",
                "minimum": 0,
                "maximum": LARGEST_PORT,
                "description": "A port of 127.0.0.1 where everything is addressed to this workspace; 0 = any free one",
            },
        }
    ),
    required=False,
)


async def create_workspace(desk: Desk, request: Request) -> Response:
    """Make an isolated exchange with a client of its own; `ttl` is how long it may be idle, such as 10m.

    With `port` it gets a port of its own as well, which closes when the workspace ends.
    """
    workspaces = visit_of(request).workspaces
    with fields_of(await call_of(request, LONGEST_SCENARIO, waits=False), CREATION) as fields:
        name, seed, ttl = fields.get(_name, None), fields.get(_seed, None), fields.get(_ttl, IDLE)
        port = fields.get(_port, None)
        ordered = tenants.read(workspaces.home.scenario, fields)
    scenario = await ordered.scenario(request)
    with ExitStack() as undo:
        if port is not None:
            name = await _door(workspaces, name, port)
            undo.callback(workspaces.doors.close, name.lower())
        try:
            workspace = workspaces.create(scenario, name, seed, ttl, ordered.tenant)
        except WorkspaceError as error:
            raise ProblemError(429 if isinstance(error, FullError) else 409, str(error)) from None
        undo.pop_all()
    return answer(_whole_data(workspaces, workspace), 201)


async def _door(workspaces: Workspaces, name: str | None, port: int) -> str:
    """Open a port for the workspace that is made next. The name that it must have."""
    workspaces.sweep()
    name = workspaces.minted_name() if name is None else name
    try:
        await workspaces.doors.open(name.lower(), port)
    except NoDoorError as error:
        raise ProblemError(409, str(error)) from None
    return name


def _port(fields: Fields) -> int | None:
    port = fields.raw("port")
    if port is not None and not (isinstance(port, int) and not isinstance(port, bool) and 0 <= port <= LARGEST_PORT):
        raise FieldProblem("port", f"must be a whole number from 0 to {LARGEST_PORT}", port)
    return port


def _name(fields: Fields) -> str | None:
    name = fields.raw("name")
    if name is not None and not (isinstance(name, str) and credentials.NAME.fullmatch(name)):
        raise FieldProblem("name", "must be 1 to 63 letters, digits, - and _", name)
    return name


def _seed(fields: Fields) -> int | None:
    seed = fields.raw("seed")
    if seed is not None and not (isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed <= LARGEST_SEED):
        raise FieldProblem("seed", f"must be a whole number from 0 to {LARGEST_SEED}", seed)
    return seed


def _ttl(fields: Fields) -> int:
    text = fields.text("ttl")
    ttl = duration_ms(text) if text else IDLE
    if not ttl or ttl > LONGEST_TTL:
        raise FieldProblem("ttl", f"must be a duration such as 10m, from 1ms to {duration(LONGEST_TTL)}", text)
    return ttl


URLS: Final = closed({"base": TEXT, "host": TEXT, "control": TEXT, "port": maybe(TEXT)})
WORKSPACE_FIELDS: Final[dict[str, Schema]] = {
    "name": NAME,
    "scenario": TEXT,
    "ttl": TEXT,
    "idle": {**COUNT, "description": "ms without a call"},
    "urls": URLS,
}
WHOLE_WORKSPACE: Final = closed(
    {
        "name": NAME,
        "client_id": {**maybe(TEXT), "description": "Of its client, as is the rest up to `api_keys`"},
        "client_secret": maybe(TEXT),
        "redirect_uris": listed(TEXT),
        "api_keys": listed(OWN_KEY),
        "clients": listed(BRIEF_CLIENT),
        "users": listed(TEXT),
        "seed": COUNT,
        **WORKSPACE_FIELDS,
    }
)


def _whole_data(workspaces: Workspaces, workspace: Workspace) -> dict[str, Any]:
    """All that a client's program needs. At the top stands the given client, or the first: most scenarios have one."""
    world = workspace.desk.exchange.world
    clients = [brief_client_data(world, world.clients[client_id]) for client_id in sorted(world.clients)]
    own = workspace.desk.tenant.client_id if workspace.desk.tenant else ""
    first = next((client for client in clients if client["client_id"] == own), clients[0] if clients else {})
    return {
        "name": workspace.name,
        "client_id": first.get("client_id"),
        "client_secret": first.get("secret"),
        "redirect_uris": first.get("redirect_uris", []),
        "api_keys": first.get("api_keys", []),
        "clients": clients,
        "users": sorted(islice(world.users, MOST_NAMES)),
        "seed": world.seed,
        **_workspace_data(workspaces, workspace),
    }


def _workspace_data(workspaces: Workspaces, workspace: Workspace) -> dict[str, Any]:
    doors = workspaces.doors
    return {
        "name": workspace.name,
        "scenario": workspace.desk.scenario.name,
        "ttl": duration(workspace.ttl),
        "idle": workspaces.idle(workspace),
        "urls": {**urls(workspace.desk.exchange.world), "port": next(iter(doors.origins(workspace.name)), None)},
    }


def urls(world: World) -> dict[str, str]:
    """The addresses of a workspace: with a prefix, by a host name, and of its control surface."""
    return {
        "base": f"{world.origin}{world.prefix}",
        "host": world.origins[-1],
        "control": f"{world.origin}{CONTROLLED}{world.workspace}",
    }


async def workspaces(desk: Desk, request: Request) -> Response:
    """The workspaces besides the default one, oldest first; `idle` is in ms."""
    registry = visit_of(request).workspaces
    every = registry.listed()
    shown = [_workspace_data(registry, workspace) for workspace in every[: LIMIT.number(request)]]
    return answer({"workspaces": shown, "count": len(every), "capacity": registry.capacity})


async def workspace(desk: Desk, request: Request) -> Response:
    """One workspace, with its clients."""
    registry = visit_of(request).workspaces
    return answer(_whole_data(registry, _known(registry, request)))


async def delete_workspace(desk: Desk, request: Request) -> Response:
    """End a workspace: its credentials are unknown from then on."""
    registry = visit_of(request).workspaces
    if request.path_params["workspace"].lower() == registry.home_name:
        raise ProblemError(409, "the default workspace stays; POST /_sim/v1/reset takes it back to its start")
    registry.end(_known(registry, request).name)
    return Response(status_code=204)


def _known(registry: Workspaces, request: Request) -> Workspace:
    name = request.path_params["workspace"]
    workspace = registry.get(name)
    if workspace is None:
        raise ProblemError(404, registry.missing(name))
    return workspace


async def unrouted(desk: Desk, request: Request) -> Response:
    """Calls with an unknown credential, newest first: the default workspace served them."""
    registry = visit_of(request).workspaces
    journal = registry.home.journal
    newest = (entry for entry in journal.newest(journal.last) if not isinstance(entry.outcome.result, ServedElsewhere))
    entries = (entry for entry in newest if is_unrouted(registry, entry.request, entry.before))
    return answer({"requests": [line(journal, entry) for entry in islice(entries, LIMIT.number(request))]})


CALLS: Final = (
    ControlCall("POST /workspaces", create_workspace, WHOLE_WORKSPACE, 201, problems=(409, 422, 429), body=CREATION),
    ControlCall(
        "GET /workspaces",
        workspaces,
        closed({"workspaces": listed(closed(WORKSPACE_FIELDS)), "count": COUNT, "capacity": COUNT}),
        query=(LIMIT,),
    ),
    ControlCall("GET /workspaces/{workspace}", workspace, WHOLE_WORKSPACE, problems=(404,)),
    ControlCall("DELETE /workspaces/{workspace}", delete_workspace, None, 204, problems=(404, 409)),
    ControlCall("GET /requests/unrouted", unrouted, closed({"requests": listed(LINE)}), query=(LIMIT,)),
)
