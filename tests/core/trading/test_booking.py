"""Orders in the books: the ids and the numbers of what they hold and of their fills, and how they end."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.desk import told
from support.spot_world import SpotDesk

from simulator.core.mint import Mint
from simulator.core.passing import PassTime, TimePassed
from simulator.core.trading.amounts import FillProblem
from simulator.core.trading.booking import FIRST_FILL, FIRST_TRADE, fill
from simulator.core.world import Draft, FillStep, OrderPlan, OrderStatus


def test_ids_count_the_moves() -> None:
    """Holds and fills are numbered from one, in the order in which they happen; trades in steps of two."""
    desk = SpotDesk()
    ids: list[str] = []
    at = desk.exchange.clock.now().business
    for size in ("0.1", "0.2"):
        desk.placed(type="market", price=None, size=size)
        mint = Mint(desk.world, at)
        ids += [mint.row_id(number) for number in range(len(ids) + 1, len(ids) + 3)]
    holds, fills = [*desk.world.everybody.order_holds], [*desk.world.everybody.fills]
    assert [holds[1].id, fills[1].id, holds[0].id, fills[0].id] == ids
    assert desk.world.moves_made == 4
    assert [row.number - FIRST_FILL for row in fills] == [2, 1]
    assert [row.trade_id - FIRST_TRADE for row in fills] == [4, 2]


def test_a_fill_that_cannot_be_paid() -> None:
    """A market buy is not filled at a price for which its hold and the account are too little."""
    desk = SpotDesk(OrderPlan(steps=(FillStep(after=1_000),)))
    order = desk.placed(type="market", price=None, size="1")
    wallet = desk.world.wallet("alice")
    desk.world = desk.world.put(wallet.changed("USDT", "trade", Decimal("-939938.999"), Decimal(0)))
    assert told(desk.trade("USDT").available) == (Decimal("0.9009"),)
    with pytest.raises(FillProblem) as caught:
        fill(Draft(desk.world), order, Decimal(1), Decimal(60_002), "taker", 0)
    assert str(caught.value) == "1.001 USDT are missing in trade: the price is worse than what was held"
    assert fill(Draft(desk.world), order, Decimal(1), Decimal(60_001), "taker", 0).status is OrderStatus.FILLED


def test_a_step_that_cannot_be_paid() -> None:
    """A plan that wants to fill an order beyond the money that is there has it canceled."""
    desk = SpotDesk(OrderPlan(steps=(FillStep(after=1_000, price=Decimal(66_000)),)))
    order = desk.placed(type="market", price=None, size="1")
    wallet = desk.world.wallet("alice")
    desk.world = desk.world.put(wallet.changed("USDT", "trade", Decimal("-939938.999"), Decimal(0)))
    desk.advance(1_000)
    assert desk.do(PassTime(), TimePassed).orders[0].status is OrderStatus.CANCELED
    assert told(desk.now_of(order).deal_size, desk.trade("USDT").holds) == (0, 0)


@pytest.mark.parametrize("seconds", [1, 2])
def test_nothing_is_due_for_an_order_that_has_ended(seconds: int) -> None:
    """An order that is canceled before its time leaves nothing on the agenda, also if that time is one second."""
    desk = SpotDesk()
    order = desk.placed(timeInForce="GTT", cancelAfter=seconds)
    assert desk.world.agenda.head is not None
    desk.perform(desk.canceling(order))
    assert desk.world.agenda.head is None
