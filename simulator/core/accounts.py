"""Accounts, and every way in which money moves. Nothing else changes a balance, so nothing is lost or made."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from simulator.core import money
from simulator.core.mint import account_id
from simulator.core.money import ZERO
from simulator.core.refusals import Reason, Refusal
from simulator.core.replies import Reply
from simulator.core.signature import SignedRequest, authenticate
from simulator.core.value import Value
from simulator.core.world import Account, Now, Pot, User, World

ACCOUNT_TYPES = ("main", "trade", "option")
"""The accounts that `GET /api/v1/accounts` knows; what lies in others is told by `transferable` only."""
HIGH_FREQUENCY = "trade_hf"
"""What trade accounts are called when they are asked for so, as clients do that were told that `hf/opened` is true."""
ASKED_TYPES = (*ACCOUNT_TYPES, HIGH_FREQUENCY)


class ListAccounts(Value, frozen=True):
    """`GET /api/v1/accounts?currency=&type=`; "" = all."""

    signed: SignedRequest
    currency: str = ""
    type: str = ""


class AccountsListed(Reply, frozen=True):
    """(id, account) pairs."""

    accounts: tuple[tuple[str, Account], ...]


class GetAccount(Value, frozen=True):
    """`GET /api/v1/accounts/{accountId}`."""

    signed: SignedRequest
    account_id: str


class AccountFound(Reply, frozen=True):
    """The account of that id."""

    account: Account


def list_accounts(world: World, command: ListAccounts, now: Now) -> tuple[World, AccountsListed]:
    """The accounts of the key's user [rest/accounts]; trade accounts by either name [rest/accounts-hf]."""
    key, notes = authenticate(world, command.signed, now, "list_accounts")
    if command.type and command.type not in ASKED_TYPES:
        problem = f"must be one of {', '.join(ASKED_TYPES)}"
        raise Refusal(Reason.PARAMETER_INVALID, field="type", problem=problem, expected=problem, received=command.type)
    wanted = "trade" if command.type == HIGH_FREQUENCY else command.type
    accounts = tuple(
        (name, replace(account, type=command.type or account.type))
        for name, account in _listed(world, key.user)
        if command.currency in ("", account.currency) and wanted in ("", account.type)
    )
    return world, AccountsListed(accounts=accounts, notes=notes)


def get_account(world: World, command: GetAccount, now: Now) -> tuple[World, AccountFound]:
    """One account of the key's user [rest/account-by-id]."""
    key, notes = authenticate(world, command.signed, now, "get_account")
    account = dict(_listed(world, key.user)).get(command.account_id)
    if account is None:
        expected = "an id of GET /api/v1/accounts"
        raise Refusal(Reason.ACCOUNT_UNKNOWN, expected=expected, received=command.account_id).noting(notes)
    return world, AccountFound(account=account, notes=notes)


def _listed(world: World, user: str) -> Iterator[tuple[str, Account]]:
    for account in world.wallet(user).accounts:
        if account.type in ACCOUNT_TYPES:
            yield account_id(world, user, account.type, account.currency), account


def check_active(user: User) -> None:
    """A frozen user moves no money."""
    if user.frozen:
        raise Refusal(Reason.USER_FROZEN, expected="an active user", received=user.name)


def _change(world: World, user: str, currency: str, balance: Decimal, holds: Decimal, type: str = "main") -> World:
    wallet = world.wallet(user)
    account = wallet.account(currency, type)
    changed = replace(account, balance=money.add(account.balance, balance), holds=money.add(account.holds, holds))
    return world.put(wallet.having(changed))


def hold(world: World, user: str, currency: str, amount: Decimal) -> World:
    """Set an amount of the main account aside. A withdrawal is paid from nowhere else [s8.2/main-account]."""
    available = world.wallet(user).account(currency).available
    if available < amount:
        raise Refusal(
            Reason.BALANCE_INSUFFICIENT, expected=f"{amount} {currency} in main", received=f"{available} {currency}"
        )
    return _change(world, user, currency, ZERO, amount)


def release(world: World, user: str, currency: str, amount: Decimal) -> World:
    """Give back what was held."""
    return _change(world, user, currency, ZERO, money.negative(amount))


def take(world: World, user: str, currency: str, amount: Decimal) -> World:
    """Book what was held: it leaves the user."""
    return _change(world, user, currency, money.negative(amount), money.negative(amount))


def give(world: World, user: str, currency: str, amount: Decimal, type: str = "main") -> World:
    """Money arrives in an account."""
    return _change(world, user, currency, amount, ZERO, type)


def move(world: World, user: str, currency: str, amount: Decimal, source: str, target: str) -> World:
    """Money goes from one account of a user to another; `available` is all that can go."""
    available = world.wallet(user).account(currency, source).available
    if available < amount:
        raise Refusal(
            Reason.TRANSFER_BALANCE_INSUFFICIENT,
            expected=f"{amount} {currency} in {source}",
            received=f"{available} {currency}",
        )
    return give(give(world, user, currency, money.negative(amount), source), user, currency, amount, target)


def filled_pots(world: World, currency: str, amounts: dict[str, Decimal]) -> list[Pot]:
    """Money leaves all users: the pots by name, with that much more in each."""
    pots = [(world.pot(name, currency), amount) for name, amount in amounts.items() if amount]
    return [replace(pot, amount=money.add(pot.amount, amount)) for pot, amount in pots]
