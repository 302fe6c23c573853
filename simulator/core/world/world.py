"""What the exchange knows, as one frozen value.

A `World` is built of persistent maps: a change makes a new world that shares everything else with the old one, so that
keeping, forking and going back cost nothing, and an operation costs the same at ten users and at a hundred thousand.
Instants are milliseconds since 1970; money is `Decimal`. What a world holds is made of `parties` and `holdings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

from msgspec.structs import replace
from rpds import HashTrieMap, List

from simulator.core.choices import DEFAULTS, Choices
from simulator.core.value import Value
from simulator.core.world.agenda import Agenda
from simulator.core.world.brokers import BrokerBook, Clientele
from simulator.core.world.clients import ApiKey, AuthorizationCode, Client, Consent, Issued, KeyRing, MadeBy
from simulator.core.world.currencies import Currency
from simulator.core.world.line import Line
from simulator.core.world.markets import Market, RestingOrders, Symbol
from simulator.core.world.movements import (
    Deposit,
    Transaction,
    Transfer,
    Withdrawal,
)
from simulator.core.world.order_plans import OrderPlan
from simulator.core.world.orders import Order, OrderHistory, StopOrder, Trader
from simulator.core.world.stack import Stack
from simulator.core.world.statements import EVERYBODY, Statement
from simulator.core.world.users import DepositBook, MessageBox, User, phone_number, phone_of
from simulator.core.world.wallets import Account, Pot, Wallet, Window, wallet_of

HOME: Final = "default"
"""The workspace that is always there."""


class Now(Value, frozen=True):
    """One instant on both clocks, ms. What the exchange dates is `business`; what another machine stamps is `wall`."""

    business: int
    wall: int


class Entity(Protocol):
    """Anything that has a place in a table of the world."""

    @property
    def key(self) -> Any:
        """Its place in the table."""


class World(Value, frozen=True):
    """Everything that the exchange knows. Make a changed one with `put`, `drop` and `replace`."""

    seed: int = 0
    workspace: str = HOME
    step: int = 0
    """How many operations that change something have been performed; names of new things derive from it."""
    origins: tuple[str, ...] = ("http://127.0.0.1:8080",)
    """Our own origins, the public one first: what a redirect URI that is a path stands for."""
    observed_ip: str | None = None
    """What the exchange sees as every caller's IP (H26); None = the caller's own."""
    choices: Choices = DEFAULTS
    clients: HashTrieMap[str, Client] = HashTrieMap()
    users: HashTrieMap[str, User] = HashTrieMap()
    identities: HashTrieMap[str, str] = HashTrieMap()
    """uid, e-mail, phone and `chain:address[:memo]` of a deposit address -> the user's name."""
    consents: HashTrieMap[str, Consent] = HashTrieMap()
    codes: HashTrieMap[str, AuthorizationCode] = HashTrieMap()
    api_keys: HashTrieMap[str, ApiKey] = HashTrieMap()
    wallets: HashTrieMap[str, Wallet] = HashTrieMap()
    message_boxes: HashTrieMap[str, MessageBox] = HashTrieMap()
    transactions: HashTrieMap[str, Transaction] = HashTrieMap()
    transaction_order: Line = Line()
    """Every id in `transactions`, and ids that are done with, oldest first."""
    withdrawals: HashTrieMap[str, Withdrawal] = HashTrieMap()
    unsettled: Line = Line()
    """Withdrawals that settle after a time, oldest first."""
    deposits: HashTrieMap[str, Deposit] = HashTrieMap()
    arriving: HashTrieMap[int, Line] = HashTrieMap()
    """Deposits that wait for confirmations, by how many they have not had on arrival; each line oldest first."""
    transfers: HashTrieMap[tuple[str, str], Transfer] = HashTrieMap()
    statements: HashTrieMap[str, Statement] = HashTrieMap()
    everybody: Statement = EVERYBODY
    """What has moved the money of all users, also of those who are gone, as far as its rows are there."""
    clienteles: HashTrieMap[str, Clientele] = HashTrieMap()
    consent_order: Stack[Issued] = Stack()
    """Every consent, newest first; one that is gone may still stand here."""
    key_order: Stack[Issued] = Stack()
    """The same of API keys."""
    key_rings: HashTrieMap[str, KeyRing] = HashTrieMap()
    deposit_books: HashTrieMap[str, DepositBook] = HashTrieMap()
    windows: HashTrieMap[tuple[str, str], Window] = HashTrieMap()
    currencies: HashTrieMap[str, Currency] = HashTrieMap()
    pots: HashTrieMap[str, Pot] = HashTrieMap()
    broker_books: HashTrieMap[str, BrokerBook] = HashTrieMap()
    """Of clients that have trades, or have asked for files."""
    symbols: HashTrieMap[str, Symbol] = HashTrieMap()
    markets: HashTrieMap[str, Market] = HashTrieMap()
    """The prices of every symbol."""
    resting_orders: HashTrieMap[str, RestingOrders] = HashTrieMap()
    orders: HashTrieMap[str, Order] = HashTrieMap()
    order_histories: HashTrieMap[tuple[str, str], OrderHistory] = HashTrieMap()
    traders: HashTrieMap[str, Trader] = HashTrieMap()
    stop_orders: HashTrieMap[str, StopOrder] = HashTrieMap()
    order_plans: tuple[OrderPlan, ...] = ()
    """What the scenario or a hand has decided about orders; the first one that matches an order counts."""
    agenda: Agenda = Agenda()
    """What happens to orders by the passing of time."""
    orders_made: int = 0
    """How many orders have been accepted; their numbers derive from it."""
    trades_made: int = 0
    moves_made: int = 0
    """How many changes of holds and fills orders have had; the ids of both sort in the order in which they happened."""
    touched: List[tuple[str, Any]] | None = None
    """(table, key) of what the last operation has put or dropped, because persistent maps have no cheap difference.

    The last one first. None = nobody keeps count: the world is still being built.
    """

    def put(self, *entities: Entity, **others: Any) -> World:
        """The world with these entities, each in its table under its key, and with `others` as in `replace`."""
        return self.put_at([((TABLES[type(entity)], entity.key), entity) for entity in entities], **others)

    def put_at(self, places: Iterable[tuple[tuple[str, Any], Entity]], **others: Any) -> World:
        """The same of entities whose places, (table, key), are known."""
        changes: dict[str, Any] = others
        touched = self.touched
        for place, entity in places:
            table, key = place
            rows = changes.get(table)
            changes[table] = (getattr(self, table) if rows is None else rows).insert(key, entity)
            if touched is not None:
                touched = touched.push_front(place)
        if touched is not self.touched:
            changes["touched"] = touched
        return replace(self, **changes)

    def drop(self, entity: Entity) -> World:
        """The world without that entity."""
        table = TABLES[type(entity)]
        changes: dict[str, Any] = {table: getattr(self, table).remove(entity.key)}
        if self.touched is not None:
            changes["touched"] = self.touched.push_front((table, entity.key))
        return replace(self, **changes)

    def user_of(self, identity: str) -> User | None:
        """The user of that uid, e-mail (any case), phone (in any spelling in which one is paid) or name."""
        name = self.identities.get(identity) or self.identities.get(identity.lower(), identity)
        user = self.users.get(name)
        if user is None and (phone := phone_number(identity.removeprefix("+"))):
            return self.users.get(self.identities.get(phone, ""))
        return user

    def wallet(self, user: str) -> Wallet:
        """The user's wallet, or an empty one."""
        return self.wallets.get(user) or Wallet(user)

    def clientele(self, client_id: str) -> Clientele:
        """The client's clientele, or an empty one."""
        return self.clienteles.get(client_id) or Clientele(client_id)

    def statement(self, user: str) -> Statement:
        """The user's statement, or an empty one."""
        return self.statements.get(user) or Statement(user)

    def key_ring(self, user: str) -> KeyRing:
        """The user's ring of keys, or an empty one."""
        return self.key_rings.get(user) or KeyRing(user)

    def deposit_book(self, user: str) -> DepositBook:
        """The deposit addresses that the user has created, or none."""
        return self.deposit_books.get(user) or DepositBook(user)

    def message_box(self, user: str) -> MessageBox:
        """The user's message box, or an empty one."""
        return self.message_boxes.get(user) or MessageBox(user)

    def window(self, user: str, name: str) -> Window | None:
        """The window of one of the user's limits, if it was ever opened."""
        return self.windows.get((user, name))

    def pot(self, currency: str) -> Pot:
        """The currency's pot, or an empty one."""
        return self.pots.get(currency) or Pot(currency)

    def market(self, symbol: str) -> Market:
        """The prices of a symbol that there is."""
        return self.markets[symbol]

    def resting(self, symbol: str) -> RestingOrders:
        """The symbol's orders in the book, or none."""
        return self.resting_orders.get(symbol) or RestingOrders(symbol)

    def order(self, id: str) -> Order:
        """An order that there is."""
        return self.orders[id]

    def order_history(self, user: str, symbol: str) -> OrderHistory:
        """The user's orders in that symbol, or none."""
        return self.order_histories.get((user, symbol)) or OrderHistory(user, symbol)

    def trader(self, user: str) -> Trader:
        """The user's orders in all symbols together, or none."""
        return self.traders.get(user) or Trader(user)

    def broker_book(self, client_id: str) -> BrokerBook:
        """The client's book, or an empty one."""
        return self.broker_books.get(client_id) or BrokerBook(client_id)

    @property
    def origin(self) -> str:
        """Our public origin, such as `http://127.0.0.1:8080`."""
        return self.origins[0]

    @property
    def prefix(self) -> str:
        """What stands before the paths that lead to this workspace: `/w/name`, "" for the default one."""
        return "" if self.workspace == HOME else f"/w/{self.workspace}"


TABLES: dict[type, str] = {
    Client: "clients",
    User: "users",
    Consent: "consents",
    AuthorizationCode: "codes",
    ApiKey: "api_keys",
    Wallet: "wallets",
    MessageBox: "message_boxes",
    Transaction: "transactions",
    Withdrawal: "withdrawals",
    Deposit: "deposits",
    Transfer: "transfers",
    Statement: "statements",
    Clientele: "clienteles",
    KeyRing: "key_rings",
    DepositBook: "deposit_books",
    Window: "windows",
    Currency: "currencies",
    Pot: "pots",
    BrokerBook: "broker_books",
    Symbol: "symbols",
    Market: "markets",
    RestingOrders: "resting_orders",
    Order: "orders",
    OrderHistory: "order_histories",
    Trader: "traders",
    StopOrder: "stop_orders",
}
"""Which table an entity lives in."""


def identities_of(user: User) -> Iterator[str]:
    """What a user can be found by in addition to the name."""
    yield from filter(None, (str(user.uid), user.email.lower(), phone_of(user)))
    yield from (address.identity for address in user.deposit_addresses)


def with_user(world: World, user: User, accounts: Iterable[Account] = ()) -> World:
    """The world with a new user, their wallet, and every name that they can be found by."""
    identities = world.identities
    for identity in identities_of(user):
        identities = identities.insert(identity, user.name)
    return world.put(user, wallet_of(user.name, accounts), identities=identities)


def with_keys(world: World, keys: Iterable[ApiKey]) -> World:
    """The world with new API keys, each on its user's ring."""
    for key in keys:
        issued = Issued(key.api_key, key.user, key.client_id, key.created_at, key.made_by is MadeBy.BROKER)
        order = world.key_order.having(issued, issued.at, issued.id)
        world = world.put(key, world.key_ring(key.user).having(key), key_order=order)
    return world


def with_consent(world: World, consent: Consent) -> World:
    """The world with a new consent; the first one of a user makes them one of the client's clientele."""
    issued = Issued(consent.id, consent.user, consent.client_id, consent.granted_at)
    clientele = world.clientele(consent.client_id).having(consent.user, consent.id)
    order = world.consent_order.having(issued, issued.at, issued.id)
    return world.put(consent, AuthorizationCode(consent.code, consent.id), clientele, consent_order=order)
