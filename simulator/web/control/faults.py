"""The faults in force."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from simulator.scenario import loader
from simulator.scenario.staging.armed import MOST
from simulator.web.control import views
from simulator.web.control.calls import answer, played
from simulator.web.control.problems import ProblemError
from simulator.web.control.scenarios import FILE, text_of
from simulator.web.endpoints.desk import Desk
from simulator.web.work import aside


def _listed(desk: Desk) -> Response:
    return answer({"faults": [views.armed(each) for each in desk.exchange.staging.armed]})


async def faults(desk: Desk, request: Request) -> Response:
    """The faults in force, in order: how many calls each applied to (`seen`) and how many it struck (`hits`)."""
    return _listed(desk)


async def put_faults(desk: Desk, request: Request) -> Response:
    """These faults and no others, until a reset; the world goes on."""
    text = await text_of(request)
    if not text.strip():
        raise ProblemError(422, 'the body is empty; {"faults": []} takes all faults away')
    found = await aside(partial(loader.read_faults, text, FILE, played(desk)), request.receive)
    if len(found) > MOST:
        raise ProblemError(
            422, f"{len(found)} faults are too many; {MOST} can be in force, for every call looks at each"
        )
    desk.exchange.staging.replace(found)
    return _listed(desk)


async def add_fault(desk: Desk, request: Request) -> Response:
    """One more fault, behind the others, until a reset."""
    text = await text_of(request)
    found = await aside(partial(loader.read_faults, text, FILE, played(desk)), request.receive)
    if len(found) != 1:
        raise ProblemError(422, f"send one fault, not {len(found)}; PUT replaces all of them")
    if len(desk.exchange.staging.standing.armed) >= MOST:
        raise ProblemError(409, f"there are {MOST} faults in force already; DELETE those that are spent")
    return answer(views.armed(desk.exchange.staging.add(found[0])), 201)


async def remove_fault(desk: Desk, request: Request) -> Response:
    """Take a fault away."""
    if not desk.exchange.staging.remove(request.path_params["id"]):
        raise ProblemError(404, "no such fault; GET /_sim/v1/faults lists them")
    return Response(status_code=204)
