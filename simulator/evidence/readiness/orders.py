"""What detectors ask of calls about orders: which order is meant, what became of it, whether two ask for the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from simulator.core import money
from simulator.core.world import Order, OrderStatus, World
from simulator.evidence.readiness.detecting import HOUR, CallCondition, Relation, Sign
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.requests import number_of, performed, whole

ADDS: Final = ("add_order", "add_order_sync", "add_order_old")
BATCHES: Final = ("add_orders", "add_orders_sync", "add_orders_old")
CANCELS: Final = (
    *("cancel_order", "cancel_order_sync", "cancel_order_by_client_oid", "cancel_order_by_client_oid_sync"),
    *("cancel_order_old", "cancel_order_by_client_oid_old"),
)
"""The calls that cancel one order."""
CLEARING: Final = ("cancel_part", "cancel_symbol", "cancel_everything", "cancel_orders_old", "alter_order")
"""The other calls that cancel."""
NAMING: Final = ("get_hf_order", "get_hf_order_by_client_oid", "get_order", "get_order_by_client_oid")
"""The calls that look one order up."""
LISTS: Final = (
    *("list_hf_orders_active", "page_hf_orders_active", "list_hf_orders_done", "list_orders", "list_recent_orders"),
)
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
    words = (fields.get(name) for name in ("symbol", "side", "timeInForce", "postOnly", "stp"))
    return (fields.get("type") or "limit", *words, *numbers)


def amount_of(fields: Mapping[str, Any]) -> Terms:
    """How much of what a request buys or sells, at whatever price."""
    return (fields.get("symbol"), fields.get("side"), number_of(fields.get("size")), number_of(fields.get("funds")))


def amount_of_order(order: Order) -> Terms:
    """The same of an order."""
    terms = order.terms
    numbers = (None if number is None else number_of(str(number)) for number in (terms.size, terms.funds))
    return (terms.symbol, terms.side.value, *numbers)


def rows_of(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The orders of a batch, as far as they can be read."""
    rows = fields.get("orderList")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def client_oid_of(history: History, place: int) -> object:
    """The clientOid that a request brought; None = none."""
    return history.fields(place).get("clientOid") or None


def order_made(history: History, place: int) -> Order | None:
    """The order that a call placed, as it was after its acceptance."""
    order = getattr(history.entries[place].outcome.result, "order", None)
    return order if isinstance(order, Order) else None


def final_world(history: History, place: int) -> World:
    """The world after the last entry of the start to which a call belongs."""
    return history.entries[history.lasts[history.parties[place][0]]].after


def outcome_of(history: History, place: int) -> Order | None:
    """What became of the order that a call placed, by the end of the run."""
    order = order_made(history, place)
    return final_world(history, place).orders.get(order.id) if order else None


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


def became(*statuses: OrderStatus, filled: bool) -> CallCondition:
    """True if the order that a call placed came to such an end, with or without a fill.

    It must have been alive after the call if it was canceled: what is canceled at once has situations of its own.
    """

    def condition(history: History, place: int) -> bool:
        made, order = order_made(history, place), outcome_of(history, place)
        if made is None or order is None or made.terms.size is None or made.status is OrderStatus.CANCELED:
            return False
        return order.status in statuses and bool(order.fills) is filled

    return condition


def shown_from(order: Order) -> int:
    """The instant, ms of business time, from which on look-ups show the end of an order."""
    return order.updated_at + (order.plan.stale_for if order.plan else 0)


def over(history: History, place: int, later: int) -> bool:
    """True if the order that a call placed is over at a later call, and a look would show it."""
    order = outcome_of(history, place)
    return order is not None and not order.status.active and history.at(later).business >= shown_from(order)


def arrived(history: History, _: int, later: int) -> bool:
    """True if the answer to the later call arrived whole."""
    return whole(history.entries[later])


def both(*relations: Relation) -> Relation:
    """True if all of them are."""
    return lambda history, place, later: all(relation(history, place, later) for relation in relations)


def soon(history: History, place: int, later: int) -> bool:
    """True if the later call came within an hour."""
    return history.at(later).business - history.at(place).business < HOUR


def same_terms(history: History, place: int, later: int) -> bool:
    """True if two requests order the same."""
    return terms_of(history.fields(place)) == terms_of(history.fields(later))


def other_terms(history: History, place: int, later: int) -> bool:
    """True if two requests order something else."""
    return not same_terms(history, place, later)


def same_client_oid(history: History, place: int, later: int) -> bool:
    """True if two requests have one clientOid: of them one order comes at most."""
    client_oid = client_oid_of(history, place)
    return client_oid is not None and client_oid == client_oid_of(history, later)


def doubled(history: History, place: int, later: int) -> bool:
    """True if a later request orders the same soon, under another clientOid or none."""
    return (
        not same_client_oid(history, place, later) and same_terms(history, place, later) and soon(history, place, later)
    )


def same_amount(history: History, place: int, later: int) -> bool:
    """True if a later request orders as much as the order that a call placed was for."""
    order = order_made(history, place)
    return (
        order is not None and amount_of(history.fields(later)) == amount_of_order(order) and soon(history, place, later)
    )


def amount_named(history: History, place: int, later: int) -> bool:
    """True if a later request orders as much as the order was for that a call names."""
    order = order_named(history, place, history.entries[place].after)
    return (
        order is not None and amount_of(history.fields(later)) == amount_of_order(order) and soon(history, place, later)
    )


def same_order_named(history: History, place: int, later: int) -> bool:
    """True if two calls name one order."""
    world = history.entries[later].after
    first, second = (order_named(history, number, world) for number in (place, later))
    return named(history, place) == named(history, later) or (first is not None and first is second)


def names_made(history: History, place: int, later: int) -> bool:
    """True if a later call names the order that a call placed."""
    made, order = order_made(history, place), order_named(history, later, history.entries[later].after)
    return made is not None and order is not None and made.id == order.id


def same_batch(history: History, place: int, later: int) -> bool:
    """True if a later batch orders the same again, and something of it was accepted under another clientOid."""
    rows = [[terms_of(row) for row in rows_of(history.fields(number))] for number in (place, later)]
    if rows[0] != rows[1] or not performed(history.entries[later]):
        return False
    known = [row.get("clientOid") for row in rows_of(history.fields(place))]
    return any(not order.client_oid or order.client_oid not in known for order in accepted(history, later))


def accepted(history: History, place: int) -> list[Order]:
    """The orders of a batch that were accepted."""
    rows = getattr(history.entries[place].outcome.result, "orders", ())
    return [row for row in rows if isinstance(row, Order)]


def better_price(history: History, place: int) -> bool:
    """True if the limit order that a call placed was filled at a better price than its own."""
    order = outcome_of(history, place)
    if order is None or order.terms.price is None or order.status is not OrderStatus.FILLED:
        return False
    own = money.multiply(order.terms.price, order.deal_size)
    return own > order.deal_funds if order.terms.side.value == "buy" else own < order.deal_funds


SEEN: Final = Sign(LOOKS, "looked what had become of it", ("OK",), arrived)
SEEN_OVER: Final = Sign(LOOKS, "looked what had become of it", ("OK",), both(over, arrived))
CANCELED_AGAIN: Final = Sign(
    CANCELS, "canceled an order that was over", ("ORDER_NOT_CANCELABLE",), both(names_made, over), times=2
)
