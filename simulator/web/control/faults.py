"""The faults in force."""

from __future__ import annotations

from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.scenario import loader
from simulator.scenario.staging.armed import MOST
from simulator.web.control.protocol.calls import answer, played, text_of
from simulator.web.control.protocol.declaration import ControlCall, part_of_scenario
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.control.scenarios import FILE, file_schema
from simulator.web.control.views.scenario import FAULT, FAULTS, armed_data
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import Schema, closed
from simulator.web.work import aside


def _listed(desk: Desk) -> Response:
    return answer({"faults": [armed_data(armed) for armed in desk.exchange.staging.armed]})


async def faults(desk: Desk, request: Request) -> Response:
    """The faults in force, in order: how many calls each applied to (`seen`) and how many it struck (`hits`)."""
    return _listed(desk)


async def put_faults(desk: Desk, request: Request) -> Response:
    """Replace all faults by these, until a reset. The world goes on."""
    text = await text_of(request)
    if not text.strip():
        raise ProblemError(422, 'the body is empty; {"faults": []} takes all faults away')
    faults = await aside(partial(loader.read_faults, text, FILE, played(desk)), request.receive)
    if len(faults) > MOST:
        raise ProblemError(
            422, f"{len(faults)} faults are too many; {MOST:,} can be in force, because every call looks at all of them"
        )
    desk.exchange.staging.replace(faults)
    return _listed(desk)


async def add_fault(desk: Desk, request: Request) -> Response:
    """Add a fault behind the others, until a reset."""
    text = await text_of(request)
    faults = await aside(partial(loader.read_faults, text, FILE, played(desk)), request.receive)
    if len(faults) != 1:
        raise ProblemError(422, f"send one fault, not {len(faults)}; PUT replaces all of them")
    if len(desk.exchange.staging.standing.armed) >= MOST:
        raise ProblemError(409, f"there are {MOST:,} faults in force already; DELETE those that are spent")
    return answer(armed_data(desk.exchange.staging.add(faults[0])), 201)


async def remove_fault(desk: Desk, request: Request) -> Response:
    """Take a fault away."""
    if not desk.exchange.staging.remove(request.path_params["id"]):
        raise ProblemError(404, "no such fault; GET /_sim/v1/faults lists them")
    return Response(status_code=204)


def _list_schema() -> Schema:
    return closed({"faults": file_schema()["properties"]["faults"]})


def _fault_schema() -> Schema:
    schema: Schema = file_schema()["properties"]["faults"]["anyOf"][0]["items"]
    return schema


FAULT_BODY: Final = part_of_scenario(_fault_schema)
FAULTS_BODY: Final = part_of_scenario(_list_schema, '{"faults": [...]}, each as POST takes one')
CALLS: Final = (
    ControlCall("GET /faults", faults, FAULTS),
    ControlCall("PUT /faults", put_faults, FAULTS, body=FAULTS_BODY),
    ControlCall("POST /faults", add_fault, FAULT, 201, problems=(409,), body=FAULT_BODY),
    ControlCall("DELETE /faults/{id}", remove_fault, None, 204, problems=(404,)),
)
