"""Changes of a running world from outside: users and clients are added and removed, prices and choices change.

No client of the exchange can do any of this. The content of the commands has been validated already, in the same way as
a scenario; here the world is changed, completely or not at all. Money that is created or removed has its counterpart in
the pot `control`, so that the sum over all users and pots never changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from simulator.core import money
from simulator.core.choices import After, Choices
from simulator.core.control.removal import (
    negative,
    without_addresses,
    without_client,
    without_identities,
    without_keys,
    without_user,
)
from simulator.core.endpoint import Operation
from simulator.core.funds.grants import granted
from simulator.core.funds.selection import under_way
from simulator.core.funds.settlement import settle, settles_by_itself
from simulator.core.money import ZERO
from simulator.core.ordering import in_order
from simulator.core.value import Reply, Value
from simulator.core.world import (
    Account,
    ApiKey,
    Client,
    Currency,
    Line,
    Now,
    User,
    Withdrawal,
    World,
    with_keys,
    with_user,
)


class PutUser(Value, frozen=True):
    """Create a user. An existing user of that name is deleted first, as by `DeleteUser`."""

    user: User
    accounts: tuple[Account, ...]
    keys: tuple[ApiKey, ...] = ()


class ChangeUser(Value, frozen=True):
    """Change a user's properties. `accounts` have the new balances, held amounts stay; `keys` are added."""

    user: User
    accounts: tuple[Account, ...]
    keys: tuple[ApiKey, ...] = ()
    readdressed: bool = False
    """True if `user` has the only deposit addresses that remain: those that the user created are removed."""


class DeleteUser(Value, frozen=True):
    """Delete a user with their consents, keys, open transactions and money. Past withdrawals stay."""

    name: str


class PutClient(Value, frozen=True):
    """Create a client. An existing client of that id is deleted first, as by `DeleteClient`."""

    client: Client


class ChangeClient(Value, frozen=True):
    """Change a client's properties; its consents and keys stay."""

    client: Client


class DeleteClient(Value, frozen=True):
    """Delete a client with all consents and keys that users gave it."""

    client_id: str


class PutCurrency(Value, frozen=True):
    """Create or replace a currency with its chains and its price."""

    currency: Currency


class ChangeChoices(Value, frozen=True):
    """Change the switches from now on. A new way of settlement applies to waiting withdrawals, too."""

    choices: Choices


class RevokeConsent(Value, frozen=True):
    """End a consent: its tokens become invalid, and an unused code becomes unknown. Its keys stay (H22)."""

    consent_id: str


class DeleteApiKey(Value, frozen=True):
    """Delete a key. Its name becomes free, and it no longer counts in the limit of keys."""

    api_key: str


class Administered(Reply, frozen=True):
    """`removed` counts the removed rows by table; `created` is the money created by currency, below 0 = removed."""

    removed: tuple[tuple[str, int], ...] = ()
    created: tuple[tuple[str, Decimal], ...] = ()


def unfinished(world: World, user: str) -> list[Withdrawal]:
    """The unsettled withdrawals from or to a user, oldest first. A user who has any cannot be deleted."""
    withdrawals = [
        withdrawal
        for withdrawal in under_way(world, world.everybody)
        if user in (withdrawal.user, withdrawal.recipient)
    ]
    return sorted(withdrawals, key=_age)


def _age(withdrawal: Withdrawal) -> tuple[int, str]:
    """The key that sorts withdrawals, oldest first."""
    return withdrawal.created_at, withdrawal.id


def put_user(world: World, command: PutUser, now: Now) -> tuple[World, Administered]:
    """Delete the user of that name, if there is one, and create the new one."""
    world, removed, taken = without_user(world, command.user.name)
    world = with_keys(with_user(world, command.user, command.accounts), command.keys)
    world = granted(world, command.user.name, command.accounts, now.business)
    world, created = _balanced(world, [*command.accounts, *taken])
    return world, Administered(removed=removed, created=created)


def change_user(world: World, command: ChangeUser, now: Now) -> tuple[World, Administered]:
    """Replace the user, and update their identities, accounts and keys."""
    user, wallet = command.user, world.wallet(command.user.name)
    olds = [wallet.account(account.currency, account.type) for account in command.accounts]
    differences = [
        replace(account, balance=money.subtract(account.balance, old.balance))
        for account, old in zip(command.accounts, olds, strict=True)
    ]
    moved = [*command.accounts, *map(negative, olds)]
    for account in command.accounts:
        current = wallet.account(account.currency, account.type)
        wallet = wallet.having(replace(current, balance=account.balance))
    uid_changed = world.users[user.name].uid != user.uid
    api_keys = world.key_ring(user.name).names.values() if uid_changed else ()
    keys = [replace(world.api_keys[api_key], uid=user.uid) for api_key in api_keys]
    if command.readdressed:
        world = without_addresses(world, user.name)
    world = with_user(without_identities(world, user.name), user).put(wallet, *keys)
    world = granted(with_keys(world, command.keys), user.name, differences, now.business)
    world, created = _balanced(world, moved)
    return world, Administered(created=created)


def delete_user(world: World, command: DeleteUser, now: Now) -> tuple[World, Administered]:
    """Delete the user and everything that their credentials lead to."""
    world, removed, taken = without_user(world, command.name)
    world, created = _balanced(world, taken)
    return world, Administered(removed=removed, created=created)


def put_client(world: World, command: PutClient, now: Now) -> tuple[World, Administered]:
    """Delete the client of that id, if there is one, and create the new one."""
    world, removed = without_client(world, command.client.client_id)
    return world.put(command.client), Administered(removed=removed)


def change_client(world: World, command: ChangeClient, now: Now) -> tuple[World, Administered]:
    """Replace the client."""
    return world.put(command.client), Administered()


def delete_client(world: World, command: DeleteClient, now: Now) -> tuple[World, Administered]:
    """Delete the client and everything that its credentials lead to."""
    world, removed = without_client(world, command.client_id)
    return world, Administered(removed=removed)


def put_currency(world: World, command: PutCurrency, now: Now) -> tuple[World, Administered]:
    """Create or replace the currency. The fees of accepted withdrawals do not change."""
    return world.put(command.currency), Administered()


def change_choices(world: World, command: ChangeChoices, now: Now) -> tuple[World, Administered]:
    """Replace the switches. Waiting withdrawals follow a new way of settlement, or are settled at once."""
    before, world = world.choices.settlement, replace(world, choices=command.choices)
    if before == command.choices.settlement:
        return world, Administered()
    waiting = [*in_order(filter(settles_by_itself, under_way(world, world.everybody)), _age)]
    world = replace(world, unsettled=Line())
    for withdrawal in waiting:
        if command.choices.settlement == "immediate":
            world, _ = settle(world, withdrawal, success=True, at=now.business)
        elif isinstance(command.choices.settlement, After):
            world = replace(world, unsettled=world.unsettled.joined(withdrawal.id))
    return world, Administered()


def revoke_consent(world: World, command: RevokeConsent, now: Now) -> tuple[World, Administered]:
    """Mark the consent as revoked, and drop its code if it was not exchanged."""
    consent = world.consents[command.consent_id]
    code = world.codes.get(consent.code)
    if code and not consent.generation:
        world = world.drop(code)
    return world.put(replace(consent, revoked=True)), Administered()


def delete_api_key(world: World, command: DeleteApiKey, now: Now) -> tuple[World, Administered]:
    """Delete the key, its name and its open transactions."""
    world, removed = without_keys(world, [world.api_keys[command.api_key]])
    return world, Administered(removed=removed)


def _balanced(world: World, moved: Iterable[Account]) -> tuple[World, tuple[tuple[str, Decimal], ...]]:
    """The world with the counterpart of the money that users got or lost, and the sum of that money by currency."""
    sums: dict[str, Decimal] = {}
    for account in moved:
        sums[account.currency] = money.add(sums.get(account.currency, ZERO), account.balance)
    created = tuple((currency, amount) for currency, amount in sorted(sums.items()) if amount)
    for currency, amount in created:
        pot = world.pot(currency)
        world = world.put(replace(pot, control=money.subtract(pot.control, amount)))
    return world, created


OPERATIONS: Final = (
    Operation(put_user, PutUser, "control"),
    Operation(change_user, ChangeUser, "control"),
    Operation(delete_user, DeleteUser, "control"),
    Operation(put_client, PutClient, "control"),
    Operation(change_client, ChangeClient, "control"),
    Operation(delete_client, DeleteClient, "control"),
    Operation(put_currency, PutCurrency, "control"),
    Operation(change_choices, ChangeChoices, "control"),
    Operation(revoke_consent, RevokeConsent, "control"),
    Operation(delete_api_key, DeleteApiKey, "control"),
)
"""The operations of the control surface that change the world."""
