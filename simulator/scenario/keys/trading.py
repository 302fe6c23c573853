"""The keys of `given.symbols` and `given.prices`: what is traded, and at which prices."""

from __future__ import annotations

from typing import Final

from simulator.core.world import Market, Symbol
from simulator.scenario.built_in_symbols import BUILT_IN
from simulator.scenario.format.scalars import AMOUNTS, BOOLEAN, COEFFICIENTS, TEXT, Scalar, whole
from simulator.scenario.format.shapes import Either, Key, Names, Record

SYMBOL_NAME: Final = Scalar(
    "two currencies with a hyphen between them, such as BTC-USDT", "[^-,:/\\s]{1,20}-[^-,:/\\s]{1,20}"
)
"""Commas, colons and slashes separate symbols in parameters, topics and paths."""
SYMBOL: Final = Record(
    {
        "market": Key(TEXT, "The market that it belongs to, such as USDS"),
        "base_min_size": Key(AMOUNTS, "The least size of an order; base_increment if absent"),
        "quote_min_size": Key(AMOUNTS, "The least funds of a market order; quote_increment if absent"),
        "base_max_size": Key(AMOUNTS, "The largest size of an order"),
        "quote_max_size": Key(AMOUNTS, "The most funds of a market order"),
        "base_increment": Key(AMOUNTS, "A size is a multiple of this", required=True),
        "quote_increment": Key(AMOUNTS, "The funds of a market order are a multiple of this", required=True),
        "price_increment": Key(AMOUNTS, "A price is a multiple of this", required=True),
        "price_limit_rate": Key(AMOUNTS, "How far a price may be from the best one of the other side, as a part of it"),
        "min_funds": Key(AMOUNTS, "The least price x size; quote_min_size if absent"),
        "enabled": Key(BOOLEAN, "Whether orders are accepted"),
        "fee_category": Key(whole(1, 3), "KuCoin's class of its fee rates"),
        "maker_fee_coefficient": Key(COEFFICIENTS, "What a maker's fee rate is multiplied by; 0 = free"),
        "taker_fee_coefficient": Key(COEFFICIENTS, "What a taker's fee rate is multiplied by; 0 = free"),
    },
    makes=Symbol,
)
_LAID_OVER: Final = Record({name: Key(key.shape, key.description) for name, key in SYMBOL.keys.items()}, makes=Symbol)
"""The record of a built-in symbol: no key is required."""
SYMBOLS: Final = Names(SYMBOL, name=SYMBOL_NAME, known=dict.fromkeys(BUILT_IN, _LAID_OVER))
QUOTES: Final = Record(
    {
        "last": Key(AMOUNTS, "The last price; what the currencies' prices make of it if absent"),
        "bid": Key(AMOUNTS, "What the other side buys at; a price increment below last if absent"),
        "ask": Key(AMOUNTS, "What the other side sells at; a price increment above last if absent"),
    },
    some=(("last", "bid", "ask"),),
    makes=Market,
)
PRICES: Final = Names(Either("a price, or {last: ..., bid: ..., ask: ...}", scalar=AMOUNTS, entries=QUOTES))
