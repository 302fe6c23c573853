"""Positions, orders and fills of futures, of which there are none."""

from __future__ import annotations

from typing import Any

from support.desk import Desk
from support.shown import shown

from simulator.core.account.futures_positions import (
    GetPosition,
    ListPositions,
    ListRecentFuturesFills,
    ListRecentFuturesOrders,
)
from simulator.core.refusals import Reason


def test_nobody_has_a_position() -> None:
    """The lists are empty, and a single position is not open; its symbol is compulsory."""
    desk = Desk()
    signed = desk.own_key("frank").sign(method="GET", path="/x")
    for command in (ListPositions, ListRecentFuturesOrders, ListRecentFuturesFills):
        reply: Any = desk.perform(command(signed, {})).result
        assert shown(reply.data()) == []
    reply = desk.perform(GetPosition(signed, {"symbol": "XBTUSDTM"})).result
    data = shown(reply.data())
    assert (data.pop("symbol"), data.pop("isOpen"), {*data.values()}) == ("XBTUSDTM", False, {0})
    assert desk.reason(GetPosition(signed, {})) is Reason.PARAMETER_INVALID
