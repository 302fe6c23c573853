"""The parameters of an order by KuCoin's names, and the order's terms that they say."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from simulator.core.gateway.parameters import Flag, JsonWhole, Member, Positive, Text
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import DAY, SECOND
from simulator.core.world import Now, OrderTerms, OrderType, Side, Stp, TimeInForce

LONGEST_CANCEL_AFTER: Final = 30 * DAY // SECOND
LONGEST_CLIENT_OID: Final = 40
LONGEST_NOTE: Final = 20
LEAST_VISIBLE: Final = 20
"""An iceberg order shows at least this part of its size: a twentieth [H101/iceberg]."""
_CLIENT_OID: Final = lazy_pattern(r"[0-9A-Za-z_-]+", re.ASCII)

SYMBOL: Final = Text("symbol", required=True)
CLIENT_OID: Final = Text("clientOid", "Letters, digits, _ and -", longest=LONGEST_CLIENT_OID)
SIDE: Final = Member("side", required=True, words=Side)
TYPE: Final = Member("type", required=True, words=OrderType)
PRICE: Final = Positive("price", "Of a limit order")
SIZE: Final = Positive("size", "Of a limit order; of a market order this or `funds`")
FUNDS: Final = Positive("funds", "Of a market order without `size`")
TIME_IN_FORCE: Final = Member("timeInForce", "GTC without; not of a market order", words=TimeInForce)
CANCEL_AFTER: Final = JsonWhole(
    "cancelAfter", "Seconds of a GTT order; -1 = it stays", least=-1, most=LONGEST_CANCEL_AFTER
)
POST_ONLY: Final = Flag("postOnly", "Never takes; not of IOC and FOK")
HIDDEN: Final = Flag("hidden")
ICEBERG: Final = Flag("iceberg")
VISIBLE_SIZE: Final = Positive("visibleSize", "Of an iceberg order")
STP: Final = Member("stp", words=Stp)
REMARK: Final = Text("remark", "ASCII", longest=LONGEST_NOTE)
TAGS: Final = Text("tags", "ASCII", longest=LONGEST_NOTE)
WINDOW: Final = JsonWhole("allowMaxTimeWindow", "ms after `clientTimestamp` in which the order must arrive")
CLIENT_TIMESTAMP: Final = JsonWhole("clientTimestamp", "KC-API-TIMESTAMP, ms")
PARAMETERS: Final = (
    *(CLIENT_OID, SYMBOL, SIDE, TYPE, PRICE, SIZE, FUNDS, TIME_IN_FORCE, CANCEL_AFTER, POST_ONLY, HIDDEN, ICEBERG),
    *(VISIBLE_SIZE, STP, REMARK, TAGS, WINDOW, CLIENT_TIMESTAMP),
)
"""All of them [rest/order-parameters]."""


def read_terms(fields: Fields) -> OrderTerms:
    """What is ordered. What the type of the order does not have is ignored [H106/ignored]."""
    symbol, side, order_type = SYMBOL.read(fields), SIDE.read(fields), TYPE.read(fields)
    assert side is not None
    assert order_type is not None
    price, size, funds = None, None, None
    time_in_force, cancel_after = TimeInForce.GTC, 0
    stp = (
        None if fields.raw(STP.name) is None else STP.read(fields)
    )  # most orders have few of these; look before reading
    remark, tags = _note(REMARK, fields), _note(TAGS, fields)
    post_only, hidden, iceberg = POST_ONLY.read(fields), HIDDEN.read(fields), ICEBERG.read(fields)
    if order_type is OrderType.LIMIT:
        if fields.raw(TIME_IN_FORCE.name) is not None:
            time_in_force = TIME_IN_FORCE.read(fields) or TimeInForce.GTC
        cancel_after = _cancel_after(fields, time_in_force)
        price, size = _needed(fields, PRICE), _needed(fields, SIZE)
    else:
        if _absent(fields, SIZE) == _absent(fields, FUNDS):
            raise FieldProblem(FUNDS.name, "or size is compulsory of a market order, one of them", fields.raw("funds"))
        size = None if _absent(fields, SIZE) else _needed(fields, SIZE)
        funds = None if _absent(fields, FUNDS) else _needed(fields, FUNDS)
    return OrderTerms(
        symbol=symbol,
        side=side,
        type=order_type,
        price=price,
        size=size,
        funds=funds,
        time_in_force=time_in_force,
        cancel_after=cancel_after,
        post_only=post_only and time_in_force in (TimeInForce.GTC, TimeInForce.GTT) and price is not None,
        hidden=hidden,
        iceberg=iceberg,
        visible_size=_visible_size(fields, size) if iceberg and price is not None else None,
        stp=stp,
        remark=remark,
        tags=tags,
    )


def read_client_oid(fields: Fields) -> str:
    """`clientOid`, "" when absent."""
    if fields.raw(CLIENT_OID.name) is None:
        return ""
    client_oid = CLIENT_OID.read(fields)
    if client_oid and not _CLIENT_OID.fullmatch(client_oid):
        raise FieldProblem(CLIENT_OID.name, "must consist of letters, digits, _ and -", client_oid)
    return client_oid


def read_deadline(fields: Fields) -> int | None:
    """When the order must have arrived, ms of the client's clock; None = it has time."""
    window, sent = WINDOW.read(fields), CLIENT_TIMESTAMP.read(fields)
    if window is None:
        return None
    if sent is None:
        raise FieldProblem(CLIENT_TIMESTAMP.name, f"is compulsory with {WINDOW.name}")
    return sent + window


def check_deadline(deadline: int | None, now: Now) -> None:
    """Refuse an order that arrives later than its client allows [H105/time-window]."""
    if deadline is not None and deadline < now.wall:
        raise Refusal(
            Reason.CLIENT_TIME_WINDOW_PASSED, expected=f"arrival by {deadline}", received=f"arrival at {now.wall}"
        )


def _note(parameter: Text, fields: Fields) -> str | None:
    if fields.raw(parameter.name) is None:
        return None
    text = parameter.read(fields)
    if not text.isascii():
        raise FieldProblem(parameter.name, "must be ASCII", text)
    return text or None


def _absent(fields: Fields, parameter: Positive) -> bool:
    return fields.raw(parameter.name) in (None, "")


def _needed(fields: Fields, parameter: Positive) -> Decimal:
    """A positive number. One that is none is refused in KuCoin's own words [H106/numbers]."""
    if _absent(fields, parameter):
        raise FieldProblem(parameter.name, "is compulsory here", fields.raw(parameter.name))
    try:
        return parameter.read(fields)
    except FieldProblem as problem:
        raise Refusal(
            Reason.ORDER_NUMBER_INVALID,
            field=parameter.name,
            expected=f"{parameter.name}: {problem.problem}",
            received=problem.received,
        ) from None


def _cancel_after(fields: Fields, time_in_force: TimeInForce) -> int:
    cancel_after = CANCEL_AFTER.read(fields)
    if time_in_force is not TimeInForce.GTT:
        return 0
    if not cancel_after:
        raise FieldProblem(CANCEL_AFTER.name, "is compulsory of a GTT order: -1, or seconds from 1", cancel_after)
    return cancel_after


def _visible_size(fields: Fields, size: Decimal | None) -> Decimal:
    visible = _needed(fields, VISIBLE_SIZE)
    assert size is not None
    if not size <= visible * LEAST_VISIBLE or visible > size:
        raise FieldProblem(VISIBLE_SIZE.name, f"must be at least a {LEAST_VISIBLE}th of size and at most size", visible)
    return visible
