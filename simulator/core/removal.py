"""Who goes, and what goes with them: nothing that a credential could lead to is left, and no row leads nowhere."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core import money
from simulator.core.world import Account, ApiKey, Consent, Entity, World, identities_of

Whose = Callable[[Consent | ApiKey], bool]
"""Tells what hangs on somebody who goes."""


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
    taken = [negative(each) for each in world.wallet(name).accounts]
    world = without_identities(world, name)
    world, removed = _without(world, lambda each: each.user == name)
    world, trades = _without_trades(world, name)
    removed += trades
    world = world.put(*(each.without(name) for each in world.clienteles.values() if name in each.users))
    rows: list[Entity] = [each for each in world.windows.values() if each.user == name]
    rows += _past(world, name)
    for table in (world.wallets, world.message_boxes, world.statements, world.users):
        rows += [table[name]] if name in table else []
    for row in rows:
        world = world.drop(row)
    lines = {missing: line.only(world.deposits) for missing, line in world.arriving.items()}
    arriving = HashTrieMap({missing: line for missing, line in lines.items() if line})
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
    if (clientele := world.clienteles.get(client_id)) is not None:
        world = world.drop(clientele)
    return world.drop(client), removed


def _without(world: World, gone: Whose) -> tuple[World, tuple[tuple[str, int], ...]]:
    """The world without these consents and keys, and what became of them."""
    consents = [each for each in world.consents.values() if gone(each)]
    keys = [each for each in world.api_keys.values() if gone(each)]
    codes = [world.codes[each.code] for each in consents if each.code in world.codes]
    rows: list[Entity] = [*consents, *codes]
    for row in rows:
        world = world.drop(row)
    world, removed = without_keys(world, keys)
    return world, _counted(consents=len(consents)) + removed


def without_keys(world: World, keys: list[ApiKey]) -> tuple[World, tuple[tuple[str, int], ...]]:
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


def negative(account: Account) -> Account:
    """What somebody had, as a debt."""
    return replace(account, balance=money.negative(account.balance))
