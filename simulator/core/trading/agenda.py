"""What happens to orders by the passing of time: steps of plans, expiries, dead man's switches, late reports."""

from __future__ import annotations

from msgspec.structs import replace

from simulator.core.trading import late_reports, plan_steps
from simulator.core.trading.lifecycle import end
from simulator.core.world import Draft, Due, DueKind, Now, Order, OrderStatus, World


def run_due(world: World, now: Now) -> tuple[World, tuple[Order, ...], tuple[Due, ...]]:
    """Do everything that is due, each at its own instant, soonest first.

    Returns the orders that changed, as they were then, and what happened. [H103/expiry]
    """
    due = world.agenda.head
    if due is None or due.at > now.business:
        return world, (), ()
    draft = Draft(world)
    orders: list[Order] = []
    happened: list[Due] = []
    while due is not None and due.at <= now.business:
        draft.agenda = draft.agenda.without(due.kind, due.of)
        orders += _happen(draft, due)
        happened.append(due)
        due = draft.agenda.head
    return draft.done(), tuple(orders), tuple(happened)


def _happen(draft: Draft, due: Due) -> list[Order]:
    match due.kind:
        case DueKind.PLAN_STEP:
            return [plan_steps.next_step(draft, draft.order(due.of), due.at)]
        case DueKind.ORDER_EXPIRY:
            return [end(draft, draft.order(due.of), OrderStatus.EXPIRED, due.at)]
        case DueKind.DEAD_MAN_SWITCH:
            trader = draft.trader(due.of)
            switch = trader.dead_man_switch
            assert switch is not None
            draft.put(replace(trader, dead_man_switch=None))
            return cancel_all(draft, due.of, switch.symbols or tuple(sorted(trader.active)), due.at)
        case DueKind.ORDER_REPORT:
            order = draft.order(due.of)
            late_reports.schedule(draft, order, due.at)
            draft.put(order)  # nothing changes but what is known of it, so that the feeds look at it
            return [order]


def cancel_all(draft: Draft, user: str, symbols: tuple[str, ...], at: int) -> list[Order]:
    """Cancel the user's active orders in these symbols, the oldest first; the orders."""
    orders: list[Order] = []
    for symbol in symbols:
        active = draft.order_history(user, symbol).active
        oldest_first = sorted(active, key=active.__getitem__)
        orders += [end(draft, draft.order(order_id), OrderStatus.CANCELED, at) for order_id in oldest_first]
    return orders
