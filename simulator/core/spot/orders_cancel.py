"""Canceling spot orders: one, a part of one, those of a symbol, or all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from simulator.core import money
from simulator.core.endpoint import Endpoint
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import Parameter, Positive
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.money import EXACT
from simulator.core.refusals import Reason
from simulator.core.spot.cancel_answers import (
    EverythingCanceled,
    OrderCanceled,
    OrderCanceledByClientOid,
    OrderCanceledByClientOidSync,
    OrderCanceledSync,
    PartCanceled,
    SymbolCanceled,
)
from simulator.core.spot.placed import active_order, active_order_of, trading_endpoint
from simulator.core.trading.agenda import cancel_all
from simulator.core.trading.lifecycle import end
from simulator.core.trading.order_parameters import SYMBOL
from simulator.core.trading.placing import find_symbol
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Draft, Now, Order, OrderStatus, World

CANCEL_SIZE: Final = Positive("cancelSize", required=True)


class CancelOrder(Value, frozen=True):
    """`DELETE /api/v1/hf/orders/{orderId}`."""

    signed: SignedRequest
    order_id: str
    symbol: str


class CancelOrderSync(Value, frozen=True):
    """`DELETE /api/v1/hf/orders/sync/{orderId}`."""

    signed: SignedRequest
    order_id: str
    symbol: str


class CancelOrderByClientOid(Value, frozen=True):
    """`DELETE /api/v1/hf/orders/client-order/{clientOid}`."""

    signed: SignedRequest
    client_oid: str
    symbol: str


class CancelOrderByClientOidSync(Value, frozen=True):
    """`DELETE /api/v1/hf/orders/sync/client-order/{clientOid}`."""

    signed: SignedRequest
    client_oid: str
    symbol: str


class CancelPart(Value, frozen=True):
    """`DELETE /api/v1/hf/orders/cancel/{orderId}`."""

    signed: SignedRequest
    order_id: str
    symbol: str
    cancel_size: str


class CancelSymbol(Value, frozen=True):
    """`DELETE /api/v1/hf/orders`. `parameters`: `symbol`."""

    signed: SignedRequest
    parameters: Query


class CancelEverything(Value, frozen=True):
    """`DELETE /api/v1/hf/orders/cancelAll`."""

    signed: SignedRequest


def _symbol(world: World, given: str) -> str:
    return find_symbol(world, SYMBOL.read(Fields({SYMBOL.name: given}))).symbol


def _canceled(
    world: World, key: ApiKey, symbol: str, now: Now, *, order_id: str = "", client_oid: str = ""
) -> tuple[World, Order]:
    """Cancel what is left of an active order of the key's user [H108/cancel]."""
    symbol, draft = _symbol(world, symbol), Draft(world)
    find = active_order if order_id else active_order_of
    order = end(draft, find(world, key.user, symbol, order_id or client_oid), OrderStatus.CANCELED, now.business)
    return draft.done(), order


def cancel_order(world: World, key: ApiKey, command: CancelOrder, now: Now) -> tuple[World, OrderCanceled]:
    """Cancel an order by its id."""
    world, order = _canceled(world, key, command.symbol, now, order_id=command.order_id)
    return world, OrderCanceled(order=order)


def cancel_order_sync(world: World, key: ApiKey, command: CancelOrderSync, now: Now) -> tuple[World, OrderCanceledSync]:
    """Cancel an order by its id, and tell how far it had come."""
    world, order = _canceled(world, key, command.symbol, now, order_id=command.order_id)
    return world, OrderCanceledSync(order=order)


def cancel_order_by_client_oid(
    world: World, key: ApiKey, command: CancelOrderByClientOid, now: Now
) -> tuple[World, OrderCanceledByClientOid]:
    """Cancel an order by its clientOid."""
    world, order = _canceled(world, key, command.symbol, now, client_oid=command.client_oid)
    return world, OrderCanceledByClientOid(order=order)


def cancel_order_by_client_oid_sync(
    world: World, key: ApiKey, command: CancelOrderByClientOidSync, now: Now
) -> tuple[World, OrderCanceledByClientOidSync]:
    """Cancel an order by its clientOid, and tell how far it had come."""
    world, order = _canceled(world, key, command.symbol, now, client_oid=command.client_oid)
    return world, OrderCanceledByClientOidSync(order=order)


def cancel_part(world: World, key: ApiKey, command: CancelPart, now: Now) -> tuple[World, PartCanceled]:
    """Cancel a part of an order; the rest keeps its place in the book [H108/part]."""
    size = CANCEL_SIZE.read(Fields({CANCEL_SIZE.name: command.cancel_size}))
    symbol, draft = _symbol(world, command.symbol), Draft(world)
    order = active_order(world, key.user, symbol, command.order_id)
    increment = world.symbols[symbol].base_increment
    if order.terms.size is None or size > order.rest:
        most = "0" if order.terms.size is None else money.plain(order.rest)
        raise FieldProblem(CANCEL_SIZE.name, f"must be at most {most}, what is left of the order", command.cancel_size)
    if EXACT.remainder(size, increment):
        raise FieldProblem(CANCEL_SIZE.name, f"must be a multiple of {money.plain(increment)}", command.cancel_size)
    order = end(draft, order, OrderStatus.CANCELED, now.business, size)
    return draft.done(), PartCanceled(order=order, size=money.plain(size))


def cancel_symbol(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, SymbolCanceled]:
    """Cancel all active orders of a symbol."""
    symbol = find_symbol(world, SYMBOL.read(Fields(query))).symbol
    world, orders = _all(world, key.user, (symbol,), now)
    return world, SymbolCanceled(orders=orders)


def cancel_everything(
    world: World, key: ApiKey, command: CancelEverything, now: Now
) -> tuple[World, EverythingCanceled]:
    """Cancel all active orders."""
    symbols = tuple(sorted(world.trader(key.user).active))
    world, _ = _all(world, key.user, symbols, now)
    return world, EverythingCanceled(symbols=symbols)


def _all(world: World, user: str, symbols: tuple[str, ...], now: Now) -> tuple[World, tuple[Order, ...]]:
    draft = Draft(world)
    orders = cancel_all(draft, user, symbols, now.business)
    return (draft.done() if orders else world), tuple(orders)


NAMED: Final = frozenset({Reason.PARAMETER_INVALID, Reason.SYMBOL_UNKNOWN, Reason.ORDER_NOT_CANCELABLE})
BY_ID: Final = {"orderId": "670fd33bf9406e0007ab3945", "symbol": "BTC-USDT"}
BY_CLIENT_OID: Final = {"clientOid": "5c52e11203aa677f33e493fb", "symbol": "BTC-USDT"}


def _endpoint(
    run: Callable[..., tuple[World, Reply]],
    command: type,
    path: str,
    weight: int,
    example: dict[str, str],
    parameters: tuple[Parameter, ...] = (SYMBOL,),
    refusals: frozenset[Reason] = NAMED,
) -> Endpoint:
    return trading_endpoint(run, command, f"DELETE /api/v1/hf/orders{path}", weight, parameters, refusals, example)


ENDPOINTS: Final = (
    _endpoint(cancel_order, CancelOrder, "/{orderId}", 1, BY_ID),
    _endpoint(cancel_order_sync, CancelOrderSync, "/sync/{orderId}", 1, BY_ID),
    _endpoint(cancel_order_by_client_oid, CancelOrderByClientOid, "/client-order/{clientOid}", 1, BY_CLIENT_OID),
    _endpoint(
        cancel_order_by_client_oid_sync, CancelOrderByClientOidSync, "/sync/client-order/{clientOid}", 1, BY_CLIENT_OID
    ),
    _endpoint(cancel_part, CancelPart, "/cancel/{orderId}", 2, {**BY_ID, "cancelSize": "0.001"}, (SYMBOL, CANCEL_SIZE)),
    _endpoint(
        cancel_symbol,
        CancelSymbol,
        "",
        2,
        {"symbol": "BTC-USDT"},
        refusals=frozenset({Reason.PARAMETER_INVALID, Reason.SYMBOL_UNKNOWN}),
    ),
    _endpoint(cancel_everything, CancelEverything, "/cancelAll", 30, {}, (), frozenset()),
)
