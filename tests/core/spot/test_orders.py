"""Orders and fills, of which there are none."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import Desk
from support.shown import shown

from simulator.core.refusals import Reason
from simulator.core.spot.orders import (
    ListFills,
    ListHfFills,
    ListHfOrdersActive,
    ListHfOrdersDone,
    ListOrders,
    ListRecentFills,
    ListRecentOrders,
)

PAGE = {"currentPage": 2, "pageSize": 20, "totalNum": 0, "totalPage": 0, "items": []}
ONE = {"symbol": "BTC-USDT", "side": "buy", "type": "limit"}


def told(desk: Desk, command: Any) -> object:
    reply: Any = desk.perform(command).result
    return shown(reply.data())


def test_nobody_trades() -> None:
    """Every list is empty in its own envelope, whatever is asked for."""
    desk = Desk()
    signed = desk.key("alice").sign(method="GET", path="/x")
    for paged in (ListOrders, ListFills):
        assert told(desk, paged(signed, {**ONE, "currentPage": "2", "pageSize": "20"})) == PAGE
        assert told(desk, paged(signed, {})) == {**PAGE, "currentPage": 1, "pageSize": 50}
    for since in (ListHfOrdersDone, ListHfFills):
        assert told(desk, since(signed, {**ONE, "lastId": "5", "limit": "100"})) == {"lastId": 0, "items": []}
    assert told(desk, ListHfOrdersActive(signed, ONE)) == []
    assert told(desk, ListRecentOrders(signed)) == told(desk, ListRecentFills(signed)) == []


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (ListOrders, {"status": "new"}),
        (ListFills, {"pageSize": "501"}),
        (ListFills, {"startAt": "2", "endAt": "1"}),
        (ListHfOrdersDone, {}),
        (ListHfOrdersActive, {}),
        (ListHfFills, {"symbol": "BTC-USDT", "limit": "101"}),
    ],
)
def test_what_cannot_be_asked(command: Any, asked: dict[str, str]) -> None:
    """A pair is compulsory where orders are of the high-frequency kind; words, sizes and spans have their bounds."""
    desk = Desk()
    assert desk.reason(command(desk.key("alice").sign(method="GET", path="/x"), asked)) is Reason.PARAMETER_INVALID
