"""Public topics: prices, books, trades and candles of a symbol, when they change."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from msgspec import Raw

from simulator.core.gateway.paging import Span
from simulator.core.market.day import Day, day_of
from simulator.core.market.order_book import Offer, offers
from simulator.core.market.tickers import TickerFound
from simulator.core.market.trades import CandlesListed, begin_of, candles
from simulator.core.money import ZERO, plain, subtract
from simulator.core.spec import HOUR, NANOSECONDS
from simulator.core.stream.message import Push, Transition
from simulator.core.trading.fee_rates import BASE_RATES
from simulator.core.world import Market, Match, Now, PriceChange, Stack, World

ALL: Final = "/market/ticker:all"
CANDLES: Final = "/market/candles"
IGNORED: Final = ["0", "0"]
"""A change that only moves the sequence on: KuCoin has clients ignore a price of 0."""
MOST_TRADES: Final = 1000
"""Trades or candles of a change that are pushed one by one."""


def changed(change: Transition) -> Iterator[tuple[str, Market, Market]]:
    """The symbols whose markets have changed, with the market before and after it."""
    for symbol in change.keys("markets"):
        before, after = change.before.markets.get(symbol), change.after.markets.get(symbol)
        if before is not None and after is not None and after is not before and symbol in change.after.symbols:
            yield symbol, before, after


# --- prices
def tickers(change: Transition) -> Iterator[Push]:
    """`/market/ticker`, of one symbol and of all."""
    for symbol, _, _ in changed(change):
        data = _ticker(change.after, symbol, change.now)
        yield Push(f"/market/ticker:{symbol}", "trade.ticker", data)
        yield Push(ALL, symbol, data)


def first_ticker(world: World, topic: str, now: Now) -> Iterator[Push]:
    """The prices as they are."""
    if topic == ALL:
        for symbol in sorted(world.markets):
            yield Push(ALL, symbol, _ticker(world, symbol, now))
        return
    yield Push(topic, "trade.ticker", _ticker(world, _symbol(topic), now))


def _ticker(world: World, symbol: str, now: Now) -> dict[str, Any]:
    """The fields of `orderbook/level1`."""
    data = TickerFound(at=now.business, symbol=world.symbols[symbol], market=world.markets[symbol]).data()
    return {
        "bestAsk": data.best_ask,
        "bestAskSize": data.best_ask_size,
        "bestBid": data.best_bid,
        "bestBidSize": data.best_bid_size,
        "price": data.price,
        "sequence": data.sequence,
        "size": data.size,
        "time": data.time,
    }


def snapshots(change: Transition) -> Iterator[Push]:
    """`/market/snapshot`: the last 24 hours."""
    for symbol, _, _ in changed(change):
        if f"/market/snapshot:{symbol}" in change.topics:
            yield _snapshot(change.after, symbol, change.now)


def first_snapshot(world: World, topic: str, now: Now) -> Iterator[Push]:
    """The last 24 hours as they are."""
    yield _snapshot(world, _symbol(topic), now)


def _snapshot(world: World, name: str, now: Now) -> Push:
    symbol, market, (taker, maker) = world.symbols[name], world.markets[name], BASE_RATES[0]
    day, best = day_of(world, market, now.business), offers(symbol, market)
    data = {
        "askSize": _number(best.asks[0][1]),
        "averagePrice": _number(day.average),
        "baseCurrency": symbol.base,
        "bidSize": _number(best.bids[0][1]),
        "board": 1,
        "buy": _number(market.bid),
        "changePrice": _number(day.change),
        "changeRate": _number(day.rate),
        "close": _number(market.last_price),
        "datetime": now.business,
        "high": _number(day.high),
        "lastTradedPrice": _number(market.last_price),
        "low": _number(day.low),
        "makerCoefficient": _number(symbol.maker_fee_coefficient),
        "makerFeeRate": _number(maker),
        "marginTrade": False,
        "mark": 0,
        "market": symbol.market,
        "marketChange1h": _span(day_of(world, market, now.business, HOUR), market),
        "marketChange24h": _span(day, market),
        "marketChange4h": _span(day_of(world, market, now.business, 4 * HOUR), market),
        "markets": [symbol.market],
        "open": _number(subtract(market.last_price, day.change)),
        "quoteCurrency": symbol.quote,
        "sell": _number(market.ask),
        "siteTypes": ["global"],
        "sort": 100,
        "symbol": name,
        "symbolCode": name,
        "takerCoefficient": _number(symbol.taker_fee_coefficient),
        "takerFeeRate": _number(taker),
        "trading": symbol.enabled,
        "vol": _number(day.volume),
        "volValue": _number(day.turnover),
    }
    return Push(f"/market/snapshot:{name}", "trade.snapshot", {"sequence": str(market.sequence), "data": data})


def _span(day: Day, market: Market) -> dict[str, Raw]:
    return {
        "changePrice": _number(day.change),
        "changeRate": _number(day.rate),
        "high": _number(day.high),
        "low": _number(day.low),
        "open": _number(subtract(market.last_price, day.change)),
        "vol": _number(day.volume),
        "volValue": _number(day.turnover),
    }


def _number(amount: Decimal) -> Raw:
    """An amount as a number of JSON, to the last digit."""
    return Raw(plain(amount).encode())


# --- the book
def increments(change: Transition) -> Iterator[Push]:
    """`/market/level2`: the prices whose size has changed, "0" = nothing is offered there any more.

    The sequence has no gaps: a trade that leaves the book as it is moves it on, too [H129/sequence].
    """
    for symbol, before, after in changed(change):
        if after.sequence == before.sequence:
            continue
        terms, end = change.after.symbols[symbol], str(after.sequence)
        known, new = offers(terms, before), offers(terms, after)
        asks, bids = _differences(known.asks, new.asks), _differences(known.bids, new.bids)
        changes = {
            "asks": [[*pair, end] for pair in asks or ([] if bids else [IGNORED])],
            "bids": [[*pair, end] for pair in bids],
        }
        data = {
            "changes": changes,
            "sequenceEnd": after.sequence,
            "sequenceStart": before.sequence + 1,
            "symbol": symbol,
            "time": change.now.business,
        }
        yield Push(f"/market/level2:{symbol}", "trade.l2update", data)


def _differences(known: tuple[Offer, ...], new: tuple[Offer, ...]) -> list[list[str]]:
    sizes = {**dict.fromkeys((price for price, _ in known), ZERO), **dict(new)}
    before = dict(known)
    return [[plain(price), plain(size)] for price, size in sizes.items() if before.get(price) != size]


def best_offers(change: Transition) -> Iterator[Push]:
    """`/spotMarket/level1`."""
    for symbol, before, after in changed(change):
        if (before.bid, before.ask) != (after.bid, after.ask):
            yield _best(change.after, f"/spotMarket/level1:{symbol}", change.now)


def first_best(world: World, topic: str, now: Now) -> Iterator[Push]:
    """The best offers as they are."""
    yield _best(world, topic, now)


def _best(world: World, topic: str, now: Now) -> Push:
    symbol = _symbol(topic)
    book = offers(world.symbols[symbol], world.markets[symbol])
    data = {"asks": _pair(book.asks[0]), "bids": _pair(book.bids[0]), "timestamp": now.business}
    return Push(topic, "level1", data)


def books_of(family: str) -> Any:
    """The source of `/spotMarket/level2Depth5` or `50`. The book has five prices a side, so they are the same."""

    def books(change: Transition) -> Iterator[Push]:
        for symbol, before, after in changed(change):
            if (before.bid, before.ask) != (after.bid, after.ask):
                yield _book(change.after, f"{family}:{symbol}", change.now)

    return books


def first_book(world: World, topic: str, now: Now) -> Iterator[Push]:
    """The book as it is."""
    yield _book(world, topic, now)


def _book(world: World, topic: str, now: Now) -> Push:
    symbol = _symbol(topic)
    both = offers(world.symbols[symbol], world.markets[symbol])
    return Push(topic, "level2", {"asks": _pairs(both.asks), "bids": _pairs(both.bids), "timestamp": now.business})


def _pairs(prices: tuple[Offer, ...]) -> list[list[str]]:
    return [*map(_pair, prices)]


def _pair(offer: Offer) -> list[str]:
    return [*map(plain, offer)]


# --- trades
def trades(change: Transition) -> Iterator[Push]:
    """`/market/match`: each trade, the earlier one first."""
    for symbol, before, after in changed(change):
        new = min(MOST_TRADES, len(after.matches) - len(before.matches))
        for trade in list(islice(after.matches, max(0, new)))[::-1]:
            data = {
                "makerOrderId": trade.maker_order_id,
                "price": plain(trade.price),
                "sequence": str(trade.trade_id),
                "side": trade.side.value,
                "size": plain(trade.size),
                "symbol": symbol,
                "takerOrderId": trade.taker_order_id,
                "time": str(trade.at * NANOSECONDS),
                "tradeId": str(trade.trade_id),
                "type": "match",
            }
            yield Push(f"/market/match:{symbol}", "trade.l3match", data)


# --- candles
def updates(change: Transition) -> Iterator[Push]:
    """`/market/candles`: the candles that somebody subscribed to and in which something has happened, the oldest first.

    There may be several, because much may become due by one advance of the clock.
    """
    for symbol, before, after in changed(change):
        begins = [*_begin(before.matches, after.matches), *_begin(before.prices, after.prices)]
        if begins:
            for topic in sorted(topic for topic in change.topics if topic.startswith(f"{CANDLES}:{symbol}_")):
                yield from _candles(change.after, topic, change.now, min(begins))


def _begin(before: Stack[Match] | Stack[PriceChange], after: Stack[Match] | Stack[PriceChange]) -> list[int]:
    """When the first of the new rows happened; nothing if there is none."""
    rows: Iterator[Match | PriceChange] = islice(after, max(0, len(after) - len(before)))
    return [row.at for row in rows][-1:]


def first_candle(world: World, topic: str, now: Now) -> Iterator[Push]:
    """The candle that is under way, if there is one."""
    yield from _candles(world, topic, now, now.business)


def _candles(world: World, topic: str, now: Now, since: int) -> Iterator[Push]:
    """The candles from the one on in which the instant `since` (ms) lies: at most the newest ones."""
    symbol, _, kind = topic.partition(":")[2].partition("_")
    rows = candles(world, world.markets[symbol], kind, Span(begin_of(since, kind), now.business))
    for row in list(islice(rows, MOST_TRADES))[::-1]:
        [columns] = CandlesListed(candles=(row,)).data()
        data = {"symbol": symbol, "candles": columns, "time": now.business * NANOSECONDS}
        yield Push(topic, "trade.candles.update", data)


def _symbol(topic: str) -> str:
    return topic.partition(":")[2]
