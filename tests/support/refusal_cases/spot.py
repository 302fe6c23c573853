"""What can be wrong with an order, and with its cancellation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.spec import AuthGroup
from simulator.core.spot import orders_add, orders_cancel
from simulator.core.spot.dead_man_switch import GetDeadManSwitch, SetDeadManSwitch
from simulator.core.spot.order_answers import OrderAdded
from simulator.core.trading.order_parameters import PARAMETERS
from simulator.core.trading.placing import MOST_OF_A_SYMBOL
from simulator.core.value import Command
from simulator.core.world import Account, Trader, World
from support.desk import START, Desk
from support.refusal_cases.defects import UNREADABLE, Case, Defect, Fields, change_key, change_user, unreadable
from support.refusal_cases.fast_api import GATEWAY_DEFECTS, signed_as, used_up_by
from support.spot_world import BTC_USDT, order_fields, traded

NO_SPOT: Final = Defect(Reason.PERMISSION_MISSING, world=change_key(groups=(AuthGroup.API_COMMON,)))
FROZEN: Final = Defect(Reason.USER_FROZEN, world=change_user(frozen=True))
MARKET_ORDER: Final = {"type": "market", "price": None, "size": None}
NAMES: Final = tuple(parameter.name for parameter in PARAMETERS)


def change_symbol(**changes: Any) -> Any:
    """BTC-USDT with other properties."""
    return lambda world: world.put(replace(BTC_USDT, **changes))


def _crowded(world: World) -> World:
    return world.put(replace(world.trader("alice"), active=Trader("").active.insert("BTC-USDT", MOST_OF_A_SYMBOL)))


TOO_MANY: Final = Defect(Reason.TOO_MANY_ORDERS, world=_crowded)


def _poor(world: World) -> World:
    return world.put(world.wallet("alice").having(Account("USDT", "trade", Decimal(0))))


def _limited(make: Any) -> Defect:
    """Nothing is left of the pool of the spot market."""
    return Defect(Reason.RATE_LIMITED, earlier=used_up_by(make))


def gateway_of(make: Any) -> tuple[Defect, ...]:
    return (
        _limited(make),
        *(defect for defect in GATEWAY_DEFECTS if defect.reason is not Reason.RATE_LIMITED),
        NO_SPOT,
    )


def _trading(desk: Desk) -> Fields:
    desk.world = traded(desk.world)
    return {"credentials": desk.own_key("alice"), "body": None}


def ordering(desk: Desk) -> Fields:
    """A good order; another one with the clientOid `before` rests."""
    fields: Fields = _trading(desk)
    before = Body(order_fields(clientOid="before"))
    added = desk.do(orders_add.AddOrder(signed_as(desk, fields), before), OrderAdded)
    return {**fields, **order_fields(clientOid="new"), "before": added.order.id}


def posted(command: Any, names: tuple[str, ...]) -> Any:
    def build(desk: Desk, fields: Fields) -> Command:
        body = Body({name: fields[name] for name in names if fields.get(name) is not None})
        return command(signed_as(desk, fields), fields["body"] or body)

    return build


NOT_A_SYMBOL: Final = Defect(Reason.SYMBOL_UNKNOWN, {"symbol": "BTC-DOGE"})
PRICED: Final = (
    FROZEN,
    Defect(Reason.SYMBOL_NOT_AVAILABLE, world=change_symbol(enabled=False), hides=(Reason.SYMBOL_UNKNOWN,)),
    TOO_MANY,
    Defect(Reason.ORDER_BALANCE_INSUFFICIENT, world=_poor),
)


OF_FUNDS: Final = (Reason.FUNDS_INCREMENT_INVALID, Reason.FUNDS_BELOW_MINIMUM, Reason.FUNDS_ABOVE_MAXIMUM)
"""Reasons of orders that have no size."""


def _adding(command: Any) -> Case:
    limited = lambda signed: command(signed, Body({}))  # noqa: E731 - one line
    return Case(
        ordering,
        posted(command, NAMES),
        (
            *gateway_of(limited),
            *unreadable(*UNREADABLE),
            Defect(Reason.PARAMETER_INVALID, {"side": "bid"}),
            Defect(Reason.PARAMETER_INVALID, {"remark": "x" * 21}),
            Defect(Reason.PARAMETER_INVALID, {"timeInForce": "GTT"}, hides=OF_FUNDS),
            Defect(
                Reason.PARAMETER_INVALID,
                {"iceberg": True, "visibleSize": "0.00000001"},
                hides=(*OF_FUNDS, Reason.ORDER_NUMBER_INVALID),
            ),
            Defect(Reason.PARAMETER_INVALID, {**MARKET_ORDER, "stp": "DC"}),
            Defect(Reason.ORDER_NUMBER_INVALID, {"size": "-1"}),
            Defect(Reason.CLIENT_TIME_WINDOW_PASSED, {"allowMaxTimeWindow": 999, "clientTimestamp": START - 1_000}),
            NOT_A_SYMBOL,
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
            Defect(
                Reason.ORDER_FUNDS_BELOW_MINIMUM,
                {"price": "0.1"},
                hides=(Reason.SIZE_BELOW_MINIMUM,),
            ),
            Defect(Reason.PRICE_ABOVE_LIMIT, {"price": "66000.2"}),
            Defect(Reason.PRICE_BELOW_LIMIT, {"side": "sell", "price": "53999.9"}),
            *PRICED,
            Defect(Reason.ORDER_CLIENT_OID_USED, {"clientOid": "before"}),
        ),
    )


def _adding_some(command: Any) -> Case:
    return Case(
        lambda desk: {**_trading(desk), "orderList": [order_fields(), order_fields(size="0.002")]},
        posted(command, ("orderList",)),
        (
            *gateway_of(lambda signed: command(signed, Body({}))),
            *unreadable(*UNREADABLE),
            Defect(Reason.PARAMETER_INVALID, {"orderList": [order_fields()] * 6}),
        ),
    )


def _altering(desk: Desk) -> Fields:
    fields = ordering(desk)
    return {**fields, "orderId": fields["before"], "newPrice": "51000", "newSize": "0.002", "clientOid": None}


ALTER: Final = Case(
    _altering,
    posted(orders_add.AlterOrder, tuple(parameter.name for parameter in orders_add.ALTERED)),
    (
        *gateway_of(lambda signed: orders_add.AlterOrder(signed, Body({}))),
        *unreadable(*UNREADABLE),
        Defect(Reason.PARAMETER_INVALID, {"newPrice": "x"}),
        NOT_A_SYMBOL,
        Defect(Reason.ORDER_NOT_CANCELABLE, {"orderId": "0" * 24}),
        Defect(Reason.ORDER_NOT_CANCELABLE, {"orderId": None, "clientOid": "another"}),
        Defect(Reason.PRICE_INCREMENT_INVALID, {"newPrice": "50000.01"}),
        Defect(Reason.SIZE_INCREMENT_INVALID, {"newSize": "0.001000001"}),
        Defect(Reason.SIZE_BELOW_MINIMUM, {"newSize": "0.00000999"}),
        Defect(Reason.SIZE_ABOVE_MAXIMUM, {"newSize": "10000000000.1"}),
        Defect(Reason.ORDER_FUNDS_BELOW_MINIMUM, {"newPrice": "0.1"}, hides=(Reason.SIZE_ABOVE_MAXIMUM,)),
        Defect(Reason.PRICE_ABOVE_LIMIT, {"newPrice": "66000.2"}),
        *(defect for defect in PRICED if defect.reason is not Reason.TOO_MANY_ORDERS),
    ),
)


def _canceling(command: Any, field: str) -> Case:
    def prepare(desk: Desk) -> Fields:
        fields = ordering(desk)
        return {**fields, "which": fields["before"] if field == "id" else "before", "cancelSize": "0.0001"}

    def build(desk: Desk, fields: Fields) -> Command:
        more = (fields["cancelSize"],) if command is orders_cancel.CancelPart else ()
        return command(signed_as(desk, fields), fields["which"], fields["symbol"] or "", *more)

    part = (
        Defect(Reason.PARAMETER_INVALID, {"cancelSize": "x"}),
        Defect(Reason.PARAMETER_INVALID, {"cancelSize": ""}),
    )
    more = ("1",) if command is orders_cancel.CancelPart else ()
    return Case(
        prepare,
        build,
        (
            *gateway_of(lambda signed: command(signed, "x", "x", *more)),
            Defect(Reason.PARAMETER_INVALID, {"symbol": None}),
            *(part if command is orders_cancel.CancelPart else ()),
            NOT_A_SYMBOL,
            Defect(Reason.ORDER_NOT_CANCELABLE, {"which": "0" * 24}),
        ),
    )


CANCEL_SYMBOL: Final = Case(
    lambda desk: {**ordering(desk)},
    lambda desk, fields: orders_cancel.CancelSymbol(
        signed_as(desk, fields), {"symbol": fields["symbol"]} if fields["symbol"] else {}
    ),
    (
        *gateway_of(lambda signed: orders_cancel.CancelSymbol(signed, {})),
        Defect(Reason.PARAMETER_INVALID, {"symbol": None}),
        NOT_A_SYMBOL,
    ),
)
CANCEL_EVERYTHING: Final = Case(
    ordering,
    lambda desk, fields: orders_cancel.CancelEverything(signed_as(desk, fields)),
    gateway_of(orders_cancel.CancelEverything),
)
SET_SWITCH: Final = Case(
    lambda desk: {**_trading(desk), "timeout": 5, "symbols": "BTC-USDT"},
    posted(SetDeadManSwitch, ("timeout", "symbols")),
    (
        *gateway_of(lambda signed: SetDeadManSwitch(signed, Body({}))),
        *unreadable(*UNREADABLE),
        Defect(Reason.PARAMETER_INVALID, {"timeout": None}),
        Defect(Reason.PARAMETER_INVALID, {"timeout": 4}),
        Defect(Reason.SYMBOL_UNKNOWN, {"symbols": "BTC-USDT,BTC-DOGE"}),
    ),
)
GET_SWITCH: Final = Case(
    _trading, lambda desk, fields: GetDeadManSwitch(signed_as(desk, fields)), gateway_of(GetDeadManSwitch)
)

CASES: Final[dict[str, Case]] = {
    "add_order": _adding(orders_add.AddOrder),
    "add_order_sync": _adding(orders_add.AddOrderSync),
    "check_order": _adding(orders_add.CheckOrder),
    "add_orders": _adding_some(orders_add.AddOrders),
    "add_orders_sync": _adding_some(orders_add.AddOrdersSync),
    "alter_order": ALTER,
    "cancel_order": _canceling(orders_cancel.CancelOrder, "id"),
    "cancel_order_sync": _canceling(orders_cancel.CancelOrderSync, "id"),
    "cancel_order_by_client_oid": _canceling(orders_cancel.CancelOrderByClientOid, "oid"),
    "cancel_order_by_client_oid_sync": _canceling(orders_cancel.CancelOrderByClientOidSync, "oid"),
    "cancel_part": _canceling(orders_cancel.CancelPart, "id"),
    "cancel_symbol": CANCEL_SYMBOL,
    "cancel_everything": CANCEL_EVERYTHING,
    "set_dead_man_switch": SET_SWITCH,
    "get_dead_man_switch": GET_SWITCH,
}
