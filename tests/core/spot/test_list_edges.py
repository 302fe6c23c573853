"""How many rows the lists of orders have at most, and how old: each bound at its edge and one beyond."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace
from support.shown import shown
from support.spot_reads import looked_up
from support.spot_world import BTC_USDT, SpotDesk

from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.spec import DAY
from simulator.core.spot.dead_man_switch import GetDeadManSwitch, SetDeadManSwitch
from simulator.core.spot.orders_old import ListRecentFills, ListRecentOrders
from simulator.core.spot.orders_read import GetHfOrder, HfOrderFound
from simulator.core.world import FillStep, OrderPlan
from simulator.core.world.stack import Stack


def _recent(desk: SpotDesk) -> tuple[list[Any], list[Any]]:
    """The recent orders and fills, as a client reads them."""
    orders, fills = (shown(looked_up(desk, command).data()) for command in (ListRecentOrders, ListRecentFills))
    return orders, fills


def _repeated(stack: Stack[Any], many: int) -> Stack[Any]:
    """So many rows like the one of that stack, with ids and numbers of their own."""
    [row] = stack
    rows: Stack[Any] = Stack()
    for number in range(many):
        rows = rows.having(replace(row, id=f"{number:024}", number=number), 0, "")
    return rows


def test_a_thousand_recent_rows_are_the_most() -> None:
    """Of a thousand and one orders and fills of the last 24 hours, the oldest one is left out."""
    desk = SpotDesk()
    desk.placed(type="market", price=None)
    history, statement = desk.world.order_history("alice", "BTC-USDT"), desk.world.statement("alice")
    for many in (1000, 1001):
        done, fills = _repeated(history.done, many), _repeated(statement.fills, many)
        desk.world = desk.world.put(replace(history, done=done), replace(statement, fills=fills))
        for rows in _recent(desk):
            assert len(rows) == 1000


@pytest.mark.parametrize(("age", "many"), [(DAY, 1), (DAY + 1, 0)])
def test_how_old_recent_rows_are(age: int, many: int) -> None:
    """An order and a fill of exactly 24 hours ago are recent, and those of one ms earlier are not."""
    desk = SpotDesk()
    desk.placed(type="market", price=None)
    desk.advance(age)
    assert [len(rows) for rows in _recent(desk)] == [many, many]


def test_an_old_order_that_ended_lately_is_not_recent() -> None:
    """What counts is when an order was placed, not when it ended, and not whether it is still active."""
    desk = SpotDesk()
    order = desk.placed()
    desk.advance(DAY + 1)
    assert _recent(desk)[0] == []
    desk.perform(desk.canceling(order))
    assert _recent(desk)[0] == []


def test_the_symbols_of_a_dead_man_switch() -> None:
    """Fifty symbols that there are can be named, and a fifty-first is refused, however often each is named."""
    desk = SpotDesk()
    names = [f"T{number}-USDT" for number in range(51)]
    desk.world = desk.world.put(*(replace(BTC_USDT, symbol=name) for name in names))
    for chosen, reason in ((names[:50] * 2, None), (names, Reason.PARAMETER_INVALID)):
        fields = {"timeout": 5, "symbols": ",".join(chosen)}
        signed = desk.trading.sign(json.dumps(fields).encode(), path="/x", timestamp=desk.wall)
        assert desk.perform(SetDeadManSwitch(signed, Body(fields))).word == (reason.name if reason else "OK")
    signed = desk.trading.sign(method="GET", path="/x", timestamp=desk.wall)
    reply: Any = desk.perform(GetDeadManSwitch(signed)).result
    assert shown(reply.data())["symbols"] == ",".join(names[:50])


def test_the_answer_of_a_dead_man_switch_that_is_off() -> None:
    """Turned off, it triggers at no time, which is 0."""
    desk = SpotDesk()
    fields = {"timeout": -1}
    signed = desk.trading.sign(json.dumps(fields).encode(), path="/x", timestamp=desk.wall)
    reply: Any = desk.perform(SetDeadManSwitch(signed, Body(fields))).result
    now = desk.exchange.clock.now().business
    assert shown(reply.data()) == {"currentTime": now // 1000, "triggerTime": 0}


def test_a_plan_without_delays_reports_at_once() -> None:
    """An order whose plan names no delay is found, with its fill, in the very ms in which it was accepted."""
    desk = SpotDesk(OrderPlan(steps=(FillStep(),)))
    order = desk.placed()
    reply = looked_up(desk, GetHfOrder, order.id, "BTC-USDT")
    assert isinstance(reply, HfOrderFound), reply
    data: Any = shown(reply.data())
    assert (data["dealSize"], data["active"]) == ("0.001", False)
