"""The removal of users, clients and keys with everything that refers to them: no reference to a missing row is left."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core import money
from simulator.core.control import issued
from simulator.core.funds.limits import LENGTHS
from simulator.core.world import (
    Account,
    ApiKey,
    Consent,
    DueKind,
    Entity,
    Fill,
    Stack,
    Statement,
    World,
    identities_of,
)
from simulator.core.world.stack import stacked


def without_identities(world: World, name: str) -> World:
    """The world in which a user can be found by their name only. Created deposit addresses stay."""
    user, identities = world.users.get(name), world.identities
    for identity in identities_of(user) if user else ():
        identities = identities.discard(identity)
    return replace(world, identities=identities)


def without_addresses(world: World, name: str) -> World:
    """The world without the deposit addresses that a user has created."""
    book, identities = world.deposit_books.get(name), world.identities
    for address in book.addresses if book else ():
        identities = identities.discard(address.identity)
    return replace(world.drop(book) if book else world, identities=identities)


def without_user(world: World, name: str) -> tuple[World, tuple[tuple[str, int], ...], list[Account]]:
    """The world without a user, the counts of removed rows, and the user's accounts as debts.

    If there is no such user, the world is unchanged.
    """
    user = world.users.get(name)
    if user is None:
        return world, (), []
    taken = [*map(negative, world.wallet(name).every)]
    world = without_addresses(without_identities(world, name), name)
    world, removed = _without(world, [*issued.consents(world, name)], [*issued.keys(world, name)])
    world, trades = _without_trades(world, name)
    removed += trades
    clienteles = [clientele for clientele in world.clienteles.values() if name in clientele.users]
    world = world.put(*(clientele.without(name) for clientele in clienteles))
    windows = (world.windows.get((name, window)) for window in LENGTHS)
    rows: list[Entity] = [window for window in windows if window]
    tables = (world.wallets, world.message_boxes, world.statements, world.key_rings, world.users)
    rows += [table[name] for table in tables if name in table]
    world = _without_past(world, world.statement(name))
    for row in rows:
        world = world.drop(row)
    return world, removed, taken


def _without_past(world: World, statement: Statement) -> World:
    """The world without a user's deposits and transfers; deposits that have not arrived yet are dropped."""
    rows: list[Entity] = [world.deposits[held.id] for held in statement.deposits]
    for row in (*rows, *statement.transfers):
        world = world.drop(row)
    world = _without_orders(world, statement)
    everybody, user = world.everybody, statement.user
    if statement.order_holds:
        order_holds = _others(everybody.order_holds, user, attrgetter("at", "id"))
        fills = _others(everybody.fills, user, attrgetter("at", "id"))
        everybody = replace(everybody, order_holds=order_holds, fills=fills)
    if statement.deposits:
        deposits = _others(everybody.deposits, user, attrgetter("at", "id"))
        credited = _others(everybody.credited, user, attrgetter("updated_at", "id"))
        everybody = replace(everybody, deposits=deposits, credited=credited)
    if statement.transfers:
        transfers = _others(everybody.transfers, user, attrgetter("created_at", "id"))
        everybody = replace(everybody, transfers=transfers)
    if statement.given or statement.taken:
        given = _others(everybody.given, user, attrgetter("at", "id"))
        taken = _others(everybody.taken, user, attrgetter("at", "id"))
        everybody = replace(everybody, given=given, taken=taken)
    arriving = world.arriving
    if len(statement.deposits) != len(statement.credited):
        lines = {missing: line.only(world.deposits) for missing, line in arriving.items()}
        arriving = HashTrieMap({missing: line for missing, line in lines.items() if line})
    return replace(world, arriving=arriving, everybody=everybody)


def _without_orders(world: World, statement: Statement) -> World:
    """The world without a user's orders, their fills and what is due for them.

    What the other side and the fees got of the fills goes to `control` of the pots, as all money that loses its cause.
    """
    user = statement.user
    histories = [row for name in world.symbols if (row := world.order_histories.get((user, name))) is not None]
    agenda = world.agenda.without(DueKind.DEAD_MAN_SWITCH, user)
    for history in histories:
        resting = world.resting(history.symbol)
        for key in history.active:
            order = world.orders[key]
            agenda = agenda.without(DueKind.PLAN_STEP, key).without(DueKind.ORDER_EXPIRY, key)
            if order.in_book and not order.planned and order.terms.price is not None:
                resting = resting.without(order.terms.side, order.terms.price, key)
        world = world.put(resting)
        orders = [world.orders[key] for key in (*history.active, *(row.id for row in history.done))]
        for order in orders:
            agenda = agenda.without(DueKind.ORDER_REPORT, order.id)
        rows: list[Entity] = [*orders, history]
        for entity in rows:
            world = world.drop(entity)
    for stop in [stop for stop in world.stop_orders.values() if stop.user == user]:
        resting = world.resting(stop.terms.symbol)
        if stop.status == "NEW":
            resting = resting.without_stop(stop.stop, stop.stop_price, stop.id)
        world = world.drop(stop).put(resting)
    if (trader := world.traders.get(user)) is not None:
        world = world.drop(trader)
    return replace(_settled_up(world, statement.fills), agenda=agenda)


def _settled_up(world: World, fills: Stack[Fill]) -> World:
    """The world whose pots have nothing of these fills but under `control`. The sum in each pot stays."""
    for fill in fills:
        for name, currency, amount in fill.sums:
            pot = world.pot(currency)
            sums = {name: money.subtract(getattr(pot, name), amount), "control": money.add(pot.control, amount)}
            world = world.put(replace(pot, **sums))
    return world


def _others(rows: Stack[Any], user: str, order: Callable[[Any], tuple[int, str]]) -> Stack[Any]:
    """The rows of all other users, in the same order."""
    return stacked(reversed([row for row in rows if row.user != user]), order)


def without_client(world: World, client_id: str) -> tuple[World, tuple[tuple[str, int], ...]]:
    """The world without a client, and the counts of removed rows."""
    client = world.clients.get(client_id)
    if client is None:
        return world, ()
    consents, keys = issued.consents(world, client=client_id), issued.keys(world, client=client_id)
    world, removed = _without(world, [*consents], [*keys])
    if (book := world.broker_books.get(client_id)) is not None:
        world = world.drop(book)
        removed += _counts(trades=len(book.trades))
    if (clientele := world.clienteles.get(client_id)) is not None:
        world = world.drop(clientele)
    return world.drop(client), removed


def _without(world: World, consents: list[Consent], keys: list[ApiKey]) -> tuple[World, tuple[tuple[str, int], ...]]:
    """The world without these consents and keys, and the counts of removed rows."""
    codes = [world.codes[consent.code] for consent in consents if consent.code in world.codes]
    rows: list[Entity] = [*consents, *codes]
    for row in rows:
        world = world.drop(row)
    world = replace(world, consent_order=issued.tidied(world.consent_order, world.consents))
    world, removed = without_keys(world, keys)
    return world, _counts(consents=len(consents)) + removed


def without_keys(world: World, keys: list[ApiKey]) -> tuple[World, tuple[tuple[str, int], ...]]:
    """The world without these keys and the transactions that they opened; the keys' names become free."""
    api_keys = {key.api_key for key in keys}
    transactions = [transaction for transaction in world.transactions.values() if transaction.api_key in api_keys]
    for transaction in transactions:
        world = world.drop(transaction)
    for key in keys:
        world = world.drop(key).put(world.key_ring(key.user).without(key))
    world = replace(world, key_order=issued.tidied(world.key_order, world.api_keys))
    return world, _counts(api_keys=len(keys), transactions=len(transactions))


def _without_trades(world: World, user: str) -> tuple[World, tuple[tuple[str, int], ...]]:
    """The world in which no broker has a trade of that user or has invited them, and the counts of removed rows."""
    books = [(book, book.without(user)) for book in world.broker_books.values()]
    changed = [after for before, after in books if before != after]
    hosts = [
        replace(client, invited=tuple(name for name in client.invited if name != user))
        for client in world.clients.values()
        if user in client.invited
    ]
    removed = sum(len(before.trades) - len(after.trades) for before, after in books)
    return world.put(*changed, *hosts), _counts(trades=removed)


def _counts(**counts: int) -> tuple[tuple[str, int], ...]:
    """The counts of removed rows by table, without the tables of which none was removed."""
    return tuple((name, count) for name, count in counts.items() if count)


def negative(account: Account) -> Account:
    """The account with its balance negated."""
    return replace(account, balance=money.negative(account.balance))
