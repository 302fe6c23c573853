"""Workspaces: made, seen and ended; and the calls that found none."""

from __future__ import annotations

from functools import lru_cache
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
from simulator.scenario.loader import Scenario, builtin, load
from simulator.web.control import views
from simulator.web.control.calls import PAGE, answer, call_of, fields_of, limit_of
from simulator.web.control.problems import ProblemError
from simulator.web.control.written import duration
from simulator.web.endpoints.desk import Desk
from simulator.web.routing.credentials import NAME
from simulator.web.routing.visits import visit_of
from simulator.web.routing.workspaces import CONTROLLED, IDLE, FullError, Workspace, WorkspaceError, Workspaces

LARGEST_SEED: Final = 10**18 - 1
"""As large as a scenario's may be."""
LONGEST_TTL: Final = 365 * DAY
"""ms."""


async def create_workspace(desk: Desk, request: Request) -> Response:
    """An isolated exchange with a client of its own; `ttl` is how long it may be idle, such as 10m."""
    workspaces = visit_of(request).workspaces
    with fields_of(await call_of(request, waits=False), ("name", "scenario", "seed", "ttl")) as fields:
        name, seed, ttl = fields.get(_name, None), fields.get(_seed, None), fields.get(_ttl, IDLE)
        scenario = _scenario(workspaces, fields.text("scenario"))
    try:
        made = workspaces.create(scenario, name, seed, ttl)
    except FullError as error:
        raise ProblemError(429, str(error)) from None
    except WorkspaceError as error:
        raise ProblemError(409, str(error)) from None
    return answer(_made(workspaces, made), 201)


def _name(fields: Fields) -> str | None:
    name = fields.raw("name")
    if name is not None and not (isinstance(name, str) and NAME.fullmatch(name)):
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


def _scenario(workspaces: Workspaces, name: str) -> Scenario:
    """The default workspace's scenario, or a built-in one. A file's path is nothing that a caller may name."""
    if not name:
        return workspaces.home.scenario
    known = [each.stem for each in builtin()]
    if name not in known:
        raise FieldProblem("scenario", f"must be a built-in scenario, one of {', '.join(known)}", name)
    return _builtin(name)


@lru_cache(maxsize=64)
def _builtin(name: str) -> Scenario:
    """A built-in scenario, which is read once."""
    return load(name)


def _made(workspaces: Workspaces, made: Workspace) -> dict[str, Any]:
    """All that a client needs. The first client stands at the top, for most scenarios have one.

    Of many users only some are named: sorting 100,000 names would take a second.
    """
    world = made.desk.exchange.world
    clients = [views.client(world, world.clients[each]) for each in sorted(world.clients)]
    none: dict[str, Any] = {"client_id": None, "client_secret": None, "redirect_uris": [], "api_keys": []}
    first = clients[0] if clients else none
    return {
        "name": made.name,
        **{key: first[key] for key in none},
        "clients": clients,
        "users": sorted(islice(world.users, PAGE)),
        "seed": world.seed,
        **_shown(workspaces, made),
    }


def _shown(workspaces: Workspaces, each: Workspace) -> dict[str, Any]:
    return {
        "scenario": each.desk.scenario.name,
        "ttl": duration(each.ttl),
        "idle": workspaces.idle(each),
        "urls": urls(each.desk.exchange.world),
    }


def urls(world: World) -> dict[str, str]:
    """Where a workspace can be addressed: by prefix, by host, and its control surface."""
    return {
        "base": f"{world.origin}{world.prefix}",
        "host": world.origins[-1],
        "control": f"{world.origin}{CONTROLLED}{world.workspace}",
    }


async def workspaces(desk: Desk, request: Request) -> Response:
    """The workspaces beside the default one, oldest first; `idle` is in ms."""
    known = visit_of(request).workspaces
    listed = known.listed()
    shown = [{"name": each.name, **_shown(known, each)} for each in listed[: limit_of(request)]]
    return answer({"workspaces": shown, "count": len(listed), "capacity": known.capacity})


async def workspace(desk: Desk, request: Request) -> Response:
    """One workspace, with its clients."""
    known = visit_of(request).workspaces
    return answer(_made(known, _found(known, request)))


async def delete_workspace(desk: Desk, request: Request) -> Response:
    """End a workspace: its credentials are unknown from then on."""
    known = visit_of(request).workspaces
    if request.path_params["workspace"].lower() == known.home_name:
        raise ProblemError(409, "the default workspace stays; POST /_sim/v1/reset takes it back to its start")
    known.end(_found(known, request).name)
    return Response(status_code=204)


def _found(known: Workspaces, request: Request) -> Workspace:
    name = request.path_params["workspace"]
    found = known.get(name)
    if found is None:
        raise ProblemError(404, known.missing(name))
    return found


async def unrouted(desk: Desk, request: Request) -> Response:
    """Calls with a credential that nobody knows, newest first: the default workspace served them."""
    known = visit_of(request).workspaces
    journal = known.home.journal
    newest = (each for each in journal.newest(journal.last) if not isinstance(each.outcome.result, ServedElsewhere))
    every = (each for each in newest if known.unrouted(each.request, each.before))
    return answer({"requests": [line(journal, each) for each in islice(every, limit_of(request))]})
