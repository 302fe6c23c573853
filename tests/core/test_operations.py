"""Which rows a command has changed: those of its own call, and of what time has let happen in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.deposits_and_transfers import arrive, slow
from support.desk import START, payment
from support.spot_world import SpotDesk

from simulator.core.choices import After
from simulator.core.funds.arrivals import DepositArrived
from simulator.core.funds.payouts import Withdrawn
from simulator.core.operations import perform
from simulator.core.passing import PassTime
from simulator.core.refusals import Reason
from simulator.core.spot.orders_read import GetHfOrder
from simulator.core.value import Command
from simulator.core.world import Now

EXPIRY = 5_000
"""When alice's order ends, ms after the start."""


def traded() -> tuple[SpotDesk, str, dict[str, Command]]:
    """A desk at which bob has just ordered, alice's order that ends by itself, and commands."""
    desk = SpotDesk()
    order = desk.placed(timeInForce="GTT", cancelAfter=EXPIRY // 1000)
    bob = desk.own_key("bob")
    path = f"/api/v1/hf/orders/{order.id}"
    signed = desk.trading.sign(method="GET", path=path, query="symbol=BTC-USDT", timestamp=desk.wall)
    commands = {"reads": GetHfOrder(signed, order.id, "BTC-USDT"), "changes": desk.order(), "passes": PassTime()}
    desk.placed(bob)
    return desk, order.id, commands


@pytest.mark.parametrize("within_call", [False, True])
@pytest.mark.parametrize("later", [EXPIRY - 1, EXPIRY])
@pytest.mark.parametrize("name", ["reads", "changes", "passes"])
def test_what_a_command_has_touched(name: str, later: int, *, within_call: bool) -> None:
    """Rows of the call before are listed only if a fault makes several commands of one call."""
    desk, order_id, commands = traded()
    before = desk.world
    after, _ = perform(before, commands[name], Now(START + later, START), within_call=within_call)
    expired = later == EXPIRY
    if name != "changes" and not expired:
        assert after == before
        assert after is before or within_call
        return
    touched = {*(after.touched or ())}
    assert (("orders", order_id) in touched) is expired
    assert (("traders", "bob") in touched) is within_call
    assert ("traders", "alice") in touched
    assert after.step == before.step + (name == "changes")


def a_payment(desk: SpotDesk) -> None:
    """A withdrawal that settles by itself."""
    desk.do(desk.withdrawal(desk.key("frank"), payment()), Withdrawn)


def a_deposit(desk: SpotDesk) -> None:
    """A deposit that is credited by itself."""
    slow(desk)
    desk.do(arrive("25", seen=0), DepositArrived)


def an_order(desk: SpotDesk) -> None:
    """An order that expires by itself."""
    desk.placed(timeInForce="GTT", cancelAfter=5)


@pytest.mark.parametrize("begin", [None, a_payment, a_deposit, an_order])
def test_a_refused_call_keeps_what_time_has_done(begin: Callable[[SpotDesk], None] | None) -> None:
    """A settlement, a credit, or an expiry that a refused call finds due has happened. Otherwise nothing has."""
    desk = SpotDesk(settlement=After(1_000))
    if begin:
        begin(desk)
    before = desk.world
    desk.advance(1_000_000)
    assert desk.reason(desk.order(size="100000")) is Reason.ORDER_BALANCE_INSUFFICIENT
    after = desk.world
    assert (after is before) is (begin is None)
    assert (len(after.unsettled.places), len(after.arriving), after.agenda.head) == (0, 0, None)
