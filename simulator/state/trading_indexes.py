"""What follows from orders and stop orders: left out of an export and made again on import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any, Final, TypeVar

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core.ordering import in_order
from simulator.core.world import (
    Agenda,
    BrokerBook,
    DueKind,
    Fill,
    Market,
    Order,
    OrderHistory,
    PriceChange,
    RestingOrders,
    SortedKeys,
    StopOrder,
    Trader,
    World,
)
from simulator.core.world.stack import Stack, stacked

K = TypeVar("K")
R = TypeVar("R")
MOVED: Final = attrgetter("at", "id")
"""The order of fills and of changes of holds."""


def table_of(rows: Iterable[tuple[K, R]]) -> HashTrieMap[K, R]:
    """A table of these rows. It is made row by row: one call over very many lets no other thread work meanwhile."""
    table: HashTrieMap[K, R] = HashTrieMap()
    for key, row in rows:
        table = table.insert(key, row)
    return table


def sorted_stack(rows: Iterable[R], order: Any) -> Stack[R]:
    """A stack of these rows, in the order that `order` says."""
    return stacked(in_order(rows, order), order)


def _order_of_price(change: PriceChange) -> tuple[int, str]:
    """As `trading.prices` and, for the first price of a market, `trading.quotes` have it."""
    return change.at, f"{change.sequence:020}" if change.sequence > 1 else ""


def whole_market(market: Market) -> Market:
    """The market whose stacks know their newest rows."""
    prices = stacked(reversed([*market.prices]), _order_of_price)
    matches = stacked(reversed([*market.matches]), lambda match: (match.at, f"{match.trade_id:020}"))
    return replace(market, prices=prices, matches=matches)


def whole_order(order: Order) -> Order:
    """The order whose stack of fills knows its newest row."""
    return replace(order, fills=stacked(reversed([*order.fills]), MOVED)) if order.fills else order


def with_trading(world: World) -> World:
    """An imported world with the indexes of its orders. The other indexes need not be there yet."""
    orders = table_of((name, whole_order(order)) for name, order in world.orders.items())
    world = replace(
        world,
        orders=orders,
        markets=table_of((name, whole_market(market)) for name, market in world.markets.items()),
        agenda=whole_agenda(world.agenda),
    )
    by_number = [*in_order(orders.values(), attrgetter("number"))]
    return replace(
        world,
        order_histories=table_of(_histories(world, by_number)),
        traders=table_of(_traders(world, by_number)),
        resting_orders=table_of(_resting(world, by_number)),
        broker_books=table_of(_books(world)),
    )


def whole_agenda(agenda: Agenda) -> Agenda:
    """The agenda with its derived fields."""
    kinds = list(DueKind)
    instants: SortedKeys[tuple[int, int, int]] = SortedKeys()
    numbers: HashTrieMap[tuple[str, str], int] = HashTrieMap()
    for number, due in agenda.entries.items():
        instants = instants.having((due.at, kinds.index(due.kind), number))
        numbers = numbers.insert((due.kind.value, due.of), number)
    return Agenda(instants, agenda.entries, numbers, agenda.made)


def _histories(world: World, by_number: list[Order]) -> Iterator[tuple[tuple[str, str], OrderHistory]]:
    latest: dict[str, str] = {}
    for statement in world.statements.values():
        for row in statement.order_holds:
            latest[row.order_id] = max(row.id, latest.get(row.order_id, ""))
    groups: dict[tuple[str, str], list[Order]] = {}
    for order in by_number:
        groups.setdefault((order.user, order.terms.symbol), []).append(order)

    def end_of(order: Order) -> tuple[int, str, int]:
        """What tells which of two orders ended first: the last thing that happened to each."""
        last = max((fill.id for fill in order.fills), default="")
        return order.updated_at, max(last, latest.get(order.id, "")), order.number

    for key, orders in groups.items():
        done: Stack[Order] = Stack()
        for order in sorted((order for order in orders if not order.status.active), key=end_of):
            done = done.having(order, order.updated_at, f"{len(done):012}")
        active = table_of((order.id, order.number) for order in orders if order.status.active)
        fills = sorted_stack((fill for order in orders for fill in order.fills), MOVED)
        yield key, OrderHistory(*key, active, done, fills)


def _traders(world: World, by_number: list[Order]) -> Iterator[tuple[str, Trader]]:
    active: dict[str, HashTrieMap[str, int]] = {}
    client_oids: dict[str, HashTrieMap[str, str]] = {}
    for order in by_number:
        user, symbol = order.user, order.terms.symbol
        if order.status.active:
            counts = active.get(user, HashTrieMap())
            active[user] = counts.insert(symbol, counts.get(symbol, 0) + 1)
        if order.client_oid:
            client_oids[user] = client_oids.get(user, HashTrieMap()).insert(order.client_oid, order.id)
    traders = {
        user: Trader(
            user,
            active.get(user, HashTrieMap()),
            client_oids.get(user, HashTrieMap()),
            world.trader(user).dead_man_switch,
        )
        for user in dict.fromkeys((*world.traders, *active, *client_oids))
    }
    for stop in filter(waits, world.stop_orders.values()):
        trader = traders.get(stop.user) or Trader(stop.user)
        traders[stop.user] = trader.with_stop(stop.terms.symbol, stop.id, stop.number, stop.client_oid)
    yield from traders.items()


def waits(stop: StopOrder) -> bool:
    """True if a price can trigger the stop order."""
    return stop.status == "NEW"


def rests(order: Order) -> bool:
    """True if a price that crosses the order fills it: it is in the book, and no plan says when it is filled."""
    return order.in_book and order.status.active and not order.planned and order.terms.price is not None


def _resting(world: World, by_number: list[Order]) -> Iterator[tuple[str, RestingOrders]]:
    books: dict[str, RestingOrders] = {}
    for order in filter(rests, by_number):
        terms = order.terms
        assert terms.price is not None
        book = books.get(terms.symbol, RestingOrders(terms.symbol))
        books[terms.symbol] = book.having(terms.side, terms.price, order.id, order.number)
    for stop in filter(waits, world.stop_orders.values()):
        book = books.get(stop.terms.symbol, RestingOrders(stop.terms.symbol))
        books[stop.terms.symbol] = book.with_stop(stop.stop, stop.stop_price, stop.id, stop.number)
    yield from books.items()


def _books(world: World) -> Iterator[tuple[str, BrokerBook]]:
    tagged: dict[str, list[Fill]] = {}
    for order in world.orders.values():
        if order.tagged and order.client_id in world.clients and order.fills:
            tagged.setdefault(order.client_id, []).extend(order.fills)
    for client_id in dict.fromkeys((*world.broker_books, *tagged)):
        yield client_id, replace(world.broker_book(client_id), fills=sorted_stack(tagged.get(client_id, ()), MOVED))
