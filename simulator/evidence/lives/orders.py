"""What the lives of orders, stop orders and trades consist of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from simulator.core import money
from simulator.core.control import events
from simulator.core.control.events import Event
from simulator.core.world import Due, DueKind, Fill, Order, OrderHold, StopOrder, World

KINDS: Final = ("order", "stop_order", "trade")
"""The kinds of things that this module knows."""


def moments(world: World, kind: str, row: Any, most: int) -> Iterator[tuple[int, str]]:
    """What happened to an order, a stop order or a trade, in no order: when (ms), and what.

    At most `most` of its fills and of the changes of its hold, the newest ones.
    """
    if kind == "trade":
        yield row.at, f"{_filled(row)} of order {row.order_id}"
    elif kind == "stop_order":
        yield from _of_stop_order(row)
    else:
        yield from _of_order(world, row, most)


def _of_stop_order(stop: StopOrder) -> Iterator[tuple[int, str]]:
    yield stop.created_at, f"accepted: waits for {money.plain(stop.stop_price)} ({stop.stop})"
    if stop.triggered_at is not None:
        yield stop.triggered_at, f"triggered: order {stop.order_id}" if stop.order_id else "triggered, and refused"


def _of_order(world: World, order: Order, most: int) -> Iterator[tuple[int, str]]:
    yield order.created_at, f"accepted: {_terms(order)}"
    for row in islice(_holds(world, order), most):
        done = "held" if row.amount >= 0 else "of the hold freed"
        yield row.at, f"{money.plain(abs(row.amount))} {row.currency} {done}"
    for fill in islice(order.fills, most):
        yield fill.at, _filled(fill)
    if not order.status.active:
        yield order.updated_at, order.status.value


def _holds(world: World, order: Order) -> Iterable[OrderHold]:
    """The changes of an order's hold besides its fills, newest first."""
    for row in world.statement(order.user).order_holds:
        if row.at < order.created_at:
            return
        if row.order_id == order.id:
            yield row


def _terms(order: Order) -> str:
    terms = order.terms
    amount = terms.size if terms.size is not None else terms.funds
    what = f"{terms.type.value} {terms.side.value} of {money.plain(amount or money.ZERO)}"
    unit = terms.symbol.partition("-")[0 if terms.size is not None else 2]
    return f"{what} {unit}" + (f" at {money.plain(terms.price)}" if terms.price is not None else "")


def _filled(fill: Fill) -> str:
    size, price, fee = map(money.plain, (fill.size, fill.price, fill.fee))
    return f"{fill.side.value} of {size} {fill.base} at {price} as {fill.liquidity}, fee {fee} {fill.quote}"


def events_of(world: World, order: Order) -> Iterator[Event]:
    """What will happen to an order by the passing of time: the next step of its plan, its expiry, a late report."""
    for kind in (DueKind.PLAN_STEP, DueKind.ORDER_EXPIRY, DueKind.ORDER_REPORT):
        number = world.agenda.numbers.get((kind.value, order.id))
        if number is not None:
            due: Due = world.agenda.entries[number]
            yield events.of_due(world, due)


def newest(world: World, user: str) -> Iterator[str]:
    """The ids of a user's orders, those that last set money aside or were filled first; each once."""
    statement = world.statement(user)
    rows: list[Any] = [*islice(statement.order_holds, MOST_ROWS), *islice(statement.fills, MOST_ROWS)]
    rows.sort(key=lambda row: (row.at, row.id), reverse=True)
    yield from dict.fromkeys(row.order_id for row in rows)


MOST_ROWS: Final = 200
"""Rows of a statement that are looked at to find a user's newest orders."""
