"""Which function makes the messages of which topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from simulator.core.stream import balances, markets, orders, stop_orders
from simulator.core.stream.message import Push, Transition
from simulator.core.world import Now, World

SOURCES: Final[dict[str, Callable[[Transition], Iterator[Push]]]] = {
    "/market/ticker": markets.tickers,
    "/market/snapshot": markets.snapshots,
    "/market/level2": markets.increments,
    "/spotMarket/level1": markets.best_offers,
    "/spotMarket/level2Depth5": markets.books_of("/spotMarket/level2Depth5"),
    "/spotMarket/level2Depth50": markets.books_of("/spotMarket/level2Depth50"),
    "/market/match": markets.trades,
    "/market/candles": markets.updates,
    "/account/balance": balances.messages,
    "/spotMarket/tradeOrdersV2": orders.messages,
    "/spotMarket/tradeOrders": orders.older_messages,
    "/spotMarket/advancedOrders": stop_orders.messages,
}
"""By family: the messages that a change makes, in the order in which they are pushed."""
FIRST: Final[dict[str, Callable[[World, str, Now], Iterator[Push]]]] = {
    "/market/ticker": markets.first_ticker,
    "/market/snapshot": markets.first_snapshot,
    "/spotMarket/level1": markets.first_best,
    "/spotMarket/level2Depth5": markets.first_book,
    "/spotMarket/level2Depth50": markets.first_book,
    "/market/candles": markets.first_candle,
}
"""By family: what is pushed at once to who subscribes, because a market that stands still pushes nothing.

[H126/first-message]
"""
