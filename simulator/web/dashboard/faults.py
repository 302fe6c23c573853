"""The faults in force with their counts, and forms to stage one and to take them away."""

from __future__ import annotations

import json
from typing import Any, Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.control.happenings import KINDS
from simulator.core.endpoints import CALLS
from simulator.core.refusals import Reason
from simulator.scenario.staging.strikes import Moment, Network
from simulator.web.control.views.scenario import armed_data
from simulator.web.dashboard.screens import Screen, form_of, query_of, screen
from simulator.web.dashboard.steering import ControlReply, ControlRequest, scenario_lines
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.forms import FormError, PageForm

FIELDS: Final = ("operation", "user", "client", "at", "refuse", "network", "delay", "advance", "first", "then")
"""Texts of the form, named as in a scenario; an empty one is left out."""
COUNTS: Final = ("times", "skip")
COUNTED: Final = ("id", "hits", "seen", "spent")
"""What is shown of a fault besides what a scenario says."""
EXAMPLE: Final = """operation: withdraw
match: {amount: {at_least: "100"}}
respond: {status: 503, body: "busy"}
times: 1
"""
"""A fault that only its text can say."""
LONGEST: Final = 12
"""Digits of a number in the form."""


async def faults(desk: Desk, request: Request) -> Response:
    """The faults. The query may have values for the form, so that another screen can link to a fault."""
    query = query_of(request)
    given = {name: query.one(name, "") for name in (*FIELDS, *COUNTS)}
    return _shown(request, desk, {name: value for name, value in given.items() if value})


async def steer(desk: Desk, request: Request) -> Response:
    """Add a fault, from fields or as it is written in a scenario; take one away, or all."""
    form = await form_of(request)
    action = form.word("do", "add", "write", "remove", "clear")
    given: dict[str, Any] = {}
    if action == "write":
        given = {"written": form.one("written")}
        call = ControlRequest("POST", "/faults", given["written"])
    elif action == "add":
        given = read_fault(form)
        call = ControlRequest("POST", "/faults", given)
    elif action == "remove":
        call = ControlRequest("DELETE", f"/faults/{_id(form)}")
    else:
        call = ControlRequest("PUT", "/faults", {"faults": []})
    reply = await call.perform(request)
    return _shown(request, desk, {} if reply.good else given, action, call, reply)


def read_fault(form: PageForm) -> dict[str, Any]:
    """The fault that a form describes, as a scenario has it. Raises `FormError`."""
    fault: dict[str, Any] = {name: value for name in FIELDS if (value := form.one(name, "").strip())}
    for name in COUNTS:
        text = form.one(name, "").strip()
        if text and not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
            raise FormError(f"{name} must be a whole number.")
        if text:
            fault[name] = int(text)
    return fault


def _id(form: PageForm) -> str:
    text = form.one("id")
    if not (text.isascii() and text.isalnum()):
        raise FormError("There is no such fault.")
    return text


def as_scenario(fault: dict[str, Any]) -> str:
    """A fault as lines of a scenario."""
    return scenario_lines(faults=[{name: value for name, value in fault.items() if name not in COUNTED}])


def _shown(
    request: Request,
    desk: Desk,
    given: dict[str, Any],
    action: str = "",
    call: ControlRequest | None = None,
    reply: ControlReply | None = None,
) -> Response:
    return screen(
        request,
        "dashboard/faults.html",
        "/faults",
        reply.status if reply and not reply.good else 200,
        faults=[armed_data(armed) for armed in desk.exchange.staging.armed],
        counted=COUNTED,
        given=given,
        example=EXAMPLE,
        action=action,
        call=call,
        reply=reply,
        as_scenario=as_scenario,
        operations=sorted(CALLS),
        reasons=[*Reason.__members__],
        networks=get_args(Network),
        moments=get_args(Moment),
        events=[word for word, kind in KINDS.items() if not kind.needs],
        spelled=lambda value: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False),
    )


ROUTES: Final = (Screen("GET /faults", faults), Screen("POST /faults", steer))
