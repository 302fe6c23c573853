"""Spot orders and the plans for them. Instants and durations are in ms where a number, amounts are decimal texts."""

from __future__ import annotations

from typing import Any, Final

from simulator.core.money import plain
from simulator.core.world import (
    EndStep,
    Fill,
    Order,
    OrderPlan,
    OrderStatus,
    OrderTerms,
    OrderType,
    Side,
    StopOrder,
    TimeInForce,
)
from simulator.core.world.order_plans import PlanStep
from simulator.web.control.written import duration
from simulator.web.json_schema import (
    COUNT,
    DECIMAL,
    FLAG,
    MS,
    NAME,
    TEXT,
    closed,
    listed,
    mapped,
    maybe,
    one_of,
    word_of,
)

STEP: Final = closed(
    {
        "after?": TEXT,
        "fill?": {**TEXT, "examples": ["40%", "0.4", "rest"]},
        "price?": DECIMAL,
        "role?": one_of("maker", "taker"),
        "cancel?": one_of("rest"),
        "reject?": one_of("rest"),
        "expire?": one_of("rest"),
        "report?": one_of("lost"),
    }
)
PLAN: Final = closed(
    {
        "user?": NAME,
        "symbol?": NAME,
        "side?": word_of(Side),
        "type?": word_of(OrderType),
        "client_oid?": NAME,
        "match?": mapped(TEXT),
        "plan?": listed(STEP),
        "unknown_for?": TEXT,
        "stale_for?": TEXT,
    }
)
PLANS: Final = closed({"orders": listed(PLAN)})


def plan_data(plan: OrderPlan) -> dict[str, Any]:
    """A plan as a scenario writes it."""
    named = {
        "user": plan.user,
        "symbol": plan.symbol,
        "side": plan.side and plan.side.value,
        "type": plan.type and plan.type.value,
        "client_oid": plan.client_oid,
        "match": dict(plan.match),
        "unknown_for": plan.unknown_for and duration(plan.unknown_for),
        "stale_for": plan.stale_for and duration(plan.stale_for),
    }
    steps = {} if plan.steps is None else {"plan": [_step_data(step) for step in plan.steps]}
    return {name: value for name, value in named.items() if value} | steps


def _step_data(step: PlanStep) -> dict[str, str]:
    after = {"after": duration(step.after)} if step.after else {}
    report = {"report": "lost"} if step.lost else {}
    if isinstance(step, EndStep):
        return {**after, step.end: "rest", **report}
    portion = "rest" if step.size is None else plain(step.size)
    if step.share is not None:
        portion = f"{plain(step.share.scaleb(2))}%"
    price = {} if step.price is None else {"price": plain(step.price)}
    role = {} if step.liquidity is None else {"role": step.liquidity}
    return {**after, "fill": portion, **price, **role, **report}


FILL: Final = closed(
    {
        "trade_id": COUNT,
        "at": MS,
        "price": DECIMAL,
        "size": DECIMAL,
        "funds": DECIMAL,
        "fee": DECIMAL,
        "role": one_of("maker", "taker"),
        "report?": {**one_of("lost"), "description": "The feeds of orders never tell of it"},
    }
)
PLACED: Final = {
    "order_id": NAME,
    "client_oid": TEXT,
    "user": NAME,
    "client": TEXT,
    "symbol": NAME,
    "side": word_of(Side),
    "type": word_of(OrderType),
}
"""The terms of an order without its amounts."""
AMOUNTS: Final = {name: maybe(DECIMAL) for name in ("price", "size", "funds")}
ORDER: Final = closed(
    {
        **PLACED,
        "time_in_force": word_of(TimeInForce),
        **AMOUNTS,
        "status": word_of(OrderStatus),
        "tagged": {**FLAG, "description": "True if it carried the broker's partner headers"},
        "filled_size": DECIMAL,
        "filled_funds": DECIMAL,
        "canceled_size": DECIMAL,
        "canceled_funds": DECIMAL,
        "rest": {**DECIMAL, "description": "What is neither filled nor canceled: of the size, or of the funds"},
        "fee": DECIMAL,
        "held": DECIMAL,
        "held_in": NAME,
        "fills": listed(FILL),
        "report?": {**one_of("lost"), "description": "The feeds of orders never tell how it ended"},
        "plan": maybe(PLAN),
        "next_step": {**COUNT, "description": "How many steps of its plan have happened"},
        "created_at": MS,
        "at": {**MS, "description": "The last change, ms since 1970-01-01 UTC"},
    }
)

STOP_ORDER: Final = closed(
    {
        **PLACED,
        "stop": {**one_of("entry", "loss"), "description": "It triggers at `stop_price` or above, or there or below"},
        "stop_price": DECIMAL,
        **AMOUNTS,
        "tagged": FLAG,
        "created_at": MS,
    }
)


def stop_order_data(stop: StopOrder) -> dict[str, Any]:
    """A stop order that waits."""
    terms = stop.terms
    return {
        **_placed(stop),
        "stop": stop.stop,
        "stop_price": plain(stop.stop_price),
        **_amounts(terms),
        "tagged": stop.tagged,
        "created_at": stop.created_at,
    }


def _placed(order: Order | StopOrder) -> dict[str, str]:
    """The terms of the order without its amounts."""
    terms = order.terms
    return {
        "order_id": order.id,
        "client_oid": order.client_oid,
        "user": order.user,
        "client": order.client_id,
        "symbol": terms.symbol,
        "side": terms.side.value,
        "type": terms.type.value,
    }


def _amounts(terms: OrderTerms) -> dict[str, str | None]:
    amounts = {"price": terms.price, "size": terms.size, "funds": terms.funds}
    return {name: None if amount is None else plain(amount) for name, amount in amounts.items()}


def order_data(order: Order) -> dict[str, Any]:
    """An order with its fills, the newest first, as it really is, whatever its plan lets a client see."""
    terms = order.terms
    return {
        **_placed(order),
        "time_in_force": terms.time_in_force.value,
        **_amounts(terms),
        "status": order.status.value,
        "tagged": order.tagged,
        "filled_size": plain(order.deal_size),
        "filled_funds": plain(order.deal_funds),
        "canceled_size": plain(order.canceled_size),
        "canceled_funds": plain(order.canceled_funds),
        "rest": plain(order.rest),
        "fee": plain(order.fee),
        "held": plain(order.held),
        "held_in": order.held_in,
        "fills": [_fill_data(fill) for fill in order.fills],
        **({"report": "lost"} if order.end_lost else {}),
        "plan": order.plan and plan_data(order.plan),
        "next_step": order.next_step,
        "created_at": order.created_at,
        "at": order.updated_at,
    }


def _fill_data(fill: Fill) -> dict[str, Any]:
    return {
        "trade_id": fill.trade_id,
        "at": fill.at,
        "price": plain(fill.price),
        "size": plain(fill.size),
        "funds": plain(fill.funds),
        "fee": plain(fill.fee),
        "role": fill.liquidity,
        **({"report": "lost"} if fill.lost else {}),
    }
