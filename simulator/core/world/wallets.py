"""What users own and move: accounts, withdrawals and their second step, currencies, and where money goes.

All are frozen; a change makes a new one. Instants are milliseconds since 1970; money is `Decimal`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from decimal import Decimal
from operator import attrgetter
from typing import Final

from rpds import HashTrieMap

from simulator.core import money
from simulator.core.money import ZERO
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
        accounts = self.accounts
        if TAG in account.type:
            return Wallet(self.user, accounts, self.isolated.insert(account.key, account))
        for place, older in enumerate(accounts):
            if older.currency == account.currency and older.type == account.type:
                return Wallet(self.user, (*accounts[:place], account, *accounts[place + 1 :]), self.isolated)
        place = bisect_left(accounts, account.key, key=_KIND)
        return Wallet(self.user, (*accounts[:place], account, *accounts[place:]), self.isolated)

    def changed(self, currency: str, type: str, balance: Decimal, holds: Decimal) -> Wallet:
        """The wallet in which the account of that type has so much more, or less if an amount is below zero.

        Not for accounts with a tag.
        """
        accounts = self.accounts
        for place, older in enumerate(accounts):
            if older.currency == currency and older.type == type:
                account = Account(currency, type, money.add(older.balance, balance), money.add(older.holds, holds))
                return Wallet(self.user, (*accounts[:place], account, *accounts[place + 1 :]), self.isolated)
        return self.having(Account(currency, type, balance, holds))


_KIND: Final = attrgetter("type", "currency")
"""The key of an account."""


def wallet_of(user: str, accounts: Iterable[Account]) -> Wallet:
    """A wallet with these accounts, which come in any order."""
    wallet = Wallet(user)
    for account in accounts:
        wallet = wallet.having(account)
    return wallet


class Window(Value, frozen=True):
    """How much of a rolling limit a user has used since the window opened.

    A sliding window opened with the first request that still counted when it was last used.
    """

    user: str
    name: str
    opened_at: int
    used: Decimal
    instants: tuple[int, ...] = ()
    """When what a sliding window counts came, oldest first, ms; of a fixed one nothing."""

    @property
    def key(self) -> tuple[str, str]:
        """Its place in `World.windows`."""
        return (self.user, self.name)


class Pot(Value, frozen=True):
    """Money of one currency that has left the users. What came to them from there is subtracted."""

    currency: str
    outside: Decimal = ZERO
    """To and from the outside world."""
    service_fee: Decimal = ZERO
    network_fee: Decimal = ZERO
    control: Decimal = ZERO
    """What the control surface took from users, less what it gave them."""
    traded: Decimal = ZERO
    """What the other side of users' trades got from them, less what it gave them; fees are not in it."""
    trading_fee: Decimal = ZERO

    @property
    def key(self) -> str:
        """Its place in `World.pots`."""
        return self.currency

    @property
    def total(self) -> Decimal:
        """All of it."""
        left = money.add(money.add(self.outside, self.service_fee), money.add(self.network_fee, self.control))
        return money.add(left, money.add(self.traded, self.trading_fee))
