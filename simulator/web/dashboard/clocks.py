"""Time: both clocks, the events to come, snapshots, and the way back to the start."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.control import events
from simulator.core.control.events import Event
from simulator.core.spec import MINUTE
from simulator.instants import iso
from simulator.web.control.protocol.calls import settled
from simulator.web.control.views.clock import MODE, clock_data
from simulator.web.control.written import duration
from simulator.web.dashboard.screens import Screen, form_of, screen
from simulator.web.dashboard.steering import ControlReply, ControlRequest
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.forms import FormError, PageForm
from simulator.web.work import aside

MOST: Final = 30
"""Events that are listed."""
STEPS: Final = ("1m", "10m", "1h", "1d", "30d")
"""Distances that have a button."""
SECOND: Final = 1000
"""ms."""
ACTIONS: Final = ("advance", "to", "event", "run", "reset", "keep", "restore", "drop")


async def time(desk: Desk, request: Request) -> Response:
    """Both clocks, what comes next, and the snapshots."""
    return await _shown(request, desk)


async def steer(desk: Desk, request: Request) -> Response:
    """Move or run the business clock, go back to the start, keep or restore a snapshot."""
    form = await form_of(request)
    action = form.word("do", *ACTIONS)
    call = read_step(action, form)
    return await _shown(request, desk, action, call, await call.perform(request))


def read_step(action: str, form: PageForm) -> ControlRequest:
    """The call of the control surface that a form stands for. Raises `FormError`."""
    if action == "advance":
        return ControlRequest("POST", "/clock/advance", {"by": form.one("by").strip()})
    if action == "to":
        return ControlRequest("POST", "/clock/advance", {"to": form.one("to").strip()})
    if action == "event":
        body = {"to_event": form.one("kind"), "user": form.one("user", ""), "client": form.one("client", "")}
        offset = form.one("offset", "")
        if offset:
            body["offset"] = offset
        return ControlRequest("POST", "/clock/advance", {name: value for name, value in body.items() if value})
    if action == "run":
        mode, scale = form.one("mode"), form.one("scale", "").strip()
        return ControlRequest("PATCH", "/clock", {"mode": mode, **({"scale": scale} if mode == "scaled" else {})})
    if action == "reset":
        return ControlRequest("POST", "/reset")
    if action == "keep":
        return ControlRequest("POST", "/snapshots", {"name": form.one("name").strip()})
    name = form.one("name")
    if not name or not all(letter.isascii() and (letter.isalnum() or letter in "._-") for letter in name):
        raise FormError("There is no such snapshot.")
    if action == "restore":
        return ControlRequest("POST", f"/snapshots/{name}/restore")
    return ControlRequest("DELETE", f"/snapshots/{name}")


async def coming(desk: Desk, request: Request) -> list[Event]:
    """The events to come, soonest first. They are computed in a thread, because that reads the whole world."""
    world = settled(desk)
    return await aside(partial(events.pending, world, desk.exchange.clock.now().business), request.receive)


def event_data(event: Event, now: int) -> dict[str, Any]:
    """An event to come as a screen shows it."""
    return {
        "kind": event.kind.value,
        "at": iso(event.at),
        "left": duration(rounded(event.at - now)),
        "of": event.of,
        "user": event.user,
        "client": event.client,
    }


def rounded(distance: int) -> int:
    """A distance in ms as a person reads it: in whole seconds from a minute on."""
    return distance if distance < MINUTE else distance // SECOND * SECOND


def first_of_each(pending: list[Event]) -> list[Event]:
    """The first event of each kind, user and client: those to which one call of the control surface leads."""
    return [*{(event.kind, event.user, event.client): event for event in reversed(pending)}.values()][::-1]


async def _shown(
    request: Request,
    desk: Desk,
    action: str = "",
    call: ControlRequest | None = None,
    reply: ControlReply | None = None,
) -> Response:
    pending = await coming(desk, request)
    now = desk.exchange.clock.now().business
    return screen(
        request,
        "dashboard/time.html",
        "/time",
        reply.status if reply and not reply.good else 200,
        clock=clock_data(desk),
        wall=iso(desk.exchange.clock.now().wall),
        modes=MODE["enum"],
        steps=STEPS,
        pending=[event_data(event, now) for event in first_of_each(pending)[:MOST]],
        count=len(pending),
        snapshots=(await ControlRequest("GET", "/snapshots").perform(request)).data["snapshots"],
        passed=_passed(reply) if action in ("advance", "to", "event") else [],
        action=action,
        call=call,
        reply=reply,
        clock_lines=clock_lines(desk),
    )


def _passed(reply: ControlReply | None) -> list[dict[str, Any]]:
    """What happened on the way of an advance."""
    if reply is None or not reply.good:
        return []
    return [{**event, "instant": iso(event["at"])} for event in reply.data["events"]]


def clock_lines(desk: Desk) -> str:
    """The lines of a scenario whose clock begins as this one stands."""
    data = clock_data(desk)
    scale = f", scale: {data['scale']}" if data["mode"] == "scaled" else ""
    return f'clock: {{mode: {data["mode"]}{scale}, start: "{data["now"]}"}}'


ROUTES: Final = (Screen("GET /time", time), Screen("POST /time", steer))
