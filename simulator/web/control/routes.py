"""The control surface `/_sim`: what pages, command line and tests drive the simulator with."""

from __future__ import annotations

from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.core import spec
from simulator.version import __version__
from simulator.web.control import clock, faults, journal, money, people, reference, scenarios, views
from simulator.web.control.calls import Handler, answer, guarded
from simulator.web.desk import Desk

BASE: Final = "/_sim/v1"


async def index(desk: Desk, request: Request) -> Response:
    """What runs here, and where everything is."""
    world = desk.exchange.world
    base = f"{world.origin}{BASE}"
    listed = [call for call in CALLS if call.method == "GET" and "{" not in call.path]
    return answer(
        {
            "name": "kucoin-fast-api-simulator",
            "version": __version__,
            "page": spec.PAGE_REVISION,
            "scenario": desk.scenario.name,
            "seed": world.seed,
            "workspace": world.workspace,
            "clients": [views.client(world, world.clients[each]) for each in sorted(world.clients)],
            "users": len(world.users),
            "calls": [call.as_data() for call in CALLS],
            "links": {call.handler.__name__: base + call.path for call in listed},
        }
    )


class ControlCall(NamedTuple):
    """One call: its method and path below `/_sim/v1`, its handler, and the body that it takes."""

    method: str
    path: str
    handler: Handler
    body: str = ""

    def as_data(self) -> dict[str, str]:
        """The call as the index shows it."""
        does = (self.handler.__doc__ or "").partition("\n")[0]
        return {"call": f"{self.method} {BASE}{self.path}", "does": does, **({"body": self.body} if self.body else {})}


SCENARIO: Final = "a scenario, in YAML or JSON"
DECIDED: Final = '"decision"?: "approve" or "deny", "grant"?: ["API_SPOT"], "addressbook_only"?'
WHICH: Final = '"operation", "user"?, "client"?, "match"?, "times"?, "skip"?, "at"?'
FAULT: Final = f'{{{WHICH}, "refuse" or "respond" or "network"?, "delay"?}}'

CALLS: Final = (
    ControlCall("GET", "", index),
    ControlCall("GET", "/scenario", scenarios.scenario),
    ControlCall("PUT", "/scenario", scenarios.put_scenario, SCENARIO),
    ControlCall("POST", "/scenario/validate", scenarios.validate, SCENARIO),
    ControlCall("POST", "/verify", scenarios.verify, '{"expect": [...]}, or nothing: what the scenario expects'),
    ControlCall("GET", "/faults", faults.faults),
    ControlCall("PUT", "/faults", faults.put_faults, f'{{"faults": [{FAULT}]}}'),
    ControlCall("POST", "/faults", faults.add_fault, FAULT),
    ControlCall("DELETE", "/faults/{id}", faults.remove_fault),
    ControlCall("GET", "/clock", clock.clock),
    ControlCall("POST", "/clock/advance", clock.advance, '{"by": "1h"} or {"to": "2026-06-01T00:00:00Z"}'),
    ControlCall("POST", "/reset", clock.reset),
    ControlCall("GET", "/users", people.users),
    ControlCall("GET", "/users/{user}", people.user),
    ControlCall("GET", "/users/{user}/messages", people.messages),
    ControlCall("GET", "/users/{user}/totp", people.totp),
    ControlCall(
        "POST",
        "/authorizations",
        people.authorizations,
        f'{{"user", "client_id", "redirect_uri", "state", "scope"?, {DECIDED}}}',
    ),
    ControlCall("POST", "/logins", people.logins, f'{{"user", {DECIDED}}}'),
    ControlCall("GET", "/withdrawals", money.withdrawals),
    ControlCall("GET", "/withdrawals/{id}", money.withdrawal),
    ControlCall("POST", "/withdrawals/{id}/advance", money.advance),
    ControlCall("POST", "/withdrawals/{id}/review", money.review),
    ControlCall("POST", "/withdrawals/{id}/approve", money.approve),
    ControlCall("POST", "/withdrawals/{id}/fail", money.fail),
    ControlCall("GET", "/requests", journal.requests),
    ControlCall("GET", "/requests/{number}", journal.entry),
    ControlCall("GET", "/operations", reference.operations),
    ControlCall("GET", "/reasons", reference.reasons),
    ControlCall("GET", "/schema/scenario.json", reference.schema),
)


def control_routes(desk: Desk) -> list[Route]:
    """The routes of the control surface: one a path, so that a 405 names all its methods."""
    served: dict[str, dict[str, Handler]] = {}
    for call in CALLS:
        served.setdefault(BASE + call.path, {})[call.method] = call.handler
    return [Route(path, guarded(desk, handlers), methods=list(handlers)) for path, handlers in served.items()]
