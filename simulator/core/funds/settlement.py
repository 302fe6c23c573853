"""What happens to a withdrawal after it has been accepted (H52): held, then booked, or given back.

PROCESSING -> (REVIEW) -> WALLET_PROCESSING -> SUCCESS or FAILURE, at once, in time, as it is looked up, or by hand.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from simulator.core import money
from simulator.core.choices import After
from simulator.core.endpoint import Operation
from simulator.core.funds import balances
from simulator.core.value import Reply, Value
from simulator.core.world import Draft, Held, Now, Withdrawal, WithdrawalStatus, World

S = WithdrawalStatus
STEPS: Final = {
    "advance": {S.PROCESSING: S.WALLET_PROCESSING, S.REVIEW: S.WALLET_PROCESSING, S.WALLET_PROCESSING: S.SUCCESS},
    "review": {S.PROCESSING: S.REVIEW},
    "approve": dict.fromkeys((S.PROCESSING, S.REVIEW, S.WALLET_PROCESSING), S.SUCCESS),
    "fail": dict.fromkeys((S.PROCESSING, S.REVIEW, S.WALLET_PROCESSING), S.FAILURE),
}
"""What can be done to a withdrawal by hand, and where it leads from each state."""


class MoveWithdrawal(Value, frozen=True):
    """Do a step of a withdrawal by hand. `step` is a key of `STEPS`."""

    withdrawal_id: str
    step: str


class WithdrawalMoved(Reply, frozen=True):
    """The withdrawal in its new state; None = there is none of that id, or the step leads nowhere from its state."""

    withdrawal: Withdrawal | None


def accept(draft: Draft, withdrawal: Withdrawal, now: Now) -> Withdrawal:
    """Hold the money and note the withdrawal, then settle at once, later, or by hand [H52/hold] [H52/settlement]."""
    user, currency = withdrawal.user, withdrawal.payment.currency
    draft = balances.hold(draft, user, currency, withdrawal.debit)
    held = Held(withdrawal.id, user, withdrawal.created_at, currency)
    draft = draft.put(withdrawal, draft.statement(user).with_withdrawal(held))
    draft.everybody = draft.everybody.with_withdrawal(held)
    match draft.choices.settlement:
        case "immediate":
            return _settle(draft, withdrawal, success=True, at=now.business)
        case After():
            draft.unsettled = draft.unsettled.joined(withdrawal.id)
    return withdrawal


def settle(world: World, withdrawal: Withdrawal, *, success: bool, at: int) -> tuple[World, Withdrawal]:
    """Book the money: to the recipient and into the pot, or all of it back to the sender [H52/settle]."""
    draft = Draft(world)
    withdrawal = _settle(draft, withdrawal, success=success, at=at)
    return draft.done(), withdrawal


def _settle(draft: Draft, withdrawal: Withdrawal, *, success: bool, at: int) -> Withdrawal:
    user, currency = withdrawal.user, withdrawal.payment.currency
    if not success:
        withdrawal = replace(withdrawal, status=WithdrawalStatus.FAILURE, updated_at=at)
        draft.everybody = draft.everybody.with_failed(withdrawal)
        draft = balances.release(draft, user, currency, withdrawal.debit)
        draft.put(withdrawal, draft.statement(user).with_failed(withdrawal))
        return withdrawal
    withdrawal = replace(withdrawal, status=WithdrawalStatus.SUCCESS, updated_at=at)
    draft = balances.take(draft, user, currency, withdrawal.debit)
    draft.everybody = draft.everybody.with_paid(withdrawal)
    pot = draft.pot(currency)
    outside = pot.outside
    if withdrawal.recipient is None:
        outside = money.add(outside, withdrawal.payout)
    else:
        draft = balances.give(draft, withdrawal.recipient, currency, withdrawal.payout)
        draft = draft.put(draft.statement(withdrawal.recipient).with_received(withdrawal))
        draft.everybody = draft.everybody.with_received(withdrawal)
    service_fee = money.add(pot.service_fee, withdrawal.service_fee)
    network_fee = money.add(pot.network_fee, withdrawal.network_fee)
    pot = replace(pot, outside=outside, service_fee=service_fee, network_fee=network_fee)
    draft.put(pot, withdrawal, draft.statement(user).with_paid(withdrawal))
    return withdrawal


def settles_by_itself(withdrawal: Withdrawal) -> bool:
    """True if it is under way and needs no hand."""
    return withdrawal.status not in (S.REVIEW, S.SUCCESS, S.FAILURE)


def settles_at(withdrawal: Withdrawal, delay: After) -> int:
    """When it settles by the passing of time, ms of the business clock."""
    return withdrawal.created_at + delay.milliseconds


def settle_due(world: World, now: Now) -> tuple[World, tuple[Withdrawal, ...]]:
    """Settle every withdrawal whose time has come, each at its own instant, oldest first."""
    delay = world.choices.settlement
    settled: list[Withdrawal] = []
    if not isinstance(delay, After):
        return world, ()
    while world.unsettled:
        withdrawal = world.withdrawals[world.unsettled.head]
        due = settles_at(withdrawal, delay)
        if now.business < due:
            break
        world = replace(world, unsettled=world.unsettled.served())
        if settles_by_itself(withdrawal):
            world, withdrawal = settle(world, withdrawal, success=True, at=due)
            settled.append(withdrawal)
    return world, tuple(settled)


def move_withdrawal(world: World, command: MoveWithdrawal, now: Now) -> tuple[World, WithdrawalMoved]:
    """A step by hand, whatever the withdrawal's time. One under review waits for a hand from then on [H52/states]."""
    withdrawal = world.withdrawals.get(command.withdrawal_id)
    status = STEPS[command.step].get(withdrawal.status) if withdrawal else None
    if withdrawal is None or status is None:
        return world, WithdrawalMoved(withdrawal=None)
    world, withdrawal = move(world, withdrawal, status, now.business)
    return world, WithdrawalMoved(withdrawal=withdrawal)


def move(world: World, withdrawal: Withdrawal, status: WithdrawalStatus, at: int) -> tuple[World, Withdrawal]:
    """The withdrawal in another state; money moves with a final one. `at` is ms of the business clock."""
    if status.final:
        return settle(world, withdrawal, success=status is S.SUCCESS, at=at)
    withdrawal = replace(withdrawal, status=status, updated_at=at)
    return world.put(withdrawal), withdrawal


OPERATIONS: Final = (Operation(move_withdrawal, MoveWithdrawal, "H52"),)
"""What the control surface does to withdrawals."""
