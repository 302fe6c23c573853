"""Every movement of money, derived from the withdrawals: nothing of it is stored, so nothing of it can disagree.

A withdrawal holds what it will take, then takes it (and somebody inside may get the payout), or gives it back. The
changes of `balance` and `holds` add up to what the accounts show, as far as withdrawals have moved them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Literal

from simulator.core import fees, money
from simulator.core.fees import Step
from simulator.core.money import ZERO
from simulator.core.spec import FeeDeductType
from simulator.core.value import Value
from simulator.core.world import Withdrawal, WithdrawalStatus

Kind = Literal["hold", "debit", "credit", "refund"]
ORDER = ("hold", "debit", "refund", "credit")
"""How the movements of one withdrawal follow each other."""


class Part(Value, frozen=True):
    """What an amount is made of: the payout, or a fee with the steps that lead to it. `to` = where it goes."""

    kind: Literal["payout", "service_fee", "network_fee"]
    amount: Decimal
    to: str
    steps: tuple[Step, ...] = ()


class Movement(Value, frozen=True):
    """One change of a user's main account, ms. `balance` and `holds` are what it adds to either."""

    kind: Kind
    at: int
    user: str
    withdrawal: Withdrawal
    balance: Decimal = ZERO
    holds: Decimal = ZERO
    parts: tuple[Part, ...] = ()


def movements(withdrawals: Iterable[Withdrawal], user: str = "") -> list[Movement]:
    """The movements of all users or of one, newest first."""
    found = [each for one in withdrawals for each in _of(one) if user in ("", each.user)]
    return sorted(found, key=lambda each: (each.at, each.withdrawal.id, ORDER.index(each.kind)), reverse=True)


def _of(one: Withdrawal) -> Iterator[Movement]:
    """What one withdrawal has moved so far."""
    parts = tuple(_parts(one))
    taken = money.negative(one.debit)
    yield Movement("hold", one.created_at, one.user, one, holds=one.debit, parts=parts)
    if one.status is WithdrawalStatus.FAILURE:
        yield Movement("refund", one.updated_at, one.user, one, holds=taken)
    if one.status is WithdrawalStatus.SUCCESS:
        yield Movement("debit", one.updated_at, one.user, one, taken, taken, parts)
        if one.recipient is not None:
            yield Movement("credit", one.updated_at, one.recipient, one, balance=one.payout)


def _parts(one: Withdrawal) -> Iterator[Part]:
    """Payout and fees: together they are what leaves the sender (s9)."""
    amount, fee = money.plain(one.payment.amount), money.plain(money.add(one.service_fee, one.network_fee))
    inside = one.fee_deduct_type is FeeDeductType.INTERNAL
    how = f"{amount} - {fee} of fees" if inside else f"{amount}, the fees come on top"
    yield Part("payout", one.payout, one.recipient or "outside", (Step(how, one.payout),))
    yield Part("service_fee", one.service_fee, "service_fee", fees.explain(one.payment.amount, one.terms))
    how = f"withdrawal_min_fee of {one.chain}" if one.chain else "stays inside: none"
    yield Part("network_fee", one.network_fee, "network_fee", (Step(how, one.network_fee),))
