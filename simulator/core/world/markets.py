"""What is traded on the spot market, at which price, and what rests in the book.

The other side of every trade is the simulator: it buys at `bid` and sells at `ask`, which a scenario or a hand sets.
Orders of users do not meet each other.

All values are frozen. Instants are milliseconds of the business clock; money is `Decimal`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import Enum, unique
from itertools import takewhile
from operator import attrgetter, itemgetter
from typing import Final, Literal

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core.value import Value
from simulator.core.world.sorted_keys import SortedKeys
from simulator.core.world.stack import Stack

StopWord = Literal["entry", "loss"]
"""`entry` = a stop order triggers at its price or above, `loss` = at its price or below."""


@unique
class Side(Enum):
    """The side of an order or of a fill."""

    BUY = "buy"
    SELL = "sell"


class Symbol(Value, frozen=True, kw_only=True):
    """A trading pair under KuCoin's word for it, such as `BTC-USDT`: so much of `base` costs so much of `quote`."""

    symbol: str
    base: str
    quote: str
    market: str = "USDS"
    base_min_size: Decimal
    quote_min_size: Decimal
    base_max_size: Decimal = Decimal(10_000_000_000)
    quote_max_size: Decimal = Decimal(99_999_999)
    base_increment: Decimal
    quote_increment: Decimal
    price_increment: Decimal
    price_limit_rate: Decimal = Decimal("0.1")
    min_funds: Decimal
    enabled: bool = True
    """False = no order is accepted (`enableTrading`)."""
    fee_category: int = 1
    maker_fee_coefficient: Decimal = Decimal(1)
    taker_fee_coefficient: Decimal = Decimal(1)

    @property
    def key(self) -> str:
        """Its place in `World.symbols`."""
        return self.symbol


class PriceChange(Value, frozen=True):
    """The last price from an instant on. `sequence` is the book's."""

    at: int
    last: Decimal
    sequence: int


class Match(Value, frozen=True):
    """A trade as the public sees it. `side` is the taker's; an order id of the simulator's side belongs to no order."""

    trade_id: int
    sequence: int
    at: int
    side: Side
    price: Decimal
    size: Decimal
    maker_order_id: str
    taker_order_id: str


_MADE: Final = attrgetter("at", "sequence")
"""The place of a price that was set, and of a trade, among all of a market."""


class Market(Value, frozen=True):
    """The prices of a symbol now and earlier, and its trades. `sequence` rises with each change of the book."""

    symbol: str
    last: Decimal
    """The last price that was set. Stop orders wait for it, and no trade changes it."""
    bid: Decimal
    ask: Decimal
    at: int
    sequence: int = 1
    prices: Stack[PriceChange] = Stack()
    matches: Stack[Match] = Stack()

    @property
    def key(self) -> str:
        """Its place in `World.markets`."""
        return self.symbol

    @property
    def last_trade(self) -> Match | None:
        """The newest trade; None = there is none."""
        return self.matches.latest(_MADE)

    @property
    def last_price(self) -> Decimal:
        """The last price as clients see it: that of the newest trade, or the one that was set since."""
        trade, change = self.last_trade, self.prices.latest(_MADE)
        if trade is not None and (change is None or _MADE(trade) > _MADE(change)):
            return trade.price
        return self.last if change is None else change.last


_NO_PRICES: Final[SortedKeys[Decimal]] = SortedKeys()
_NONE: Final[HashTrieMap[str, int]] = HashTrieMap()


class PriceLevels(Value, frozen=True):
    """Orders by price, those that a price reaches at one end."""

    prices: SortedKeys[Decimal] = _NO_PRICES
    """Those that occur, ascending."""
    levels: HashTrieMap[Decimal, HashTrieMap[str, int]] = HashTrieMap()
    """By price: the ids with the numbers of their orders. The lower number was first."""

    def having(self, price: Decimal, id: str, number: int) -> PriceLevels:
        """The levels with one more order."""
        level = self.levels.get(price)
        prices = self.prices.having(price) if level is None else self.prices
        return PriceLevels(prices, self.levels.insert(price, (level or _NONE).insert(id, number)))

    def without(self, price: Decimal, id: str) -> PriceLevels:
        """The levels without an order that is in them."""
        level = self.levels[price].remove(id)
        if level:
            return PriceLevels(self.prices, self.levels.insert(price, level))
        return PriceLevels(self.prices.without(price), self.levels.remove(price))

    def down_to(self, price: Decimal) -> list[tuple[str, int]]:
        """Ids and numbers at this price and above, the highest price first, the oldest first."""
        return self._at(takewhile(price.__le__, reversed(self.prices)))

    def up_to(self, price: Decimal) -> list[tuple[str, int]]:
        """Ids and numbers at this price and below, the lowest price first, the oldest first."""
        return self._at(takewhile(price.__ge__, self.prices))

    def _at(self, prices: Iterable[Decimal]) -> list[tuple[str, int]]:
        return [entry for price in prices for entry in sorted(self.levels[price].items(), key=itemgetter(1))]


class RestingOrders(Value, frozen=True):
    """The active limit orders of a symbol in the book, and the stop orders that wait for a price."""

    symbol: str
    buys: PriceLevels = PriceLevels()
    sells: PriceLevels = PriceLevels()
    entries: PriceLevels = PriceLevels()
    """Stop orders that trigger at their price or above."""
    losses: PriceLevels = PriceLevels()
    """Stop orders that trigger at their price or below."""

    @property
    def key(self) -> str:
        """Its place in `World.resting_orders`."""
        return self.symbol

    def levels(self, side: Side) -> PriceLevels:
        """The orders of a side."""
        return self.buys if side is Side.BUY else self.sells

    def having(self, side: Side, price: Decimal, id: str, number: int) -> RestingOrders:
        """The book with one more order."""
        return self._with(side, self.levels(side).having(price, id, number))

    def without(self, side: Side, price: Decimal, id: str) -> RestingOrders:
        """The book without an order that is in it."""
        return self._with(side, self.levels(side).without(price, id))

    def _with(self, side: Side, levels: PriceLevels) -> RestingOrders:
        return replace(self, buys=levels) if side is Side.BUY else replace(self, sells=levels)

    def crossed(self, side: Side, price: Decimal) -> list[str]:
        """The ids of that side's orders which trade at a market price, the best price first, the oldest first.

        A buy trades if the market sells at its price or lower; a sell if the market buys at its price or higher.
        """
        entries = self.buys.down_to(price) if side is Side.BUY else self.sells.up_to(price)
        return [order_id for order_id, _ in entries]

    def with_stop(self, stop: StopWord, price: Decimal, id: str, number: int) -> RestingOrders:
        """The book with one more stop order."""
        if stop == "entry":
            return replace(self, entries=self.entries.having(price, id, number))
        return replace(self, losses=self.losses.having(price, id, number))

    def without_stop(self, stop: StopWord, price: Decimal, id: str) -> RestingOrders:
        """The book without a stop order that is in it."""
        if stop == "entry":
            return replace(self, entries=self.entries.without(price, id))
        return replace(self, losses=self.losses.without(price, id))

    def triggered(self, price: Decimal) -> list[str]:
        """The ids of the stop orders that a last price triggers, the oldest first."""
        entries = [*self.entries.up_to(price), *self.losses.down_to(price)]
        return [stop_id for stop_id, _ in sorted(entries, key=itemgetter(1))]
