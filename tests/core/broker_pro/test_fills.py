"""What Broker Pro makes of the fills of orders, besides the trades that a scenario gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.broker_pro import OWN, TRADES, earning, follow, linked, numbers, periods, transactions, users
from support.desk import START
from support.spot_reads import tagged
from support.spot_world import BTC_USDT, SpotDesk

from simulator.core.broker_pro.commission import CommissionFound, GetCommission
from simulator.core.control.administration import DeleteUser
from simulator.core.spec import DAY
from simulator.core.trading.quotes import new_market

BUY: dict[str, Any] = {"type": "market", "price": None, "size": "0.001"}


@pytest.fixture
def desk() -> SpotDesk:
    """The demo broker has invited bob, and no trade is given."""
    desk = SpotDesk()
    desk.world = earning(desk.world, ())
    return desk


def test_a_tagged_fill_is_paid_for_exactly(desk: SpotDesk) -> None:
    """Volume and fee are the fill's own, and the commission is a part of the fee, to the last digit."""
    order = desk.now_of(tagged(desk, **BUY))
    [fill] = order.fills
    [row] = transactions(desk)
    assert (row.trade.number, row.trade.at, row.trade.currency) == (fill.number, START, "USDT")
    assert (row.trade.volume, row.trade.fee) == (Decimal("60.0001"), Decimal("0.0600001"))
    assert (row.trade.tagged, row.tag, row.user.name) == (True, "DEMOPARTNER", "alice")
    assert row.commission == Decimal("0.02400004")
    [period] = periods(desk)
    [earned] = [user.earned for user in users(desk) if user.user.name == "alice"]
    assert period.earned == earned
    assert (earned.tagged.spot, earned.commission) == (fill.funds, row.commission)


def test_whose_fills_count(desk: SpotDesk) -> None:
    """Tagged ones of anybody; those without a tag only of users whom the broker has invited."""
    bob = desk.own_key("bob")
    desk.placed(**BUY)
    counted = [desk.placed(bob, **BUY), tagged(desk, **BUY), tagged(desk, bob, **BUY)]
    fills = [fill for order in counted for fill in desk.now_of(order).fills]
    assert numbers(desk) == [fill.number for fill in reversed(fills)]
    assert [row.trade.tagged for row in transactions(desk)] == [True, True, False]


def test_a_fill_counts_when_it_happens(desk: SpotDesk) -> None:
    """An order that rests earns nothing; what is canceled of it earns nothing either."""
    order = tagged(desk)
    assert numbers(desk) == []
    desk.price(bid="49999.9", ask="50000")
    assert numbers(desk) == [fill.number for fill in desk.now_of(order).fills]


def test_given_trades_and_fills_page_by_page(desk: SpotDesk) -> None:
    """Both stand in one list by their time, and `lastId` leads through it in both directions."""
    desk.world = earning(desk.world, TRADES)
    desk.placed(desk.own_key("bob"), **BUY)
    desk.advance(2 * DAY)
    desk.wall += 2 * DAY
    tagged(desk, **BUY)
    everything = numbers(desk)
    assert len(everything) == 7
    assert [number < 10 for number in everything] == [False, True, False, True, True, True, True]
    pages = [numbers(desk, pageSize=3)]
    while pages[-1]:
        pages.append(numbers(desk, pageSize=3, lastId=pages[-1][-1]))
    assert [number for page in pages for number in page] == everything
    assert numbers(desk, pageSize=3, lastId=everything[4], direction="PRE") == everything[1:4]
    assert numbers(desk, lastId=999) == everything[1:]


def test_the_file_has_them(desk: SpotDesk) -> None:
    """The rebate file lists the fills of its days."""
    order = desk.now_of(tagged(desk, **BUY))
    assert follow(desk, linked(desk)) == [fill.number for fill in order.fills]
    assert follow(desk, linked(desk, tradeType="FUTURE")) == []
    assert follow(desk, linked(desk, end="20260531")) == []


def test_other_quote_currencies_are_left_out_and_named(desk: SpotDesk) -> None:
    """Broker Pro counts in USDT and USDC: a note in the journal names the others."""
    eth_btc = replace(BTC_USDT, symbol="ETH-BTC", base="ETH", quote="BTC", price_increment=Decimal("0.001"))
    desk.world = desk.world.put(eth_btc, new_market(eth_btc, Decimal("0.05")))
    tagged(desk, symbol="ETH-BTC", **{**BUY, "size": "2"})
    reply = desk.do(GetCommission(OWN.sign(method="GET", path="/x"), {}), CommissionFound)
    assert reply.periods.items == ()
    assert reply.notes == ("fills in BTC are left out: Broker Pro counts in USDT and USDC (H124)",)


def test_fills_of_other_brokers_are_not_read(desk: SpotDesk) -> None:
    """What a broker's report looks at does not grow with the fills of others."""
    tagged(desk, **BUY)
    book = desk.world.broker_book("demo-broker")
    for _ in range(3):
        desk.placed(**BUY)
    assert desk.world.broker_book("demo-broker") is book
    assert len(book.fills) == 1


def test_a_user_takes_their_fills_along(desk: SpotDesk) -> None:
    """The fills of the others stay in their order, also those of one instant, and a new one comes on top."""
    keys = [desk.own_key(user) for user in ("bob", "frank")]
    for key in (*keys, desk.trading) * 2:
        tagged(desk, key, **BUY)
    before = numbers(desk)
    desk.perform(DeleteUser("alice"))
    left = numbers(desk)
    assert left == [number for place, number in enumerate(before) if place % 3]
    book = desk.world.broker_book("demo-broker")
    assert [fill.number for fill in book.fills] == left
    assert (book.fills.at, book.fills.id, book.fills.ordered) == (START, next(iter(book.fills)).id, True)
