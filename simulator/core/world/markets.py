"""What is traded on the spot market, at which price, and what rests in the book.

The other side of every trade is the simulator: it buys at `bid` and sells at `ask`, which a scenario or a hand sets.
Orders of users do not meet each other.

All values are frozen. Instants are milliseconds of the business clock; money is `Decimal`.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, unique
from itertools import takewhile
from typing import Final

from rpds import HashTrieMap

from simulator.core.value import Value
from simulator.core.world.sorted_keys import SortedKeys
from simulator.core.world.stack import Stack


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


class Market(Value, frozen=True):
    """The prices of a symbol now and earlier, and its trades. `sequence` rises with each change of the book."""

    symbol: str
    last: Decimal
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


_NONE: Final[HashTrieMap[str, int]] = HashTrieMap()
_NO_PRICES: Final[SortedKeys[Decimal]] = SortedKeys()


class RestingOrders(Value, frozen=True):
    """The active limit orders of a symbol in the book, by side and price.

    `buys` and `sells` are the prices that occur, ascending. The prices that a new market price crosses are at one end.
    """

    symbol: str
    buys: SortedKeys[Decimal] = _NO_PRICES
    sells: SortedKeys[Decimal] = _NO_PRICES
    levels: HashTrieMap[tuple[str, Decimal], HashTrieMap[str, int]] = HashTrieMap()
    """By side and price: the ids with the numbers of their orders. The lower number was first."""
    stops: HashTrieMap[str, int] = _NONE
    """Ids of the stop orders that wait, with their numbers."""

    @property
    def key(self) -> str:
        """Its place in `World.resting_orders`."""
        return self.symbol

    def having(self, side: Side, price: Decimal, id: str, number: int) -> RestingOrders:
        """The book with one more order."""
        level, prices = self.levels.get((side.value, price)), self.prices(side)
        if level is None:
            prices = prices.having(price)
        return self._with(side, prices, self.levels.insert((side.value, price), (level or _NONE).insert(id, number)))

    def without(self, side: Side, price: Decimal, id: str) -> RestingOrders:
        """The book without an order that is in it."""
        level, prices = self.levels[side.value, price].remove(id), self.prices(side)
        if level:
            return self._with(side, prices, self.levels.insert((side.value, price), level))
        return self._with(side, prices.without(price), self.levels.remove((side.value, price)))

    def prices(self, side: Side) -> SortedKeys[Decimal]:
        """The prices of a side, ascending."""
        return self.buys if side is Side.BUY else self.sells

    def crossed(self, side: Side, price: Decimal) -> list[str]:
        """The ids of that side's orders which trade at a market price, the best price first, the oldest first.

        A buy trades if the market sells at its price or lower; a sell if the market buys at its price or higher.
        """
        prices = self.prices(side)
        best = takewhile(price.__le__, reversed(prices)) if side is Side.BUY else takewhile(price.__ge__, prices)
        ids: list[str] = []
        for best_price in best:
            level = self.levels[side.value, best_price]
            ids += sorted(level, key=level.__getitem__)
        return ids

    def _with(
        self, side: Side, prices: SortedKeys[Decimal], levels: HashTrieMap[tuple[str, Decimal], HashTrieMap[str, int]]
    ) -> RestingOrders:
        if side is Side.BUY:
            return RestingOrders(self.symbol, prices, self.sells, levels, self.stops)
        return RestingOrders(self.symbol, self.buys, prices, levels, self.stops)
