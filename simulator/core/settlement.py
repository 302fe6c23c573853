"""What happens to a withdrawal after it has been accepted (H52): held, then booked, or given back.

PROCESSING -> SUCCESS or FAILURE. KuCoin's list has two more states on the way, which nothing enters yet.
"""

from __future__ import annotations

from msgspec.structs import replace

from simulator.core import accounts
from simulator.core.choices import After
from simulator.core.replies import Reply
from simulator.core.value import Value
from simulator.core.world import Now, Withdrawal, WithdrawalStatus, World


class PassTime(Value, frozen=True):
    """Let happen what is due by now."""


class TimePassed(Reply, frozen=True):
    """The withdrawals that settled, oldest first."""

    settled: tuple[Withdrawal, ...]


class SettleWithdrawal(Value, frozen=True):
    """End a withdrawal by hand."""

    withdrawal_id: str
    success: bool


class WithdrawalSettled(Reply, frozen=True):
    """The withdrawal in its new state; None = there is no such withdrawal, or it is over."""

    withdrawal: Withdrawal | None


def accept(world: World, withdrawal: Withdrawal, now: Now) -> tuple[World, Withdrawal]:
    """Hold the money and note the withdrawal, then settle at once, later, or when told [H52/hold] [H52/settlement]."""
    world = accounts.hold(world, withdrawal.user, withdrawal.payment.currency, withdrawal.debit).put(withdrawal)
    match world.choices.settlement:
        case "immediate":
            return settle(world, withdrawal, success=True, at=now.business)
        case After():
            world = replace(world, unsettled=world.unsettled.joined(withdrawal.id))
    return world, withdrawal


def settle(world: World, withdrawal: Withdrawal, *, success: bool, at: int) -> tuple[World, Withdrawal]:
    """Book the money: to the recipient and into the pots, or all of it back to the sender [H52/settle]."""
    user, currency = withdrawal.user, withdrawal.payment.currency
    if not success:
        withdrawal = replace(withdrawal, status=WithdrawalStatus.FAILURE, updated_at=at)
        return accounts.release(world, user, currency, withdrawal.debit).put(withdrawal), withdrawal
    world = accounts.take(world, user, currency, withdrawal.debit)
    pots = {"service_fee": withdrawal.service_fee, "network_fee": withdrawal.network_fee}
    if withdrawal.recipient is None:
        pots["outside"] = withdrawal.payout
    else:
        world = accounts.give(world, withdrawal.recipient, currency, withdrawal.payout)
    withdrawal = replace(withdrawal, status=WithdrawalStatus.SUCCESS, updated_at=at)
    return world.put(*accounts.filled_pots(world, currency, pots), withdrawal), withdrawal


def settle_due(world: World, now: Now) -> tuple[World, tuple[Withdrawal, ...]]:
    """Settle every withdrawal whose time has come, each at its own instant, oldest first."""
    delay = world.choices.settlement
    settled: list[Withdrawal] = []
    if not isinstance(delay, After):
        return world, ()
    while world.unsettled:
        withdrawal = world.withdrawals[world.unsettled.head]
        due = withdrawal.created_at + delay.milliseconds
        if now.business < due:
            break
        world = replace(world, unsettled=world.unsettled.served())
        if not withdrawal.status.final:
            world, withdrawal = settle(world, withdrawal, success=True, at=due)
            settled.append(withdrawal)
    return world, tuple(settled)


def pass_time(world: World, command: PassTime, now: Now) -> tuple[World, TimePassed]:
    """Time is an argument of every operation; this one does nothing else."""
    world, settled = settle_due(world, now)
    return world, TimePassed(settled=settled)


def settle_withdrawal(world: World, command: SettleWithdrawal, now: Now) -> tuple[World, WithdrawalSettled]:
    """Settle one by hand, whatever its time."""
    withdrawal = world.withdrawals.get(command.withdrawal_id)
    if withdrawal is None or withdrawal.status.final:
        return world, WithdrawalSettled(withdrawal=None)
    world, withdrawal = settle(world, withdrawal, success=command.success, at=now.business)
    return world, WithdrawalSettled(withdrawal=withdrawal)
