"""Money on an account: held, released, taken, given, moved."""

from __future__ import annotations

from decimal import Decimal

from simulator.core import money
from simulator.core.money import ZERO
from simulator.core.refusals import Reason, Refusal
from simulator.core.world import Account, Books, User


def check_active(user: User) -> None:
    """A frozen user moves no money."""
    if user.frozen:
        raise Refusal(Reason.USER_FROZEN, expected="an active user", received=user.name)


def _change(books: Books, user: str, currency: str, balance: Decimal, holds: Decimal, type: str = "main") -> Books:
    wallet = books.wallet(user)
    account = wallet.account(currency, type)
    changed = Account(currency, type, money.add(account.balance, balance), money.add(account.holds, holds))
    return books.put(wallet.having(changed))


def hold(books: Books, user: str, currency: str, amount: Decimal) -> Books:
    """Set an amount of the main account aside. A withdrawal is paid from nowhere else [s8.2/main-account]."""
    available = books.wallet(user).account(currency).available
    if available < amount:
        raise Refusal(
            Reason.BALANCE_INSUFFICIENT, expected=f"{amount} {currency} in main", received=f"{available} {currency}"
        )
    return _change(books, user, currency, ZERO, amount)


def release(books: Books, user: str, currency: str, amount: Decimal) -> Books:
    """Give back what was held."""
    return _change(books, user, currency, ZERO, money.negative(amount))


def take(books: Books, user: str, currency: str, amount: Decimal) -> Books:
    """Book what was held: it leaves the user."""
    return _change(books, user, currency, money.negative(amount), money.negative(amount))


def give(books: Books, user: str, currency: str, amount: Decimal, type: str = "main") -> Books:
    """Money arrives in an account."""
    return _change(books, user, currency, amount, ZERO, type)


def move(books: Books, user: str, currency: str, amount: Decimal, source: str, target: str) -> Books:
    """Money goes from one account of a user to another; `available` is all that can go."""
    available = books.wallet(user).account(currency, source).available
    if available < amount:
        raise Refusal(
            Reason.TRANSFER_BALANCE_INSUFFICIENT,
            expected=f"{amount} {currency} in {source}",
            received=f"{available} {currency}",
        )
    return give(give(books, user, currency, money.negative(amount), source), user, currency, amount, target)
