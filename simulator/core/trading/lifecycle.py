"""The life of an order: received -> open -> filled, canceled, expired or rejected.

The other side of every trade is the simulator, at the prices that are set; users' orders do not meet.
"""

from __future__ import annotations

from simulator.core.trading import plan_steps, self_trades
from simulator.core.trading.amounts import FillProblem, affordable, crosses, taker_price
from simulator.core.trading.booking import activate, book, end, enter, fill, trade
from simulator.core.world import Draft, Now, Order, OrderStatus

__all__ = ["FillProblem", "accept", "end", "fill"]


def accept(draft: Draft, order: Order, now: Now) -> Order:
    """Hold what the order needs and start its life; the order as it is then. `Refusal` if the money is not there.

    A plan with steps decides alone. Otherwise, what crosses the set price is filled at once as a taker; the rest of it
    rests in the book if it can, and is canceled if it cannot.
    [H100/counterparty] [H100/takers] [H100/resting] [H100/post-only]
    """
    at = now.business
    order = book(draft, order, at)
    if order.planned:
        return plan_steps.begin(draft, activate(draft, order, at), at)
    terms, market = order.terms, draft.market(order.terms.symbol)
    if not crosses(market, terms):
        order = self_trades.prevent(draft, order, at)
        if not order.status.active:
            return order
        if terms.rests:
            return enter(draft, activate(draft, order, at), at)
        return end(draft, order, OrderStatus.CANCELED, at)
    if terms.post_only and terms.rests:
        return end(draft, order, OrderStatus.CANCELED, at)
    order = self_trades.prevent(draft, order, at)
    if not order.status.active:
        return order
    price = taker_price(market, terms.side)
    increment = draft.symbols[terms.symbol].base_increment
    size = order.rest if terms.size is not None else affordable(order.rest, price, increment)
    if not size:
        return end(draft, order, OrderStatus.CANCELED, at)
    return trade(draft, order, size, price, "taker", at)
