"""The order book of a symbol: a few offers of the simulator's side around the prices that were set, and no others."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core.data import Amount, Data, Digits, Milliseconds
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import Text
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.money import EXACT, multiply, plain, subtract
from simulator.core.refusals import Reason
from simulator.core.trading.placing import find_symbol
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Market, Now, Symbol, World

LEVELS: Final = 5
"""Prices of each side, an increment apart."""
LEAST_ORDERS: Final = Decimal(100_000)
"""How many orders of the least size are on offer at each price."""
SYMBOL: Final = Text("symbol", "Such as BTC-USDT", required=True)
Offer = tuple[Decimal, Decimal]
"""Price and size."""


class Offers(Value, frozen=True):
    """What the simulator's side buys and sells, the best price first."""

    bids: tuple[Offer, ...]
    asks: tuple[Offer, ...]


def offer_size(symbol: Symbol) -> Decimal:
    """The size of each of the simulator's offers."""
    return min(multiply(symbol.base_min_size, LEAST_ORDERS), symbol.base_max_size)


def offers(symbol: Symbol, market: Market) -> Offers:
    """The offers around a market's prices. More than they say is traded all the same, at the best price.

    Orders of users are not among them [H110/frozen-book].
    """
    size = offer_size(symbol)
    steps = [multiply(symbol.price_increment, Decimal(number)) for number in range(LEVELS)]
    bids = (subtract(market.bid, step) for step in steps)
    return Offers(
        tuple((price, size) for price in bids if price > 0),
        tuple((EXACT.add(market.ask, step), size) for step in steps),
    )


class GetOrderBook20(Value, frozen=True):
    """`GET /api/v1/market/orderbook/level2_20`. `parameters`: `symbol`."""

    parameters: Query


class GetOrderBook100(Value, frozen=True):
    """`GET /api/v1/market/orderbook/level2_100`. `parameters`: `symbol`."""

    parameters: Query


class GetOrderBook(Value, frozen=True):
    """`GET /api/v3/market/orderbook/level2`: all levels. `parameters`: `symbol`."""

    signed: SignedRequest
    parameters: Query


class OrderBookData(Data, frozen=True):
    """Pairs of price and size, the best price first. `sequence` rises with each change."""

    time: Milliseconds
    sequence: Digits
    bids: tuple[tuple[Amount, Amount], ...]
    asks: tuple[tuple[Amount, Amount], ...]


class OrderBookFound(Reply, frozen=True):
    """The book of a symbol, and as of when, ms of the business clock."""

    at: int
    sequence: int
    offers: Offers

    def data(self) -> OrderBookData:
        """Both sides as text."""
        return OrderBookData(self.at, str(self.sequence), _texts(self.offers.bids), _texts(self.offers.asks))


def _texts(offers: tuple[Offer, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((plain(price), plain(size)) for price, size in offers)


def read_market(world: World, query: Query) -> tuple[Symbol, Market]:
    """The compulsory symbol of a query, and its market."""
    symbol = find_symbol(world, SYMBOL.read(Fields(query)))
    return symbol, world.markets[symbol.symbol]


def _book(world: World, query: Query, now: Now) -> OrderBookFound:
    symbol, market = read_market(world, query)
    return OrderBookFound(at=now.business, sequence=market.sequence, offers=offers(symbol, market))


def get_order_book20(world: World, command: GetOrderBook20, now: Now) -> tuple[World, OrderBookFound]:
    """Public: no key is needed."""
    return world, _book(world, command.parameters, now)


def get_order_book100(world: World, command: GetOrderBook100, now: Now) -> tuple[World, OrderBookFound]:
    """Public: no key is needed."""
    return world, _book(world, command.parameters, now)


def get_order_book(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, OrderBookFound]:
    """The whole book needs a key that can read [rest/order-book]."""
    return world, _book(world, query, now)


REFUSALS: Final = frozenset({Reason.PARAMETER_INVALID, Reason.SYMBOL_UNKNOWN})
ENDPOINTS: Final = (
    Endpoint(
        get_order_book20,
        GetOrderBook20,
        REST,
        call="GET /api/v1/market/orderbook/level2_20",
        parameters=(SYMBOL,),
        example={"symbol": "BTC-USDT"},
        pool=Pool.PUBLIC,
        weight=2,
        refusals=REFUSALS,
    ),
    Endpoint(
        get_order_book100,
        GetOrderBook100,
        REST,
        call="GET /api/v1/market/orderbook/level2_100",
        parameters=(SYMBOL,),
        example={"symbol": "BTC-USDT"},
        pool=Pool.PUBLIC,
        weight=2,
        refusals=REFUSALS,
    ),
    Endpoint(
        get_order_book,
        GetOrderBook,
        REST,
        call="GET /api/v3/market/orderbook/level2",
        parameters=(SYMBOL,),
        example={"symbol": "BTC-USDT"},
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=3,
        refusals=REFUSALS,
    ),
)
