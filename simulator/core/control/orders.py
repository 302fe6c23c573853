"""Orders by hand: the other side fills one, or it ends. And the plans that do this for the orders to come.

No client of the exchange can do any of this.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from simulator.core.endpoint import Operation
from simulator.core.trading.amounts import FillProblem, Liquidity
from simulator.core.trading.booking import end, fill
from simulator.core.trading.plan_steps import portion
from simulator.core.value import Reply, Value
from simulator.core.world import Draft, FillStep, Now, Order, OrderPlan, OrderStatus, World


class FillOrder(Value, frozen=True):
    """Fill an order. `step` says how much, at which price, in which role and if feeds report it, as in a plan."""

    order_id: str
    step: FillStep


class EndOrder(Value, frozen=True):
    """End an order, or cancel a part of it: `size`, of an order by funds an amount of these; None = all the rest.

    `lost` = the feeds never report how the order ended.
    """

    order_id: str
    status: OrderStatus
    size: Decimal | None = None
    lost: bool = False


class OrderMoved(Reply, frozen=True):
    """The order as it is now; None = that is not possible, and `problem` says why."""

    order: Order | None
    problem: str = ""


UNKNOWN: Final = OrderMoved(order=None, problem="there is no such order")
PART_IS_REPORTED: Final = "only the report of an order's end can be lost, and a part ends no order: leave out size"


class PutOrderPlans(Value, frozen=True):
    """What happens to orders from now on. Orders that are there keep the plans that they have."""

    plans: tuple[OrderPlan, ...]


class OrderPlansPut(Reply, frozen=True):
    """The plans in force."""

    plans: tuple[OrderPlan, ...]


def fill_order(world: World, command: FillOrder, now: Now) -> tuple[World, OrderMoved]:
    """A trade of the order with the other side, now: never above its size, never beyond its price [H140/by-hand]."""
    draft, order = Draft(world), world.orders.get(command.order_id)
    if order is None:
        return world, UNKNOWN
    try:
        order = fill(draft, order, *_portion(draft, order, command.step), now.business, lost=command.step.lost)
    except FillProblem as problem:
        return world, OrderMoved(order=None, problem=str(problem))
    return draft.done(), OrderMoved(order=order)


def _portion(draft: Draft, order: Order, step: FillStep) -> tuple[Decimal, Decimal, Liquidity]:
    """Size, price and role. What is written must be possible as it is: nothing is made to fit, as it is in a plan."""
    if not order.status.active:
        raise FillProblem(f"the order is {order.status.value}")
    size, price, liquidity = portion(draft, order, step)
    return (size if step.size is None else step.size), (price if step.price is None else step.price), liquidity


def end_order(world: World, command: EndOrder, now: Now) -> tuple[World, OrderMoved]:
    """The rest of the order ends, now, and what it held is given back [H140/ends-by-hand]."""
    draft, order = Draft(world), world.orders.get(command.order_id)
    if order is None:
        return world, UNKNOWN
    try:
        order = end(draft, order, command.status, now.business, command.size, lost=command.lost)
    except FillProblem as problem:
        return world, OrderMoved(order=None, problem=str(problem))
    if command.lost and order.status.active:
        return world, OrderMoved(order=None, problem=PART_IS_REPORTED)
    return draft.done(), OrderMoved(order=order)


def put_order_plans(world: World, command: PutOrderPlans, now: Now) -> tuple[World, OrderPlansPut]:
    """These plans count for every order from now on, the first that matches [H140/plans]."""
    return replace(world, order_plans=command.plans), OrderPlansPut(plans=command.plans)


OPERATIONS: Final = (
    Operation(fill_order, FillOrder, "H140"),
    Operation(end_order, EndOrder, "H140"),
    Operation(put_order_plans, PutOrderPlans, "H140"),
)
