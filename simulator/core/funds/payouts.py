"""Paying a withdrawal out."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.core import money
from simulator.core.data import Data, Name
from simulator.core.funds import limits, payments
from simulator.core.funds.settlement import accept
from simulator.core.gateway.requests import FieldProblem
from simulator.core.refusals import Refusal
from simulator.core.value import Reply
from simulator.core.world import ApiKey, Draft, Now, Payment, User, Withdrawal, World


def pay(
    world: World, key: ApiKey, user: User, payment: Payment, now: Now, *, oauth: bool = True
) -> tuple[World, Withdrawal]:
    """Accept the payment: count it, hold the money, settle if settlement is immediate. Two calls are two payouts.

    [H51/no-idempotency]
    """
    draft, withdrawal = _paid(world, key, user, payment, now, oauth=oauth)
    return draft.done(), withdrawal


def check_payable(world: World, key: ApiKey, user: User, payment: Payment, now: Now) -> None:
    """Refuse a payment that could not be accepted now. Nothing is booked."""
    _paid(world, key, user, payment, now, oauth=True)


def _paid(
    world: World, key: ApiKey, user: User, payment: Payment, now: Now, *, oauth: bool
) -> tuple[Draft, Withdrawal]:
    plan = payments.plan(world, key, user, payment, oauth=oauth)
    draft = Draft(world)
    withdrawal = accept(draft, payments.booked(world, key, user, payment, plan, now), now)
    worth = money.multiply(payment.amount, plan.currency.price_usdt)
    limits.count_amount(draft, user.name, worth, now)
    return draft, withdrawal


class CountedAttempt:
    """The world in which a payment by UID, MAIL or PHONE has been counted; a refusal inside keeps the count (H46)."""

    __slots__ = ("_counts", "_now", "_user", "_world")

    def __init__(self, world: World, user: User, values: Mapping[str, object], now: Now) -> None:
        self._world, self._user, self._now = world, user, now
        self._counts = values.get("withdrawType") in ("UID", "MAIL", "PHONE")

    def __enter__(self) -> World:
        """Count it, or refuse it because it is one too many."""
        if self._counts:
            self._world = limits.count_account_withdrawal(self._world, self._user.name, self._now)
        return self._world

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """What was used stays used."""
        if self._counts and isinstance(error, FieldProblem):
            raise error.refusal().keeping(self._world) from None
        if self._counts and isinstance(error, Refusal) and error.keep is None:
            error.keeping(self._world)


class WithdrawnData(Data, frozen=True):
    """Which withdrawal it is."""

    withdrawal_id: Name


class Withdrawn(Reply, frozen=True):
    """s8.2 "withdraw success response": exactly `withdrawalId` [s8.2/success]."""

    withdrawal: Withdrawal

    def data(self) -> WithdrawnData:
        """Its id."""
        return WithdrawnData(self.withdrawal.id)
