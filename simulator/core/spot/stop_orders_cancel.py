"""Canceling stop orders that wait: one, those of a symbol, or all."""

from __future__ import annotations

from typing import Final

from simulator.core.gateway.paging import Query, Span
from simulator.core.gateway.permissions import SPOT_TRADING
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason, Refusal
from simulator.core.spot.stop_order_answers import StopOrderCanceledByClientOid, StopOrdersCanceled
from simulator.core.spot.stop_orders import (
    BY_CLIENT_OID,
    BY_ID,
    IDS,
    NAMED,
    OF_SYMBOL,
    SYMBOL,
    TRADE_TYPE,
    matches,
    of_client_oid,
    read_ids,
    stop_order_endpoint,
    waiting,
)
from simulator.core.trading import stop_orders
from simulator.core.value import Value
from simulator.core.world import ApiKey, Draft, Now, StopOrder, World

NOT_CANCELABLE: Final = frozenset({Reason.ORDER_NOT_CANCELABLE})


class CancelStopOrder(Value, frozen=True):
    """`DELETE /api/v1/stop-order/{orderId}`."""

    signed: SignedRequest
    order_id: str


class CancelStopOrders(Value, frozen=True):
    """`DELETE /api/v1/stop-order/cancel`. `parameters`: `symbol`, `tradeType`, `orderIds`."""

    signed: SignedRequest
    parameters: Query


class CancelStopOrderByClientOid(Value, frozen=True):
    """`DELETE /api/v1/stop-order/cancelOrderByClientOid`. `parameters`: `clientOid`, `symbol`."""

    signed: SignedRequest
    parameters: Query


def cancel_stop_order(
    world: World, key: ApiKey, command: CancelStopOrder, now: Now
) -> tuple[World, StopOrdersCanceled]:
    """Cancel a stop order that waits."""
    if command.order_id not in world.trader(key.user).stops:
        raise Refusal(
            Reason.ORDER_NOT_CANCELABLE, expected="the orderId of a stop order that waits", received=command.order_id
        )
    return _canceled(world, (world.stop_orders[command.order_id],))


def cancel_stop_orders(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, StopOrdersCanceled]:
    """Cancel the stop orders of a symbol, those that are named, or all [rest/stop-cancels]."""
    fields = Fields(query)
    symbol, ids = SYMBOL.read(fields), read_ids(fields)
    TRADE_TYPE.read(fields)
    stops = tuple(stop for stop in waiting(world, key.user) if matches(stop, symbol, {}, ids, Span()))
    return _canceled(world, stops)


def cancel_stop_order_by_client_oid(
    world: World, key: ApiKey, query: Query, now: Now
) -> tuple[World, StopOrderCanceledByClientOid]:
    """Cancel the stop order with that clientOid that waits."""
    fields = Fields(query)
    client_oid, symbol = NAMED.read(fields), SYMBOL.read(fields)
    stop = of_client_oid(world, key.user, client_oid)
    if stop is None or symbol not in ("", stop.terms.symbol):
        raise Refusal(
            Reason.ORDER_NOT_CANCELABLE, expected="the clientOid of a stop order that waits", received=client_oid
        )
    world, canceled = _canceled(world, (stop,))
    return world, StopOrderCanceledByClientOid(stop=canceled.stops[0])


def _canceled(world: World, stops: tuple[StopOrder, ...]) -> tuple[World, StopOrdersCanceled]:
    draft = Draft(world)
    canceled = tuple(stop_orders.cancel(draft, stop) for stop in stops)
    return (draft.done() if canceled else world), StopOrdersCanceled(stops=canceled)


ENDPOINTS: Final = (
    stop_order_endpoint(
        cancel_stop_orders,
        CancelStopOrders,
        "DELETE /cancel",
        3,
        OF_SYMBOL,
        SYMBOL,
        TRADE_TYPE,
        IDS,
        permission=SPOT_TRADING,
    ),
    stop_order_endpoint(
        cancel_stop_order_by_client_oid,
        CancelStopOrderByClientOid,
        "DELETE /cancelOrderByClientOid",
        5,
        BY_CLIENT_OID,
        NAMED,
        SYMBOL,
        permission=SPOT_TRADING,
        refusals=NOT_CANCELABLE,
    ),
    stop_order_endpoint(
        cancel_stop_order,
        CancelStopOrder,
        "DELETE /{orderId}",
        3,
        BY_ID,
        permission=SPOT_TRADING,
        refusals=NOT_CANCELABLE,
    ),
)
