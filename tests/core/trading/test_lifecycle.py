"""What becomes of an order: by the set price, by hand, by a plan, by time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.desk import told
from support.spot_world import SpotDesk

from simulator.core.passing import MUCH, PassTime, TimePassed, much_due
from simulator.core.trading.lifecycle import FillProblem, end, fill
from simulator.core.trading.prices import PriceProblem
from simulator.core.world import Draft, EndStep, FillStep, Now, Order, OrderPlan, OrderStatus, Stp

S = OrderStatus
MARKET: dict[str, Any] = {"type": "market", "price": None, "size": None}


def shape(order: Order) -> tuple[str, str, str]:
    """Status, filled and canceled size."""
    return order.status.value, f"{order.deal_size.normalize():f}", f"{order.canceled_size.normalize():f}"


@pytest.mark.parametrize(
    ("fields", "status", "filled", "canceled"),
    [
        ({"price": "60000"}, "open", "0", "0"),
        ({"price": "60000.1"}, "filled", "0.001", "0"),
        ({"side": "sell", "price": "60000"}, "open", "0", "0"),
        ({"side": "sell", "price": "59999.9"}, "filled", "0.001", "0"),
        ({"price": "60000", "timeInForce": "IOC"}, "canceled", "0", "0.001"),
        ({"price": "60000.1", "timeInForce": "IOC"}, "filled", "0.001", "0"),
        ({"price": "60000", "timeInForce": "FOK"}, "canceled", "0", "0.001"),
        ({"price": "60000.1", "timeInForce": "FOK"}, "filled", "0.001", "0"),
        ({"price": "60000", "postOnly": True}, "open", "0", "0"),
        ({"price": "60000.1", "postOnly": True}, "canceled", "0", "0.001"),
        ({"price": "60000.1", "postOnly": True, "timeInForce": "IOC"}, "filled", "0.001", "0"),
        ({**MARKET, "size": "0.001"}, "filled", "0.001", "0"),
        ({**MARKET, "size": "0.001", "side": "sell"}, "filled", "0.001", "0"),
        ({**MARKET, "funds": "60"}, "filled", "0.00099999", "0"),
        ({**MARKET, "funds": "60", "side": "sell"}, "filled", "0.001", "0"),
    ],
)
def test_by_default(fields: dict[str, Any], status: str, filled: str, canceled: str) -> None:
    """What crosses the set price is filled at once; otherwise it rests, or ends if it cannot rest."""
    desk = SpotDesk()
    order = desk.placed(**fields)
    assert shape(order) == (status, filled, canceled)
    assert desk.trade("USDT").holds + desk.trade("BTC").holds == order.held
    if order.terms.funds is not None:
        assert order.deal_funds + order.canceled_funds == order.terms.funds


def test_a_better_price_gives_the_rest_back() -> None:
    """A buy above the ask pays the ask and the fee on top of it, and holds nothing more."""
    desk = SpotDesk()
    order = desk.placed(price="61000", size="1")
    assert (order.deal_funds, order.fee) == (Decimal("60000.1"), Decimal("60.0001"))
    account = desk.trade("USDT")
    assert told(account.balance, account.holds) == (Decimal(1000000) - Decimal("60060.1001"), 0)
    (row,) = order.fills
    assert (row.liquidity, row.released) == ("taker", Decimal(61_061))


def test_prices_fill_what_they_cross() -> None:
    """A price that comes to an order fills it whole, at its own price, as a maker, the best first, then the oldest."""
    desk = SpotDesk()
    orders = [desk.placed(price=price) for price in ("59000", "59500", "59000", "58000")]
    desk.price("59000")
    assert [desk.now_of(order).status for order in orders] == [S.OPEN, S.FILLED, S.OPEN, S.OPEN]
    desk.price(bid="58990", ask="59000")
    assert [desk.now_of(order).status for order in orders] == [S.FILLED, S.FILLED, S.FILLED, S.OPEN]
    fills = [*desk.world.order_history("alice", "BTC-USDT").fills]
    assert [row.order_id for row in reversed(fills)] == [orders[place].id for place in (1, 0, 2)]
    assert {row.liquidity for row in fills} == {"maker"}
    sells = [desk.placed(side="sell", price=price) for price in ("62000", "61000")]
    desk.price(bid="61000", ask="61000")
    assert [desk.now_of(order).status for order in sells] == [S.OPEN, S.FILLED]


@pytest.mark.parametrize(
    ("prices", "problem"),
    [
        ({"last": "60000.05"}, "last must be a multiple of 0.1"),
        ({"last": "0"}, "last must be more than zero"),
        ({"ask": "-60000.05"}, "ask must be more than zero"),
        ({"bid": "60000.2"}, "bid must not be above the ask, 60000.1"),
        ({"ask": "59999.8"}, "ask must not be below the bid, 59999.9"),
        ({"last": "100", "bid": "101", "ask": "100.9"}, "ask must not be below the bid, 101"),
    ],
)
def test_impossible_prices(prices: dict[str, str], problem: str) -> None:
    """Prices that do not fit are refused with the field and what it must be."""
    desk = SpotDesk()
    before = desk.world
    with pytest.raises(PriceProblem, match=problem):
        desk.price(**prices)
    assert desk.world is before


@pytest.mark.parametrize(
    ("fields", "size", "price", "liquidity", "problem"),
    [
        ({}, "0.00100001", "50000", "maker", "at most 0.001"),
        ({}, "0", "50000", "maker", "more than 0"),
        ({}, "0.000000001", "50000", "maker", "a multiple of 0.00000001"),
        ({}, "0.001", "50000.1", "maker", "not be worse than 50000"),
        ({"side": "sell", "price": "70000"}, "0.001", "69999.9", "maker", "not be worse than 70000"),
        ({}, "0.001", "0", "maker", "must be more than zero"),
        ({"postOnly": True}, "0.001", "50000", "taker", "never a taker"),
    ],
)
def test_impossible_fills(fields: dict[str, Any], size: str, price: str, liquidity: Any, problem: str) -> None:
    """Nothing fills above its size, beyond its price, or in a role that it cannot have; nothing has changed then."""
    desk = SpotDesk()
    order = desk.placed(**fields)
    draft = Draft(desk.world)
    with pytest.raises(FillProblem, match=problem):
        fill(draft, order, Decimal(size), Decimal(price), liquidity, 0)
    assert draft.done() == desk.world


def test_partly_filled_then_canceled() -> None:
    """Filled, remaining and canceled are the size at each moment, and each part frees its share of the hold."""
    desk = SpotDesk()
    order = desk.placed()
    draft = Draft(desk.world)
    order = fill(draft, order, Decimal("0.0004"), Decimal(49990), "maker", 1)
    assert (order.rest, order.held, order.status) == (Decimal("0.0006"), Decimal("30.03"), S.OPEN)
    order = end(draft, order, S.CANCELED, 2, Decimal("0.0001"))
    assert (order.rest, order.held, order.canceled_size) == (Decimal("0.0005"), Decimal("25.025"), Decimal("0.0001"))
    order = end(draft, order, S.CANCELED, 3)
    assert told(order.rest, order.held, shape(order)) == (0, 0, ("canceled", "0.0004", "0.0006"))
    desk.world = draft.done()
    assert desk.trade("USDT").balance == Decimal(1_000_000) - Decimal("19.996") - Decimal("0.019996")
    assert desk.trade("USDT").holds == 0
    with pytest.raises(FillProblem, match="canceled"):
        end(Draft(desk.world), order, S.CANCELED, 4)


PLAN = OrderPlan(
    client_oid="plan-*",
    steps=(
        FillStep(share=Decimal("0.4")),
        FillStep(5_000, share=Decimal("0.3"), price=Decimal(49_990)),
        EndStep(60_000),
    ),
)


def test_a_plan() -> None:
    """Each step comes at its own instant, at its own price, and no price fills the order besides."""
    desk = SpotDesk(PLAN)
    order = desk.placed(clientOid="plan-1")
    assert shape(order) == ("open", "0.0004", "0")
    desk.price("40000")
    assert shape(desk.now_of(order)) == ("open", "0.0004", "0")
    desk.advance(4_999)
    assert desk.do(PassTime(), TimePassed).orders == ()
    desk.advance(1)
    desk.do(PassTime(), TimePassed)
    assert shape(desk.now_of(order)) == ("open", "0.0007", "0")
    desk.advance(60_000)
    (changed,) = desk.do(PassTime(), TimePassed).orders
    assert shape(changed) == ("canceled", "0.0007", "0.0003")
    assert [row.price for row in changed.fills] == [49_990, 50_000]
    assert changed.updated_at - order.created_at == 65_000
    assert desk.world.agenda.head is None


@pytest.mark.parametrize(
    ("step", "fields", "expected"),
    [
        (FillStep(price=Decimal(70_000)), {}, ("filled", "0.001", "0")),
        (FillStep(size=Decimal(5)), {}, ("filled", "0.001", "0")),
        (FillStep(share=Decimal("0.5")), {"timeInForce": "IOC"}, ("canceled", "0.0005", "0.0005")),
        (FillStep(share=Decimal("0.5")), {"timeInForce": "FOK"}, ("canceled", "0", "0.001")),
        (EndStep(0, "reject"), {}, ("rejected", "0", "0.001")),
        (EndStep(0, "expire"), {}, ("expired", "0", "0.001")),
        (FillStep(share=Decimal("0.5")), {**MARKET, "size": "0.001"}, ("canceled", "0.0005", "0.0005")),
        (FillStep(share=Decimal("0.5")), {**MARKET, "funds": "60"}, ("canceled", "0.00049999", "0")),
    ],
)
def test_steps_stay_within_the_order(step: Any, fields: dict[str, Any], expected: tuple[str, str, str]) -> None:
    """A step fills at most what is left and at most at the order's price; what cannot rest ends with the plan."""
    desk = SpotDesk(OrderPlan(steps=(step,)))
    order = desk.placed(**fields)
    assert shape(order) == expected
    assert order.held == desk.trade("USDT").holds == 0
    assert all(row.price <= (order.terms.price or Decimal("66000.11")) for row in order.fills)


@pytest.mark.parametrize(("later", "status"), [(4_999, S.OPEN), (5_000, S.EXPIRED)])
def test_a_gtt_order_expires(later: int, status: OrderStatus) -> None:
    """It rests until the last ms of its seconds, and expires at the next; the money is free again."""
    desk = SpotDesk()
    order = desk.placed(timeInForce="GTT", cancelAfter=5)
    desk.advance(later)
    desk.perform(PassTime())
    assert desk.now_of(order).status is status
    assert bool(desk.trade("USDT").holds) is (status is S.OPEN)


def test_minus_one_never_expires() -> None:
    """A GTT order with -1 waits for nothing, and so does one that has ended before its time."""
    desk = SpotDesk()
    desk.placed(timeInForce="GTT", cancelAfter=-1)
    ended = desk.placed(timeInForce="GTT", cancelAfter=5)
    assert desk.world.agenda.head is not None
    desk.perform(desk.canceling(ended))
    assert desk.world.agenda.head is None


@pytest.mark.parametrize(
    ("stp", "size", "old", "new"),
    [
        (None, "1", ("open", "0", "0"), ("filled", "1", "0")),
        ("CN", "1", ("open", "0", "0"), ("canceled", "0", "1")),
        ("CO", "1", ("canceled", "0", "1"), ("filled", "1", "0")),
        ("CB", "1", ("canceled", "0", "1"), ("canceled", "0", "1")),
        ("DC", "1", ("canceled", "0", "1"), ("canceled", "0", "1")),
        ("DC", "0.4", ("open", "0", "0.4"), ("canceled", "0", "0.4")),
        ("DC", "1.5", ("canceled", "0", "1"), ("filled", "0.5", "1")),
    ],
)
def test_self_trades(stp: str | None, size: str, old: tuple[str, str, str], new: tuple[str, str, str]) -> None:
    """The choice of the order that comes counts; the other user's orders are never touched."""
    desk = SpotDesk()
    resting = desk.placed(side="sell", price="61000", size="1", stp=Stp.CB.value)
    others = desk.placed(desk.own_key("frank"), side="sell", price="61000", size="1")
    order = desk.placed(price="61000", size=size, stp=stp)
    assert shape(desk.now_of(resting)) == old
    assert shape(order) == new
    assert desk.now_of(others).status is S.OPEN


@pytest.mark.parametrize("funds", ["100", "77.7", "333.333"])
@pytest.mark.parametrize("sizes", [("0.00033",), ("0.00033", "0.00077"), ("0.00011", "0.00013", "0.00017")])
def test_self_trades_of_a_sell_by_funds(funds: str, sizes: tuple[str, ...]) -> None:
    """What is canceled of it frees no more than its share: the rest can be sold, and nothing stays held."""
    desk = SpotDesk(OrderPlan(client_oid="slow*", steps=(FillStep(5_000),)))
    for number, size in enumerate(sizes):
        desk.placed(clientOid=f"slow{number}", price=f"6000{number}.3", size=size)
    order = desk.placed(**MARKET, side="sell", funds=funds, stp="DC")
    assert not order.status.active
    assert order.deal_funds + order.canceled_funds == Decimal(funds)
    assert desk.trade("BTC").holds == 0


def test_a_part_of_a_sell_by_funds_is_canceled_by_hand() -> None:
    """The share of its hold has no finite number and is floored; the end gives all back."""
    desk = SpotDesk(OrderPlan(steps=(FillStep(5_000),)))
    order = desk.placed(**MARKET, side="sell", funds="100")
    held = order.held
    draft = Draft(desk.world)
    order = fill(draft, order, Decimal("0.00077"), Decimal("59999.9"), "taker", 1)
    order = end(draft, order, S.CANCELED, 2, Decimal(1))
    assert (held - Decimal("0.00077"), order.held) == (Decimal("0.00089666"), Decimal("0.00088"))
    end(draft, order, S.CANCELED, 3)
    desk.world = draft.done()
    assert desk.trade("BTC").holds == 0


def test_self_trades_that_are_not_reached() -> None:
    """Orders of the same side, and beyond the price, are no reason to prevent anything."""
    desk = SpotDesk()
    desk.placed(side="sell", price="61000.1")
    desk.placed(price="50000")
    assert desk.placed(price="61000", stp="CN").status is S.FILLED


@pytest.mark.parametrize(("count", "much"), [(MUCH, False), (MUCH + 1, True)])
def test_what_is_much(count: int, much: bool) -> None:
    """A hundred expiries are done in passing, and more are said to be much."""
    desk = SpotDesk()
    for number in range(count):
        desk.placed(timeInForce="GTT", cancelAfter=1, clientOid=f"g{number}")
    now = desk.exchange.clock.now()
    assert not much_due(desk.world, now)
    assert much_due(desk.world, Now(now.business + 1_000, now.wall)) is much
