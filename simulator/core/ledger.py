"""Every movement of money, derived from what caused it: nothing of it is stored, so nothing of it can disagree.

A withdrawal holds what it will take, then takes it (and somebody inside may get the payout), or gives it back; a
deposit comes in; a transfer goes out of one account and into another. The changes of `balance` and `holds` add up to
what the accounts show, as far as clients and chains have moved them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, Literal

from simulator.core import fees, money
from simulator.core.fees import Step
from simulator.core.money import ZERO
from simulator.core.spec import FeeDeductType
from simulator.core.value import Value
from simulator.core.world import Deposit, DepositStatus, Transfer, Withdrawal, WithdrawalStatus, World

Kind = Literal["hold", "debit", "credit", "refund", "deposit", "transfer_out", "transfer_in"]
ORDER: Final = ("hold", "debit", "refund", "credit", "deposit", "transfer_out", "transfer_in")
"""How the movements of one instant and cause follow each other."""
BIZ_TYPES: Final[dict[Kind, str]] = {
    "debit": "WITHDRAW",
    "credit": "DEPOSIT",
    "deposit": "DEPOSIT",
    "transfer_out": "TRANSFER",
    "transfer_in": "TRANSFER",
}
"""What KuCoin's ledger calls a movement of a balance; a payment from another user is a deposit there (H73).

[H73/biz-types]
"""


class Part(Value, frozen=True):
    """What an amount is made of: the payout, or a fee with the steps that lead to it. `to` = where it goes."""

    kind: Literal["payout", "service_fee", "network_fee"]
    amount: Decimal
    to: str
    steps: tuple[Step, ...] = ()


class Movement(Value, frozen=True):
    """One change of an account, ms. `balance` and `holds` are what it adds to either; `of` is the id of its cause."""

    kind: Kind
    at: int
    user: str
    of: str
    currency: str
    account: str = "main"
    balance: Decimal = ZERO
    holds: Decimal = ZERO
    fees: tuple[Decimal, Decimal] | None = None
    """Service fee and network fee, where the balance pays them."""
    parts: tuple[Part, ...] = ()

    @property
    def biz_type(self) -> str:
        """KuCoin's word for it, "" when no balance moves."""
        return BIZ_TYPES.get(self.kind, "")


def movements(world: World, user: str = "") -> list[Movement]:
    """The movements of all users or of one, newest first. Of one it costs what that user has done.

    Who is gone has left withdrawals behind, and no statement of them.
    """
    found = sorted(_of_user(world, user) if user in world.users else _of_all(world), key=_order, reverse=True)
    return [each for each in found if user in ("", each.user)]


def _order(each: Movement) -> tuple[int, str, int]:
    return each.at, each.of, ORDER.index(each.kind)


def _of_all(world: World) -> Iterator[Movement]:
    for withdrawal in world.withdrawals.values():
        yield from _of_withdrawal(withdrawal)
    for deposit in world.deposits.values():
        yield from _of_deposit(deposit)
    for transfer in world.transfers.values():
        yield from _of_transfer(transfer)


def _of_user(world: World, user: str) -> Iterator[Movement]:
    statement = world.statement(user)
    for name in {*statement.withdrawals, *statement.received}:
        yield from _of_withdrawal(world.withdrawals[name])
    for name in statement.deposits:
        yield from _of_deposit(world.deposits[name])
    for client_oid in statement.transfers:
        yield from _of_transfer(world.transfers[user, client_oid])


def _of_withdrawal(one: Withdrawal) -> Iterator[Movement]:
    """What one withdrawal has moved so far."""
    parts = tuple(_parts(one))
    taken, currency = money.negative(one.debit), one.payment.currency
    yield Movement("hold", one.created_at, one.user, one.id, currency, holds=one.debit, parts=parts)
    if one.status is WithdrawalStatus.FAILURE:
        yield Movement("refund", one.updated_at, one.user, one.id, currency, holds=taken)
    if one.status is WithdrawalStatus.SUCCESS:
        both = (one.service_fee, one.network_fee)
        yield Movement(
            "debit", one.updated_at, one.user, one.id, currency, balance=taken, holds=taken, fees=both, parts=parts
        )
        if one.recipient is not None:
            yield Movement("credit", one.updated_at, one.recipient, one.id, currency, balance=one.payout)


def _of_deposit(one: Deposit) -> Iterator[Movement]:
    if one.status is DepositStatus.SUCCESS:
        yield Movement("deposit", one.updated_at, one.user, one.id, one.currency, one.account, one.amount)


def _of_transfer(one: Transfer) -> Iterator[Movement]:
    taken = money.negative(one.amount)
    yield Movement("transfer_out", one.created_at, one.user, one.id, one.currency, one.source, taken)
    yield Movement("transfer_in", one.created_at, one.user, one.id, one.currency, one.target, one.amount)


def _parts(one: Withdrawal) -> Iterator[Part]:
    """Payout and fees: together they are what leaves the sender (s9)."""
    amount, fee = money.plain(one.payment.amount), money.plain(money.add(one.service_fee, one.network_fee))
    inside = one.fee_deduct_type is FeeDeductType.INTERNAL
    how = f"{amount} - {fee} of fees" if inside else f"{amount}, the fees come on top"
    yield Part("payout", one.payout, one.recipient or "outside", (Step(how, one.payout),))
    if one.terms is not None:
        yield Part("service_fee", one.service_fee, "service_fee", fees.explain(one.payment.amount, one.terms))
    how = f"withdrawal_min_fee of {one.chain}" if one.chain else "stays inside: none"
    yield Part("network_fee", one.network_fee, "network_fee", (Step(how, one.network_fee),))
