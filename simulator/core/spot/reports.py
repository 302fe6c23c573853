"""What an order shows of itself to who asks for it: the plan of a test can let its reports be late (`OrderPlan`)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from msgspec.structs import replace

from simulator.core import money
from simulator.core.funds.selection import active_orders
from simulator.core.money import ZERO
from simulator.core.world import Fill, Order, OrderStatus, OrderType, Stack, World


def reported(order: Order, at: int) -> Order | None:
    """The order as a look-up at `at` (ms of the business clock) finds it; None = it cannot be found yet.

    While a fill is not reported, neither is what came after it: the order shows the state before. [H121/late-reports]
    """
    plan = order.plan
    if plan is None:
        return order
    if at < order.created_at + plan.unknown_for:
        return None
    if not plan.stale_for:
        return order
    known = [fill for fill in order.fills if fill.at + plan.stale_for <= at]
    return order if len(known) == len(order.fills) else _before(order, known)


def _before(order: Order, known: list[Fill]) -> Order:
    """The order when only these of its fills, the newest first, had happened: it had not ended then."""
    sums = [ZERO, ZERO, ZERO]
    fills: Stack[Fill] = Stack()
    for fill in reversed(known):
        sums = [money.add(*pair) for pair in zip(sums, (fill.size, fill.funds, fill.fee), strict=True)]
        fills = fills.having(fill, fill.at, fill.id)
    ended = not order.status.active
    return replace(
        order,
        status=OrderStatus.OPEN,
        in_book=order.in_book or order.terms.type is OrderType.LIMIT,
        deal_size=sums[0],
        deal_funds=sums[1],
        fee=sums[2],
        canceled_size=ZERO if ended else order.canceled_size,
        canceled_funds=ZERO if ended else order.canceled_funds,
        fills=fills,
        updated_at=known[0].at if known else order.created_at,
    )


def latest_delay(world: World) -> int:
    """The longest time, ms, by which a plan of this world lets an order be behind its fills."""
    return max((plan.stale_for for plan in world.order_plans), default=0)


def active(world: World, user: str, symbol: str, at: int) -> list[Order]:
    """The orders that a look-up at `at` finds active, the last change first; "" = in every symbol.

    Those are among them that have ended, but do not say so yet.
    """
    orders = [*active_orders(world, user, symbol), *_ended_lately(world, user, symbol, at)]
    shown = [report for order in orders if (report := reported(order, at)) is not None and report.status.active]
    return sorted(shown, key=lambda order: (order.updated_at, order.number), reverse=True)


def _ended_lately(world: World, user: str, symbol: str, at: int) -> Iterator[Order]:
    delay = latest_delay(world)
    if not delay:
        return
    for name in (symbol,) if symbol else traded(world, user):
        yield from takewhile(lambda order: order.updated_at + delay > at, world.order_history(user, name).done)


def traded(world: World, user: str) -> list[str]:
    """The symbols in which the user has ever ordered, in the order of their names."""
    return sorted(symbol for symbol in world.symbols if (user, symbol) in world.order_histories)


def done(world: World, user: str, symbol: str, at: int) -> Iterator[tuple[int, Order]]:
    """The orders in that symbol that a look-up at `at` finds ended, the last one first, each with its number.

    The numbers count the user's ended orders in the symbol, from 1. One that is not reported yet keeps its number.
    """
    rows = world.order_history(user, symbol).done
    number = len(rows)
    for order in rows.newest(lambda order: (order.updated_at, order.id)):
        report = reported(order, at)
        if report is not None and not report.status.active:
            yield number, report
        number -= 1
