"""What became of single orders, switches and stop orders: the conditions of the situations about them."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice, takewhile
from typing import Final

from simulator.core.spot.dead_man_switch import SwitchSet
from simulator.core.spot.stop_order_answers import StopOrderAdded
from simulator.core.world import OrderStatus, OrderType, Side, StopOrder, TimeInForce, World
from simulator.evidence.readiness.detecting import CallCondition
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.orders import (
    ADDS,
    BATCHES,
    CANCELS,
    CLEARING,
    accepted,
    became,
    final_world,
    named,
    order_made,
    order_named,
    outcome_of,
    same_batch,
)

MOST_ENDED: Final = 200
"""Orders that may be active in a symbol, and so end at one instant."""


def nothing_filled(time_in_force: TimeInForce | None = None) -> CallCondition:
    """True if the order was over at once, with nothing filled; with this timeInForce, or for another cause."""

    def condition(history: History, place: int) -> bool:
        order = order_made(history, place)
        if order is None or order.status is not OrderStatus.CANCELED or order.fills:
            return False
        return time_in_force is None or (
            order.terms.type is OrderType.LIMIT and order.terms.time_in_force is time_in_force
        )

    return condition


def post_only_killed(history: History, place: int) -> bool:
    """True if a postOnly order would have taken, and was over at once."""
    order = order_made(history, place)
    return (
        order is not None
        and order.terms.post_only
        and order.terms.rests
        and nothing_filled()(history, place)
        and not self_trade(history, place)
    )


def self_trade(history: History, place: int) -> bool:
    """True if the order had a choice of STP, and an order of the user's own lay in its way."""
    order = order_made(history, place)
    if order is None or order.terms.stp is None or not nothing_filled()(history, place):
        return False
    world, price = history.entries[place].before, order.terms.price
    for order_id in islice(world.order_history(order.user, order.terms.symbol).active, MOST_ENDED):
        other = world.orders[order_id].terms
        if other.side is not order.terms.side and other.price is not None:
            buys = order.terms.side is Side.BUY
            if price is None or (other.price <= price if buys else other.price >= price):
                return True
    return False


def canceled_by_itself(history: History, place: int) -> bool:
    """True if the order was canceled with nothing filled, and neither its client nor its client's switch did it."""
    order = outcome_of(history, place)
    if order is None or not became(OrderStatus.CANCELED, filled=False)(history, place):
        return False
    end = ending_of(history, place, order.id)
    entry, user = history.entries[end], history.parties[place][1]
    called = entry.outcome.operation in (*CANCELS, *CLEARING, *ADDS, *BATCHES)
    if called and is_active(entry.before, order.id) and order.updated_at == history.at(end).business:
        return False
    switch = history.entries[max(end - 1, place)].after.trader(user).dead_man_switch
    return switch is None or switch.trigger_at != order.updated_at


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


def hidden(history: History, place: int) -> bool:
    """True if the order that a look does not find was accepted, and is shown later only."""
    order = order_named(history, place, history.entries[place].before)
    return (
        order is not None
        and order.plan is not None
        and history.at(place).business < order.created_at + order.plan.unknown_for
    )


def never_was(history: History, place: int) -> bool:
    """True if there is no order that the call names."""
    return order_named(history, place, history.entries[place].after) is None


def shows_now(history: History, place: int, later: int) -> bool:
    """True if look-ups find the order by then."""
    order = order_named(history, place, history.entries[place].before)
    return (
        order is not None
        and order.plan is not None
        and history.at(later).business >= order.created_at + order.plan.unknown_for
    )


def filled_late(history: History, place: int) -> bool:
    """True if the order does not say for a while what its list of fills says."""
    order = outcome_of(history, place)
    return order is not None and bool(order.fills) and order.plan is not None and bool(order.plan.stale_for)


def fill_there(history: History, place: int, later: int) -> bool:
    """True if the order has a fill by then."""
    order = outcome_of(history, place)
    return order is not None and any(fill.at <= history.at(later).business for fill in order.fills)


def other_side(history: History, place: int, later: int) -> bool:
    """True if a later request sells, or buys back, as much as the order was for."""
    order, fields = outcome_of(history, place), history.fields(later)
    sides = {Side.BUY.value: Side.SELL.value, Side.SELL.value: Side.BUY.value}
    return (
        order is not None
        and fields.get("side") == sides[order.terms.side.value]
        and fields.get("symbol") == order.terms.symbol
    )


def in_part(history: History, place: int) -> bool:
    """True if some orders of a batch were accepted, and others refused."""
    rows = getattr(history.entries[place].outcome.result, "orders", ())
    return any(isinstance(row, str) for row in rows) and bool(accepted(history, place))


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


def since_trigger(history: History, place: int, later: int) -> bool:
    """True if the stop order has been triggered by then."""
    stop = stop_placed(history, place)
    return stop is not None and stop.triggered_at is not None and history.at(later).business >= stop.triggered_at


def names_stop(history: History, place: int, later: int) -> bool:
    """True if a later call names the stop order."""
    stop = stop_placed(history, place)
    return stop is not None and (
        named(history, later) == stop.id or history.fields(later).get("clientOid") == stop.client_oid
    )


def names_replaced(history: History, place: int, later: int) -> bool:
    """True if a later call names the order that an alteration has canceled."""
    return bool(named(history, later)) and named(history, later) == history.fields(place).get("orderId")
