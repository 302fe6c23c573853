"""A user who is deleted leaves no order behind: not in the book, in a list, in a pot or in what is due."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.broker_pro import earning, numbers
from support.deposits_and_transfers import total
from support.desk import told
from support.spot_reads import tagged
from support.spot_world import SpotDesk

from simulator.core.control.administration import DeleteClient, DeleteUser, PutUser
from simulator.core.funds.grants import opened
from simulator.core.funds.ledger import movements
from simulator.core.passing import PassTime
from simulator.core.world import Account, FillStep, OrderPlan
from simulator.scenario.given.amending import change_user
from simulator.scenario.text.nodes import ScenarioError
from simulator.state.consistency import problems
from simulator.state.decoding import imported
from simulator.state.encoding import exported


def test_nothing_of_them_is_left() -> None:
    """Orders, fills, holds, steps of plans and expiries go; money is conserved; the others' orders stay."""
    desk = SpotDesk(OrderPlan(client_oid="later", steps=(FillStep(after=1_000),)))
    desk.world = earning(desk.world, ())
    frank = desk.own_key("frank")
    other = desk.placed(frank)
    before = total(desk.world)
    desk.placed()
    desk.placed(clientOid="later")
    desk.placed(timeInForce="GTT", cancelAfter=1)
    tagged(desk, type="market", price=None, size="0.5")
    sold = desk.placed(side="sell", type="market", price=None)
    assert desk.world.pot("USDT").trading_fee
    assert len(numbers(desk)) == 1
    desk.perform(DeleteUser("alice"))
    world = desk.world
    assert total(world) == before
    assert [*world.orders] == [other.id]
    assert [*world.traders] == ["frank"]
    assert [*world.order_histories] == [("frank", "BTC-USDT")]
    assert world.agenda.head is None
    assert [*world.resting("BTC-USDT").levels(other.terms.side).prices] == [Decimal(50_000)]
    assert told(world.pot("USDT").trading_fee, world.pot("BTC").traded) == (0, 0)
    assert numbers(desk) == []
    assert not world.everybody.fills
    assert {row.of for row in movements(world, "frank") if row.kind == "order_hold"} == {other.id}
    assert sold.id not in {row.of for row in movements(world)}
    assert list(problems(desk.exchange.state())) == []
    desk.advance(10_000)
    desk.perform(PassTime())
    desk.price(bid="49999.9", ask="50000")
    assert desk.now_of(other).fills


def test_orders_of_a_client_that_is_deleted() -> None:
    """They go on, what fills them is in no client's book, and the world can be exported and imported."""
    desk = SpotDesk()
    desk.world = earning(desk.world, ())
    tagged(desk, type="market", price=None)
    tagged(desk, price="49000")
    [*_, resting] = sorted(desk.world.orders.values(), key=lambda order: order.number)
    desk.perform(DeleteClient(resting.client_id))
    desk.price("48000")
    assert not desk.now_of(resting).status.active
    world = imported(json.loads(b"".join(exported(desk.exchange.state())))["state"], desk.world.origins).world
    for books in (desk.world.broker_books, world.broker_books):
        assert not books
    assert list(problems(replace(desk.exchange.state(), world=world))) == []


def test_a_namesake_begins_anew() -> None:
    """A user who is put in the place of another has none of their orders, and may use their clientOids."""
    desk = SpotDesk()
    desk.placed(clientOid="mine")
    accounts = (Account("USDT", "trade", Decimal(1_000)),)
    desk.perform(PutUser(desk.world.users["alice"], accounts))
    assert not desk.world.orders
    assert desk.trade("USDT").holds == 0
    desk.trading = desk.own_key("alice")
    assert desk.placed(clientOid="mine").client_oid == "mine"


def test_money_by_hand_leaves_what_orders_hold() -> None:
    """A trading account can be set down to what active orders hold and no further; its rows still add up."""
    desk = SpotDesk()
    desk.world = opened(desk.world)
    desk.placed()
    with pytest.raises(ScenarioError) as caught:
        change_user(desk.world, desk.world.users["alice"], "{trade: {USDT: 50.04}}")
    assert "must not be less than 50.05, which active orders hold" in str(caught.value)
    desk.perform(change_user(desk.world, desk.world.users["alice"], "{trade: {USDT: 50.05}}"))
    account = desk.trade("USDT")
    assert told(account.balance, account.available) == (Decimal("50.05"), 0)
    rows = [row for row in movements(desk.world, "alice") if (row.currency, row.account) == ("USDT", "trade")]
    assert sum(row.balance for row in rows) == account.balance
    desk.price(bid="49999.9", ask="50000")
    assert desk.trade("USDT").balance == 0
