"""The keys of trades, symbols, prices and orders, each with a good value and another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from simulator.scenario.format.shapes import Record
from simulator.scenario.keys.order_plans import ORDER_PLAN, STEP
from simulator.scenario.keys.streams import STREAM_FAULT
from simulator.scenario.keys.trades import TRADE
from simulator.scenario.keys.trading import QUOTES, SYMBOL

Document = dict[str, Any]
JUNE, JULY = "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"
SOLD: Final[Document] = {"user": "ann", "at": JUNE, "trade_type": "SPOT", "volume": "1", "fee": "1", "client": "one"}
FINE: Final[Document] = dict.fromkeys(("base_increment", "quote_increment", "price_increment"), "0.01")
TRADING: Final[list[tuple[Record, Callable[[Document], Document], Document, Document]]] = [
    (TRADE, lambda it: {"trades": [it]}, SOLD, {
        "user": "ben", "at": JULY, "trade_type": "FUTURE", "volume": "2", "fee": "2", "tag": False, "client": "two",
        "currency": "USDC",
    }),
    (SYMBOL, lambda it: {"symbols": {"XRP-USDT": it}}, FINE, {
        "market": "ALTS", "base_min_size": "3", "quote_min_size": "3", "base_max_size": "30", "quote_max_size": "30",
        "base_increment": "0.1", "quote_increment": "0.1", "price_increment": "0.1", "price_limit_rate": "0.3",
        "min_funds": "3", "enabled": False, "fee_category": 2, "maker_fee_coefficient": "0",
        "taker_fee_coefficient": "0.5",
    }),
    (QUOTES, lambda it: {"prices": {"BTC-USDT": it}}, {"last": "70000"}, {
        "last": "65000", "bid": "64000", "ask": "75000",
    }),
]  # fmt: skip
"""A record, where it stands under `given`, one that is good, and another value of each key."""
FILLED: Final[Document] = {"plan": [{"fill": "40%"}]}
DROPPED: Final[Document] = {"topic": "/account/balance", "effect": "drop"}
ORDERS: Final[list[tuple[Record, Callable[[Document], Document], Document, Document]]] = [
    (ORDER_PLAN, lambda it: {"orders": [it]}, FILLED, {
        "user": "ann", "symbol": "BTC-USDT", "side": "sell", "type": "market", "client_oid": "a*",
        "match": {"postOnly": "true"}, "plan": [{"expire": "rest"}], "unknown_for": "2s", "stale_for": "3s",
    }),
    (STEP, lambda it: {"orders": [{"plan": [it]}]}, {"fill": "40%"}, {
        "after": "1s", "fill": "0.4", "price": "5", "role": "maker", "cancel": "rest", "reject": "rest",
        "expire": "rest", "report": "lost",
    }),
    (STREAM_FAULT, lambda it: {"stream_faults": [it]}, DROPPED, {
        "topic": "/spotMarket/tradeOrdersV2", "effect": "duplicate", "user": "ann", "times": 2, "skip": 1,
        "messages": ({**DROPPED, "effect": "gap"}, 3), "delay": ({**DROPPED, "effect": "late"}, "3s"),
    }),
]  # fmt: skip
"""The same of records that stand at the top."""
