"""The ledger: what withdrawals moved, step by step, in the very numbers that were charged."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.demo_world import CURRENCIES
from support.deposits_and_transfers import arrive, move, slow
from support.desk import Desk, by_account, payment
from support.hypothesis_settings import STEADY
from support.spot_world import SpotDesk

from simulator.core.choices import DEFAULTS, After
from simulator.core.control.administration import ChangeUser, DeleteUser
from simulator.core.control.orders import FillOrder, OrderMoved
from simulator.core.funds.fees import explain, service_fee
from simulator.core.funds.ledger import (
    Movement,
    movement,
    movements,
    of_deposit,
    of_fill,
    of_order,
    of_transfer,
    of_withdrawal,
    order_of,
)
from simulator.core.funds.settlement import MoveWithdrawal
from simulator.core.money import plain
from simulator.core.passing import PassTime
from simulator.core.world import Account, FeeTerms, FillStep, World

USDT = CURRENCIES[0]
AMOUNTS = st.decimals("0.00000001", "10000000", places=8)
PRICES = st.decimals("0.00000001", "1000000", places=8)


@settings(STEADY)
@given(amount=AMOUNTS, price=PRICES, precision=st.integers(0, 18), up=st.booleans())
def test_the_steps_lead_to_the_fee_that_is_charged(amount: Decimal, price: Decimal, precision: int, up: bool) -> None:
    """The last step is the service fee, and each step follows from the one before as its formula says."""
    rounding = "up" if up else "half_even"
    currency = replace(USDT, price_usdt=price, precision=precision)
    steps = explain(amount, FeeTerms(price, precision, rounding))
    charged = service_fee(amount, currency, replace(DEFAULTS, fee_rounding="up" if up else "half_even"))
    assert steps[-1].result == charged
    tenth, worth, *bound, _ = steps
    assert Fraction(tenth.result) == Fraction(amount) / 10
    assert Fraction(worth.result) == Fraction(tenth.result) * Fraction(price)
    exact = Fraction(tenth.result)
    if worth.result < 1:
        exact = 1 / Fraction(price)
        assert bound[0].formula.startswith("less than 1 USDT, so 1 USDT / ")
    elif worth.result > 30:
        exact = 30 / Fraction(price)
        assert bound[0].formula.startswith("more than 30 USDT, so 30 USDT / ")
    else:
        assert bound == []
    unit = Fraction(1, 10**precision)
    below = exact // unit * unit
    assert Fraction(charged) in ((exact if below == exact else below + unit,) if up else (below, below + unit))


@pytest.mark.parametrize(
    ("amount", "price", "formulas"),
    [
        ("100", "1", ["100 x 10 %", "worth in USDT: 10 x 1", "rounded up to 6 decimal places"]),
        (
            "0.5",
            "2",
            [
                "0.5 x 10 %",
                "worth in USDT: 0.05 x 2",
                "less than 1 USDT, so 1 USDT / 2",
                "rounded up to 6 decimal places",
            ],
        ),
    ],
)
def test_steps_are_written_as_a_person_would(amount: str, price: str, formulas: list[str]) -> None:
    """Plain numbers and signs, nothing that must be looked up."""
    assert [step.formula for step in explain(Decimal(amount), FeeTerms(Decimal(price), 6, "up"))] == formulas


def test_a_payment_inside_is_a_hold_a_debit_and_a_credit() -> None:
    """The sender's debit is made of payout and service fee; the payout is the recipient's credit; newest first."""
    desk = Desk(settlement=After(600_000))
    paid = desk.pay(desk.key("frank"), by_account("UID", "200000002", amount="50")).withdrawal
    desk.advance(600_000)
    desk.perform(PassTime())
    found = movements(desk.world)
    assert [
        (each.kind, each.user, str(each.balance), str(each.holds), each.at - paid.created_at) for each in found
    ] == [
        ("credit", "bob", "50", "0", 600_000),
        ("debit", "frank", "-55.000000", "-55.000000", 600_000),
        ("hold", "frank", "0", "55.000000", 0),
    ]
    parts = [(part.kind, part.to, str(part.amount), part.steps[-1].formula) for part in found[1].parts]
    assert parts == [
        ("payout", "bob", "50", "50, the fees come on top"),
        ("service_fee", "service_fee", "5.000000", "rounded up to 6 decimal places"),
        ("network_fee", "network_fee", "0", "stays inside: none"),
    ]
    assert [each.user for each in movements(desk.world, "bob")] == ["bob"]


def test_a_failure_gives_back_what_was_held() -> None:
    """Hold and refund cancel each other, fees that came out of the amount included."""
    desk = Desk(settlement="manual")
    paid = desk.pay(desk.key("frank"), payment(feeDeductType="INTERNAL")).withdrawal
    [hold] = movements(desk.world)
    assert hold.parts[0].steps[0].formula == "100 - 11 of fees"
    assert hold.parts[2].steps[0].formula == "withdrawal_min_fee of trx"
    desk.advance(5)
    desk.perform(MoveWithdrawal(paid.id, "fail"))
    refund, held = movements(desk.world)
    assert (refund.kind, refund.at) == ("refund", held.at + 5)
    assert (refund.balance, refund.holds) == (Decimal(0), -held.holds)


def test_a_price_that_changes_changes_no_past_fee() -> None:
    """The steps are those of the day: price, precision and rounding stand in the withdrawal."""
    desk = Desk()
    paid = desk.pay(desk.key("frank"), payment(amount="20")).withdrawal
    desk.world = desk.world.put(replace(USDT, price_usdt=Decimal(7), precision=0))
    debit = movements(desk.world)[0]
    assert debit.parts[1].steps[-1].result == paid.service_fee == Decimal(2)


def _caused(world: World, cause: str) -> list[Movement]:
    """The movements of everybody that have this cause."""
    return [row for row in movements(world) if row.of == cause]


def test_the_movements_of_one_withdrawal() -> None:
    """They are the rows of its ledger, newest first: while it is under way, paid outside or inside, or failed."""
    desk = Desk(settlement="manual")
    key = desk.key("frank")
    inside = by_account("UID", "200000002", amount="50")
    for fields, step, kinds in (
        (payment(), "", ["hold"]),
        (payment(), "approve", ["debit", "hold"]),
        (inside, "approve", ["credit", "debit", "hold"]),
        (inside, "fail", ["refund", "hold"]),
    ):
        paid = desk.pay(key, fields).withdrawal
        desk.advance(5)
        if step:
            desk.perform(MoveWithdrawal(paid.id, step))
        rows = of_withdrawal(desk.world, desk.world.withdrawals[paid.id])
        assert [row.kind for row in rows] == kinds
        assert rows == _caused(desk.world, paid.id)


def test_the_movement_of_one_deposit() -> None:
    """There is none while it waits for confirmations, then one that credits it."""
    desk = Desk()
    slow(desk)
    desk.perform(arrive("7", 0))
    desk.perform(arrive("8", 0))
    waiting = [*desk.world.deposits.values()]
    assert [of_deposit(desk.world, deposit) for deposit in waiting] == [[], []]
    desk.advance(600_000)
    desk.perform(PassTime())
    for deposit in desk.world.deposits.values():
        [row] = rows = of_deposit(desk.world, deposit)
        assert (row.kind, row.balance, row.tx_id) == ("deposit", deposit.amount, deposit.wallet_tx_id)
        assert rows == _caused(desk.world, deposit.id)


def test_the_movements_of_one_transfer() -> None:
    """It comes into one account and goes out of the other, and that is all."""
    desk = Desk()
    key = desk.own_key("frank")
    desk.perform(move(key))
    desk.perform(move(key, clientOid="oid-2", amount="7"))
    for transfer in desk.world.transfers.values():
        rows = of_transfer(desk.world, transfer)
        assert [(row.kind, row.account, row.balance) for row in rows] == [
            ("transfer_in", "trade", transfer.amount),
            ("transfer_out", "main", -transfer.amount),
        ]
        assert rows == _caused(desk.world, transfer.id)


def test_the_movements_of_one_order_and_of_its_fills() -> None:
    """They are the rows of its ledger, whatever other orders do meanwhile; at most so many fills as are asked for."""
    desk = SpotDesk()
    desk.placed()
    order = desk.placed(price="59000")
    other = desk.placed(desk.own_key("frank"), price="59000")
    desk.placed(side="sell", price="61000")
    desk.advance(1)
    for size in ("0.0002", "0.0003"):
        desk.do(FillOrder(order.id, FillStep(size=Decimal(size))), OrderMoved)
        desk.advance(1)
    desk.do(FillOrder(other.id, FillStep()), OrderMoved)
    desk.perform(desk.canceling(order))
    order, other = desk.now_of(order), desk.now_of(other)
    rows = of_order(desk.world, order)
    halves = ["trade_in", "trade_out"]
    assert [row.kind for row in rows] == ["order_release", *halves, *halves, "order_hold"]
    assert rows == _caused(desk.world, order.id)
    assert of_order(desk.world, other) == _caused(desk.world, other.id)
    assert [row.kind for row in of_order(desk.world, order, 1)] == ["order_release", *halves, "order_hold"]
    for fill in order.fills:
        rows = of_fill(desk.world, fill)
        assert [row.kind for row in rows] == halves
        assert rows == [row for row in movements(desk.world) if row.fill == fill]


def test_the_parts_of_a_fill() -> None:
    """The half in the quote currency is made of funds and fee, which a buy pays and a sell is paid without."""
    desk = SpotDesk()
    for side, kind, amount in (("buy", "trade_out", "-120.1202002"), ("sell", "trade_in", "119.8798002")):
        order = desk.placed(side=side, type="market", price=None, size="0.002")
        [half] = [row for row in of_order(desk.world, order) if row.parts]
        price = "60000.1" if side == "buy" else "59999.9"
        funds, fee = Decimal(price) * Decimal("0.002"), Decimal(price) * Decimal("0.000002")
        assert (half.kind, half.currency, half.balance) == (kind, "USDT", Decimal(amount))
        assert [(part.kind, part.to, part.amount, part.steps[0].formula) for part in half.parts] == [
            ("funds", "market", funds, f"{price} x 0.002"),
            ("trading_fee", "trading_fee", fee, f"{plain(funds)} x 0.001"),
        ]
    [fill] = order.fills
    brief = [movement(desk.world, order_of(kind)(fill), fill).parts for kind in ("trade_out", "trade_in")]
    assert brief == [(), ()]


def test_holds_of_less_than_one() -> None:
    """What an order sets aside is a hold, and what it gives back is a release, however little either is."""
    desk = SpotDesk()
    order = desk.placed(side="sell", price="61000", size="0.5")
    desk.perform(desk.canceling(order))
    rows = [(row.kind, row.holds) for row in of_order(desk.world, order)]
    assert rows == [("order_release", Decimal("-0.5")), ("order_hold", Decimal("0.5"))]
    coarse = replace(desk.world.symbols["BTC-USDT"], base_increment=Decimal(1))
    desk.world = desk.world.put(coarse)
    order = desk.placed(side="sell", type="market", price=None, size=None, funds="100")
    assert [(row.kind, row.holds) for row in of_order(desk.world, order)] == [("order_hold", Decimal(0))]


def test_who_is_gone_has_left_movements_behind() -> None:
    """A user who was deleted is still known for payouts, and for nobody else's."""
    desk = Desk()
    for user in ("frank", "alice"):
        desk.pay(desk.key(user), payment(amount="20"))
    desk.perform(DeleteUser("frank"))
    for user in ("frank", "alice"):
        rows = movements(desk.world, user)
        assert [(row.user, row.kind) for row in rows] == [(user, "debit"), (user, "hold")]
        assert rows[0].parts[0].to == "outside"
        assert (rows[0].tx_id != "", rows[1].tx_id) == (True, "")


def test_a_gift_came_by_no_chain() -> None:
    """Money that a hand gave has no transaction."""
    desk = Desk()
    desk.perform(ChangeUser(desk.world.users["bob"], (Account("USDT", "main", Decimal(5000)),)))
    [row] = movements(desk.world, "bob")
    assert (row.kind, row.tx_id) == ("given", "")
