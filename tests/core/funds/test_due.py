"""What is due: at the very instant and not a millisecond before, in its order, and what settles by itself."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.deposits_and_transfers import arrive, slow
from support.desk import START, Desk, payment

from simulator.core.choices import After
from simulator.core.funds.arrivals import FEE, DepositArrived, confirmations
from simulator.core.funds.settlement import STEPS, settles_by_itself
from simulator.core.passing import PassTime, TimePassed, overtaken
from simulator.core.world import Deposit, DepositStatus, Now, WithdrawalStatus

S = WithdrawalStatus


def confirmed(desk: Desk, deposit: Deposit) -> int:
    """How many confirmations it has now."""
    return confirmations(desk.world, desk.world.deposits[deposit.id], desk.exchange.clock.now())


def test_a_deposit_is_credited_at_its_instant() -> None:
    """With its last confirmation and not a millisecond before, and dated at that instant however late time passes."""
    for late in (0, 1, 10_000):
        desk = Desk(confirmation_time=1_000)
        slow(desk)
        deposit = desk.do(arrive(seen=1), DepositArrived).deposit
        before = desk.balance("alice")
        assert overtaken(desk.world)
        desk.advance(1_999)
        assert desk.do(PassTime(), TimePassed).credited == ()
        assert (desk.balance("alice"), confirmed(desk, deposit)) == (before, 2)
        desk.advance(1 + late)
        (credited,) = desk.do(PassTime(), TimePassed).credited
        assert (credited.status, credited.updated_at) == (DepositStatus.SUCCESS, START + 2_000)
        assert (desk.balance("alice"), desk.pot("outside")) == (before + 25, Decimal(-25))
        assert confirmed(desk, deposit) == 3
        assert not overtaken(desk.world)


@pytest.mark.parametrize(("seen", "at_once"), [(None, True), (3, True), (7, True), (2, False), (0, False)])
def test_what_is_credited_at_once(seen: int | None, at_once: bool) -> None:
    """A deposit with all that it needs is credited as it arrives; more confirmations than that count as that."""
    desk = Desk(confirmation_time=1_000)
    slow(desk)
    deposit = desk.do(arrive(seen=seen), DepositArrived).deposit
    assert (deposit.status is DepositStatus.SUCCESS) is at_once
    assert deposit.confirmed == (3 if seen is None else min(seen, 3))
    assert (deposit.created_at, deposit.updated_at, deposit.pre_confirms) == (START, START, 1)


@pytest.mark.parametrize(
    ("passed", "confirmed_by_then"), [(0, 1), (999, 1), (1_000, 2), (1_999, 2), (2_000, 3), (9_999, 3)]
)
def test_one_more_each_time(passed: int, confirmed_by_then: int) -> None:
    """A deposit gets a confirmation with each full `confirmation_time`, up to those that it needs."""
    desk = Desk(confirmation_time=1_000)
    slow(desk)
    deposit = desk.do(arrive(seen=1), DepositArrived).deposit
    now = Now(START + passed, START)
    assert confirmations(desk.world, deposit, now) == confirmed_by_then
    instantly = replace(desk.world, choices=replace(desk.world.choices, confirmation_time=0))
    assert confirmations(instantly, deposit, now) == min(3, 1 + passed)


def test_deposits_are_credited_soonest_first() -> None:
    """Whatever the order in which they came, and each at its own instant; those of one instant by their ids."""
    desk = Desk(confirmation_time=1_000)
    slow(desk)
    slowest, slower, soon, soon_too = (
        desk.do(arrive(amount, seen), DepositArrived).deposit.id
        for amount, seen in (("1", 0), ("2", 1), ("3", 2), ("4", 2))
    )
    desk.advance(3_000)
    credited = desk.do(PassTime(), TimePassed).credited
    assert [deposit.id for deposit in credited] == [*sorted((soon, soon_too)), slower, slowest]
    assert [deposit.updated_at - START for deposit in credited] == [1_000, 1_000, 2_000, 3_000]


def test_a_deposit_costs_nothing() -> None:
    """The whole amount is credited (s9)."""
    assert FEE == 0


def test_a_withdrawal_settles_at_its_instant() -> None:
    """With the last millisecond of its time, and dated then, however late time passes."""
    for late in (0, 1, 10_000):
        desk = Desk(settlement=After(5_000))
        withdrawal = desk.pay(desk.key("frank"), payment()).withdrawal
        assert (withdrawal.status, overtaken(desk.world)) == (S.PROCESSING, True)
        desk.advance(4_999)
        assert desk.do(PassTime(), TimePassed).settled == ()
        desk.advance(1 + late)
        (settled,) = desk.do(PassTime(), TimePassed).settled
        assert (settled.status, settled.updated_at) == (S.SUCCESS, START + 5_000)
        assert not overtaken(desk.world)


def test_steps_by_hand() -> None:
    """What can be done to a withdrawal in each state, and where it leads."""
    under_way = (S.PROCESSING, S.REVIEW, S.WALLET_PROCESSING)
    assert {
        "advance": {
            S.PROCESSING: S.WALLET_PROCESSING,
            S.REVIEW: S.WALLET_PROCESSING,
            S.WALLET_PROCESSING: S.SUCCESS,
        },
        "review": {S.PROCESSING: S.REVIEW},
        "approve": dict.fromkeys(under_way, S.SUCCESS),
        "fail": dict.fromkeys(under_way, S.FAILURE),
    } == STEPS


def test_what_settles_by_itself() -> None:
    """Whatever is under way and not under review."""
    desk = Desk(settlement="manual")
    withdrawal = desk.pay(desk.key("frank"), payment()).withdrawal
    by_itself = {status for status in S if settles_by_itself(replace(withdrawal, status=status))}
    assert by_itself == {S.PROCESSING, S.WALLET_PROCESSING}
