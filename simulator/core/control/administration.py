"""What is done to the world from outside while it runs: people and brokers come and go, prices and choices change.

No client of the exchange can do any of this. What the commands carry has been read and judged already, as a scenario
is; here the world is changed, whole or not at all. Money that is made or taken away has its counterpart in the pot
`control`, so that users and pots together never have more or less than at the start.
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
    """A user anew: if there was one of that name, all that hung on them is gone, but for past withdrawals."""

    user: User
    accounts: tuple[Account, ...]
    keys: tuple[ApiKey, ...] = ()


class ChangeUser(Value, frozen=True):
    """The same user with other properties. `accounts` tell new balances, what is held stays; `keys` are added."""

    user: User
    accounts: tuple[Account, ...]
    keys: tuple[ApiKey, ...] = ()
    readdressed: bool = False
    """Whether the deposit addresses of `user` are the only ones: those that the user has created are gone."""


class DeleteUser(Value, frozen=True):
    """A user goes, with consents, keys, open transactions and money. Past withdrawals stay."""

    name: str


class PutClient(Value, frozen=True):
    """A client anew: if there was one of that id, its consents and keys are gone."""

    client: Client


class ChangeClient(Value, frozen=True):
    """The same client with other properties; consents and keys stay."""

    client: Client


class DeleteClient(Value, frozen=True):
    """A client goes, with all consents and keys that users gave it."""

    client_id: str


class PutCurrency(Value, frozen=True):
    """A currency with its chains and its price."""

    currency: Currency


class ChangeChoices(Value, frozen=True):
    """Other answers to the holes, from now on. A new way of settling holds for withdrawals that wait, too."""

    choices: Choices


class RevokeConsent(Value, frozen=True):
    """A consent ends: its tokens are dead, and a code that nobody has exchanged is unknown. Its keys live (H22)."""

    consent_id: str


class DeleteApiKey(Value, frozen=True):
    """A key is unknown from now on; its name and its place in the limit are free."""

    api_key: str


class Administered(Reply, frozen=True):
    """`removed` counts what is gone by table; `created` is the money that was made by currency, less than 0 = taken."""

    removed: tuple[tuple[str, int], ...] = ()
    created: tuple[tuple[str, Decimal], ...] = ()


def unfinished(world: World, user: str) -> list[Withdrawal]:
    """The withdrawals from or to a user whose money is on its way, oldest first: as long as these, the user stays."""
    found = [each for each in under_way(world, world.everybody) if user in (each.user, each.recipient)]
    return sorted(found, key=lambda each: (each.created_at, each.id))


def put_user(world: World, command: PutUser, now: Now) -> tuple[World, Administered]:
    """Out with the old one, in with the new one."""
    world, removed, taken = without_user(world, command.user.name)
    world = with_keys(with_user(world, command.user, command.accounts), command.keys)
    world = granted(world, command.user.name, command.accounts, now.business)
    world, created = _balanced(world, [*command.accounts, *taken])
    return world, Administered(removed=removed, created=created)


def change_user(world: World, command: ChangeUser, now: Now) -> tuple[World, Administered]:
    """The user's names, accounts and keys follow."""
    user, wallet = command.user, world.wallet(command.user.name)
    olds = [wallet.account(account.currency, account.type).balance for account in command.accounts]
    differences = [
        replace(account, balance=money.subtract(account.balance, old))
        for account, old in zip(command.accounts, olds, strict=True)
    ]
    moved = [*command.accounts, *(negative(wallet.account(each.currency, each.type)) for each in command.accounts)]
    for account in command.accounts:
        now_there = wallet.account(account.currency, account.type)
        wallet = wallet.having(replace(now_there, balance=account.balance))
    renumbered = world.users[user.name].uid != user.uid
    theirs = world.key_ring(user.name).names.values() if renumbered else ()
    keys = [replace(world.api_keys[each], uid=user.uid) for each in theirs]
    if command.readdressed:
        world = without_addresses(world, user.name)
    world = with_user(without_identities(world, user.name), user).put(wallet, *keys)
    world = granted(with_keys(world, command.keys), user.name, differences, now.business)
    world, created = _balanced(world, moved)
    return world, Administered(created=created)


def delete_user(world: World, command: DeleteUser, now: Now) -> tuple[World, Administered]:
    """Nothing that a credential could lead to is left."""
    world, removed, taken = without_user(world, command.name)
    world, created = _balanced(world, taken)
    return world, Administered(removed=removed, created=created)


def put_client(world: World, command: PutClient, now: Now) -> tuple[World, Administered]:
    """Out with the old one, in with the new one."""
    world, removed = without_client(world, command.client.client_id)
    return world.put(command.client), Administered(removed=removed)


def change_client(world: World, command: ChangeClient, now: Now) -> tuple[World, Administered]:
    """In place."""
    return world.put(command.client), Administered()


def delete_client(world: World, command: DeleteClient, now: Now) -> tuple[World, Administered]:
    """Nothing that a credential could lead to is left."""
    world, removed = without_client(world, command.client_id)
    return world, Administered(removed=removed)


def put_currency(world: World, command: PutCurrency, now: Now) -> tuple[World, Administered]:
    """In place. Withdrawals that were accepted keep what they cost."""
    return world.put(command.currency), Administered()


def change_choices(world: World, command: ChangeChoices, now: Now) -> tuple[World, Administered]:
    """The switches; what waits for its settlement waits as they say now, or is settled."""
    before, world = world.choices.settlement, replace(world, choices=command.choices)
    if before == command.choices.settlement:
        return world, Administered()
    waiting = [each for each in under_way(world, world.everybody) if settles_by_itself(each)]
    waiting = [*in_order(waiting, lambda each: (each.created_at, each.id))]
    world = replace(world, unsettled=Line())
    for each in waiting:
        if command.choices.settlement == "immediate":
            world, _ = settle(world, each, success=True, at=now.business)
        elif isinstance(command.choices.settlement, After):
            world = replace(world, unsettled=world.unsettled.joined(each.id))
    return world, Administered()


def revoke_consent(world: World, command: RevokeConsent, now: Now) -> tuple[World, Administered]:
    """The flag that every token is held against."""
    consent = world.consents[command.consent_id]
    code = world.codes.get(consent.code)
    if code and not consent.generation:
        world = world.drop(code)
    return world.put(replace(consent, revoked=True)), Administered()


def delete_api_key(world: World, command: DeleteApiKey, now: Now) -> tuple[World, Administered]:
    """The key, and its name in the user's list."""
    world, removed = without_keys(world, [world.api_keys[command.api_key]])
    return world, Administered(removed=removed)


def _balanced(world: World, moved: Iterable[Account]) -> tuple[World, tuple[tuple[str, Decimal], ...]]:
    """The world with the counterpart of what users were given and lost, and that sum by currency."""
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
"""What the control surface changes by hand."""
