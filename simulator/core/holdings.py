"""What users own and move: accounts, withdrawals and their second step, currencies, and where money goes.

All are frozen; a change makes a new one. Instants are milliseconds since 1970; money is `Decimal`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum, unique
from operator import attrgetter
from typing import Final

from rpds import HashTrieMap

from simulator.core import money
from simulator.core.money import ZERO
from simulator.core.parties import FactorSets
from simulator.core.spec import Factor, FeeDeductType, WithdrawType
from simulator.core.value import Value

TAG: Final = ":"
"""Stands in the type of an account between its kind and its tag: `isolated:BTC-USDT`."""


class Account(Value, frozen=True):
    """One currency in one account of a user. `available` is `balance` less `holds`."""

    currency: str
    type: str
    balance: Decimal
    holds: Decimal = ZERO

    @property
    def key(self) -> tuple[str, str]:
        """Its place in `Wallet.isolated`, and its order among all."""
        return self.type, self.currency

    @property
    def available(self) -> Decimal:
        """What can be spent."""
        return money.subtract(self.balance, self.holds)


class Wallet(Value, frozen=True):
    """All accounts of one user.

    Isolated accounts go by a tag that the client chooses, so there may be any number of them. Of the others there is
    one for each kind and currency.
    """

    user: str
    accounts: tuple[Account, ...] = ()
    """Those without a tag, ordered by type and currency."""
    isolated: HashTrieMap[tuple[str, str], Account] = HashTrieMap()
    """Those whose type has a tag, by type and currency."""

    @property
    def key(self) -> str:
        """Its place in `World.wallets`."""
        return self.user

    @property
    def every(self) -> list[Account]:
        """All accounts, ordered by type and currency."""
        return sorted((*self.accounts, *self.isolated.values()), key=_KIND) if self.isolated else [*self.accounts]

    def account(self, currency: str, type: str = "main") -> Account:
        """The account, or an empty one."""
        if TAG in type:
            return self.isolated.get((type, currency)) or Account(currency, type, ZERO)
        for account in self.accounts:
            if account.currency == currency and account.type == type:
                return account
        return Account(currency, type, ZERO)

    def having(self, account: Account) -> Wallet:
        """The wallet with that account in place of its older self."""
        kind, accounts = account.key, self.accounts
        if TAG in account.type:
            return Wallet(self.user, accounts, self.isolated.insert(kind, account))
        place = bisect_left(accounts, kind, key=_KIND)
        rest = place + (place < len(accounts) and _KIND(accounts[place]) == kind)
        return Wallet(self.user, (*accounts[:place], account, *accounts[rest:]), self.isolated)


_KIND: Final = attrgetter("type", "currency")
"""The key of an account."""


def wallet_of(user: str, accounts: Iterable[Account]) -> Wallet:
    """A wallet with these accounts, which come in any order."""
    wallet = Wallet(user)
    for account in accounts:
        wallet = wallet.having(account)
    return wallet


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
        """Whether nothing can happen to it any more."""
        return self in (WithdrawalStatus.SUCCESS, WithdrawalStatus.FAILURE)


class FeeTerms(Value, frozen=True):
    """What a withdrawal's service fee was reckoned with, for prices change: the price of one unit, and the rounding."""

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


class Window(Value, frozen=True):
    """How much of a rolling limit a user has used since the window opened."""

    user: str
    name: str
    opened_at: int
    used: Decimal

    @property
    def key(self) -> tuple[str, str]:
        """Its place in `World.windows`."""
        return (self.user, self.name)


class Chain(Value, frozen=True):
    """A way on which a currency leaves and enters. Amounts are in the currency."""

    chain_id: str
    chain_name: str
    withdrawal_min_size: Decimal
    withdrawal_min_fee: Decimal
    withdraw_precision: int
    deposit_min_size: Decimal | None = None
    confirms: int = 1
    pre_confirms: int = 1
    contract_address: str = ""
    withdraw_enabled: bool = True
    deposit_enabled: bool = True
    need_tag: bool = False
    max_deposit: Decimal | None = None
    address_pattern: str = ""
    """A regular expression that all of an address must match (H62); "" = anything is one."""
    memo_pattern: str = ""
    """The same of a memo."""


class Currency(Value, frozen=True):
    """A currency, its chains, and what one unit is worth in USDT."""

    currency: str
    full_name: str
    precision: int
    price_usdt: Decimal
    chains: tuple[Chain, ...]
    default_chain: str
    margin_enabled: bool = True
    debit_enabled: bool = True

    @property
    def key(self) -> str:
        """Its place in `World.currencies`."""
        return self.currency

    def chain(self, chain_id: str) -> Chain | None:
        """The chain of that chainId."""
        return next((chain for chain in self.chains if chain.chain_id == chain_id), None)


class Pot(Value, frozen=True):
    """Money that has left the users: to the `outside`, or as a `service_fee` or `network_fee`."""

    name: str
    currency: str
    amount: Decimal

    @property
    def key(self) -> tuple[str, str]:
        """Its place in `World.pots`."""
        return (self.name, self.currency)
