"""One order: its fills, its hold, its plan and its life, and the hand that fills it or ends it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.world import OrderStatus
from simulator.evidence.lives.things import Thing
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.dashboard.inspector import life_shown
from simulator.web.dashboard.screens import Screen, form_of, screen
from simulator.web.dashboard.showing import redactor_of
from simulator.web.dashboard.steering import ControlReply, ControlRequest, scenario_lines
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.forms import PageForm

PARTS: Final = (("Fill 25 %", "25%"), ("Fill 50 %", "50%"), ("Fill the rest", "rest"))
"""Fills that have a button."""
ENDS: Final = {"cancel": "Cancel the rest", "reject": "Reject it", "expire": "Let it expire"}
"""Ends that have a button; each is also the key of a plan's step."""
FILL_FIELDS: Final = ("size", "price", "role")
DONE: Final = {
    "fill": "The order was filled.",
    "cancel": "The order was canceled.",
    "reject": "The order was rejected.",
    "expire": "The order has expired.",
}
ACTIVE: Final = {status.value for status in OrderStatus if status.active}
OF_PLAN: Final = ("user", "symbol", "client_oid")
"""What a plan for just this order names."""


class OrderControl(NamedTuple):
    """A control: its text, its form's hidden fields, the call that it makes, and the lines of a scenario."""

    title: str
    fields: dict[str, str]
    call: ControlRequest
    lines: str


async def order(desk: Desk, request: Request) -> Response:
    """The order of that id, or of that clientOid."""
    return await _shown(desk, request)


async def steer(desk: Desk, request: Request) -> Response:
    """Fill a part of the order, or end it."""
    form = await form_of(request)
    action = form.word("do", "fill", *ENDS)
    call = hand(_path(request), action, form)
    return await _shown(desk, request, action, call, await call.perform(request))


def _path(request: Request) -> str:
    return f"/orders/{quote(request.path_params['order'], safe='')}"


def hand(path: str, action: str, form: PageForm) -> ControlRequest:
    """The call of the control surface that a form stands for. Raises `FormError`."""
    names = {"fill": FILL_FIELDS, "cancel": ("size",)}.get(action, ())
    fields = {name: text for name in names if (text := form.one(name, "").strip())}
    return ControlRequest("POST", f"{path}/{action}", fields or None)


def controls(data: dict[str, Any]) -> tuple[list[OrderControl], list[OrderControl]]:
    """The buttons that fill an active order, and those that end it."""
    fills = [_control(data, title, "fill", size) for title, size in PARTS]
    return fills, [_control(data, title, action, "rest") for action, title in ENDS.items()]


def _control(data: dict[str, Any], title: str, action: str, size: str) -> OrderControl:
    fields = {"size": size} if action == "fill" else {}
    call = ControlRequest("POST", f"/orders/{data['order_id']}/{action}", fields or None)
    return OrderControl(title, {"do": action, **fields}, call, plan_lines(data, {action: size}))


def plan_lines(data: dict[str, Any], *steps: dict[str, str]) -> str:
    """The plan of a scenario by which the same happens to an order like this one."""
    named = {name: data[name] for name in OF_PLAN if data[name]}
    return scenario_lines(orders=[{**named, "plan": [*steps]}])


def _steps(data: dict[str, Any]) -> list[tuple[dict[str, str], str]]:
    """Each step of the plan, with what became of it: `done`, `next`, `later` or `never`."""
    steps: list[dict[str, str]] = (data["plan"] or {}).get("plan", [])
    active = data["status"] in ACTIVE
    ahead = data["next_step"]
    return [
        (step, "done" if number < ahead else "never" if not active else "next" if number == ahead else "later")
        for number, step in enumerate(steps)
    ]


async def _shown(
    desk: Desk,
    request: Request,
    action: str = "",
    call: ControlRequest | None = None,
    reply: ControlReply | None = None,
) -> Response:
    shown = await ControlRequest("GET", _path(request)).perform(request)
    if not shown.good:
        raise ProblemError(shown.status, shown.detail)
    hide = await redactor_of(desk, request, shown.data["user"])
    data: dict[str, Any] = hide.data(shown.data)
    fills, ends = controls(data)
    sample = {"size": data["rest"] if data["size"] else "rest", **({"price": data["price"]} if data["price"] else {})}
    path = f"/orders/{data['order_id']}"
    return screen(
        request,
        "dashboard/order.html",
        "/orders",
        reply.status if reply and not reply.good else 200,
        **await life_shown(desk, request, Thing("order", shown.data["order_id"])),
        order=data,
        active=data["status"] in ACTIVE,
        fills=fills,
        ends=ends,
        sample=sample,
        sample_call=ControlRequest("POST", f"{path}/fill", sample),
        sample_lines=plan_lines(data, {"fill" if name == "size" else name: text for name, text in sample.items()}),
        steps=_steps(data),
        shown_call=ControlRequest("GET", path),
        base_currency=data["symbol"].partition("-")[0],
        quote_currency=data["symbol"].partition("-")[2],
        done=DONE.get(action, ""),
        call=call,
        reply=reply,
    )


ROUTES: Final = (Screen("GET /orders/{order}", order), Screen("POST /orders/{order}", steer))
