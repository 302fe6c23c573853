"""Orders in an imported state: what follows from them is made again, and what contradicts itself is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.broker_pro import earning
from support.spot_reads import tagged
from support.spot_world import SpotDesk

from simulator.core.money import ZERO
from simulator.core.passing import PassTime
from simulator.core.world import (
    DeadManSwitch,
    Due,
    DueKind,
    Fill,
    FillStep,
    OrderHold,
    OrderPlan,
    OrderStatus,
    Stack,
    World,
)
from simulator.state.consistency import problems
from simulator.state.decoding import WrongError, imported
from simulator.state.encoding import exported

Change = Callable[[World], World]


@pytest.fixture(scope="module")
def desk() -> SpotDesk:
    """Orders of every kind: one rests, one is planned, one expires, one was filled, one canceled in part."""
    desk = SpotDesk(OrderPlan(client_oid="later", steps=(FillStep(share=Decimal("0.5")), FillStep(after=1_000))))
    desk.world = earning(desk.world, ())
    desk.placed(clientOid="rests")
    desk.placed(clientOid="later")
    desk.placed(timeInForce="GTT", cancelAfter=60)
    tagged(desk, clientOid="filled", type="market", price=None)
    desk.perform(desk.canceling(desk.placed(clientOid="canceled")))
    trader = desk.world.trader("alice")
    at = desk.exchange.clock.now().business + 5_000
    agenda = desk.world.agenda.having(Due(at, DueKind.DEAD_MAN_SWITCH, "alice"))
    switch = DeadManSwitch(5, (), at - 5_000, at)
    desk.world = replace(desk.world.put(replace(trader, dead_man_switch=switch)), agenda=agenda)
    return desk


def carried(desk: SpotDesk) -> World:
    """The world after it was exported and imported."""
    state = desk.exchange.state()
    return imported(json.loads(b"".join(exported(state)))["state"], state.world.origins).world


def test_what_follows_from_orders_is_made_again(desk: SpotDesk) -> None:
    """Indexes and the agenda are as they were, although an export has none of the indexes."""
    assert carried(desk) == replace(desk.world, touched=None)
    world = json.loads(b"".join(exported(desk.exchange.state())))["state"]["world"]
    assert not {"order_histories", "resting_orders", "everybody"} & world.keys()
    assert world["traders"][0].keys() == {"user", "dead_man_switch"}
    assert world["agenda"].keys() == {"entries", "made"}


def test_life_goes_on(desk: SpotDesk) -> None:
    """What was due happens in the imported world at its instant, and the price fills what rests."""
    here, there = SpotDesk(), SpotDesk()
    here.world, there.world = desk.world, carried(desk)
    for one in (here, there):
        one.advance(1_000)
        one.perform(PassTime())
        one.price(bid="49999.9", ask="50000")
        one.advance(10_000)
        one.perform(PassTime())
    assert replace(there.world, touched=None) == replace(here.world, touched=None)
    assert {order.status for order in there.world.orders.values()} == {OrderStatus.FILLED, OrderStatus.CANCELED}


def test_a_wait_of_minus_one_is_carried() -> None:
    """A GTT order that stays for ever has a number below 0, and no other field may have one."""
    desk = SpotDesk()
    desk.placed(timeInForce="GTT", cancelAfter=-1)
    assert carried(desk) == replace(desk.world, touched=None)
    data = json.loads(b"".join(exported(desk.exchange.state())))["state"]
    data["world"]["orders"][0]["number"] = -1
    with pytest.raises(WrongError):
        imported(data, desk.world.origins)


def test_makers_who_are_paid_are_carried() -> None:
    """The maker's rate of a high level is below zero, and so are the fees of its fills."""
    desk = SpotDesk()
    desk.world = desk.world.put(replace(desk.world.users["alice"], level=12))
    desk.placed()
    tagged(desk, clientOid="tagged", price="49000")
    desk.placed(price="40000")
    desk.price("48000")
    assert desk.world.pot("USDT").trading_fee < 0
    assert carried(desk) == replace(desk.world, touched=None)


def _order(name: str, **changes: Any) -> Change:
    return lambda world: world.put(replace(world.orders[world.trader("alice").client_oids[name]], **changes))


def _fill(**changes: Any) -> Change:
    def change(world: World) -> World:
        order = world.orders[world.trader("alice").client_oids["filled"]]
        [fill] = order.fills
        fills: Stack[Fill] = Stack()
        return world.put(replace(order, fills=fills.having(replace(fill, **changes), fill.at, fill.id)))

    return change


def _terms(name: str, **changes: Any) -> Change:
    def change(world: World) -> World:
        order = world.orders[world.trader("alice").client_oids[name]]
        return world.put(replace(order, terms=replace(order.terms, **changes)))

    return change


def _market(**changes: Any) -> Change:
    return lambda world: world.put(replace(world.markets["BTC-USDT"], **changes))


def _pot(**changes: Any) -> Change:
    return lambda world: world.put(replace(world.pot("USDT"), **changes))


def _poorer(world: World) -> World:
    """The order that rests has set aside nothing."""
    order = world.orders[world.trader("alice").client_oids["rests"]]
    statement, holds = world.statement("alice"), Stack[OrderHold]()
    for row in reversed([*statement.order_holds]):
        holds = holds.having(replace(row, amount=ZERO) if row.order_id == order.id else row, row.at, row.id)
    return world.put(replace(order, held=ZERO), replace(statement, order_holds=holds))


ONE = Decimal(1)
WRONG: dict[str, tuple[Change, str]] = {
    "an order of nobody": (_order("rests", user="nobody"), ".user"),
    "an unknown symbol": (_terms("rests", symbol="NO-USDT"), ".terms.symbol"),
    "size and funds": (_terms("rests", funds=ONE), ".terms"),
    "a limit order without a price": (_terms("rests", price=None), ".terms.price"),
    "filled more than its size": (_terms("filled", size=Decimal("0.0005")), ".status"),
    "filled without a fill": (_order("rests", status=OrderStatus.FILLED), ".status"),
    "active, and nothing remains": (_order("canceled", status=OrderStatus.OPEN), ".status"),
    "deal_size that no fill makes": (_order("filled", deal_size=ONE), ".deal_size"),
    "a fee that no fill makes": (_order("filled", fee=ONE), ".fee"),
    "held too much": (_order("rests", held=ONE), ".held"),
    "held less than it costs": (_poorer, "must be at least 50.05"),
    "held after the end": (_order("canceled", held=ONE), ".held"),
    "funds that are not price x size": (_fill(funds=ONE), ".fills.rows[0].funds"),
    "a fee that is not funds x rate": (_fill(fee=ONE), ".fills.rows[0].fee"),
    "a fill of another order": (_fill(order_id="x"), ".fills.rows[0]"),
    "a fill beyond the price": (lambda world: _terms("filled")(_limit(world)), ".fills.rows[0].price"),
    "a number twice": (_order("rests", number=2), "the number 2 is repeated"),
    "a clientOid of two active orders": (_order("rests", client_oid="later"), "later of alice is repeated"),
    "fees of nothing": (_pot(trading_fee=ONE), ".trading_fee"),
    "money of no trade": (_pot(traded=ONE), ".traded"),
    "a market without a symbol": (
        lambda world: replace(world, symbols=world.symbols.remove("ETH-USDT")),
        ".markets[ETH-USDT]",
    ),
    "a symbol without a market": (
        lambda world: replace(world, markets=world.markets.remove("ETH-USDT")),
        ".markets[ETH-USDT]",
    ),
    "a bid above the ask": (_market(bid=Decimal(10**6)), ".bid"),
    "a counter that is behind": (lambda world: replace(world, orders_made=1), ".orders_made"),
    "trades that are behind": (lambda world: replace(world, trades_made=0), ".trades_made"),
    "moves that are behind": (lambda world: replace(world, moves_made=1), ".moves_made"),
    "nothing is due": (lambda world: replace(world, agenda=type(world.agenda)()), "is missing"),
    "a step of an order that has ended": (
        lambda world: replace(world, agenda=world.agenda.having(Due(1, DueKind.ORDER_EXPIRY, "x"))),
        "nothing that it would change",
    ),
    "an expiry at another time": (
        lambda world: replace(world, agenda=world.agenda.having(Due(1, DueKind.DEAD_MAN_SWITCH, "alice"))),
        "must be due at",
    ),
}


def _limit(world: World) -> World:
    """The filled order as a limit order at a lower price."""
    order = world.orders[world.trader("alice").client_oids["filled"]]
    resting = world.orders[world.trader("alice").client_oids["rests"]]
    return world.put(replace(order, terms=replace(order.terms, type=resting.terms.type, price=ONE)))


def test_what_happened_adds_up(desk: SpotDesk) -> None:
    """A world that commands have led to has nothing wrong."""
    assert list(problems(desk.exchange.state())) == []


@pytest.mark.parametrize("wrong", WRONG)
def test_what_contradicts_itself_is_told(desk: SpotDesk, wrong: str) -> None:
    """One value that is not what the others make of it is a problem, with its place and a sentence."""
    change, place = WRONG[wrong]
    lines = [" ".join(problem) for problem in problems(replace(desk.exchange.state(), world=change(desk.world)))]
    assert any(place in line for line in lines), lines
