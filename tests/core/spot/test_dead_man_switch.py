"""Disconnection protection."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.shown import shown
from support.spot_world import ETH_USDT, SpotDesk

from simulator.core.control.events import EventKind, pending
from simulator.core.gateway.requests import Body
from simulator.core.passing import PassTime, TimePassed
from simulator.core.refusals import Reason
from simulator.core.spot.dead_man_switch import GetDeadManSwitch, SetDeadManSwitch
from simulator.core.trading.quotes import new_market
from simulator.core.value import Reply


def setting(desk: SpotDesk, **fields: Any) -> SetDeadManSwitch:
    signed = desk.trading.sign(json.dumps(fields).encode(), path="/x", timestamp=desk.wall)
    return SetDeadManSwitch(signed, Body(fields))


def found(desk: SpotDesk) -> Any:
    command = GetDeadManSwitch(desk.trading.sign(method="GET", path="/x", timestamp=desk.wall))
    reply: Any = desk.do(command, Reply)
    return shown(reply.data())


@pytest.mark.parametrize(("later", "active"), [(4_999, True), (5_000, False)])
def test_fires_once(later: int, active: bool) -> None:
    """At the end of its seconds, and not a ms before, it cancels the orders of its symbols, and then it is off."""
    desk = SpotDesk()
    orders = [desk.placed(), desk.placed(symbol="ETH-USDT", price="2000", size="1")]
    now = desk.exchange.clock.now().business
    reply: Any = desk.do(setting(desk, timeout=5, symbols="BTC-USDT"), Reply)
    assert shown(reply.data()) == {"currentTime": now // 1000, "triggerTime": now // 1000 + 5}
    assert [(event.kind, event.user) for event in pending(desk.world, now)] == [(EventKind.DEAD_MAN_SWITCH, "alice")]
    desk.advance(later)
    desk.perform(PassTime())
    assert [desk.now_of(order).status.active for order in orders] == [active, True]
    seconds = {"timeout": 5, "currentTime": (now + later) // 1000, "triggerTime": now // 1000 + 5}
    assert found(desk) == ({**seconds, "symbols": "BTC-USDT"} if active else None)


def test_cancels_symbol_by_symbol() -> None:
    """Without symbols it goes by their names, so that a world is the same in every process."""
    desk = SpotDesk()
    names = [f"A{number}-USDT" for number in range(12)]
    for name in reversed(names):
        symbol = replace(ETH_USDT, symbol=name, base=name.partition("-")[0])
        desk.world = desk.world.put(symbol, new_market(symbol, Decimal(3_000)))
        desk.placed(symbol=name, price="2990")
    desk.perform(setting(desk, timeout=5))
    desk.advance(5_000)
    changed = desk.do(PassTime(), TimePassed).orders
    assert [order.terms.symbol for order in changed] == sorted(names)


def test_set_anew_and_off() -> None:
    """Setting it anew begins its time again, without symbols it is about all, and -1 turns it off."""
    desk = SpotDesk()
    order = desk.placed(symbol="ETH-USDT", price="2000", size="1")
    desk.perform(setting(desk, timeout=5))
    desk.advance(4_000)
    desk.perform(setting(desk, timeout=5))
    desk.advance(4_000)
    desk.perform(PassTime())
    assert desk.now_of(order).status.active
    desk.advance(1_000)
    desk.perform(PassTime())
    assert not desk.now_of(order).status.active
    desk.perform(setting(desk, timeout=5))
    desk.perform(setting(desk, timeout=-1))
    assert found(desk) is None
    assert desk.world.agenda.head is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"timeout": 5}, None),
        ({"timeout": 4}, Reason.PARAMETER_INVALID),
        ({"timeout": 0}, Reason.PARAMETER_INVALID),
        ({"timeout": -2}, Reason.PARAMETER_INVALID),
        ({"timeout": 86_400}, None),
        ({"timeout": 86_401}, Reason.PARAMETER_INVALID),
        ({"timeout": True}, Reason.PARAMETER_INVALID),
        ({"timeout": 5, "symbols": ",".join(f"S{number}" for number in range(51))}, Reason.PARAMETER_INVALID),
        ({"timeout": 5, "symbols": "BTC-DOGE"}, Reason.SYMBOL_UNKNOWN),
    ],
)
def test_bounds(fields: dict[str, Any], reason: Reason | None) -> None:
    """-1 and 5 to 86400 seconds pass, and up to 50 symbols that there are."""
    desk = SpotDesk()
    assert desk.perform(setting(desk, **fields)).word == (reason.name if reason else "OK")
