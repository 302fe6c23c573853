"""What can be wrong with a stop order, with the look for it, and with its cancellation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.spot import stop_orders, stop_orders_cancel
from simulator.core.spot.stop_order_answers import StopOrderAdded
from simulator.core.value import Command
from support.desk import START, Desk
from support.refusal_cases.defects import UNREADABLE, Case, Defect, Fields, change_key, unreadable
from support.refusal_cases.fast_api import GATEWAY_DEFECTS, signed_as, used_up_by
from support.refusal_cases.spot import (
    FROZEN,
    MARKET_ORDER,
    NOT_A_SYMBOL,
    OF_FUNDS,
    TOO_MANY,
    change_symbol,
    gateway_of,
    ordering,
    posted,
)
from support.spot_world import order_fields

STOP: Final = {"stopPrice": "61000"}
NAMES: Final = tuple(parameter.name for parameter in stop_orders.ADDED)


def _waiting(desk: Desk) -> Fields:
    """A stop order with the clientOid `waits` waits; its id is `which`."""
    fields = ordering(desk)
    body = Body({**order_fields(clientOid="waits"), **STOP})
    added = desk.do(stop_orders.AddStopOrder(signed_as(desk, fields), body), StopOrderAdded)
    return {**fields, **STOP, "which": added.stop.id}


ADD: Final = Case(
    _waiting,
    posted(stop_orders.AddStopOrder, NAMES),
    (
        *gateway_of(lambda signed: stop_orders.AddStopOrder(signed, Body({}))),
        *unreadable(*UNREADABLE),
        Defect(Reason.PARAMETER_INVALID, {"stopPrice": None}),
        Defect(Reason.PARAMETER_INVALID, {"stop": "up"}),
        Defect(Reason.PARAMETER_INVALID, {"tradeType": "MARGIN_TRADE"}),
        Defect(Reason.PARAMETER_INVALID, {"timeInForce": "GTT"}, hides=OF_FUNDS),
        Defect(
            Reason.PARAMETER_INVALID,
            {"iceberg": True, "visibleSize": "0.00000001"},
            hides=(*OF_FUNDS, Reason.ORDER_NUMBER_INVALID),
        ),
        Defect(Reason.ORDER_NUMBER_INVALID, {"size": "-1"}),
        Defect(Reason.CLIENT_TIME_WINDOW_PASSED, {"allowMaxTimeWindow": 999, "clientTimestamp": START - 1_000}),
        FROZEN,
        NOT_A_SYMBOL,
        Defect(Reason.SYMBOL_NOT_AVAILABLE, world=change_symbol(enabled=False), hides=(Reason.SYMBOL_UNKNOWN,)),
        Defect(Reason.PRICE_INCREMENT_INVALID, {"price": "50000.01"}),
        Defect(Reason.SIZE_INCREMENT_INVALID, {"size": "0.001000001"}),
        Defect(Reason.FUNDS_INCREMENT_INVALID, {**MARKET_ORDER, "funds": "50.0000001"}),
        Defect(Reason.SIZE_BELOW_MINIMUM, {"size": "0.00000999"}, hides=(Reason.ORDER_FUNDS_BELOW_MINIMUM,)),
        Defect(
            Reason.SIZE_ABOVE_MAXIMUM,
            world=change_symbol(base_max_size=Decimal("0.0009")),
            hides=(Reason.SIZE_BELOW_MINIMUM, *OF_FUNDS, Reason.SYMBOL_NOT_AVAILABLE),
        ),
        Defect(Reason.FUNDS_BELOW_MINIMUM, {**MARKET_ORDER, "funds": "0.099999"}),
        Defect(Reason.FUNDS_ABOVE_MAXIMUM, {**MARKET_ORDER, "funds": "99999999.000001"}),
        Defect(Reason.ORDER_FUNDS_BELOW_MINIMUM, {"price": "0.1"}, hides=(Reason.SIZE_BELOW_MINIMUM,)),
        TOO_MANY,
        Defect(Reason.ORDER_CLIENT_OID_USED, {"clientOid": "waits"}),
    ),
)
READ_ONLY: Final = Defect(Reason.PERMISSION_MISSING, world=change_key(groups=(), withdrawal=False))


def _reading(make: Any) -> tuple[Defect, ...]:
    limited = Defect(Reason.RATE_LIMITED, earlier=used_up_by(make))
    return (limited, *(defect for defect in GATEWAY_DEFECTS if defect.reason is not Reason.RATE_LIMITED), READ_ONLY)


def _one(command: Any, defects: tuple[Defect, ...], reason: Reason) -> Case:
    def build(desk: Desk, fields: Fields) -> Command:
        return command(signed_as(desk, fields), fields["which"])

    return Case(_waiting, build, (*defects, Defect(reason, {"which": "0" * 24})))


def _by_client_oid(desk: Desk, fields: Fields) -> Command:
    query = {name: fields[name] for name in ("clientOid", "symbol") if fields.get(name)}
    return stop_orders_cancel.CancelStopOrderByClientOid(signed_as(desk, fields), query)


CANCEL_BY_CLIENT_OID: Final = Case(
    lambda desk: {**_waiting(desk), "clientOid": "waits"},
    _by_client_oid,
    (
        *gateway_of(lambda signed: stop_orders_cancel.CancelStopOrderByClientOid(signed, {})),
        Defect(Reason.PARAMETER_INVALID, {"clientOid": None}),
        Defect(Reason.ORDER_NOT_CANCELABLE, {"symbol": "ETH-USDT"}),
    ),
)


def _cancel_some(desk: Desk, fields: Fields) -> Command:
    names = ("symbol", "tradeType", "orderIds")
    return stop_orders_cancel.CancelStopOrders(
        signed_as(desk, fields), {name: fields[name] for name in names if fields.get(name)}
    )


CANCEL_SOME: Final = Case(
    _waiting,
    _cancel_some,
    (
        *gateway_of(lambda signed: stop_orders_cancel.CancelStopOrders(signed, {})),
        Defect(Reason.PARAMETER_INVALID, {"tradeType": "MARGIN_TRADE"}),
    ),
)
CASES: Final[dict[str, Case]] = {
    "add_stop_order": ADD,
    "get_stop_order": _one(
        stop_orders.GetStopOrder,
        _reading(lambda signed: stop_orders.GetStopOrder(signed, "x")),
        Reason.ORDER_UNKNOWN,
    ),
    "cancel_stop_order": _one(
        stop_orders_cancel.CancelStopOrder,
        gateway_of(lambda signed: stop_orders_cancel.CancelStopOrder(signed, "x")),
        Reason.ORDER_NOT_CANCELABLE,
    ),
    "cancel_stop_orders": CANCEL_SOME,
    "cancel_stop_order_by_client_oid": CANCEL_BY_CLIENT_OID,
}
