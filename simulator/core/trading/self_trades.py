"""Self-trade prevention: what happens to an order that would meet another one of its user.

Only the choice of the order that comes counts.
"""

from __future__ import annotations

from decimal import Decimal

from simulator.core import money
from simulator.core.trading.amounts import affordable, taker_price
from simulator.core.trading.booking import end
from simulator.core.world import Draft, Order, OrderStatus, Side, Stp


def prevent(draft: Draft, order: Order, at: int) -> Order:
    """Cancel what the order's `stp` says: of the user's orders on the other side that its price reaches, or of it.

    [H101/stp]
    """
    stp = order.terms.stp
    if stp is None:
        return order
    others = _reached(draft, order)
    if not others:
        return order
    if stp is Stp.CN:
        return end(draft, order, OrderStatus.CANCELED, at)
    if stp is Stp.DC:
        return _decrease(draft, order, others, at)
    for other in others:
        end(draft, other, OrderStatus.CANCELED, at)
    return end(draft, order, OrderStatus.CANCELED, at) if stp is Stp.CB else order


def _reached(draft: Draft, order: Order) -> list[Order]:
    """The user's resting orders on the other side that the order's price reaches, the best price first.

    Of one price the oldest comes first. A user has at most 200 active orders in a symbol.
    """
    terms = order.terms
    price = terms.price if terms.price is not None else taker_price(draft.market(terms.symbol), terms.side)
    buys = terms.side is Side.BUY
    reached: list[tuple[Decimal, int, Order]] = []
    for order_id in draft.order_history(order.user, terms.symbol).active:
        other = draft.order(order_id)
        own_price = other.terms.price
        if other.terms.side is terms.side or not other.in_book or own_price is None:
            continue
        if own_price <= price if buys else own_price >= price:
            reached.append((own_price if buys else -own_price, other.number, other))
    return [other for _, _, other in sorted(reached, key=lambda entry: entry[:2])]


def _decrease(draft: Draft, order: Order, others: list[Order], at: int) -> Order:
    """Of two orders that meet, cancel the smaller one, and decrease the larger one by it."""
    terms = order.terms
    increment = draft.symbols[terms.symbol].base_increment
    for other in others:
        price = other.terms.price
        assert price is not None
        size = order.rest if terms.size is not None else affordable(order.rest, price, increment)
        smaller = min(size, other.rest)
        if not smaller:
            return order
        end(draft, other, OrderStatus.CANCELED, at, smaller)
        part = smaller if terms.size is not None else money.multiply(smaller, price)
        order = end(draft, order, OrderStatus.CANCELED, at, part)
    return order
