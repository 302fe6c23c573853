"""Accounts, and every way in which money moves. Nothing else changes a balance, so nothing is lost or made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from simulator.core.data import Amount, Data, Name
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.parameters import CURRENCY, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.mint import account_id
from simulator.core.money import plain
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Reply, Value
from simulator.core.world import Account, ApiKey, Now, World
from simulator.core.world.wallets import TAG

ACCOUNT_TYPES = ("main", "trade", "option")
"""The account types that `GET /api/v1/accounts` lists if the request has no `type`."""
HIGH_FREQUENCY = "trade_hf"
"""What trade accounts are called when they are asked for so, as clients do that have read that `hf/opened` is true."""
MARGIN, ISOLATED = ("margin", "isolated"), "isolated"
KINDS: Final = {
    "": ACCOUNT_TYPES,
    **{kind: (kind,) for kind in (*ACCOUNT_TYPES, *MARGIN)},
    HIGH_FREQUENCY: ("trade",),
}
"""The kinds of accounts that are listed, by the `type` that is asked for."""
TYPE: Final = Word("type", words=tuple(kind for kind in KINDS if kind))


class ListAccounts(Value, frozen=True):
    """`GET /api/v1/accounts?currency=&type=`; "" = all."""

    signed: SignedRequest
    currency: str = ""
    type: str = ""


class AccountRowData(Data, frozen=True):
    """An account in the list."""

    id: Name
    currency: Name
    type: Name
    balance: Amount
    available: Amount
    holds: Amount


class AccountsListed(Reply, frozen=True):
    """(id, account) pairs."""

    accounts: tuple[tuple[str, Account], ...]

    def data(self) -> tuple[AccountRowData, ...]:
        """A row for each account."""
        return tuple(_row(name, account) for name, account in self.accounts)


class GetAccount(Value, frozen=True):
    """`GET /api/v1/accounts/{accountId}`."""

    signed: SignedRequest
    account_id: str


class AccountData(Data, frozen=True):
    """An account that was asked for by its id."""

    currency: Name
    balance: Amount
    available: Amount
    holds: Amount


class AccountFound(Reply, frozen=True):
    """The account of that id."""

    account: Account

    def data(self) -> AccountData:
        """Currency and amounts."""
        account = self.account
        return AccountData(account.currency, plain(account.balance), plain(account.available), plain(account.holds))


def _row(name: str, account: Account) -> AccountRowData:
    return AccountRowData(
        name,
        account.currency,
        account.type,
        plain(account.balance),
        plain(account.available),
        plain(account.holds),
    )


def list_accounts(world: World, key: ApiKey, command: ListAccounts, now: Now) -> tuple[World, AccountsListed]:
    """The accounts of the key's user [rest/accounts]; trade accounts by either name [rest/accounts-hf].

    Margin accounts are listed if they are asked for [rest/accounts-margin].
    """
    listed_type = TYPE.read(Fields({"type": command.type}))
    accounts = tuple(
        (name, replace(account, type=listed_type or account.type))
        for name, account in _listed(world, key.user, KINDS[listed_type])
        if command.currency in ("", account.currency)
    )
    return world, AccountsListed(accounts=accounts)


def get_account(world: World, key: ApiKey, command: GetAccount, now: Now) -> tuple[World, AccountFound]:
    """One account of the key's user [rest/account-by-id]."""
    return world, AccountFound(account=account_of(world, key.user, command.account_id))


def account_of(world: World, user: str, account_id: str) -> Account:
    """The user's account of that id, or the refusal of one that is not listed."""
    for name, account in _listed(world, user, (*ACCOUNT_TYPES, *MARGIN)):
        if name == account_id:
            return account
    expected = "an id of GET /api/v1/accounts"
    raise Refusal(Reason.ACCOUNT_UNKNOWN, expected=expected, received=account_id)


def _listed(world: World, user: str, kinds: tuple[str, ...]) -> Iterator[tuple[str, Account]]:
    """The accounts of these kinds, each with its id. Of isolated ones there may be any number."""
    wallet = world.wallet(user)
    for account in wallet.every if ISOLATED in kinds else wallet.accounts:
        if account.type.partition(TAG)[0] in kinds:
            yield account_id(world, user, account.type, account.currency), account


ENDPOINTS: Final = (
    Endpoint(
        list_accounts,
        ListAccounts,
        REST,
        call="GET /api/v1/accounts",
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=5,
        parameters=(CURRENCY, TYPE),
        refusals={Reason.PARAMETER_INVALID},
    ),
    Endpoint(
        get_account,
        GetAccount,
        REST,
        call="GET /api/v1/accounts/{accountId}",
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=5,
        refusals={Reason.ACCOUNT_UNKNOWN},
    ),
)
