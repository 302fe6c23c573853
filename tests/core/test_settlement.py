"""H52: money is held at acceptance, booked on success, given back on failure."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support import START, Desk, by_account, payment

from simulator.core.choices import After
from simulator.core.refusals import Reason
from simulator.core.settlement import PassTime, SettleWithdrawal, TimePassed, WithdrawalSettled
from simulator.core.spec import MINUTE
from simulator.core.withdrawals import Withdrawn
from simulator.core.world import Withdrawal, WithdrawalStatus

LATER = After(10 * MINUTE)


def opened(desk: Desk, **changes: object) -> Withdrawal:
    return desk.do(desk.withdrawal(desk.key("frank"), payment(**changes)), Withdrawn).withdrawal


def money(desk: Desk) -> tuple[int, ...]:
    """Frank's balance and holds, and the three pots: whole numbers in these tests."""
    pots = (desk.pot("outside"), desk.pot("service_fee"), desk.pot("network_fee"))
    amounts = (desk.balance("frank"), desk.holds("frank"), *pots)
    assert all(amount == int(amount) for amount in amounts)
    return tuple(int(amount) for amount in amounts)


@pytest.mark.parametrize("settlement", ["manual", LATER])
def test_acceptance_holds_the_money(settlement: object) -> None:
    """At acceptance amount and fees are held and nothing is booked; what is held cannot be spent."""
    desk = Desk(settlement=settlement)
    withdrawal = opened(desk, amount="30000")
    assert withdrawal.status is WithdrawalStatus.PROCESSING
    assert money(desk) == (50_000, 30_031, 0, 0, 0)
    again = desk.withdrawal(desk.key("frank"), payment(amount="19970"))
    assert desk.reason(again) is Reason.BALANCE_INSUFFICIENT


def test_immediate() -> None:
    """By default a withdrawal is booked at once: the payout outside, each fee in its pot."""
    desk = Desk()
    assert opened(desk).status is WithdrawalStatus.SUCCESS
    assert money(desk) == (49_889, 0, 100, 10, 1)


def test_after_a_time() -> None:
    """With `after: 10m` it is booked at ten minutes and not a tick sooner, dated at that very tick."""
    desk = Desk(settlement=LATER)
    withdrawal = opened(desk)
    desk.advance(10 * MINUTE - 1)
    assert desk.do(PassTime(), TimePassed).settled == ()
    assert money(desk) == (50_000, 111, 0, 0, 0)
    desk.advance(1_000_000)
    (settled,) = desk.do(PassTime(), TimePassed).settled
    assert (settled.id, settled.status) == (withdrawal.id, WithdrawalStatus.SUCCESS)
    assert settled.updated_at == START + 10 * MINUTE
    assert money(desk) == (49_889, 0, 100, 10, 1)
    assert desk.do(PassTime(), TimePassed).settled == ()


def test_due_settlements_come_before_any_call() -> None:
    """Whatever is called, even if refused, finds what was due by then settled, oldest first."""
    desk = Desk(settlement=LATER)
    ids = [opened(desk).id for _ in range(2)]
    desk.advance(MINUTE)
    ids.append(opened(desk).id)
    desk.advance(9 * MINUTE)
    key = desk.key("bob")
    assert money(desk)[1] == 111
    desk.advance(MINUTE)
    assert desk.reason(desk.withdrawal(key, payment())) is Reason.MORE_FACTORS_NEEDED
    assert money(desk) == (50_000 - 333, 0, 300, 30, 3)
    assert [desk.world.withdrawals[each].updated_at for each in ids] == [
        START + 10 * MINUTE,
        START + 10 * MINUTE,
        START + 11 * MINUTE,
    ]
    assert len(desk.world.unsettled) == 0


@pytest.mark.parametrize("settlement", ["manual", LATER])
@pytest.mark.parametrize("success", [True, False])
def test_by_hand(settlement: object, success: bool) -> None:
    """By hand a withdrawal ends once: booked, or all of it given back; time does not touch it again."""
    desk = Desk(settlement=settlement)
    withdrawal = opened(desk)
    desk.advance(MINUTE)
    settled = desk.do(SettleWithdrawal(withdrawal.id, success), WithdrawalSettled).withdrawal
    assert settled is not None
    assert settled.status is (WithdrawalStatus.SUCCESS if success else WithdrawalStatus.FAILURE)
    assert settled.updated_at == START + MINUTE
    after = (49_889, 0, 100, 10, 1) if success else (50_000, 0, 0, 0, 0)
    assert money(desk) == after
    assert desk.do(SettleWithdrawal(withdrawal.id, not success), WithdrawalSettled).withdrawal is None
    desk.advance(20 * MINUTE)
    desk.do(PassTime(), TimePassed)
    assert money(desk) == after


def test_manual_never_settles_by_itself() -> None:
    """With `manual` no time settles anything; an unknown id settles nothing."""
    desk = Desk(settlement="manual")
    opened(desk)
    desk.advance(1_000 * MINUTE)
    assert desk.do(PassTime(), TimePassed).settled == ()
    assert desk.do(SettleWithdrawal("0" * 24, success=True), WithdrawalSettled).withdrawal is None
    assert money(desk) == (50_000, 111, 0, 0, 0)


@pytest.mark.parametrize("success", [True, False])
def test_recipient_is_credited_on_success_only(success: bool) -> None:
    """A user who is paid gets the money when it is booked, and nothing on failure (H47)."""
    desk = Desk(settlement="manual")
    command = desk.withdrawal(desk.key("frank"), by_account("UID", "200000002"))
    withdrawal = desk.do(command, Withdrawn).withdrawal
    assert desk.balance("bob") == 1_000
    desk.do(SettleWithdrawal(withdrawal.id, success), WithdrawalSettled)
    assert desk.balance("bob") == (1_100 if success else 1_000)


def test_statuses() -> None:
    """The states are KuCoin's five; two of them are final."""
    assert [each.name for each in WithdrawalStatus] == [
        *("PROCESSING", "REVIEW", "WALLET_PROCESSING", "SUCCESS", "FAILURE")
    ]
    assert [each.name for each in WithdrawalStatus if each.final] == ["SUCCESS", "FAILURE"]


def test_settlement_switched_while_running() -> None:
    """Withdrawals that waited for a time wait for a hand once the switch says `manual`, and for time again after it."""
    desk = Desk(settlement=LATER)
    opened(desk)
    choices = desk.world.choices
    desk.world = desk.world.put(choices=replace(choices, settlement="manual"))
    desk.advance(20 * MINUTE)
    assert desk.do(PassTime(), TimePassed).settled == ()
    desk.world = desk.world.put(choices=choices)
    assert len(desk.do(PassTime(), TimePassed).settled) == 1


def test_a_wrong_code_and_a_due_settlement_both_count() -> None:
    """A refused call keeps what time has settled by then and the attempt that it has used up."""
    desk = Desk(settlement=LATER)
    withdrawal = opened(desk)
    desk.advance(5 * MINUTE)
    key = desk.key("carol")
    challenge = desk.challenge(key)
    desk.advance(5 * MINUTE)
    assert desk.reason(desk.answer(key, payment(), challenge, SMS="wrong")) is Reason.FACTOR_WRONG
    assert desk.world.withdrawals[withdrawal.id].status is WithdrawalStatus.SUCCESS
    assert desk.world.transactions[challenge.transaction_id].wrong_answers == 1
