"""The steps of an order's plan, each at its own instant.

A step fills at most what is left, at most at the price that the order allows. After the last step, an order that
cannot rest is canceled; one that can rests until it is canceled, filled by hand, or expires.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from simulator.core import money
from simulator.core.trading.amounts import (
    FillProblem,
    Liquidity,
    affordable,
    crosses,
    multiple_below,
    taker_price,
    worst_price,
)
from simulator.core.trading.booking import end, enter, fill
from simulator.core.world import Draft, Due, DueKind, EndStep, FillStep, Order, OrderStatus, Side
from simulator.core.world.order_plans import PlanStep

ENDS = {"cancel": OrderStatus.CANCELED, "reject": OrderStatus.REJECTED, "expire": OrderStatus.EXPIRED}
"""What an `EndStep` makes of an order."""


def steps_of(order: Order) -> tuple[PlanStep, ...]:
    """The steps of the order's plan; none without a plan that has steps."""
    return (order.plan.steps if order.plan else None) or ()


def begin(draft: Draft, order: Order, at: int) -> Order:
    """Start the plan of an order that has just been accepted. Steps without a wait happen at once."""
    first = next(iter(steps_of(order)), None)
    rejected = isinstance(first, EndStep) and first.end == "reject" and not first.after
    if order.terms.rests and not rejected:
        order = enter(draft, order, at)
    return _go_on(draft, order, at)


def next_step(draft: Draft, order: Order, at: int) -> Order:
    """Do the step of an order's plan that is due at `at` (ms), and those that follow it without a wait."""
    return _go_on(draft, _done(draft, order, at), at)


def _go_on(draft: Draft, order: Order, at: int) -> Order:
    steps = steps_of(order)
    while order.status.active and order.next_step < len(steps):
        wait = steps[order.next_step].after
        if wait:
            draft.agenda = draft.agenda.having(Due(at + wait, DueKind.PLAN_STEP, order.id))
            return order
        order = _done(draft, order, at)
    if order.status.active and not order.terms.rests:
        order = end(draft, order, OrderStatus.CANCELED, at)
    return order


def _done(draft: Draft, order: Order, at: int) -> Order:
    step = steps_of(order)[order.next_step]
    order = replace(order, next_step=order.next_step + 1)
    draft.put(order)
    if not isinstance(step, FillStep):
        return end(draft, order, ENDS[step.end], at, lost=step.lost)
    size, price, liquidity = portion(draft, order, step)
    if not size:
        return order
    try:
        return fill(draft, order, size, price, liquidity, at, lost=step.lost)
    except FillProblem:  # a FOK in parts, or more than the money that is there: KuCoin cancels what cannot be filled
        return end(draft, order, OrderStatus.CANCELED, at, lost=step.lost)


def portion(draft: Draft, order: Order, step: FillStep) -> tuple[Decimal, Decimal, Liquidity]:
    """Size, price and role of a fill: what the step says within what the order allows. The size may be 0."""
    terms = order.terms
    symbol, market = draft.symbols[terms.symbol], draft.market(terms.symbol)
    taker = not terms.rests or (not order.fills and not terms.post_only and crosses(market, terms))
    liquidity: Liquidity = step.liquidity or ("taker" if taker else "maker")
    worst = worst_price(market, symbol, terms)
    price = step.price
    if price is None:
        price = terms.price if liquidity == "maker" and terms.price else taker_price(market, terms.side)
    price = min(price, worst) if terms.side is Side.BUY else max(price, worst)
    rest = order.rest if terms.size is not None else affordable(order.rest, price, symbol.base_increment)
    size = rest if step.size is None else min(step.size, rest)
    if step.share is not None:
        whole = terms.size
        if whole is None:
            assert terms.funds is not None
            whole = affordable(terms.funds, price, symbol.base_increment)
        size = min(rest, multiple_below(money.multiply(whole, step.share), symbol.base_increment))
    elif size != rest:
        size = multiple_below(size, symbol.base_increment)
    return size, price, liquidity
