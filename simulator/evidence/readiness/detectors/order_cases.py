"""The frame of the situations of orders: a case is about orders, and signs say what a later call has to do with them.

A look counts if it can show one of these orders. Many brokers look at the money before each order, so a look at the
money decides only if it is more than that: the same routine once more does not show that anybody asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from simulator.core.value import Value
from simulator.core.world import Order
from simulator.evidence.order_messages import END_MESSAGE, FILL_MESSAGE, ORDER_MESSAGES
from simulator.evidence.readiness.detectors.combinators import HOUR, Reached, Sign, either, watch
from simulator.evidence.readiness.detectors.orders import (
    ADDS,
    BATCHES,
    CANCELS,
    FILLS,
    MONEY,
    NAMING,
    NOT_CANCELABLE,
    OK,
    ORDER_LOOKS,
    PLACING,
    amount_of,
    amount_of_order,
    final_world,
    named,
    order_named,
    orders_made,
    rows_of,
    terms_of,
    terms_of_order,
)
from simulator.evidence.readiness.detectors.requests import whole
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Detector, Occurrence

TRADING_ACCOUNTS: Final = (None, "trade", "trade_hf")
"""The values of `type` with which a look at accounts shows the money of orders."""

OrdersOf: TypeAlias = Callable[[History, int], tuple[Order, ...]]
"""The orders that a case is about, by the place of its first call; without any there is no case."""
OrderRelation: TypeAlias = Callable[[History, Order, int], bool]
"""What must be true of an order that a case is about, as it was at the end of the run, and of a later call."""


class OrderSign(Value, frozen=True):
    """A later call that decides a case about orders, if its relation holds for one of them. As `Sign` otherwise."""

    operations: tuple[str, ...]
    why: str
    outcomes: tuple[str, ...]
    when: OrderRelation
    times: int = 1
    weak: bool = False
    unusual: bool = False
    """True if it must be more than what the client does before each order."""

    def about(self, orders: dict[int, tuple[Order, ...]]) -> Sign:
        """The sign of cases about these orders, by the places of the cases' first calls."""

        def holds(history: History, place: int, later: int) -> bool:
            if self.unusual and not more_than_always(history, place, later):
                return False
            return any(self.when(history, order, later) for order in orders[place])

        return Sign(self.operations, self.why, self.outcomes, holds, self.times, weak=self.weak)


def about(
    reached: Reached,
    orders_of: OrdersOf,
    what: str,
    *,
    handled: tuple[OrderSign | Sign, ...] = (),
    broken: tuple[OrderSign | Sign, ...] = (),
    end: bool | None = None,
    ending: str = "",
) -> Detector:
    """The detector of cases about orders. A plain `Sign` relates to the case's first call."""

    def detect(history: History) -> Iterator[Occurrence]:
        orders: dict[int, tuple[Order, ...]] = {}

        def places(_: History) -> Iterator[int]:
            for place in reached(history):
                if chosen := orders_of(history, place):
                    orders[place] = tuple(outcome_of(history, place, order) for order in chosen)
                    yield place

        signs = [
            tuple(sign.about(orders) if isinstance(sign, OrderSign) else sign for sign in some)
            for some in (handled, broken)
        ]
        known = [place for place in places(history) if told_before(history, place, orders[place])]
        return either(
            watch(
                lambda _: [place for place in orders if place not in known],
                what,
                handled=signs[0],
                broken=signs[1],
                end=end,
                ending=ending,
            ),
            watch(lambda _: known, what, broken=signs[1], end=True, ending="a feed had told before that it was over"),
        )(history)

    return detect


def told_before(history: History, place: int, orders: tuple[Order, ...]) -> bool:
    """True if a feed had told the client before a call that these orders are over."""
    ends = [history.ends_told.get((history.parties[place], order.id)) for order in orders]
    return all(end is not None and end < place for end in ends)


def more_than_always(history: History, place: int, later: int) -> bool:
    """True if the client has made a later call more often since than before the order that the case is about."""
    operation = history.entries[later].outcome.operation
    base = place if history.entries[place].outcome.operation in PLACING else history.before(place, PLACING)
    if base is None:
        return True
    previous = history.before(base, PLACING)
    before = history.count(base, (operation,), -1 if previous is None else previous)
    since = history.count(later, (operation,), place)
    return since.get(operation, 0) + 1 > before.get(operation, 0)


# --- the orders of a case
def order_by_name(history: History, place: int) -> tuple[Order, ...]:
    """The order that the call's path names."""
    order = order_named(history, place, history.entries[place].after)
    return () if order is None else (order,)


def order_by_client_oid(history: History, place: int) -> tuple[Order, ...]:
    """The order that has the clientOid of the request already."""
    world, user = history.entries[place].before, history.parties[place][1]
    order = world.orders.get(world.trader(user).client_oids.get(str(history.fields(place).get("clientOid")), ""))
    return () if order is None else (order,)


def hidden_order(history: History, place: int) -> tuple[Order, ...]:
    """The order that the call's path names, if it was accepted and is shown later only."""
    order = order_named(history, place, history.entries[place].before)
    return () if order is None or shown_by(history, order, place) else (order,)


def unlisted_orders(history: History, place: int) -> tuple[Order, ...]:
    """The orders that the client has placed last, if the list that it asks for does not show them yet."""
    last = history.last_ok(place, PLACING)
    if last is None or history.fields(place).get("status") == "done":
        return ()
    return tuple(
        order
        for order in orders_made(history, last)
        if not shown_by(history, order, place) and could_show(history, order, place)
    )


def outcome_of(history: History, place: int, order: Order) -> Order:
    """What became of an order by the end of the run. `place` is that of any call of its run."""
    return final_world(history, place).orders.get(order.id) or order


# --- what a later call has to do with an order
def names_it(history: History, order: Order, later: int) -> bool:
    """True if the later call names the order."""
    if named(history, later) not in (order.id, order.client_oid):
        return False
    other = order_named(history, later, history.entries[later].after)
    return other is not None and other.id == order.id


def could_show(history: History, order: Order, later: int) -> bool:
    """True if the later call's answer arrived, and asked for the order, for a list with it, or for its money."""
    if not whole(history.entries[later]):
        return False
    if history.entries[later].outcome.operation in (*NAMING, *ORDER_MESSAGES):
        return names_it(history, order, later)
    fields = history.fields(later)
    return (
        fields.get("symbol") in (None, order.terms.symbol)
        and fields.get("orderId") in (None, order.id)
        and (history.entries[later].outcome.operation not in MONEY or fields.get("type") in TRADING_ACCOUNTS)
    )


def is_over(history: History, order: Order, later: int) -> bool:
    """True if the order is over at the later call, and a look would show it."""
    shown_from = order.updated_at + (order.plan.stale_for if order.plan else 0)
    return not order.status.active and history.at(later).business >= shown_from


def could_show_end(history: History, order: Order, later: int) -> bool:
    """True if the later call could show that the order is over."""
    return is_over(history, order, later) and could_show(history, order, later)


def could_show_fill(history: History, order: Order, later: int) -> bool:
    """True if the later call could show a fill of the order."""
    now = history.at(later).business
    return could_show(history, order, later) and any(fill.at <= now for fill in order.fills)


def shown_by(history: History, order: Order, later: int) -> bool:
    """True if look-ups find the order by then."""
    return order.plan is None or history.at(later).business >= order.created_at + order.plan.unknown_for


def could_find(history: History, order: Order, later: int) -> bool:
    """True if the later call could show the order, which is not hidden any more."""
    return shown_by(history, order, later) and could_show(history, order, later)


def names_ended(history: History, order: Order, later: int) -> bool:
    """True if the later call names the order, which is over."""
    return names_it(history, order, later) and is_over(history, order, later)


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


def same_client_oid(history: History, order: Order, later: int) -> bool:
    """True if a later request has the order's clientOid: of the two one order comes."""
    rows = rows_of(history.fields(later))
    return bool(order.client_oid) and any(row.get("clientOid") == order.client_oid for row in rows)


def doubled(history: History, order: Order, later: int) -> bool:
    """True if a later call has placed the same soon, under another clientOid or none."""
    return soon(history, order, later) and any(
        terms_of_order(made) == terms_of_order(order) and (not made.client_oid or made.client_oid != order.client_oid)
        for made in orders_made(history, later)
    )


def same_amount(history: History, order: Order, later: int) -> bool:
    """True if a later request orders as much as the order was for."""
    amount = amount_of_order(order)
    return soon(history, order, later) and any(amount_of(row) == amount for row in rows_of(history.fields(later)))


def whole_again(history: History, order: Order, later: int) -> bool:
    """True if a later request orders as much as the order was for, which is over."""
    return is_over(history, order, later) and same_amount(history, order, later)


def _looks(
    why: str, order_looks: tuple[str, ...], when: OrderRelation, messages: tuple[str, ...]
) -> tuple[OrderSign, ...]:
    """A look at orders, the `messages` that show as much, or a routine look at the money if no mistake follows."""
    return (
        OrderSign(messages, "is the session whose feed told it", OK, when),
        OrderSign(order_looks, why, OK, when),
        OrderSign(MONEY, why, OK, when, unusual=True),
        OrderSign(MONEY, why, OK, when, weak=True),
    )


ALL_ADDS: Final = (*ADDS, *BATCHES)
SEEN: Final = _looks("looked what had become of it", ORDER_LOOKS, could_show, ORDER_MESSAGES)
SEEN_OVER: Final = _looks("looked what had become of it", ORDER_LOOKS, could_show_end, (END_MESSAGE,))
FILL_SEEN: Final = _looks("saw the fill or the money", FILLS, could_show_fill, (FILL_MESSAGE,))
FOUND: Final = OrderSign((*ORDER_LOOKS, *ORDER_MESSAGES), "looked again when it was there", OK, could_find)
SAME_OID: Final = OrderSign(ALL_ADDS, "sent the same clientOid again", (), same_client_oid)
OTHER_ORDER: Final = OrderSign(ADDS, "ordered something else", (), other_terms)
DOUBLED: Final = OrderSign(ALL_ADDS, "ordered the same under another clientOid before anything looked", OK, doubled)
SENT_AGAIN: Final = OrderSign(ALL_ADDS, "sent it again and again", OK, same_again, times=2)
AS_MUCH_AGAIN: Final = OrderSign(ALL_ADDS, "ordered as much again before anything looked", OK, same_amount)
WHOLE_AGAIN: Final = OrderSign(
    ALL_ADDS, "ordered all of it again before anything looked what was filled", OK, whole_again
)
ENDED_AGAIN: Final = OrderSign(CANCELS, "canceled an order that was over", NOT_CANCELABLE, names_ended, times=2)


def canceled_again(times: int) -> OrderSign:
    """The order is canceled so many times more, and each time that is refused."""
    return OrderSign(CANCELS, "canceled it again and again", NOT_CANCELABLE, names_it, times)
