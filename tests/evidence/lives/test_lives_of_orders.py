"""The life of an order: what its ids name, what became of it, what is still to come, and the money that it moved."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.desk import START
from support.spot_reads import tagged
from support.spot_world import SpotDesk

from simulator.core.control.events import EventKind
from simulator.core.passing import PassTime
from simulator.core.world import EndStep, FillStep, Order, OrderPlan
from simulator.evidence.journal import Journal
from simulator.evidence.lives.life import Life, life_of
from simulator.evidence.lives.things import Thing, distinct, search


def things(desk: SpotDesk, text: object) -> list[Thing]:
    return distinct(search(desk.world, Journal(), str(text)))


def life(desk: SpotDesk, thing: Thing) -> Life:
    return life_of(desk.world, desk.exchange.clock.now().business, thing)


@pytest.fixture
def desk() -> SpotDesk:
    """A plan fills a half at once and cancels the rest after a second."""
    return SpotDesk(OrderPlan(client_oid="half", steps=(FillStep(share=Decimal("0.5")), EndStep(after=1_000))))


def half(desk: SpotDesk) -> Order:
    return desk.now_of(tagged(desk, clientOid="half"))


def test_what_its_ids_name(desk: SpotDesk) -> None:
    """The order id and the clientOid name the order; the trade id and the number of a fill name the trade."""
    order = half(desk)
    [fill] = order.fills
    assert things(desk, order.id) == things(desk, "half") == [Thing("order", order.id)]
    assert things(desk, fill.trade_id) == [Thing("trade", str(fill.trade_id))]
    assert [thing.kind for thing in things(desk, fill.number)] == ["trade"]
    assert things(desk, "another") == []


def test_what_became_of_it(desk: SpotDesk) -> None:
    """Acceptance, hold, fill and end stand in order with their instants; what is due comes after them."""
    order = half(desk)
    alive = life(desk, Thing("order", order.id))
    assert [(event.kind, event.at) for event in alive.events] == [(EventKind.PLAN_STEP, START + 1_000)]
    desk.advance(1_000)
    desk.perform(PassTime())
    ended = life(desk, Thing("order", order.id))
    assert ended.events == ()
    assert [(moment.business - START, moment.text) for moment in ended.moments] == [
        (0, "accepted: limit buy of 0.001 BTC at 50000"),
        (0, "50.05 USDT held"),
        (0, "buy of 0.0005 BTC at 50000 as maker, fee 0.025 USDT"),
        (1_000, "25.025 USDT of the hold freed"),
        (1_000, "canceled"),
    ]


def test_the_money_that_it_moved(desk: SpotDesk) -> None:
    """The movements of an order add up to what the account has changed by; a fill has its formula."""
    order = half(desk)
    desk.advance(1_000)
    desk.perform(PassTime())
    movements = life(desk, Thing("order", order.id)).movements
    assert [row.kind for row in movements] == ["order_release", "trade_in", "trade_out", "order_hold"]
    assert sum(row.holds for row in movements) == 0
    assert sum(row.balance for row in movements if row.currency == "USDT") == Decimal("-25.025")
    assert [(part.kind, part.amount, part.steps[0].formula) for part in movements[2].parts] == [
        ("funds", Decimal(25), "50000 x 0.0005"),
        ("trading_fee", Decimal("0.025"), "25 x 0.001"),
    ]
    [fill] = desk.now_of(order).fills
    assert life(desk, Thing("trade", str(fill.trade_id))).movements == movements[1:3]


def test_what_it_has_to_do_with(desk: SpotDesk) -> None:
    """An order leads to its user, key, broker and trades; a trade and the user lead back to it."""
    order = half(desk)
    [fill] = order.fills
    trade = Thing("trade", str(fill.trade_id))
    assert life(desk, Thing("order", order.id)).related == (
        Thing("user", "alice"),
        Thing("api_key", order.api_key),
        Thing("client", "demo-broker"),
        trade,
    )
    assert life(desk, trade).related == (Thing("user", "alice"), Thing("order", order.id))
    assert Thing("order", order.id) in life(desk, Thing("user", "alice")).related
