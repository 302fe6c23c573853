"""`Draft`: changes of one deed, gathered before they make a world."""

from __future__ import annotations

from typing import Any, TypeVar

from rpds import HashTrieMap

from simulator.core.choices import Choices
from simulator.core.world.brokers import BrokerBook
from simulator.core.world.markets import Market, RestingOrders, Symbol
from simulator.core.world.orders import Order, OrderHistory, StopOrder, Trader
from simulator.core.world.statements import Statement
from simulator.core.world.users import User
from simulator.core.world.wallets import Pot, Wallet, Window
from simulator.core.world.world import TABLES, Entity, World


class Draft:
    """A world in the making: it is read as a world is, and each of its changed rows is put into the world once.

    Rows are put in the order in which they were first changed.
    """

    __slots__ = ("_rows", "_world", "agenda", "everybody", "moves_made", "orders_made", "trades_made", "unsettled")

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: dict[tuple[str, Any], Any] = {}
        """By (table, key)."""
        self.everybody, self.unsettled, self.agenda = world.everybody, world.unsettled, world.agenda
        self.orders_made, self.trades_made, self.moves_made = world.orders_made, world.trades_made, world.moves_made

    @property
    def base(self) -> World:
        """The world before the changes: for what none of them touches, such as users and symbols."""
        return self._world

    @property
    def choices(self) -> Choices:
        """The world's."""
        return self._world.choices

    @property
    def users(self) -> HashTrieMap[str, User]:
        """The world's."""
        return self._world.users

    @property
    def symbols(self) -> HashTrieMap[str, Symbol]:
        """The world's."""
        return self._world.symbols

    def put(self, *entities: Entity) -> Draft:
        """The same draft, in which these entities have changed."""
        for entity in entities:
            self._rows[TABLES[type(entity)], entity.key] = entity
        return self

    def wallet(self, user: str) -> Wallet:
        """The user's wallet, or an empty one."""
        wallet: Wallet | None = self._rows.get(("wallets", user))
        return wallet or self._world.wallet(user)

    def statement(self, user: str) -> Statement:
        """The user's statement, or an empty one."""
        statement: Statement | None = self._rows.get(("statements", user))
        return statement or self._world.statement(user)

    def window(self, user: str, name: str) -> Window | None:
        """The window of one of the user's limits, if it was ever opened."""
        window: Window | None = self._rows.get(("windows", (user, name)))
        return window or self._world.window(user, name)

    def pot(self, currency: str) -> Pot:
        """The currency's pot, or an empty one."""
        pot: Pot | None = self._rows.get(("pots", currency))
        return pot or self._world.pot(currency)

    def broker_book(self, client_id: str) -> BrokerBook:
        """The client's book, or an empty one."""
        book: BrokerBook | None = self._rows.get(("broker_books", client_id))
        return book or self._world.broker_book(client_id)

    def market(self, symbol: str) -> Market:
        """The symbol's prices."""
        market: Market | None = self._rows.get(("markets", symbol))
        return market or self._world.markets[symbol]

    def resting(self, symbol: str) -> RestingOrders:
        """The symbol's orders in the book, or none."""
        resting: RestingOrders | None = self._rows.get(("resting_orders", symbol))
        return resting or self._world.resting(symbol)

    def order(self, id: str) -> Order:
        """An order that there is."""
        order: Order | None = self._rows.get(("orders", id))
        return order or self._world.orders[id]

    def order_history(self, user: str, symbol: str) -> OrderHistory:
        """The user's orders in that symbol, or none."""
        history: OrderHistory | None = self._rows.get(("order_histories", (user, symbol)))
        return history or self._world.order_history(user, symbol)

    def stop_order(self, id: str) -> StopOrder:
        """A stop order that there is."""
        stop: StopOrder | None = self._rows.get(("stop_orders", id))
        return stop or self._world.stop_orders[id]

    def trader(self, user: str) -> Trader:
        """The user's orders in all symbols together, or none."""
        trader: Trader | None = self._rows.get(("traders", user))
        return trader or self._world.trader(user)

    def done(self) -> World:
        """The world with all changes."""
        return self._world.put_at(
            self._rows.items(),
            everybody=self.everybody,
            unsettled=self.unsettled,
            agenda=self.agenda,
            orders_made=self.orders_made,
            trades_made=self.trades_made,
            moves_made=self.moves_made,
        )


Books = TypeVar("Books", World, Draft)
"""What money is booked in: a world, or one in the making."""
