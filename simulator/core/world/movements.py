"""What has happened to a user's money in addition to withdrawals: deposits and transfers; and where to find all of it.

All are frozen; a change makes a new one. Instants are milliseconds of the business clock; money is `Decimal`.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, unique

from simulator.core.spec import Factor, FeeDeductType, WithdrawType
from simulator.core.value import Value
from simulator.core.world.users import FactorSets


@unique
class DepositStatus(Enum):
    """The states of a deposit that happen here, of KuCoin's longer list (H68)."""

    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"


class Deposit(Value, frozen=True):
    """Money that came by a chain to an address of a user; it is theirs once it has enough confirmations."""

    id: str
    user: str
    currency: str
    chain: str
    address: str
    memo: str
    amount: Decimal
    account: str
    """The type of the account that gets it: `main` or `trade`."""
    wallet_tx_id: str
    confirmed: int
    """How many confirmations it had when it arrived."""
    confirms: int
    """How many it needs to be credited."""
    pre_confirms: int
    status: DepositStatus
    created_at: int
    updated_at: int

    @property
    def key(self) -> str:
        """Its place in `World.deposits`."""
        return self.id

    @property
    def missing(self) -> int:
        """How many confirmations it still needed when it arrived."""
        return self.confirms - self.confirmed


class Transfer(Value, frozen=True):
    """Money that a user moved from one of their accounts to another. Accounts go by their types, lower case."""

    id: str
    user: str
    client_oid: str
    currency: str
    amount: Decimal
    source: str
    target: str
    created_at: int

    @property
    def key(self) -> tuple[str, str]:
        """Its place in `World.transfers`: a `clientOid` names one transfer of a user (H69)."""
        return (self.user, self.client_oid)


class Grant(Value, frozen=True):
    """Money that the scenario or a hand has put into an account, or has taken out of it. `amount` is positive."""

    id: str
    user: str
    currency: str
    account: str
    """The type of the account, lower case."""
    amount: Decimal
    at: int


class Payment(Value, frozen=True):
    """What a withdrawal request asks for (s8.2), read and typed; two equal payments are the same request."""

    currency: str
    address: str
    amount: Decimal
    withdraw_type: WithdrawType
    chain: str | None
    inner: bool
    remark: str
    memo: str
    fee_deduct_type: FeeDeductType | None


class Transaction(Value, frozen=True):
    """A withdrawal that waits for its second factors (s8.2)."""

    id: str
    api_key: str
    user: str
    payment: Payment
    factor_sets: FactorSets
    sent: tuple[tuple[Factor, str], ...]
    issued_at: int
    wrong_answers: int = 0

    @property
    def key(self) -> str:
        """Its place in `World.transactions`."""
        return self.id


@unique
class WithdrawalStatus(Enum):
    """KuCoin's list of a withdrawal's states (H52)."""

    PROCESSING = "PROCESSING"
    REVIEW = "REVIEW"
    WALLET_PROCESSING = "WALLET_PROCESSING"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"

    @property
    def final(self) -> bool:
        """True if nothing can happen to it any more."""
        return self in (WithdrawalStatus.SUCCESS, WithdrawalStatus.FAILURE)


class FeeTerms(Value, frozen=True):
    """What a withdrawal's service fee was computed with, because prices change: price of one unit, rounding."""

    price_usdt: Decimal
    precision: int
    rounding: str


class Withdrawal(Value, frozen=True):
    """An accepted withdrawal. `debit` leaves the sender, `payout` reaches the recipient, the fees are the rest."""

    id: str
    user: str
    api_key: str
    client_id: str
    """Whose key it was: keys can be deleted, what they did cannot."""
    payment: Payment
    chain: str
    """The chain it goes by, "" when it stays inside."""
    recipient: str | None
    """The user who gets it; None = the outside world."""
    debit: Decimal
    payout: Decimal
    service_fee: Decimal
    network_fee: Decimal
    fee_deduct_type: FeeDeductType
    terms: FeeTerms | None
    """None = no service fee is due, as the Fast API did not make it (s9)."""
    status: WithdrawalStatus
    created_at: int
    updated_at: int
    polls: int = 0
    """How often it has been looked up, where that settles it (H52)."""

    @property
    def key(self) -> str:
        """Its place in `World.withdrawals`."""
        return self.id
