"""Spot orders: shown, filled and ended by hand; stop orders that wait; and the plans for orders to come."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from heapq import nlargest
from itertools import islice
from operator import attrgetter
from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.control.orders import EndOrder, FillOrder, OrderMoved, PutOrderPlans
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.world import FillStep, Order, OrderStatus, StopOrder, World
from simulator.scenario import loader
from simulator.scenario.keys.order_plans import EXPECTED, Portion
from simulator.scenario.keys.order_plans import portion as portion_of
from simulator.scenario.keys.scenario import ORDERS
from simulator.web.control.people import OF_USER, user_name
from simulator.web.control.protocol.bodies import BodyFields
from simulator.web.control.protocol.calls import answer, call_of, fields_of, settled, text_of
from simulator.web.control.protocol.declaration import LIMIT, ControlCall, JsonBody, QueryParameter, part_of_scenario
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.control.scenarios import FILE
from simulator.web.control.views.orders import ORDER, PLANS, STOP_ORDER, order_data, plan_data, stop_order_data
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import POSITIVE, TEXT, Schema, closed, listed, one_of
from simulator.web.work import aside

MOST_PLANS: Final = 1_000
"""Each order that is placed looks at all of them."""
LOST: Final = "lost"
"""The word by which a report is lost, as in the step of a plan."""
OF_SYMBOL: Final = QueryParameter("symbol", TEXT, "Only those of this symbol, such as BTC-USDT")
STATE: Final = QueryParameter("state", one_of("active", "done"), "Only those that are active, or that are not")


async def orders(desk: Desk, request: Request) -> Response:
    """The newest orders first, of everybody or of one `user`."""
    user, symbol, state = user_name(desk, request), OF_SYMBOL.text(request), STATE.text(request)
    if state not in ("", "active", "done"):
        raise ProblemError(400, "state must be active or done")
    world = settled(desk)
    statement = world.statement(user) if user in world.users else world.everybody
    rows = (world.orders[hold.order_id] for hold in statement.order_holds if hold.amount >= 0)
    chosen = (
        order
        for order in rows
        if user in ("", order.user)
        and symbol in ("", order.terms.symbol)
        and (not state or order.status.active is (state == "active"))
    )
    return answer({"orders": [order_data(order) for order in islice(chosen, LIMIT.number(request))]})


async def order(desk: Desk, request: Request) -> Response:
    """One order, by its id or its clientOid: as it is, whatever its plan lets a client see."""
    return answer(order_data(_order(settled(desk), request)))


def _order(world: World, request: Request) -> Order:
    """The order of that id, or of that clientOid if one user alone has used it."""
    name = request.path_params["order"]
    if (order := world.orders.get(name)) is not None:
        return order
    ids = [trader.client_oids[name] for trader in world.traders.values() if name in trader.client_oids]
    if len(ids) > 1:
        raise ProblemError(409, f"{len(ids)} users have an order with the clientOid {name!r}: {', '.join(sorted(ids))}")
    if not ids:
        raise ProblemError(404, f"no order {name!r}, neither by id nor by clientOid; GET /_sim/v1/orders lists them")
    return world.orders[ids[0]]


async def stop_orders(desk: Desk, request: Request) -> Response:
    """The stop orders that wait for a price, the newest first, of everybody or of one `user`."""
    user, symbol = user_name(desk, request), OF_SYMBOL.text(request)
    newest = partial(_newest_stops, settled(desk), user, symbol, LIMIT.number(request))
    return answer({"stop_orders": [stop_order_data(stop) for stop in await aside(newest, request.receive)]})


def _newest_stops(world: World, user: str, symbol: str, count: int) -> list[StopOrder]:
    """So many stop orders that wait, the newest first. This may be long work, because it looks at all of them."""
    traders = [world.trader(user)] if user else world.traders.values()
    waiting = (world.stop_orders[stop_id] for trader in traders for stop_id in trader.stops)
    return nlargest(count, (stop for stop in waiting if symbol in ("", stop.terms.symbol)), key=attrgetter("number"))


async def fill(desk: Desk, request: Request) -> Response:
    """The other side fills an order: a part such as 40%, a size, or the rest; at its own price or the set one."""
    call = await call_of(request)
    with fields_of(call, FILL) as fields:
        portion = fields.get(_portion, Portion())
        price = fields.amount("price") if fields.has("price") else None
        role = fields.text("role")
        if role not in ("", "maker", "taker"):
            fields.note(FieldProblem("role", "must be maker or taker", role))
        lost = _lost(fields)
    liquidity: Literal["maker", "taker"] | None = "maker" if role == "maker" else "taker" if role else None
    step = FillStep(0, portion.size, portion.share, price, liquidity, lost)
    return _moved(desk, FillOrder(_order(settled(desk), request).id, step))


def _portion(fields: Fields) -> Portion:
    """The `size`: a part, a size or `rest`, as a scenario has it; the rest if it is absent."""
    written = fields.raw("size")
    if written is None:
        return Portion()
    text = f"{written:f}" if isinstance(written, Decimal) else str(written)
    try:
        return portion_of(text)
    except ValueError as error:
        raise FieldProblem("size", str(error), written) from None


async def cancel(desk: Desk, request: Request) -> Response:
    """An order is canceled, whole or as much of it as `size` says, and what it held is given back."""
    with fields_of(await call_of(request), CANCELLATION) as fields:
        size, lost = fields.amount("size") if fields.has("size") else None, _lost(fields)
    return _moved(desk, EndOrder(_order(settled(desk), request).id, OrderStatus.CANCELED, size, lost))


async def reject(desk: Desk, request: Request) -> Response:
    """What is left of an order is rejected, and what it held is given back."""
    return await _ended(desk, request, OrderStatus.REJECTED)


async def expire(desk: Desk, request: Request) -> Response:
    """What is left of an order expires, whatever its time, and what it held is given back."""
    return await _ended(desk, request, OrderStatus.EXPIRED)


async def _ended(desk: Desk, request: Request, status: OrderStatus) -> Response:
    with fields_of(await call_of(request), END) as fields:
        lost = _lost(fields)
    return _moved(desk, EndOrder(_order(settled(desk), request).id, status, lost=lost))


def _lost(fields: BodyFields) -> bool:
    """True if the body says `report: lost`."""
    report = fields.text("report")
    if report not in ("", LOST):
        fields.note(FieldProblem("report", f"must be {LOST}", report))
    return report == LOST


def _moved(desk: Desk, command: FillOrder | EndOrder) -> Response:
    result = desk.exchange.perform(command).result
    assert isinstance(result, OrderMoved)
    if result.order is None:
        raise ProblemError(409, result.problem)
    return answer(order_data(result.order))


async def order_plans(desk: Desk, request: Request) -> Response:
    """What happens to orders: the first plan that matches an order counts."""
    return _plans(desk)


async def put_order_plans(desk: Desk, request: Request) -> Response:
    """Replace all plans by these. Orders that are there already go on as they are."""
    text = await text_of(request)
    if not text.strip():
        raise ProblemError(422, 'the body is empty; {"orders": []} takes all plans away')
    world = settled(desk)
    plans = await aside(partial(loader.read_order_plans, text, FILE, world), request.receive)
    if len(plans) > MOST_PLANS:
        raise ProblemError(422, f"{len(plans)} plans are too many; {MOST_PLANS:,} are allowed")
    await desk.free()  # long work may have begun meanwhile, which a change of the world would end
    desk.exchange.perform(PutOrderPlans(plans))
    return _plans(desk)


def _plans(desk: Desk) -> Response:
    return answer({"orders": [plan_data(plan) for plan in settled(desk).order_plans]})


REPORT: Final[Schema] = {**one_of(LOST), "description": "The feeds of orders never tell of it; look-ups show it"}
FILL: Final = JsonBody(
    closed(
        {
            "size?": {"type": ["string", "number"], "description": EXPECTED, "examples": ["40%", "rest"]},
            "price?": POSITIVE,
            "role?": one_of("maker", "taker"),
            "report?": REPORT,
        }
    ),
    required=False,
)
CANCELLATION: Final = JsonBody(closed({"size?": POSITIVE, "report?": REPORT}), required=False)
END: Final = JsonBody(closed({"report?": REPORT}), required=False)
CALLS: Final = (
    ControlCall("GET /orders", orders, closed({"orders": listed(ORDER)}), query=(LIMIT, OF_USER, OF_SYMBOL, STATE)),
    ControlCall("GET /orders/{order}", order, ORDER, problems=(404, 409)),
    ControlCall("POST /orders/{order}/fill", fill, ORDER, problems=(404, 409), body=FILL),
    ControlCall("POST /orders/{order}/cancel", cancel, ORDER, problems=(404, 409), body=CANCELLATION),
    ControlCall("POST /orders/{order}/reject", reject, ORDER, problems=(404, 409), body=END),
    ControlCall("POST /orders/{order}/expire", expire, ORDER, problems=(404, 409), body=END),
    ControlCall(
        "GET /stop-orders",
        stop_orders,
        closed({"stop_orders": listed(STOP_ORDER)}),
        query=(LIMIT, OF_USER, OF_SYMBOL),
    ),
    ControlCall("GET /order-plans", order_plans, PLANS),
    ControlCall("PUT /order-plans", put_order_plans, PLANS, body=part_of_scenario(ORDERS, '{"orders": [...]}')),
)
