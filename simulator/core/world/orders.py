"""Spot orders and their fills.

All values are frozen. Instants are milliseconds of the business clock; money is `Decimal`.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, unique
from typing import Final, Literal

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core.money import ZERO, add, negative, subtract
from simulator.core.value import Value
from simulator.core.world.markets import Side, StopWord
from simulator.core.world.order_plans import OrderPlan
from simulator.core.world.order_terms import OrderTerms, OrderType
from simulator.core.world.stack import Stack


@unique
class OrderStatus(Enum):
    """Where an order is in its life: accepted, in the book, or ended."""

    RECEIVED = "received"
    OPEN = "open"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"

    @property
    def active(self) -> bool:
        """True until it is filled or ended."""
        return self in (OrderStatus.RECEIVED, OrderStatus.OPEN)


class Fill(Value, frozen=True):
    """A trade of an order. `fee` is of the quote currency. `released` is what the fill took from the order's hold."""

    id: str
    """What a ledger row names. Ids of fills and holds sort in the order in which these happened."""
    number: int
    """KuCoin's numeric `id` of a fill; a later fill has a higher one."""
    trade_id: int
    order_id: str
    counter_order_id: str
    user: str
    symbol: str
    side: Side
    type: OrderType
    liquidity: Literal["maker", "taker"]
    price: Decimal
    size: Decimal
    funds: Decimal
    fee: Decimal
    fee_rate: Decimal
    released: Decimal
    at: int
    lost: bool = False
    """True if the feeds never report it."""

    @property
    def base(self) -> str:
        """The currency of `size`: the first half of the symbol."""
        return self.symbol.partition("-")[0]

    @property
    def quote(self) -> str:
        """The currency of `price`, `funds` and `fee`: the second half of the symbol."""
        return self.symbol.partition("-")[2]

    @property
    def paid_in(self) -> str:
        """The currency that it took."""
        return self.quote if self.side is Side.BUY else self.base

    @property
    def paid(self) -> Decimal:
        """What it took: the funds and the fee of a buy, the size of a sell."""
        return add(self.funds, self.fee) if self.side is Side.BUY else self.size

    @property
    def got_in(self) -> str:
        """The currency that it gave."""
        return self.base if self.side is Side.BUY else self.quote

    @property
    def got(self) -> Decimal:
        """What it gave: the size of a buy, the funds of a sell without the fee."""
        return self.size if self.side is Side.BUY else subtract(self.funds, self.fee)

    @property
    def sums(self) -> tuple[tuple[str, str, Decimal], ...]:
        """What it adds to the sums in the pots: (name of the sum, currency, amount)."""
        buys = self.side is Side.BUY
        return (
            ("traded", self.quote, self.funds if buys else negative(self.funds)),
            ("traded", self.base, negative(self.size) if buys else self.size),
            ("trading_fee", self.quote, self.fee),
        )


class OrderHold(Value, frozen=True):
    """A change of what an order holds that is no fill: `amount` >= 0 at acceptance, < 0 when a rest is given back."""

    id: str
    """As of a fill."""
    order_id: str
    user: str
    currency: str
    amount: Decimal
    at: int


class Order(Value, frozen=True, kw_only=True):
    """An accepted order. filled + remaining + canceled = size, always.

    `number` rises with acceptance. `fee` is of the quote currency.
    """

    id: str
    number: int
    user: str
    api_key: str
    client_id: str
    """The client whose key it was."""
    client_oid: str
    tagged: bool
    """True if the request carried the broker's partner headers."""
    terms: OrderTerms
    taker_fee_rate: Decimal
    maker_fee_rate: Decimal
    status: OrderStatus = OrderStatus.RECEIVED
    in_book: bool = False
    deal_size: Decimal = ZERO
    deal_funds: Decimal = ZERO
    fee: Decimal = ZERO
    canceled_size: Decimal = ZERO
    canceled_funds: Decimal = ZERO
    held: Decimal = ZERO
    """What it holds now: of the quote currency for a buy, of the base currency for a sell."""
    fills: Stack[Fill] = Stack()
    plan: OrderPlan | None = None
    next_step: int = 0
    end_lost: bool = False
    """True if the feeds never report how it ended."""
    created_at: int
    updated_at: int

    @property
    def key(self) -> str:
        """Its place in `World.orders`."""
        return self.id

    @property
    def held_in(self) -> str:
        """The currency of `held`."""
        base, _, quote = self.terms.symbol.partition("-")
        return quote if self.terms.side is Side.BUY else base

    @property
    def rest(self) -> Decimal:
        """What is neither filled nor canceled: of the size, or of the funds if the order names no size."""
        if self.terms.size is not None:
            return subtract(self.terms.size, add(self.deal_size, self.canceled_size))
        assert self.terms.funds is not None
        return subtract(self.terms.funds, add(self.deal_funds, self.canceled_funds))

    @property
    def planned(self) -> bool:
        """True if a plan says when it is filled, so that the market's price does not."""
        return self.plan is not None and self.plan.steps is not None


_ORDERS: Final[HashTrieMap[str, int]] = HashTrieMap()


class OrderHistory(Value, frozen=True):
    """The orders of a user in one symbol: what a list costs depends on these alone."""

    user: str
    symbol: str
    active: HashTrieMap[str, int] = _ORDERS
    """Ids of active orders with their numbers."""
    done: Stack[Order] = Stack()
    """Orders that have ended, by when they did."""
    fills: Stack[Fill] = Stack()

    @property
    def key(self) -> tuple[str, str]:
        """Its place in `World.order_histories`."""
        return self.user, self.symbol


class DeadManSwitch(Value, frozen=True):
    """`dead-cancel-all`: cancel the user's orders in `symbols` (() = all) at `trigger_at` unless it is set anew."""

    timeout: int
    """Seconds."""
    symbols: tuple[str, ...]
    set_at: int
    trigger_at: int


class Trader(Value, frozen=True):
    """A user's orders in all symbols together."""

    user: str
    active: HashTrieMap[str, int] = HashTrieMap()
    """How many active orders there are by symbol; symbols without one are absent."""
    client_oids: HashTrieMap[str, str] = HashTrieMap()
    """Ids of orders by `clientOid`."""
    dead_man_switch: DeadManSwitch | None = None
    stops: HashTrieMap[str, int] = _ORDERS
    """Ids of the stop orders that wait, with their numbers."""
    waiting: HashTrieMap[str, int] = _ORDERS
    """How many of them there are by symbol; symbols without one are absent."""
    stop_client_oids: HashTrieMap[str, str] = HashTrieMap()
    """Their ids by `clientOid`."""

    @property
    def key(self) -> str:
        """Its place in `World.traders`."""
        return self.user

    def with_stop(self, symbol: str, id: str, number: int, client_oid: str) -> Trader:
        """The trader with one more stop order that waits."""
        names = self.stop_client_oids
        return replace(
            self,
            stops=self.stops.insert(id, number),
            waiting=self.waiting.insert(symbol, self.waiting.get(symbol, 0) + 1),
            stop_client_oids=names.insert(client_oid, id) if client_oid else names,
        )

    def without_stop(self, symbol: str, id: str, client_oid: str) -> Trader:
        """The trader without a stop order that waited."""
        names, count = self.stop_client_oids, self.waiting[symbol] - 1
        return replace(
            self,
            stops=self.stops.remove(id),
            waiting=self.waiting.insert(symbol, count) if count else self.waiting.remove(symbol),
            stop_client_oids=names.discard(client_oid) if client_oid else names,
        )


class StopOrder(Value, frozen=True, kw_only=True):
    """An order that waits until the market's price reaches `stop_price`. Nothing is held until then."""

    id: str
    number: int
    user: str
    api_key: str
    client_id: str
    client_oid: str
    tagged: bool
    terms: OrderTerms
    stop: StopWord
    stop_price: Decimal
    trade_type: str = "TRADE"
    status: Literal["NEW", "TRIGGERED", "CANCELED"] = "NEW"
    order_id: str = ""
    """The order that came of it; "" = none."""
    created_at: int
    triggered_at: int | None = None

    @property
    def key(self) -> str:
        """Its place in `World.stop_orders`."""
        return self.id
