"""Money on an account: held, released, taken, given, moved."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from simulator.core import money
from simulator.core.money import ZERO
from simulator.core.refusals import Reason, Refusal
from simulator.core.world import Pot, User, World


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
