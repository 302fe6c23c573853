"""What became of looks, batches, switches, stop orders and alterations: the conditions of the situations about them."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import Final

from simulator.core.spot.dead_man_switch import SwitchSet
from simulator.core.spot.stop_order_answers import StopOrderAdded
from simulator.core.world import OrderStatus, StopOrder
from simulator.evidence.readiness.detectors.combinators import HOUR
from simulator.evidence.readiness.detectors.orders import (
    final_world,
    named,
    order_named,
    orders_made,
    same_batch,
    same_terms,
)
from simulator.evidence.readiness.detectors.requests import whole
from simulator.evidence.readiness.history import History

MOST_ENDED: Final = 200
"""Orders that may be active in a symbol, and so end at one instant."""


def switch_trigger(history: History, place: int) -> int | None:
    """The instant, ms, at which the switch that a call set cancels all orders; None = it is off."""
    result = history.entries[place].outcome.result
    return result.switch.trigger_at if isinstance(result, SwitchSet) and result.switch else None


def switch_on(history: History, place: int) -> bool:
    """True if a call set the switch."""
    return switch_trigger(history, place) is not None


def before_switch(history: History, place: int, later: int) -> bool:
    """True if a later call came before the switch cancels."""
    return history.at(later).business < (switch_trigger(history, place) or 0)


def after_switch(history: History, place: int, later: int) -> bool:
    """True if the switch has canceled orders by a later call."""
    trigger, user = switch_trigger(history, place), history.parties[place][1]
    if trigger is None or history.at(later).business < trigger:
        return False
    world = history.entries[later].after
    for symbol in world.symbols:
        ended = takewhile(lambda order: order.updated_at >= trigger, world.order_history(user, symbol).done)
        if any(
            order.updated_at == trigger and order.status is OrderStatus.CANCELED for order in islice(ended, MOST_ENDED)
        ):
            return True
    return False


def names_switched_off(history: History, place: int, later: int) -> bool:
    """True if a later call names an order that the switch has canceled."""
    order = order_named(history, later, history.entries[later].after)
    return order is not None and order.updated_at == switch_trigger(history, place)


def never_was(history: History, place: int) -> bool:
    """True if there is no order that the call names."""
    return order_named(history, place, history.entries[place].after) is None


def same_request_oid(history: History, place: int, later: int) -> bool:
    """True if two requests have one clientOid: of them one order comes at most."""
    first, second = (history.fields(number).get("clientOid") for number in (place, later))
    return bool(first) and first == second


def same_under_another_oid(history: History, place: int, later: int) -> bool:
    """True if a later request orders the same within an hour, under another clientOid or none."""
    soon = history.at(later).business - history.at(place).business < HOUR
    return soon and same_terms(history, place, later) and not same_request_oid(history, place, later)


def in_part(history: History, place: int) -> bool:
    """True if some orders of a batch were accepted, and others refused."""
    rows = getattr(history.entries[place].outcome.result, "orders", ())
    return any(isinstance(row, str) for row in rows) and bool(orders_made(history, place))


def other_batch(history: History, place: int, later: int) -> bool:
    """True if a later batch orders something else."""
    return not same_batch(history, place, later) and history.word(later) == "OK"


def stop_placed(history: History, place: int) -> StopOrder | None:
    """What became of the stop order that a call placed."""
    result = history.entries[place].outcome.result
    return final_world(history, place).stop_orders.get(result.stop.id) if isinstance(result, StopOrderAdded) else None


def barren(history: History, place: int) -> bool:
    """True if the stop order was triggered, and no order came of it."""
    stop = stop_placed(history, place)
    return stop is not None and stop.status == "TRIGGERED" and not stop.order_id


def fruitful(history: History, place: int) -> bool:
    """True if the stop order was triggered, and an order came of it."""
    stop = stop_placed(history, place)
    return stop is not None and stop.status == "TRIGGERED" and bool(stop.order_id)


def since_trigger(history: History, place: int, later: int) -> bool:
    """True if the stop order has been triggered by then."""
    stop = stop_placed(history, place)
    return stop is not None and stop.triggered_at is not None and history.at(later).business >= stop.triggered_at


def stop_seen(history: History, place: int, later: int) -> bool:
    """True if a later answer arrived, and could show that the stop order was triggered."""
    return since_trigger(history, place, later) and whole(history.entries[later])


def names_stop(history: History, place: int, later: int) -> bool:
    """True if a later call names the stop order, which has been triggered."""
    stop = stop_placed(history, place)
    named_so = stop is not None and (
        named(history, later) == stop.id or history.fields(later).get("clientOid") == stop.client_oid
    )
    return named_so and since_trigger(history, place, later)


def names_replaced(history: History, place: int, later: int) -> bool:
    """True if a later call names the order that an alteration has canceled."""
    return bool(named(history, later)) and named(history, later) == history.fields(place).get("orderId")
