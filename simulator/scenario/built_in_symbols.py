"""The built-in symbols that every scenario begins with, as data. `given.symbols` is merged over them.

KuCoin's own samples: all of BTC-USDT. The increments and minimums of the others are made up in its style. The prices
are the quotients of the built-in currencies' prices.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from rpds import HashTrieMap

from simulator.core.trading.quotes import new_market
from simulator.core.world import Symbol


def _symbol(
    base: str, quote: str, market: str, minimums: tuple[str, str, str], increments: tuple[str, str, str]
) -> Symbol:
    """`minimums` of size, of a market order's funds, of price x size; `increments` of size, of funds, of the price."""
    base_min_size, quote_min_size, min_funds = map(Decimal, minimums)
    base_increment, quote_increment, price_increment = map(Decimal, increments)
    return Symbol(
        symbol=f"{base}-{quote}",
        base=base,
        quote=quote,
        market=market,
        base_min_size=base_min_size,
        quote_min_size=quote_min_size,
        base_increment=base_increment,
        quote_increment=quote_increment,
        price_increment=price_increment,
        min_funds=min_funds,
    )


# fmt: off
_ROWS: Final = (
    (_symbol("BTC", "USDT", "USDS", ("0.00001", "0.1", "0.1"), ("0.00000001", "0.000001", "0.1")), "60000"),
    (_symbol("ETH", "USDT", "USDS", ("0.0001", "0.1", "0.1"), ("0.0000001", "0.000001", "0.01")), "3000"),
    (_symbol("KCS", "USDT", "USDS", ("0.01", "0.1", "0.1"), ("0.0001", "0.0001", "0.001")), "10"),
    (_symbol("SOL", "USDT", "USDS", ("0.01", "0.1", "0.1"), ("0.0001", "0.000001", "0.01")), "150"),
    (_symbol("ETH", "BTC", "BTC", ("0.0001", "0.00001", "0.00001"), ("0.0000001", "0.00000001", "0.00001")), "0.05"),
)
# fmt: on
BUILT_IN: Final = HashTrieMap({symbol.symbol: symbol for symbol, _ in _ROWS})
"""Symbols by name. Each world changes its own copy, which costs nothing [H110/symbol-list]."""
MARKETS: Final = HashTrieMap({symbol.symbol: new_market(symbol, Decimal(last)) for symbol, last in _ROWS})
"""Their prices at the start."""
