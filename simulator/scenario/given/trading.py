"""`given.symbols` and `given.prices`, merged over the built-in symbols -> the symbols and the markets of a world.

A symbol whose prices are not given has the quotient of its currencies' prices, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core.money import ROUNDING
from simulator.core.trading.quotes import new_market, price_of, price_problem
from simulator.core.value import Value
from simulator.core.world import Currency, Market, Symbol
from simulator.scenario.built_in_currencies import BUILT_IN as CURRENCIES
from simulator.scenario.built_in_symbols import BUILT_IN, MARKETS
from simulator.scenario.format.reader import Path, Reader, suggestion, unknown, words
from simulator.scenario.format.shapes import Values, by_hand, fields
from simulator.scenario.keys.trading import QUOTES, SYMBOL

by_hand(SYMBOL)
by_hand(QUOTES)
INCREMENTS: Final = ("base_increment", "quote_increment", "price_increment")


class Traded(Value, frozen=True):
    """What is traded, and at which prices."""

    symbols: HashTrieMap[str, Symbol]
    markets: HashTrieMap[str, Market]


def traded(reader: Reader, values: Values, currencies: HashTrieMap[str, Currency]) -> Traded:
    """The symbols and the markets of a world with these values of `given`. Problems are added to the reader."""
    symbols, markets = _of_currencies(currencies)
    for name, entry in values.get("symbols", {}).items():
        path: Path = ("given", "symbols", name)
        if entry is None:
            symbols, markets = symbols.discard(name), markets.discard(name)
            continue
        symbol = _symbol(reader, currencies, name, entry, path)
        if symbol is not None:
            symbols = symbols.insert(name, symbol)
            markets = markets.insert(name, new_market(symbol, _quotient(symbol, currencies)))
    for name, quotes in values.get("prices", {}).items():
        path = ("given", "prices", name)
        if (symbol := symbols.get(name)) is None:
            message = f"unknown symbol {name}; there are {words(symbols)}{suggestion(name, list(symbols))}"
            reader.refuse(path, message, key=True)
        elif (market := _market(reader, symbol, quotes, markets[name].last, path)) is not None:
            markets = markets.insert(name, market)
    return Traded(symbols, markets)


def _of_currencies(currencies: HashTrieMap[str, Currency]) -> tuple[HashTrieMap[str, Symbol], HashTrieMap[str, Market]]:
    """The built-in symbols whose currencies there are, at these currencies' prices."""
    symbols, markets = BUILT_IN, MARKETS
    if currencies is not CURRENCIES:
        for name, symbol in BUILT_IN.items():
            pair = currencies.get(symbol.base), currencies.get(symbol.quote)
            if None in pair:
                symbols, markets = symbols.remove(name), markets.remove(name)
            elif pair != (CURRENCIES[symbol.base], CURRENCIES[symbol.quote]):
                markets = markets.insert(name, new_market(symbol, _quotient(symbol, currencies)))
    return symbols, markets


def _quotient(symbol: Symbol, currencies: HashTrieMap[str, Currency]) -> Decimal:
    """How much of the quote currency a unit of the base currency is worth, as a price of the symbol."""
    base, quote = currencies[symbol.base].price_usdt, currencies[symbol.quote].price_usdt
    return price_of(ROUNDING.divide(base, quote) if quote else base, symbol.price_increment)


def _symbol(
    reader: Reader, currencies: HashTrieMap[str, Currency], name: str, values: Values, path: Path
) -> Symbol | None:
    """A new symbol with these values, or a built-in one with these values over it; None if it is not possible."""
    base, _, quote = name.partition("-")
    count = len(reader.problems)
    for currency in (base, quote):
        if currency not in currencies:
            reader.refuse(path, unknown("currency", currency, currencies), key=True)
    if base == quote:
        reader.refuse(path, "must be two different currencies", key=True)
    increments: Values = {key: values[key] for key in INCREMENTS if key in values}
    for key in (*INCREMENTS, "base_min_size"):
        if key in values and not values[key]:
            reader.refuse((*path, key), "must be more than zero")
    old = BUILT_IN.get(name)
    if len(reader.problems) > count or (old is None and len(increments) < 3):
        return None
    least: Decimal = increments.get("quote_increment", Decimal(0))
    symbol = replace(
        old
        or Symbol(
            symbol=name,
            base=base,
            quote=quote,
            base_min_size=increments["base_increment"],
            quote_min_size=least,
            min_funds=values.get("quote_min_size") or least,
            **increments,
        ),
        **fields(SYMBOL, values),
    )
    for what in ("base", "quote"):
        smallest, most = getattr(symbol, f"{what}_min_size"), getattr(symbol, f"{what}_max_size")
        if smallest > most:
            key = f"{what}_max_size" if f"{what}_max_size" in values else f"{what}_min_size"
            reader.refuse((*path, key), f"leaves no size between {smallest:f} and {most:f}")
    return symbol


def _market(reader: Reader, symbol: Symbol, quotes: Decimal | Values, last: Decimal, path: Path) -> Market | None:
    """The market with these prices; None if it cannot have them."""
    values = quotes if isinstance(quotes, Mapping) else {"last": quotes}
    increment, problems = symbol.price_increment, 0
    for key, price in values.items():
        if problem := price_problem(price, increment):
            problems += 1
            reader.refuse((*path, key) if values is quotes else path, problem)
    if problems:
        return None
    market = new_market(symbol, values.get("last", _between(values, last)), values.get("bid"), values.get("ask"))
    if market.bid > market.ask:
        key, problem = ("ask", f"less than the bid, which is {market.bid:f}")
        if "ask" not in values:
            key, problem = ("bid", f"more than the ask, which is {market.ask:f}")
        reader.refuse((*path, key), f"must not be {problem}")
        return None
    return market


def _between(values: Values, last: Decimal) -> Decimal:
    """The last price that fits to quotes which are given alone: the nearest one that they leave free."""
    bid: Decimal | None = values.get("bid")
    ask: Decimal | None = values.get("ask")
    if bid is not None and last < bid:
        return bid
    return ask if ask is not None and last > ask else last
