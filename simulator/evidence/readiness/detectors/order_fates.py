"""What becomes of an accepted order, and the detector of the situations that such a fate makes.

The order may have been placed alone, together with others, or by an alteration: each of them has a fate of its own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, TypeAlias

from simulator.core import money
from simulator.core.world import Order, OrderStatus, OrderTerms, OrderType, Side, TimeInForce, World
from simulator.evidence.readiness.detectors.combinators import MOST_CALLS, Sign, either
from simulator.evidence.readiness.detectors.order_cases import SENT_AGAIN, OrderSign, about, is_over, outcome_of
from simulator.evidence.readiness.detectors.orders import CANCELS, CLEARING, OK, PLACING, orders_made, rows_of
from simulator.evidence.readiness.detectors.requests import number_of, whole
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Detector, Occurrence

ENDING: Final = (*CANCELS, *CLEARING)
"""The calls by which a client ends orders."""
TELLING: Final = ("add_order_sync", "add_orders_sync")
"""The calls whose own answer says how far the order is."""
MOST_IN_THE_WAY: Final = 200
"""Orders that may be active in a symbol, and so lie in the way of another one."""

Fate: TypeAlias = Callable[[History, int, Order], bool]
"""What must become of an order that a call placed. The order is given as it was after its acceptance."""


def after(
    fate: Fate,
    what: str,
    *,
    handled: tuple[OrderSign, ...] = (),
    broken: tuple[OrderSign | Sign, ...] = (),
    by_answer: bool = True,
) -> Detector:
    """The detector of a fate. `what` completes the sentence "#12 placed an order that ...".

    `by_answer` = an answer that shows the order as it ended handles the case, because the client need not look for it.
    Then it may send the same again as well, because it knows what it does.
    """
    text = f"placed an order that {what}"

    def detect(history: History) -> Iterator[Occurrence]:
        fated: dict[int, tuple[Order, ...]] = {}
        for place in islice(history.places(PLACING, OK), MOST_CALLS):
            if orders := tuple(order for order in orders_made(history, place) if fate(history, place, order)):
                fated[place] = orders
        clear = [place for place, orders in fated.items() if by_answer and shown_by_answer(history, place, orders)]
        silent = fated.keys() - clear
        knowing = tuple(sign for sign in broken if sign is not SENT_AGAIN)
        yield from either(
            about(lambda _: sorted(silent), lambda _, place: fated[place], text, handled=handled, broken=broken),
            about(
                lambda _: clear,
                lambda _, place: fated[place],
                text,
                handled=handled,
                broken=knowing,
                end=True,
                ending="its own answer said so",
            ),
        )(history)

    return detect


def shown_by_answer(history: History, place: int, orders: tuple[Order, ...]) -> bool:
    """True if the answer to the request arrived, and showed that the orders were over."""
    entry = history.entries[place]
    return entry.outcome.operation in TELLING and whole(entry) and not any(order.status.active for order in orders)


def became(*statuses: OrderStatus, filled: bool) -> Fate:
    """The order came to such an end, with or without a fill."""

    def fate(history: History, place: int, order: Order) -> bool:
        final = outcome_of(history, place, order)
        return final.status in statuses and bool(final.fills) is filled

    return fate


def killed(*causes: str) -> Fate:
    """The order was over at once with nothing filled, for one of these causes."""
    return lambda history, place, order: cause_of_death(history, place, order) in causes


def cause_of_death(history: History, place: int, order: Order) -> str:
    """Why an order was canceled at once with nothing filled: by itself, or because KuCoin did it; "" = it was not."""
    terms = order.terms
    if order.status is not OrderStatus.CANCELED or order.fills:
        return ""
    if in_the_way(history, place, order):
        return "self-trade"
    if terms.type is OrderType.LIMIT and not terms.rests:
        return "FOK" if terms.time_in_force is TimeInForce.FOK else "IOC"
    return "post-only" if terms.post_only and not order.planned else "exchange"


def in_the_way(history: History, place: int, order: Order) -> bool:
    """True if the order had a choice of STP, and an order of the user's own lay in its way."""
    terms = order.terms
    if terms.stp is None or order.planned:
        return False
    entry = history.entries[place]
    others = islice(entry.before.order_history(order.user, terms.symbol).active, MOST_IN_THE_WAY)
    return any(_meets(entry.before.orders[order_id].terms, terms) for order_id in others)


def _meets(other: OrderTerms, terms: OrderTerms) -> bool:
    """True if an order that rests is on the other side, at a price that an order which comes would accept."""
    if other.side is terms.side or other.price is None:
        return False
    if terms.price is None:
        return True
    return other.price <= terms.price if terms.side is Side.BUY else other.price >= terms.price


def canceled_by_exchange(history: History, place: int, order: Order) -> bool:
    """True if the order was canceled with nothing filled, and neither its client nor its client's switch did it."""
    if order.status is OrderStatus.CANCELED:
        return cause_of_death(history, place, order) == "exchange"
    final = outcome_of(history, place, order)
    if final.status is not OrderStatus.CANCELED or final.fills:
        return False
    end = ending_of(history, place, order.id)
    entry = history.entries[end]
    called = entry.outcome.operation in (*ENDING, *PLACING)
    if called and is_active(entry.before, order.id) and final.updated_at == history.at(end).business:
        return False
    switch = history.entries[max(end - 1, place)].after.trader(order.user).dead_man_switch
    return switch is None or switch.trigger_at != final.updated_at


def is_active(world: World, order_id: str) -> bool:
    """True if the order is there and active."""
    order = world.orders.get(order_id)
    return order is not None and order.status.active


def ending_of(history: History, place: int, order_id: str) -> int:
    """The place of the entry after which an order is over that an earlier call has made; the last one at most."""
    last = history.lasts[history.parties[place][0]]
    places = range(place + 1, last + 1)
    number = bisect_left(places, 1, key=lambda later: not is_active(history.entries[later].after, order_id))
    return min(place + 1 + number, last)


def better_price(history: History, place: int, order: Order) -> bool:
    """True if the limit order was filled at a better price than its own."""
    final, price = outcome_of(history, place, order), order.terms.price
    if price is None or final.status is not OrderStatus.FILLED:
        return False
    own = money.multiply(price, final.deal_size)
    return own > final.deal_funds if order.terms.side is Side.BUY else own < final.deal_funds


def moved_as_ordered(history: History, place: int, later: int) -> bool:
    """True if a later transfer moves what would be left if a purchase had cost its own price, with or without fee."""
    fields, entry = history.fields(later), history.entries[place]
    amount = number_of(fields.get("amount"))
    for order in orders_made(history, place):
        terms = order.terms
        if terms.side is Side.SELL or terms.price is None or terms.size is None:
            continue
        quote = entry.before.symbols[terms.symbol].quote
        there = entry.before.wallet(order.user).account(quote, "trade").available
        own = money.multiply(terms.price, terms.size)
        costs = (own, money.add(own, money.multiply(own, order.taker_fee_rate)))
        if fields.get("currency") == quote and amount in [money.subtract(there, cost) for cost in costs]:
            return True
    return False


def filled_late(history: History, place: int, order: Order) -> bool:
    """True if the order does not say for a while what its list of fills says."""
    final = outcome_of(history, place, order)
    return bool(final.fills) and final.plan is not None and bool(final.plan.stale_for)


def sold_again(history: History, order: Order, later: int) -> bool:
    """True if a later request sells what the order was to buy, or buys back what it was to sell, when it is over."""
    side, symbol = order.terms.side, order.terms.symbol
    other = Side.SELL if side is Side.BUY else Side.BUY
    rows = rows_of(history.fields(later))
    return is_over(history, order, later) and any(
        row.get("side") == other.value and row.get("symbol") == symbol for row in rows
    )
