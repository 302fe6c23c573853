"""What is done to the world from outside while it runs: people and brokers come and go, prices and choices change.

No client of the exchange can do any of this. What the commands carry has been read and judged already, as a scenario
is; here the world is changed, whole or not at all. Money that is made or taken away has its counterpart in the pot
`control`, so that users and pots together never have more or less than at the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from simulator.core import money
from simulator.core.choices import After, Choices
from simulator.core.deposits import rescheduled
from simulator.core.money import ZERO
from simulator.core.replies import Reply
from simulator.core.settlement import settle, settles_by_itself
from simulator.core.value import Value
from simulator.core.world import (
    Account,
    ApiKey,
    Client,
    Consent,
    Currency,
    Entity,
    Line,
    Now,
    User,
    Withdrawal,
    World,
    identities_of,
    with_user,
)

Whose = Callable[[Consent | ApiKey], bool]
"""Tells what hangs on somebody who goes."""
CONTROL_POT: Final = "control"
"""What control calls have taken from users, less what they have given them."""


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
    found = [each for each in world.withdrawals.values() if user in (each.user, each.recipient)]
    return sorted((each for each in found if not each.status.final), key=lambda each: (each.created_at, each.id))


def put_user(world: World, command: PutUser, now: Now) -> tuple[World, Administered]:
    """Out with the old one, in with the new one."""
    world, removed, taken = without_user(world, command.user.name)
    world = with_user(world, command.user, command.accounts).put(*command.keys)
    world, created = _balanced(world, [*command.accounts, *taken])
    return world, Administered(removed=removed, created=created)


def change_user(world: World, command: ChangeUser, now: Now) -> tuple[World, Administered]:
    """The user's names, accounts and keys follow."""
    user, wallet = command.user, world.wallet(command.user.name)
    moved = [*command.accounts, *(_negative(wallet.account(each.currency, each.type)) for each in command.accounts)]
    for account in command.accounts:
        now_there = wallet.account(account.currency, account.type)
        wallet = wallet.having(replace(now_there, balance=account.balance))
    renumbered = world.users[user.name].uid != user.uid
    theirs = [each for each in world.api_keys.values() if each.user == user.name] if renumbered else []
    keys = [replace(each, uid=user.uid) for each in theirs]
    world = with_user(without_identities(world, user.name), user, wallet.accounts).put(*keys, *command.keys)
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
    before, world = world.choices.settlement, rescheduled(replace(world, choices=command.choices))
    if before == command.choices.settlement:
        return world, Administered()
    waiting = [each for each in world.withdrawals.values() if settles_by_itself(each)]
    waiting.sort(key=lambda each: (each.created_at, each.id))
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
    world, removed = _without_keys(world, [world.api_keys[command.api_key]])
    return world, Administered(removed=removed)


def without_identities(world: World, name: str) -> World:
    """The world in which nothing but their name leads to a user. Nobody of that name = the same world."""
    user, identities = world.users.get(name), world.identities
    for identity in identities_of(user) if user else ():
        identities = identities.discard(identity)
    return replace(world, identities=identities)


def without_user(world: World, name: str) -> tuple[World, tuple[tuple[str, int], ...], list[Account]]:
    """The world without a user, what went with them, and their accounts as debts. Nobody there = nothing happens."""
    user = world.users.get(name)
    if user is None:
        return world, (), []
    taken = [_negative(each) for each in world.wallet(name).accounts]
    world = without_identities(world, name)
    world, removed = _without(world, lambda each: each.user == name)
    world, trades = _without_trades(world, name)
    removed += trades
    rows: list[Entity] = [each for each in world.windows.values() if each.user == name]
    rows += _past(world, name)
    for table in (world.wallets, world.message_boxes, world.statements, world.users):
        rows += [table[name]] if name in table else []
    for row in rows:
        world = world.drop(row)
    arriving = tuple(each for each in world.arriving if each[1] in world.deposits)
    return replace(world, arriving=arriving), removed, taken


def _past(world: World, name: str) -> list[Entity]:
    """A user's deposits and transfers; what is still under way comes to nobody."""
    statement = world.statement(name)
    deposits = [world.deposits[each] for each in statement.deposits]
    return [*deposits, *(world.transfers[name, client_oid] for client_oid in statement.transfers)]


def without_client(world: World, client_id: str) -> tuple[World, tuple[tuple[str, int], ...]]:
    """The world without a client, and what went with it."""
    client = world.clients.get(client_id)
    if client is None:
        return world, ()
    world, removed = _without(world, lambda each: each.client_id == client_id)
    if (book := world.broker_books.get(client_id)) is not None:
        world = world.drop(book)
        removed += _counted(trades=len(book.trades))
    return world.drop(client), removed


def _without(world: World, gone: Whose) -> tuple[World, tuple[tuple[str, int], ...]]:
    """The world without these consents and keys, and what became of them."""
    consents = [each for each in world.consents.values() if gone(each)]
    keys = [each for each in world.api_keys.values() if gone(each)]
    codes = [world.codes[each.code] for each in consents if each.code in world.codes]
    rows: list[Entity] = [*consents, *codes]
    for row in rows:
        world = world.drop(row)
    world, removed = _without_keys(world, keys)
    return world, _counted(consents=len(consents)) + removed


def _without_keys(world: World, keys: list[ApiKey]) -> tuple[World, tuple[tuple[str, int], ...]]:
    """The world without these keys and the transactions that they opened; their names are free."""
    opened = {each.api_key for each in keys}
    transactions = [each for each in world.transactions.values() if each.api_key in opened]
    for transaction in transactions:
        world = world.drop(transaction)
    for key in keys:
        user = world.users[key.user]
        names = tuple(name for name in user.api_names if name != key.api_name)
        world = world.drop(key).put(replace(user, api_names=names))
    return world, _counted(api_keys=len(keys), transactions=len(transactions))


def _without_trades(world: World, user: str) -> tuple[World, tuple[tuple[str, int], ...]]:
    """The world in which no broker has a trade of that user, or has invited them."""
    books = [(book, book.without(user)) for book in world.broker_books.values()]
    changed = [after for before, after in books if before != after]
    invited = [each for each in world.clients.values() if user in each.invited]
    hosts = [replace(each, invited=tuple(name for name in each.invited if name != user)) for each in invited]
    gone = sum(len(before.trades) - len(after.trades) for before, after in books)
    return world.put(*changed, *hosts), _counted(trades=gone)


def _counted(**counts: int) -> tuple[tuple[str, int], ...]:
    """What is gone by table, where anything is."""
    return tuple((name, count) for name, count in counts.items() if count)


def _negative(account: Account) -> Account:
    return replace(account, balance=money.negative(account.balance))


def _balanced(world: World, moved: Iterable[Account]) -> tuple[World, tuple[tuple[str, Decimal], ...]]:
    """The world with the counterpart of what users were given and lost, and that sum by currency."""
    sums: dict[str, Decimal] = {}
    for account in moved:
        sums[account.currency] = money.add(sums.get(account.currency, ZERO), account.balance)
    created = tuple((currency, amount) for currency, amount in sorted(sums.items()) if amount)
    pots = [world.pot(CONTROL_POT, currency) for currency, _ in created]
    pots = [
        replace(pot, amount=money.subtract(pot.amount, amount)) for pot, (_, amount) in zip(pots, created, strict=True)
    ]
    return world.put(*pots), created
