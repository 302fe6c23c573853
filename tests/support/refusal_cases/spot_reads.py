"""What can be wrong with the look-ups of orders, and with the calls before the high-frequency family."""

from __future__ import annotations

from typing import Any, Final

from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.spot import orders_done, orders_old, orders_read
from simulator.core.spot import orders_old_trading as old
from simulator.core.value import Command
from support.desk import Desk
from support.refusal_cases import spot
from support.refusal_cases.defects import UNREADABLE, Case, Defect, Fields, change_key, unreadable
from support.refusal_cases.fast_api import GATEWAY_DEFECTS, signed_as, used_up_by
from support.spot_world import order_fields

UNKNOWN: Final = Defect(Reason.ORDER_UNKNOWN, {"which": "0" * 24})
FUTURES: Final = Defect(Reason.FUTURES_NOT_TRADED, {"symbol": "XBTUSDTM"})
NOBODY_READS: Final = Defect(Reason.PERMISSION_MISSING, world=change_key(groups=()))


def _gateway(make: Any, *, trades: bool = False) -> tuple[Defect, ...]:
    others = (defect for defect in GATEWAY_DEFECTS if defect.reason is not Reason.RATE_LIMITED)
    return (
        Defect(Reason.RATE_LIMITED, earlier=used_up_by(make)),
        *others,
        spot.NO_SPOT if trades else NOBODY_READS,
    )


def _of_one(field: str) -> Any:
    def prepare(desk: Desk) -> Fields:
        fields = spot.ordering(desk)
        return {**fields, "which": fields["before"] if field == "id" else "before"}

    return prepare


def _one(command: Any, field: str) -> Case:
    """One order by its id or by its clientOid, with its symbol."""
    return Case(
        _of_one(field),
        lambda desk, fields: command(signed_as(desk, fields), fields["which"], fields["symbol"] or ""),
        (
            *_gateway(lambda signed: command(signed, "x", "x")),
            Defect(Reason.PARAMETER_INVALID, {"symbol": None}),
            spot.NOT_A_SYMBOL,
            UNKNOWN,
        ),
    )


def _one_old(command: Any, field: str, wrong: Defect, *, trades: bool) -> Case:
    """The same without a symbol."""
    return Case(
        _of_one(field),
        lambda desk, fields: command(signed_as(desk, fields), fields["which"]),
        (*_gateway(lambda signed: command(signed, "x"), trades=trades), wrong),
    )


def _list(command: Any, *wrong: dict[str, str]) -> Case:
    """A list of orders or fills in one symbol."""

    def build(desk: Desk, fields: Fields) -> Command:
        asked = {"symbol": fields["symbol"], **fields["asked"]}
        return command(signed_as(desk, fields), {name: text for name, text in asked.items() if text})

    return Case(
        lambda desk: {**spot.ordering(desk), "asked": {}},
        build,
        (
            *_gateway(lambda signed: command(signed, {})),
            Defect(Reason.PARAMETER_INVALID, {"symbol": None}),
            *(Defect(Reason.PARAMETER_INVALID, {"asked": asked}) for asked in wrong),
            spot.NOT_A_SYMBOL,
        ),
    )


def _adding(command: Any) -> Case:
    """As by the newer call; the clientOid is compulsory, and a symbol of futures is not found."""
    case = spot._adding(command)
    more = (FUTURES, Defect(Reason.PARAMETER_INVALID, {"clientOid": None}))
    return Case(case.prepare, case.build, (*case.defects, *more))


CANCEL_ALL: Final = Case(
    lambda desk: {**spot.ordering(desk), "tradeType": "TRADE"},
    lambda desk, fields: old.CancelOrdersOld(
        signed_as(desk, fields), {name: fields[name] for name in ("symbol", "tradeType") if fields[name]}
    ),
    (
        *_gateway(lambda signed: old.CancelOrdersOld(signed, {}), trades=True),
        FUTURES,
        Defect(Reason.PARAMETER_INVALID, {"tradeType": "x"}),
    ),
)


def _some(desk: Desk) -> Fields:
    orders = [order_fields(symbol=None), order_fields(symbol=None, size="0.002")]
    return {**spot._trading(desk), "symbol": "BTC-USDT", "orderList": orders}


SOME: Final = Case(
    _some,
    spot.posted(old.AddOrdersOld, ("symbol", "orderList")),
    (
        *_gateway(lambda signed: old.AddOrdersOld(signed, Body({})), trades=True),
        *unreadable(*UNREADABLE),
        Defect(Reason.PARAMETER_INVALID, {"orderList": "x"}),
        FUTURES,
    ),
)
SPANS: Final = ({"side": "x"}, {"type": "x"}, {"lastId": "x"}, {"limit": "101"}, {"startAt": "2", "endAt": "1"})
NOT_ACTIVE: Final = Defect(Reason.ORDER_NOT_CANCELABLE, {"which": "0" * 24})
CASES: Final[dict[str, Case]] = {
    "get_hf_order": _one(orders_read.GetHfOrder, "id"),
    "get_hf_order_by_client_oid": _one(orders_read.GetHfOrderByClientOid, "oid"),
    "list_hf_orders_active": _list(orders_read.ListHfOrdersActive),
    "page_hf_orders_active": _list(orders_read.PageHfOrdersActive, {"pageNum": "0"}, {"pageSize": "51"}),
    "list_hf_orders_done": _list(orders_done.ListHfOrdersDone, *SPANS),
    "list_hf_fills": _list(orders_done.ListHfFills, *SPANS),
    "get_order": _one_old(orders_old.GetOrder, "id", UNKNOWN, trades=False),
    "get_order_by_client_oid": _one_old(orders_old.GetOrderByClientOid, "oid", UNKNOWN, trades=False),
    "add_order_old": _adding(old.AddOrderOld),
    "check_order_old": _adding(old.CheckOrderOld),
    "add_orders_old": SOME,
    "cancel_order_old": _one_old(old.CancelOrderOld, "id", NOT_ACTIVE, trades=True),
    "cancel_order_by_client_oid_old": _one_old(old.CancelOrderByClientOidOld, "oid", NOT_ACTIVE, trades=True),
    "cancel_orders_old": CANCEL_ALL,
}
