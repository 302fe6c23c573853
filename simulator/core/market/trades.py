"""The trades of a symbol as the public sees them, and candles: made of trades and of prices that were set."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from operator import attrgetter
from typing import Annotated, Final

from msgspec import Meta

from simulator.core.data import Amount, Data, Digits, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import Query, Span
from simulator.core.gateway.parameters import Whole, Word
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.market.order_book import REFUSALS, SYMBOL, read_market
from simulator.core.money import EXACT, ZERO, plain
from simulator.core.spec import DAY, HOUR, MINUTE, NANOSECONDS, SECOND
from simulator.core.trading.quotes import SINCE_EVER
from simulator.core.value import Reply, Value
from simulator.core.world import Market, Match, Now, PriceChange, World
from simulator.core.world.folds import Folds

MOST_TRADES: Final = 100
MOST_CANDLES: Final = 1500
WEEK: Final = 7 * DAY
MONDAY: Final = 4 * DAY
"""The first Monday of 1970: a week begins then."""
MONTH: Final = "1month"
LENGTHS: Final = {
    "1min": MINUTE,
    "3min": 3 * MINUTE,
    "5min": 5 * MINUTE,
    "15min": 15 * MINUTE,
    "30min": 30 * MINUTE,
    "1hour": HOUR,
    "2hour": 2 * HOUR,
    "4hour": 4 * HOUR,
    "6hour": 6 * HOUR,
    "8hour": 8 * HOUR,
    "12hour": 12 * HOUR,
    "1day": DAY,
    "1week": WEEK,
}
"""The lengths of candles, ms. That of a month varies."""
TYPE: Final = Word("type", "How long a candle is", required=True, words=(*LENGTHS, MONTH))
START: Final = Whole("startAt", "Seconds; 0 or absent = no bound")
END: Final = Whole("endAt", "Seconds, this one excluded; 0 or absent = no bound")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ListTrades(Value, frozen=True):
    """`GET /api/v1/market/histories`: the last trades of a symbol. `parameters`: `symbol`."""

    parameters: Query


class TradeData(Data, frozen=True):
    """A trade. `sequence` is its id, which the fills of orders have as `tradeId`; `side` is the taker's."""

    sequence: Digits
    price: Amount
    size: Amount
    side: Annotated[str, words("buy", "sell")]
    time: Annotated[int, Meta(description="Nanoseconds since 1970-01-01 UTC")]


class TradesListed(Reply, frozen=True):
    """The newest trades first."""

    trades: tuple[Match, ...]

    def data(self) -> tuple[TradeData, ...]:
        """Each trade."""
        return tuple(
            TradeData(
                sequence=str(trade.trade_id),
                price=plain(trade.price),
                size=plain(trade.size),
                side=trade.side.value,
                time=trade.at * NANOSECONDS,
            )
            for trade in self.trades
        )


class ListCandles(Value, frozen=True):
    """`GET /api/v1/market/candles`. `parameters`: `symbol`, `type`, `startAt`, `endAt`."""

    parameters: Query


class Candle(Value, frozen=True):
    """The prices of an interval that begins at `at`, ms."""

    at: int
    open: Decimal
    close: Decimal
    high: Decimal
    low: Decimal
    volume: Decimal
    turnover: Decimal


CandleData = tuple[Digits, Amount, Amount, Amount, Amount, Amount, Amount]
"""Time in seconds, open, close, high, low, volume of the base currency, turnover in the quote currency."""


class CandlesListed(Reply, frozen=True):
    """The newest candles first."""

    candles: tuple[Candle, ...]

    def data(self) -> tuple[CandleData, ...]:
        """Each candle in KuCoin's order."""
        return tuple(
            (
                str(candle.at // SECOND),
                plain(candle.open),
                plain(candle.close),
                plain(candle.high),
                plain(candle.low),
                plain(candle.volume),
                plain(candle.turnover),
            )
            for candle in self.candles
        )


def begin_of(at: int, kind: str) -> int:
    """When the candle begins in which an instant lies, ms: UTC, weeks on Mondays, months as in the calendar."""
    if kind == MONTH:
        day = EPOCH + timedelta(milliseconds=at)
        return (datetime(day.year, day.month, 1, tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)
    length, first = LENGTHS[kind], MONDAY if kind == "1week" else 0
    return at - (at - first) % length


class _Candles:
    """The candles of a market of one kind, the oldest first, and when each begins."""

    def __init__(self) -> None:
        self.begins: list[int] = []
        self.candles: list[Candle] = []

    def add(self, event: PriceChange | Match, kind: str) -> None:
        """One more price that was set, or one more trade. The first price is no event: it was made by nobody."""
        if event.at == SINCE_EVER:
            return
        begin = begin_of(event.at, kind)
        is_trade = isinstance(event, Match)
        price = event.price if isinstance(event, Match) else event.last
        size = event.size if isinstance(event, Match) else ZERO
        if not self.begins or self.begins[-1] != begin:
            self.begins.append(begin)
            self.candles.append(Candle(begin, price, price, price, price, ZERO, ZERO))
        older = self.candles[-1]
        self.candles[-1] = Candle(
            begin,
            older.open,
            price,
            max(older.high, price),
            min(older.low, price),
            EXACT.add(older.volume, size) if is_trade else older.volume,
            EXACT.add(older.turnover, EXACT.multiply(size, price)) if is_trade else older.turnover,
        )


def _folds(kind: str) -> Folds[_Candles]:
    return Folds(_Candles, lambda candles, _, event: candles.add(event, kind), attrgetter("at", "sequence"))


_CANDLES: Final = {kind: _folds(kind) for kind in (*LENGTHS, MONTH)}


def candles(world: World, market: Market, kind: str, span: Span) -> Iterator[Candle]:
    """The candles that begin in a span, the newest first. An interval in which no price was made has none.

    Only what has happened since the last call for this kind of candle is looked at. [H111/candles]
    """
    first, last = span.bounds
    known = _CANDLES[kind].of(world, market.symbol, (market.prices, market.matches))
    for place in range(bisect_right(known.begins, last) - 1, bisect_left(known.begins, first) - 1, -1):
        yield known.candles[place]


def list_trades(world: World, command: ListTrades, now: Now) -> tuple[World, TradesListed]:
    """The last hundred trades. Public: no key is needed [rest/histories]."""
    _, market = read_market(world, command.parameters)
    trades = market.matches.newest(attrgetter("at", "sequence"))
    return world, TradesListed(trades=tuple(islice(trades, MOST_TRADES)))


def list_candles(world: World, command: ListCandles, now: Now) -> tuple[World, CandlesListed]:
    """At most 1500 candles, the newest first. Public: no key is needed [rest/candles]."""
    fields, (_, market) = Fields(command.parameters), read_market(world, command.parameters)
    kind = TYPE.read(fields)
    start, end = START.read(fields), END.read(fields)
    if start and end and end < start:
        raise FieldProblem(END.name, "must not be before startAt", end)
    span = Span(start * SECOND if start else None, end * SECOND - 1 if end else None)
    newest = islice(candles(world, market, kind, span), MOST_CANDLES)
    return world, CandlesListed(candles=tuple(newest))


ENDPOINTS: Final = (
    Endpoint(
        list_trades,
        ListTrades,
        REST,
        call="GET /api/v1/market/histories",
        parameters=(SYMBOL,),
        example={"symbol": "BTC-USDT"},
        pool=Pool.PUBLIC,
        weight=3,
        refusals=REFUSALS,
    ),
    Endpoint(
        list_candles,
        ListCandles,
        REST,
        call="GET /api/v1/market/candles",
        parameters=(SYMBOL, TYPE, START, END),
        example={"symbol": "BTC-USDT", "type": "1min"},
        pool=Pool.PUBLIC,
        weight=3,
        refusals=REFUSALS,
    ),
)
