"""What detectors ask of calls about orders: which order is meant, what became of it, whether two ask for the same."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

from simulator.core.money import ZERO, multiply
from simulator.core.world import Order, OrderStatus, OrderType, Side, TimeInForce, World
from simulator.evidence.readiness.detectors.combinators import CallCondition
from simulator.evidence.readiness.detectors.requests import number_of, performed, whole
from simulator.evidence.readiness.history import History

ADDS: Final = ("add_order", "add_order_sync", "add_order_old")
BATCHES: Final = ("add_orders", "add_orders_sync", "add_orders_old")
CANCELS: Final = (
    *("cancel_order", "cancel_order_sync", "cancel_order_by_client_oid", "cancel_order_by_client_oid_sync"),
    *("cancel_order_old", "cancel_order_by_client_oid_old"),
)
"""The calls that cancel one order."""
PLACING: Final = (*ADDS, *BATCHES, "alter_order")
"""The calls that place orders."""
CLEARING: Final = ("cancel_part", "cancel_symbol", "cancel_everything", "cancel_orders_old", "alter_order")
"""The other calls that cancel."""
NAMING: Final = ("get_hf_order", "get_hf_order_by_client_oid", "get_order", "get_order_by_client_oid")
"""The calls that look one order up."""
ACTIVE_LISTS: Final = ("list_hf_orders_active", "page_hf_orders_active", "list_orders", "list_recent_orders")
"""The lists in which active orders stand."""
LISTS: Final = (*ACTIVE_LISTS, "list_hf_orders_done")
FILLS: Final = ("list_hf_fills", "list_fills", "list_recent_fills")
MONEY: Final = ("list_accounts", "get_account", "list_account_ledgers", "list_hf_ledgers", "get_transferable")
ORDER_LOOKS: Final = (*NAMING, *LISTS, *FILLS)
LOOKS: Final = (*ORDER_LOOKS, *MONEY)
SWITCH: Final = ("set_dead_man_switch",)
OK: Final = ("OK",)
NOT_CANCELABLE: Final = ("ORDER_NOT_CANCELABLE",)
Terms: TypeAlias = tuple[object, ...]


def terms_of(fields: Mapping[str, Any]) -> Terms:
    """What a request orders: two of them with equal terms are the same order, but for their clientOids."""
    numbers = (number_of(fields.get(name)) for name in ("price", "size", "funds"))
    words = (fields.get("symbol"), fields.get("side"), fields.get("stp") or None)
    kind = fields.get("type") or OrderType.LIMIT.value
    resting = (fields.get("timeInForce") or TimeInForce.GTC.value, bool(fields.get("postOnly")))
    return (kind, *words, *(resting if kind == OrderType.LIMIT.value else ()), *numbers)


def terms_of_order(order: Order) -> Terms:
    """What an order orders, as `terms_of` has it."""
    terms = order.terms
    numbers = (None if number is None else number_of(str(number)) for number in (terms.price, terms.size, terms.funds))
    words = (terms.symbol, terms.side.value, terms.stp.value if terms.stp else None)
    resting = (terms.time_in_force.value, terms.post_only)
    return (terms.type.value, *words, *(resting if terms.type is OrderType.LIMIT else ()), *numbers)


def amount_of(fields: Mapping[str, Any]) -> Terms:
    """How much of what a request buys or sells, at whatever price."""
    return (fields.get("symbol"), fields.get("side"), number_of(fields.get("size")), number_of(fields.get("funds")))


def amount_of_order(order: Order) -> Terms:
    """How much of what an order buys or sells, as `amount_of` has it."""
    terms = order.terms
    numbers = (None if number is None else number_of(str(number)) for number in (terms.size, terms.funds))
    return (terms.symbol, terms.side.value, *numbers)


def needed(order: Order) -> Decimal:
    """What an order needed in the trading account, without the fee; 0 of a market purchase that names its size."""
    terms = order.terms
    if terms.side is Side.SELL:
        return terms.size or ZERO
    return terms.funds or multiply(terms.price or ZERO, terms.size or ZERO)


def rows_of(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The orders that a request asks for: those of its list as far as they can be read, else the one that it is."""
    if "orderList" not in fields:
        return [fields]
    rows = fields["orderList"]
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def orders_made(history: History, place: int) -> tuple[Order, ...]:
    """The orders that a call placed, as they were after its acceptance."""
    entry = history.entries[place]
    result = entry.outcome.result
    rows = getattr(result, "orders", None) or (getattr(result, "order", None),)
    return tuple(row for row in rows if isinstance(row, Order) and row.id not in entry.before.orders)


def final_world(history: History, place: int) -> World:
    """The world after the last entry of the start to which a call belongs."""
    return history.entries[history.lasts[history.parties[place][0]]].after


def named(history: History, place: int) -> str:
    """The last part of a call's path: an id, or a clientOid."""
    return history.entries[place].request.path.rpartition("/")[2]


def order_named(history: History, place: int, world: World) -> Order | None:
    """The order of the call's user that its path names."""
    user, name = history.parties[place][1], named(history, place)
    order = world.orders.get(name) or world.orders.get(world.trader(user).client_oids.get(name, ""))
    return order if order is not None and order.user == user else None


def names(*statuses: OrderStatus) -> CallCondition:
    """True if the call names an order that has one of these states, or without any, one that there is not."""

    def condition(history: History, place: int) -> bool:
        order = order_named(history, place, history.entries[place].after)
        return order.status in statuses if order is not None else not statuses

    return condition


def arrived(history: History, _: int, later: int) -> bool:
    """True if the answer to the later call arrived whole."""
    return whole(history.entries[later])


def same_terms(history: History, place: int, later: int) -> bool:
    """True if two requests order the same."""
    return terms_of(history.fields(place)) == terms_of(history.fields(later))


def other_terms(history: History, place: int, later: int) -> bool:
    """True if two requests order something else."""
    return not same_terms(history, place, later)


def same_batch(history: History, place: int, later: int) -> bool:
    """True if a later batch orders the same again, and something of it was accepted under another clientOid."""
    rows = [[terms_of(row) for row in rows_of(history.fields(number))] for number in (place, later)]
    if rows[0] != rows[1] or not performed(history.entries[later]):
        return False
    known = [row.get("clientOid") for row in rows_of(history.fields(place))]
    return any(not order.client_oid or order.client_oid not in known for order in orders_made(history, later))
