"""Placing spot orders: one, some, one to be checked only, and one in another's place."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from simulator.core import money
from simulator.core.funds.balances import check_active
from simulator.core.gateway.parameters import Items, Positive, Text
from simulator.core.gateway.requests import Body, FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason, Refusal
from simulator.core.spot.order_answers import OrderAdded, OrderAddedSync, OrderAltered, OrdersAdded, OrdersAddedSync
from simulator.core.spot.placed import Placer, active_order, active_order_of, trading_endpoint
from simulator.core.trading import placing
from simulator.core.trading.lifecycle import accept, end
from simulator.core.trading.order_parameters import (
    PARAMETERS,
    SYMBOL,
    TYPE,
    check_deadline,
    read_client_oid,
    read_deadline,
    read_terms,
)
from simulator.core.value import Value
from simulator.core.world import Draft, Now, Order, OrderStatus, OrderType, World

MOST_TOGETHER: Final = 5
LIMIT: Final = OrderType.LIMIT.value
ORDER_LIST: Final = Items("orderList", f"1 to {MOST_TOGETHER} limit orders", required=True, fields=PARAMETERS)
ORDER_ID: Final = Text("orderId", "The order that is changed; or `clientOid`")
CLIENT_OID: Final = Text("clientOid", "The order that is changed")
NEW_PRICE, NEW_SIZE = Positive("newPrice"), Positive("newSize", "What is filled counts")
ALTERED: Final = (SYMBOL, ORDER_ID, CLIENT_OID, NEW_PRICE, NEW_SIZE)


class AddOrder(Value, frozen=True):
    """`POST /api/v1/hf/orders`."""

    signed: SignedRequest
    body: Body


class AddOrderSync(Value, frozen=True):
    """`POST /api/v1/hf/orders/sync`."""

    signed: SignedRequest
    body: Body


class CheckOrder(Value, frozen=True):
    """`POST /api/v1/hf/orders/test`."""

    signed: SignedRequest
    body: Body


class AddOrders(Value, frozen=True):
    """`POST /api/v1/hf/orders/multi`."""

    signed: SignedRequest
    body: Body


class AddOrdersSync(Value, frozen=True):
    """`POST /api/v1/hf/orders/multi/sync`."""

    signed: SignedRequest
    body: Body


class AlterOrder(Value, frozen=True):
    """`POST /api/v1/hf/orders/alter`."""

    signed: SignedRequest
    body: Body


def place(world: World, placer: Placer, fields: Fields, now: Now) -> tuple[World, Order]:
    """Check an order, then accept it [rest/hf-add-order]."""
    client_oid, deadline, terms = read_client_oid(fields), read_deadline(fields), read_terms(fields)
    check_deadline(deadline, now)
    placing.check_terms(world, world.users[placer.key.user], terms)
    order = placing.new_order(world, placer.key, terms, client_oid, placer.tagged, now)
    draft = Draft(world)
    order = accept(draft, order, now)
    return draft.done(), order


def add_order(world: World, placer: Placer, body: Mapping[str, object], now: Now) -> tuple[World, OrderAdded]:
    """Accept an order. The answer says nothing of its fills."""
    world, order = place(world, placer, Fields(body), now)
    return world, OrderAdded(order=order)


def add_order_sync(world: World, placer: Placer, body: Mapping[str, object], now: Now) -> tuple[World, OrderAddedSync]:
    """Accept an order, and tell how far it is."""
    world, order = place(world, placer, Fields(body), now)
    return world, OrderAddedSync(order=order)


def check_order(world: World, placer: Placer, body: Mapping[str, object], now: Now) -> tuple[World, OrderAdded]:
    """Check an order in full, money included, and book nothing [rest/hf-test-order]."""
    _, order = place(world, placer, Fields(body), now)
    return world, OrderAdded(order=order)


def place_all(world: World, placer: Placer, fields: Fields, now: Now) -> tuple[World, tuple[Order | str, ...]]:
    """Accept each of some limit orders that can be accepted, one after the other [H109/multi]."""
    items = ORDER_LIST.read(fields)
    if not 1 <= len(items) <= MOST_TOGETHER:
        raise FieldProblem(ORDER_LIST.name, f"must have 1 to {MOST_TOGETHER} orders", len(items))
    orders: list[Order | str] = []
    for number, item in enumerate(items):
        where = f"{ORDER_LIST.name}[{number}]"
        if not isinstance(item, Mapping):
            raise FieldProblem(where, "must be an object", item)
        try:
            _check_limit(item)
            world, order = place(world, placer, Fields({TYPE.name: LIMIT, **item}), now)
        except FieldProblem as problem:
            orders.append(problem.refusal().text)
        except Refusal as refusal:
            orders.append(refusal.text)
        else:
            orders.append(order)
    return world, tuple(orders)


def _check_limit(item: Mapping[str, object]) -> None:
    order_type = item.get(TYPE.name, LIMIT)
    if order_type != LIMIT:
        raise FieldProblem(TYPE.name, f"must be {LIMIT}", order_type)


def add_orders(world: World, placer: Placer, body: Mapping[str, object], now: Now) -> tuple[World, OrdersAdded]:
    """Accept some orders."""
    world, orders = place_all(world, placer, Fields(body), now)
    return world, OrdersAdded(orders=orders)


def add_orders_sync(
    world: World, placer: Placer, body: Mapping[str, object], now: Now
) -> tuple[World, OrdersAddedSync]:
    """Accept some orders, and tell how far each is."""
    world, orders = place_all(world, placer, Fields(body), now)
    return world, OrdersAddedSync(orders=orders)


def alter_order(world: World, placer: Placer, body: Mapping[str, object], now: Now) -> tuple[World, OrderAltered]:
    """Cancel an order and place one in its stead, with what is left of the new size; both or neither [H109/alter]."""
    fields, user = Fields(body), placer.key.user
    symbol, order_id, client_oid = SYMBOL.read(fields), ORDER_ID.read(fields), CLIENT_OID.read(fields)
    if not (order_id or client_oid):
        raise FieldProblem(ORDER_ID.name, "or clientOid is compulsory")
    price, size = (_optional(fields, parameter) for parameter in (NEW_PRICE, NEW_SIZE))
    if price is None and size is None:
        raise FieldProblem(NEW_PRICE.name, "or newSize is compulsory")
    check_active(world.users[user])
    placing.find_symbol(world, symbol)
    draft = Draft(world)
    find, name, sent = (
        (active_order, ORDER_ID.name, order_id) if order_id else (active_order_of, CLIENT_OID.name, client_oid)
    )
    order = find(world, user, symbol, sent)
    if order.terms.price is None or order.terms.size is None:
        raise FieldProblem(name, "must be that of a limit order", sent)
    rest = order.rest if size is None else money.subtract(size, order.deal_size)
    order = end(draft, order, OrderStatus.CANCELED, now.business)
    if rest <= 0:
        return draft.done(), OrderAltered(order=order)
    terms = replace(order.terms, price=price or order.terms.price, size=rest)
    placing.check_terms(draft, world.users[user], terms)
    order = placing.new_order(draft, placer.key, terms, order.client_oid, placer.tagged, now, replaces=True)
    order = accept(draft, order, now)
    return draft.done(), OrderAltered(order=order)


def _optional(fields: Fields, parameter: Positive) -> Decimal | None:
    return None if fields.raw(parameter.name) in (None, "") else parameter.read(fields)


RULES: Final = frozenset(
    {
        Reason.PARAMETER_INVALID,
        Reason.USER_FROZEN,
        Reason.SYMBOL_UNKNOWN,
        Reason.SYMBOL_NOT_AVAILABLE,
        Reason.PRICE_INCREMENT_INVALID,
        Reason.SIZE_INCREMENT_INVALID,
        Reason.SIZE_BELOW_MINIMUM,
        Reason.SIZE_ABOVE_MAXIMUM,
        Reason.ORDER_FUNDS_BELOW_MINIMUM,
        Reason.PRICE_ABOVE_LIMIT,
        Reason.PRICE_BELOW_LIMIT,
        Reason.TOO_MANY_ORDERS,
        Reason.ORDER_BALANCE_INSUFFICIENT,
    }
)
"""What can refuse any order."""
REFUSALS: Final = RULES | {
    Reason.ORDER_NUMBER_INVALID,
    Reason.CLIENT_TIME_WINDOW_PASSED,
    Reason.FUNDS_INCREMENT_INVALID,
    Reason.FUNDS_BELOW_MINIMUM,
    Reason.FUNDS_ABOVE_MAXIMUM,
    Reason.ORDER_CLIENT_OID_USED,
}
"""What can refuse an order of its own, with its fields."""
EXAMPLE: Final = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "price": "50000", "size": "0.001"}


CALL: Final = "POST /api/v1/hf/orders"
MALFORMED: Final = frozenset({Reason.PARAMETER_INVALID})
ENDPOINTS: Final = (
    trading_endpoint(add_order, AddOrder, CALL, 1, PARAMETERS, REFUSALS, EXAMPLE),
    trading_endpoint(add_order_sync, AddOrderSync, f"{CALL}/sync", 1, PARAMETERS, REFUSALS, EXAMPLE),
    trading_endpoint(check_order, CheckOrder, f"{CALL}/test", 1, PARAMETERS, REFUSALS, EXAMPLE),
    trading_endpoint(add_orders, AddOrders, f"{CALL}/multi", 1, (ORDER_LIST,), MALFORMED, {}),
    trading_endpoint(add_orders_sync, AddOrdersSync, f"{CALL}/multi/sync", 1, (ORDER_LIST,), MALFORMED, {}),
    trading_endpoint(
        alter_order,
        AlterOrder,
        f"{CALL}/alter",
        1,
        ALTERED,
        RULES - {Reason.TOO_MANY_ORDERS} | {Reason.ORDER_NOT_CANCELABLE},
        {"symbol": "BTC-USDT", "orderId": "670fd33bf9406e0007ab3945", "newPrice": "50000"},
    ),
)
