"""Withdrawals and deposits. Instants are in ms, amounts are decimal texts."""

from __future__ import annotations

from typing import Any, Final

from simulator.core.funds.arrivals import confirmations, credited_at
from simulator.core.money import plain
from simulator.core.spec import FeeDeductType
from simulator.core.world import Deposit, DepositStatus, Now, Withdrawal, WithdrawalStatus, World
from simulator.web.json_schema import COUNT, DECIMAL, MS, NAME, TEXT, Schema, closed, maybe, word_of

WITHDRAWAL_FIELDS: Final[dict[str, Schema]] = {
    "withdrawal_id": NAME,
    "user": NAME,
    "currency": NAME,
    "chain": TEXT,
    "address": TEXT,
    "recipient": {**maybe(TEXT), "description": "The user who is paid; null if the payout leaves KuCoin"},
    "amount": DECIMAL,
    "debit": {**DECIMAL, "description": "What the sender pays"},
    "payout": {**DECIMAL, "description": "What the recipient gets"},
    "service_fee": DECIMAL,
    "network_fee": DECIMAL,
    "fee_deduct_type": word_of(FeeDeductType),
    "status": word_of(WithdrawalStatus),
    "created_at": MS,
    "at": {**MS, "description": "The last change, ms since 1970-01-01 UTC"},
}
WITHDRAWAL: Final = closed(WITHDRAWAL_FIELDS)


def withdrawal_data(withdrawal: Withdrawal) -> dict[str, Any]:
    """A withdrawal as it was booked."""
    return {
        "withdrawal_id": withdrawal.id,
        "user": withdrawal.user,
        "currency": withdrawal.payment.currency,
        "chain": withdrawal.chain,
        "address": withdrawal.payment.address,
        "recipient": withdrawal.recipient,
        "amount": plain(withdrawal.payment.amount),
        "debit": plain(withdrawal.debit),
        "payout": plain(withdrawal.payout),
        "service_fee": plain(withdrawal.service_fee),
        "network_fee": plain(withdrawal.network_fee),
        "fee_deduct_type": withdrawal.fee_deduct_type.value,
        "status": withdrawal.status.value,
        "created_at": withdrawal.created_at,
        "at": withdrawal.updated_at,
    }


DEPOSIT_FIELDS: Final[dict[str, Schema]] = {
    "deposit_id": NAME,
    "user": NAME,
    "currency": NAME,
    "chain": NAME,
    "address": NAME,
    "memo": TEXT,
    "amount": DECIMAL,
    "account": {**NAME, "description": "The type of the account that gets it"},
    "status": word_of(DepositStatus),
    "confirmations": COUNT,
    "confirms": {**COUNT, "description": "How many confirmations it needs"},
    "credited_at": MS,
    "created_at": MS,
    "at": {**MS, "description": "The last change, ms since 1970-01-01 UTC"},
}
DEPOSIT: Final = closed(DEPOSIT_FIELDS)


def deposit_data(world: World, deposit: Deposit, now: Now) -> dict[str, Any]:
    """A deposit as it is now."""
    waits = deposit.status is DepositStatus.PROCESSING
    return {
        "deposit_id": deposit.id,
        "user": deposit.user,
        "currency": deposit.currency,
        "chain": deposit.chain,
        "address": deposit.address,
        "memo": deposit.memo,
        "amount": plain(deposit.amount),
        "account": deposit.account,
        "status": deposit.status.value,
        "confirmations": confirmations(world, deposit, now),
        "confirms": deposit.confirms,
        "credited_at": credited_at(world, deposit) if waits else deposit.updated_at,
        "created_at": deposit.created_at,
        "at": deposit.updated_at,
    }
