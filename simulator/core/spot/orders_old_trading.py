"""Placing and canceling of orders by the calls that were before the high-frequency family: the rules are the same.

Futures have the same paths on their host. They are not traded here, so that a symbol of theirs is not found.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import Text
from simulator.core.gateway.requests import Body, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason, Refusal
from simulator.core.spot.old_order_answers import OrderCanceledByClientOidOld, OrdersAddedOld, OrdersCanceledOld
from simulator.core.spot.order_answers import OrderAdded
from simulator.core.spot.order_data import TRADE
from simulator.core.spot.orders_add import EXAMPLE, ORDER_LIST, REFUSALS, place, place_all
from simulator.core.spot.orders_old import TRADE_TYPE, of_futures
from simulator.core.spot.placed import Placer, active_order, active_order_of, trading_endpoint
from simulator.core.trading.agenda import cancel_all
from simulator.core.trading.lifecycle import end
from simulator.core.trading.order_parameters import PARAMETERS
from simulator.core.value import Value
from simulator.core.world import ApiKey, Draft, Now, Order, OrderStatus, World

SYMBOL: Final = Text("symbol", "All without; one without a hyphen is of futures")
CLIENT_OID: Final = "clientOid"
NOTE: Final = "a symbol without a hyphen is one of futures, which are not traded here (H123)"


class AddOrderOld(Value, frozen=True):
    """`POST /api/v1/orders`."""

    signed: SignedRequest
    body: Body


class CheckOrderOld(Value, frozen=True):
    """`POST /api/v1/orders/test`."""

    signed: SignedRequest
    body: Body


class AddOrdersOld(Value, frozen=True):
    """`POST /api/v1/orders/multi`."""

    signed: SignedRequest
    body: Body


class CancelOrderOld(Value, frozen=True):
    """`DELETE /api/v1/orders/{orderId}`."""

    signed: SignedRequest
    order_id: str


class CancelOrderByClientOidOld(Value, frozen=True):
    """`DELETE /api/v1/order/client-order/{clientOid}`."""

    signed: SignedRequest
    client_oid: str


class CancelOrdersOld(Value, frozen=True):
    """`DELETE /api/v1/orders`. `parameters`: `symbol`, `tradeType`."""

    signed: SignedRequest
    parameters: Query


def _spot(symbol: object) -> None:
    """Refuse a symbol of futures as a path that is not there."""
    if isinstance(symbol, str) and of_futures(symbol):
        raise Refusal(Reason.FUTURES_NOT_TRADED, expected="a symbol with a hyphen", received=symbol).noting((NOTE,))


def _placed(world: World, placer: Placer, body: Mapping[str, object], now: Now) -> tuple[World, OrderAdded]:
    """An order that is accepted. Here its clientOid is compulsory."""
    _spot(body.get(SYMBOL.name))
    fields = Fields(body)
    fields.text(CLIENT_OID, required=True)
    world, order = place(world, placer, fields, now)
    return world, OrderAdded(order=order)


def add_order_old(world: World, placer: Placer, body: Mapping[str, object], now: Now) -> tuple[World, OrderAdded]:
    """Accept an order [rest/add-order-old]."""
    return _placed(world, placer, body, now)


def check_order_old(world: World, placer: Placer, body: Mapping[str, object], now: Now) -> tuple[World, OrderAdded]:
    """Check an order in full, money included, and book nothing."""
    return world, _placed(world, placer, body, now)[1]


def add_orders_old(world: World, placer: Placer, body: Mapping[str, object], now: Now) -> tuple[World, OrdersAddedOld]:
    """Accept some limit orders of one symbol."""
    fields, symbol = Fields(body), body.get(SYMBOL.name)
    _spot(symbol)
    items = [{SYMBOL.name: symbol, **item} if isinstance(item, Mapping) else item for item in ORDER_LIST.read(fields)]
    for item in items:
        _spot(item.get(SYMBOL.name) if isinstance(item, Mapping) else None)
    world, orders = place_all(world, placer, Fields({ORDER_LIST.name: items}), now)
    return world, OrdersAddedOld(orders=orders, items=tuple(item for item in items if isinstance(item, Mapping)))


def cancel_order_old(world: World, key: ApiKey, command: CancelOrderOld, now: Now) -> tuple[World, OrdersCanceledOld]:
    """Cancel an order by its id, in any symbol."""
    world, order = _canceled(world, active_order(world, key.user, "", command.order_id), now)
    return world, OrdersCanceledOld(orders=(order,))


def cancel_order_by_client_oid_old(
    world: World, key: ApiKey, command: CancelOrderByClientOidOld, now: Now
) -> tuple[World, OrderCanceledByClientOidOld]:
    """Cancel an order by the id that the client gave it, in any symbol."""
    world, order = _canceled(world, active_order_of(world, key.user, "", command.client_oid), now)
    return world, OrderCanceledByClientOidOld(order=order)


def _canceled(world: World, order: Order, now: Now) -> tuple[World, Order]:
    draft = Draft(world)
    order = end(draft, order, OrderStatus.CANCELED, now.business)
    return draft.done(), order


def cancel_orders_old(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, OrdersCanceledOld]:
    """Cancel all active orders of a symbol, or of all symbols."""
    read = Fields(query)
    symbol = SYMBOL.read(read)
    _spot(symbol)
    trade_type, draft = TRADE_TYPE.read(read), Draft(world)
    symbols = (symbol,) if symbol else tuple(sorted(world.trader(key.user).active))
    orders = cancel_all(draft, key.user, symbols if trade_type in ("", TRADE) else (), now.business)
    return (draft.done() if orders else world), OrdersCanceledOld(orders=tuple(orders))


_FUTURES: Final = frozenset({Reason.PARAMETER_INVALID, Reason.FUTURES_NOT_TRADED})
_NAMED: Final = frozenset({Reason.ORDER_NOT_CANCELABLE})
_OLD_EXAMPLE: Final = {**EXAMPLE, CLIENT_OID: "5c52e11203aa677f33e493fb"}
_ID: Final = {"orderId": "670fd33bf9406e0007ab3945"}
_CLIENT_OID: Final = {CLIENT_OID: "5c52e11203aa677f33e493fb"}
_BY_CLIENT_OID: Final = "DELETE /api/v1/order/client-order/{clientOid}"
ENDPOINTS: Final = (
    trading_endpoint(
        add_order_old, AddOrderOld, "POST /api/v1/orders", 2, PARAMETERS, REFUSALS | _FUTURES, _OLD_EXAMPLE
    ),
    trading_endpoint(
        check_order_old, CheckOrderOld, "POST /api/v1/orders/test", 2, PARAMETERS, REFUSALS | _FUTURES, _OLD_EXAMPLE
    ),
    trading_endpoint(add_orders_old, AddOrdersOld, "POST /api/v1/orders/multi", 3, (SYMBOL, ORDER_LIST), _FUTURES, {}),
    trading_endpoint(cancel_order_old, CancelOrderOld, "DELETE /api/v1/orders/{orderId}", 3, (), _NAMED, _ID),
    trading_endpoint(
        cancel_order_by_client_oid_old, CancelOrderByClientOidOld, _BY_CLIENT_OID, 5, (), _NAMED, _CLIENT_OID
    ),
    trading_endpoint(
        cancel_orders_old,
        CancelOrdersOld,
        "DELETE /api/v1/orders",
        20,
        (SYMBOL, TRADE_TYPE),
        _FUTURES,
        {"symbol": "BTC-USDT"},
    ),
)
