"""The ledger: what withdrawals moved, step by step, in the very numbers that were charged."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.demo_world import CURRENCIES
from support.desk import Desk, by_account, payment
from support.hypothesis_settings import STEADY

from simulator.core.choices import DEFAULTS, After
from simulator.core.funds.fees import explain, service_fee
from simulator.core.funds.ledger import movements
from simulator.core.funds.settlement import MoveWithdrawal
from simulator.core.passing import PassTime
from simulator.core.world import FeeTerms

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
