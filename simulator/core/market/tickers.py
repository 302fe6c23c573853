"""The prices of symbols now, and of their last 24 hours."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core.data import Amount, Data, Digits, Milliseconds, Name
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import Text, Word
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.market.day import Day, day_of
from simulator.core.market.order_book import REFUSALS, SYMBOL, offer_size, read_market
from simulator.core.money import ZERO, padded, plain
from simulator.core.refusals import Reason
from simulator.core.trading.fee_rates import BASE_RATES
from simulator.core.value import Reply, Value
from simulator.core.world import Market, Now, Symbol, World

BASE: Final = Word("base", "The only one, and the one without", words=("USD",))
CURRENCIES: Final = Text("currencies", "Codes with commas between them; all without")


class GetTicker(Value, frozen=True):
    """`GET /api/v1/market/orderbook/level1`. `parameters`: `symbol`."""

    parameters: Query


class TickerData(Data, frozen=True):
    """The last price, the size of the last trade ("0" = there was none), and the best offers."""

    time: Milliseconds
    sequence: Digits
    price: Amount
    size: Amount
    best_bid: Amount
    best_bid_size: Amount
    best_ask: Amount
    best_ask_size: Amount


class TickerFound(Reply, frozen=True):
    """A symbol's prices, and as of when, ms of the business clock."""

    at: int
    symbol: Symbol
    market: Market

    def data(self) -> TickerData:
        """The prices as text."""
        market, size = self.market, plain(offer_size(self.symbol))
        trade = market.last_trade
        return TickerData(
            time=self.at,
            sequence=str(market.sequence),
            price=plain(market.last_price),
            size=plain(trade.size if trade else ZERO),
            best_bid=plain(market.bid),
            best_bid_size=size,
            best_ask=plain(market.ask),
            best_ask_size=size,
        )


class GetStats(Value, frozen=True):
    """`GET /api/v1/market/stats`: the last 24 hours of a symbol. `parameters`: `symbol`."""

    parameters: Query


class StatsData(Data, frozen=True):
    """The last 24 hours of a symbol. The fee rates are those of VIP level 0, before the coefficients."""

    time: Milliseconds
    symbol: Name
    buy: Amount
    sell: Amount
    change_rate: Amount
    change_price: Amount
    high: Amount
    low: Amount
    vol: Amount
    vol_value: Amount
    last: Amount
    average_price: Amount
    taker_fee_rate: Amount
    maker_fee_rate: Amount
    taker_coefficient: Amount
    maker_coefficient: Amount


class StatsFound(Reply, frozen=True):
    """A symbol with its market and its last 24 hours, and as of when, ms of the business clock."""

    at: int
    symbol: Symbol
    market: Market
    day: Day

    def data(self) -> StatsData:
        """The last 24 hours."""
        return StatsData(time=self.at, **_day(self.symbol, self.market, self.day))


class ListTickers(Value, frozen=True):
    """`GET /api/v1/market/allTickers`: prices and the last 24 hours of each symbol."""


class TickerRowData(Data, frozen=True):
    """A symbol in the list of all."""

    symbol: Name
    symbol_name: Name
    buy: Amount
    best_bid_size: Amount
    sell: Amount
    best_ask_size: Amount
    change_rate: Amount
    change_price: Amount
    high: Amount
    low: Amount
    vol: Amount
    vol_value: Amount
    last: Amount
    average_price: Amount
    taker_fee_rate: Amount
    maker_fee_rate: Amount
    taker_coefficient: Amount
    maker_coefficient: Amount


class TickersData(Data, frozen=True):
    """Every symbol, and the time."""

    time: Milliseconds
    ticker: tuple[TickerRowData, ...]


class TickersListed(Reply, frozen=True):
    """Each symbol with its market and its last 24 hours, and as of when, ms of the business clock [rest/tickers]."""

    at: int
    markets: tuple[tuple[Symbol, Market, Day], ...]

    def data(self) -> TickersData:
        """The time and a row a symbol."""
        return TickersData(self.at, tuple(_row(*market) for market in self.markets))


class ListFiatPrices(Value, frozen=True):
    """`GET /api/v1/prices`: what currencies are worth. `parameters`: `base`, `currencies`."""

    parameters: Query


class FiatPricesListed(Reply, frozen=True):
    """What a unit of each currency is worth in USD."""

    prices: tuple[tuple[str, Decimal], ...]

    def data(self) -> dict[Name, Amount]:
        """The prices by currency, with two decimal places at least."""
        return {currency: padded(price, 2) for currency, price in self.prices}


def _day(symbol: Symbol, market: Market, day: Day) -> dict[str, str]:
    """The fields that the lists of one symbol and of all have."""
    taker, maker = BASE_RATES[0]
    return {
        "symbol": symbol.symbol,
        "buy": plain(market.bid),
        "sell": plain(market.ask),
        "change_rate": plain(day.rate),
        "change_price": plain(day.change),
        "high": plain(day.high),
        "low": plain(day.low),
        "vol": plain(day.volume),
        "vol_value": plain(day.turnover),
        "last": plain(market.last_price),
        "average_price": plain(day.average),
        "taker_fee_rate": plain(taker),
        "maker_fee_rate": plain(maker),
        "taker_coefficient": plain(symbol.taker_fee_coefficient),
        "maker_coefficient": plain(symbol.maker_fee_coefficient),
    }


def _row(symbol: Symbol, market: Market, day: Day) -> TickerRowData:
    size, fields = plain(offer_size(symbol)), _day(symbol, market, day)
    return TickerRowData(symbol_name=symbol.symbol, best_bid_size=size, best_ask_size=size, **fields)


def get_ticker(world: World, command: GetTicker, now: Now) -> tuple[World, TickerFound]:
    """Public: no key is needed."""
    symbol, market = read_market(world, command.parameters)
    return world, TickerFound(at=now.business, symbol=symbol, market=market)


def get_stats(world: World, command: GetStats, now: Now) -> tuple[World, StatsFound]:
    """Public: no key is needed."""
    symbol, market = read_market(world, command.parameters)
    day = day_of(world, market, now.business)
    return world, StatsFound(at=now.business, symbol=symbol, market=market, day=day)


def list_tickers(world: World, command: ListTickers, now: Now) -> tuple[World, TickersListed]:
    """Public: no key is needed."""
    at = now.business
    markets = [(world.symbols[name], world.markets[name]) for name in sorted(world.symbols)]
    rows = tuple((symbol, market, day_of(world, market, at)) for symbol, market in markets)
    return world, TickersListed(at=at, markets=rows)


def list_fiat_prices(world: World, command: ListFiatPrices, now: Now) -> tuple[World, FiatPricesListed]:
    """Public: no key is needed. Currencies that there are not are left out [rest/fiat-prices]."""
    fields = Fields(command.parameters)
    BASE.read(fields)
    codes = CURRENCIES.read(fields)
    names = dict.fromkeys(codes.split(",")) if codes else sorted(world.currencies)
    prices = tuple((code, _worth(world, code)) for code in names if code in world.currencies)
    return world, FiatPricesListed(prices=prices)


def _worth(world: World, code: str) -> Decimal:
    """What a unit is worth: the last price in USDT, else what the scenario says."""
    market = world.markets.get(f"{code}-USDT")
    return market.last_price if market else world.currencies[code].price_usdt


ENDPOINTS: Final = (
    Endpoint(
        get_ticker,
        GetTicker,
        REST,
        call="GET /api/v1/market/orderbook/level1",
        parameters=(SYMBOL,),
        example={"symbol": "BTC-USDT"},
        pool=Pool.PUBLIC,
        weight=2,
        refusals=REFUSALS,
    ),
    Endpoint(
        list_tickers,
        ListTickers,
        REST,
        call="GET /api/v1/market/allTickers",
        pool=Pool.PUBLIC,
        weight=15,
    ),
    Endpoint(
        get_stats,
        GetStats,
        REST,
        call="GET /api/v1/market/stats",
        parameters=(SYMBOL,),
        example={"symbol": "BTC-USDT"},
        pool=Pool.PUBLIC,
        weight=15,
        refusals=REFUSALS,
    ),
    Endpoint(
        list_fiat_prices,
        ListFiatPrices,
        REST,
        call="GET /api/v1/prices",
        parameters=(BASE, CURRENCIES),
        example={"base": "USD", "currencies": "BTC,ETH"},
        pool=Pool.PUBLIC,
        weight=3,
        refusals={Reason.PARAMETER_INVALID},
    ),
)
