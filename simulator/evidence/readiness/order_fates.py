"""The frame of all situations about what becomes of an accepted order: the fate reaches them, signs decide them.

The order may have been placed alone, together with others, or by an alteration: each of them has a fate of its own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, TypeAlias

from simulator.core import money
from simulator.core.value import Value
from simulator.core.world import Order, OrderStatus, OrderTerms, OrderType, Side, TimeInForce, World
from simulator.evidence.readiness.detecting import HOUR, MOST_CALLS, Sign, either, watch
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.orders import (
    ADDS,
    BATCHES,
    CANCELS,
    CLEARING,
    FILLS,
    LOOKS,
    MONEY,
    NOT_CANCELABLE,
    OK,
    amount_of,
    amount_of_order,
    final_world,
    order_named,
    rows_of,
    terms_of,
    terms_of_order,
)
from simulator.evidence.readiness.requests import whole
from simulator.evidence.readiness.situation import Detector, Occurrence

PLACING: Final = (*ADDS, *BATCHES, "alter_order")
"""The calls that place orders."""
ENDING: Final = (*CANCELS, *CLEARING)
"""The calls by which a client ends orders."""
TELLING: Final = ("add_order_sync", "add_orders_sync")
"""The calls whose own answer says how far the order is."""
MOST_IN_THE_WAY: Final = 200
"""Orders that may be active in a symbol, and so lie in the way of another one."""

Fate: TypeAlias = Callable[[History, int, Order], bool]
"""What must become of an order that a call placed. The order is given as it was after its acceptance."""
OrderRelation: TypeAlias = Callable[[History, Order, int], bool]
"""What must be true of an order that had the fate, and a later call."""


class OrderSign(Value, frozen=True):
    """A later call that decides what was done about an order. The fields are those of `Sign`."""

    operations: tuple[str, ...]
    why: str
    outcomes: tuple[str, ...]
    when: OrderRelation | None = None
    times: int = 1

    def about(self, orders: dict[int, tuple[Order, ...]]) -> Sign:
        """The sign of a case: it is about any of the orders that the case's first call placed, by its place."""
        when = self.when
        if when is None:
            return Sign(self.operations, self.why, self.outcomes, times=self.times)
        return Sign(
            self.operations,
            self.why,
            self.outcomes,
            lambda history, place, later: any(when(history, order, later) for order in orders[place]),
            self.times,
        )


def after(
    fate: Fate,
    what: str,
    *,
    handled: tuple[OrderSign, ...] = (),
    broken: tuple[OrderSign, ...] = (),
    told: bool = True,
) -> Detector:
    """The detector of a fate. `what` completes the sentence "#12 placed an order that ...".

    `told` = an answer that shows the order as it ended handles the case, because the client need not look for it.
    """

    def detect(history: History) -> Iterator[Occurrence]:
        orders: dict[int, tuple[Order, ...]] = {}
        for place in islice(history.places(PLACING, OK), MOST_CALLS):
            fated = tuple(order for order in orders_made(history, place) if fate(history, place, order))
            if fated:
                orders[place] = fated
        answered = {place for place in orders if told and shown_by_answer(history, place, orders[place])}
        text = f"placed an order that {what}"
        signs = [tuple(sign.about(orders) for sign in some) for some in (handled, broken)]
        silent = watch(
            lambda _: [place for place in orders if place not in answered], text, handled=signs[0], broken=signs[1]
        )
        clear = watch(
            lambda _: [place for place in orders if place in answered],
            text,
            handled=signs[0],
            broken=signs[1],
            end=True,
            ending="its own answer said so",
        )
        yield from either(silent, clear)(history)

    return detect


# --- orders, and what became of them
def orders_made(history: History, place: int) -> tuple[Order, ...]:
    """The orders that a call placed, as they were after its acceptance."""
    entry = history.entries[place]
    result = entry.outcome.result
    rows = getattr(result, "orders", None) or (getattr(result, "order", None),)
    return tuple(row for row in rows if isinstance(row, Order) and row.id not in entry.before.orders)


def shown_by_answer(history: History, place: int, orders: tuple[Order, ...]) -> bool:
    """True if the answer to the request arrived, and showed that the orders were over."""
    entry = history.entries[place]
    return entry.outcome.operation in TELLING and whole(entry) and not any(order.status.active for order in orders)


def outcome_of(history: History, place: int, order: Order) -> Order:
    """What became of an order by the end of the run. `place` is that of any call of its run."""
    return final_world(history, place).orders.get(order.id) or order


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


def filled_late(history: History, place: int, order: Order) -> bool:
    """True if the order does not say for a while what its list of fills says."""
    final = outcome_of(history, place, order)
    return bool(final.fills) and final.plan is not None and bool(final.plan.stale_for)


# --- what a later call has to do with an order
def over(history: History, order: Order, later: int) -> bool:
    """True if the order is over at the later call, and a look would show it."""
    final = outcome_of(history, later, order)
    shown_from = final.updated_at + (final.plan.stale_for if final.plan else 0)
    return not final.status.active and history.at(later).business >= shown_from


def over_and_seen(history: History, order: Order, later: int) -> bool:
    """True if the later call's answer arrived, and could show that the order is over."""
    return over(history, order, later) and whole(history.entries[later])


def seen(history: History, _: Order, later: int) -> bool:
    """True if the later call's answer arrived."""
    return whole(history.entries[later])


def fill_seen(history: History, order: Order, later: int) -> bool:
    """True if the later call's answer arrived, and could show a fill of the order."""
    fills = outcome_of(history, later, order).fills
    return whole(history.entries[later]) and any(fill.at <= history.at(later).business for fill in fills)


def over_and_named(history: History, order: Order, later: int) -> bool:
    """True if the later call names the order, which is over."""
    other = order_named(history, later, history.entries[later].after)
    return other is not None and other.id == order.id and over(history, order, later)


def soon(history: History, order: Order, later: int) -> bool:
    """True if the later call came within an hour of the order."""
    return history.at(later).business - order.created_at < HOUR


def same_terms(history: History, order: Order, later: int) -> bool:
    """True if a later request orders the same, alone or among others."""
    return any(terms_of(row) == terms_of_order(order) for row in rows_of(history.fields(later)))


def same_again(history: History, order: Order, later: int) -> bool:
    """True if a later request orders the same soon."""
    return soon(history, order, later) and same_terms(history, order, later)


def other_terms(history: History, order: Order, later: int) -> bool:
    """True if a later request orders something else."""
    return not same_terms(history, order, later)


def same_amount(history: History, order: Order, later: int) -> bool:
    """True if a later request orders as much as the order was for."""
    amount = amount_of_order(order)
    return soon(history, order, later) and any(amount_of(row) == amount for row in rows_of(history.fields(later)))


def whole_again(history: History, order: Order, later: int) -> bool:
    """True if a later request orders as much as the order was for, which is over."""
    return over(history, order, later) and same_amount(history, order, later)


def other_side(history: History, order: Order, later: int) -> bool:
    """True if a later request sells what the order bought, or buys back what it sold, after the order is over."""
    side, symbol = order.terms.side, order.terms.symbol
    rows = rows_of(history.fields(later))
    other = Side.SELL if side is Side.BUY else Side.BUY
    return over(history, order, later) and any(
        row.get("side") == other.value and row.get("symbol") == symbol for row in rows
    )


SEEN: Final = OrderSign(LOOKS, "looked what had become of it", OK, seen)
SEEN_OVER: Final = OrderSign(LOOKS, "looked what had become of it", OK, over_and_seen)
FILL_SEEN: Final = OrderSign((*FILLS, *MONEY), "saw the fill or the money", OK, fill_seen)
OTHER_ORDER: Final = OrderSign(ADDS, "ordered something else", (), other_terms)
SENT_AGAIN: Final = OrderSign((*ADDS, *BATCHES), "sent it again and again", OK, same_again, times=2)
WHOLE_AGAIN: Final = OrderSign(
    (*ADDS, *BATCHES), "ordered all of it again before anything looked what was filled", OK, whole_again
)
CANCELED_AGAIN: Final = OrderSign(CANCELS, "canceled an order that was over", NOT_CANCELABLE, over_and_named, times=2)
