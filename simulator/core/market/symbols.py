"""What can be traded on the spot market: its symbols, and the markets that they belong to.

Beside them the lists of what cannot be traded here: margin pairs and contracts are empty lists.
"""

from __future__ import annotations

from typing import Any, Final

from simulator.core.data import Amount, Data, Milliseconds, Name, NoRows
from simulator.core.endpoint import FUTURES, OLDER, REST, Endpoint
from simulator.core.gateway.parameters import Text
from simulator.core.gateway.rate_limits import Pool
from simulator.core.money import padded, plain
from simulator.core.refusals import Grade, Reason
from simulator.core.trading.placing import find_symbol
from simulator.core.value import Reply, Value
from simulator.core.world import Now, Symbol, World

MARKET: Final = Text("market", "Only symbols of that market, such as USDS")


class ListSymbols(Value, frozen=True):
    """`GET /api/v2/symbols`: pairs to trade on the spot market."""

    market: str = ""


class GetSymbol(Value, frozen=True):
    """`GET /api/v2/symbols/{symbol}`."""

    symbol: str


class SymbolDataV1(Data, frozen=True, kw_only=True):
    """A symbol as version 1 of the call shows it."""

    symbol: Name
    name: Name
    base_currency: Name
    quote_currency: Name
    fee_currency: Name
    market: Name
    base_min_size: Amount
    quote_min_size: Amount
    base_max_size: Amount
    quote_max_size: Amount
    base_increment: Amount
    quote_increment: Amount
    price_increment: Amount
    price_limit_rate: Amount
    min_funds: Amount
    is_margin_enabled: bool = False
    enable_trading: bool


class SymbolData(SymbolDataV1, frozen=True, kw_only=True):
    """A symbol. No symbol has a call auction [rest/symbols]."""

    fee_category: int
    maker_fee_coefficient: Amount
    taker_fee_coefficient: Amount
    st: bool = False
    callauction_is_enabled: bool = False
    callauction_price_floor: None = None
    callauction_price_ceiling: None = None
    callauction_first_stage_start_time: None = None
    callauction_second_stage_start_time: None = None
    callauction_third_stage_start_time: None = None
    trading_start_time: None = None


class SymbolsListed(Reply, frozen=True):
    """Symbols by name."""

    symbols: tuple[Symbol, ...]

    def data(self) -> tuple[SymbolData, ...]:
        """Each symbol."""
        return tuple(map(_data, self.symbols))


class SymbolFound(Reply, frozen=True):
    """The symbol that was asked for."""

    symbol: Symbol

    def data(self) -> SymbolData:
        """The symbol."""
        return _data(self.symbol)


class ListSymbolsV1(Value, frozen=True):
    """`GET /api/v1/symbols`: the same by version 1."""

    market: str = ""


class SymbolsListedV1(Reply, frozen=True):
    """Symbols by name."""

    symbols: tuple[Symbol, ...]

    def data(self) -> tuple[SymbolDataV1, ...]:
        """Each symbol."""
        return tuple(SymbolDataV1(**_fields(symbol)) for symbol in self.symbols)


class ListMarkets(Value, frozen=True):
    """`GET /api/v1/markets`: the markets that symbols belong to."""


class MarketsListed(Reply, frozen=True):
    """The names of markets."""

    markets: tuple[str, ...]

    def data(self) -> tuple[Name, ...]:
        """Each name once, in order."""
        return self.markets


class ListCrossMarginSymbols(Value, frozen=True):
    """`GET /api/v3/margin/symbols`: pairs to trade on margin, with all of an account behind them."""


class CrossMarginSymbolsData(Data, frozen=True):
    """No pairs, and the time of them."""

    timestamp: Milliseconds
    items: NoRows


class CrossMarginSymbolsListed(Reply, frozen=True):
    """No pairs, and as of when, ms of the business clock."""

    at: int

    def data(self) -> CrossMarginSymbolsData:
        """The time and an empty list."""
        return CrossMarginSymbolsData(self.at, ())


class ListIsolatedMarginSymbols(Value, frozen=True):
    """`GET /api/v1/isolated/symbols`: pairs to trade on margin, each with an account of its own."""


class IsolatedMarginSymbolsListed(Reply, frozen=True):
    """A bare list without entries."""

    def data(self) -> NoRows:
        """No rows."""
        return ()


class ListContracts(Value, frozen=True):
    """`GET /api/v1/contracts/active`: futures."""


class ContractsListed(Reply, frozen=True):
    """A bare list without entries."""

    def data(self) -> NoRows:
        """No rows."""
        return ()


def _fields(symbol: Symbol) -> dict[str, Any]:
    """The fields that both versions have."""
    return {
        "symbol": symbol.symbol,
        "name": symbol.symbol,
        "base_currency": symbol.base,
        "quote_currency": symbol.quote,
        "fee_currency": symbol.quote,
        "market": symbol.market,
        "base_min_size": plain(symbol.base_min_size),
        "quote_min_size": plain(symbol.quote_min_size),
        "base_max_size": plain(symbol.base_max_size),
        "quote_max_size": plain(symbol.quote_max_size),
        "base_increment": plain(symbol.base_increment),
        "quote_increment": plain(symbol.quote_increment),
        "price_increment": plain(symbol.price_increment),
        "price_limit_rate": plain(symbol.price_limit_rate),
        "min_funds": plain(symbol.min_funds),
        "enable_trading": symbol.enabled,
    }


def _data(symbol: Symbol) -> SymbolData:
    return SymbolData(
        **_fields(symbol),
        fee_category=symbol.fee_category,
        maker_fee_coefficient=padded(symbol.maker_fee_coefficient, 2),
        taker_fee_coefficient=padded(symbol.taker_fee_coefficient, 2),
    )


def _of_market(world: World, market: str) -> tuple[Symbol, ...]:
    """The symbols of a market, or all if it is "", by name."""
    symbols = (world.symbols[name] for name in sorted(world.symbols))
    return tuple(symbol for symbol in symbols if market in ("", symbol.market))


def list_symbols(world: World, command: ListSymbols, now: Now) -> tuple[World, SymbolsListed]:
    """Public: no key is needed. A market that nothing belongs to has no symbols."""
    return world, SymbolsListed(symbols=_of_market(world, command.market))


def get_symbol(world: World, command: GetSymbol, now: Now) -> tuple[World, SymbolFound]:
    """Public: no key is needed."""
    return world, SymbolFound(symbol=find_symbol(world, command.symbol))


def list_symbols_v1(world: World, command: ListSymbolsV1, now: Now) -> tuple[World, SymbolsListedV1]:
    """Public: no key is needed [H81/symbols-v1]."""
    return world, SymbolsListedV1(symbols=_of_market(world, command.market))


def list_markets(world: World, command: ListMarkets, now: Now) -> tuple[World, MarketsListed]:
    """Public: no key is needed. There are the markets of the symbols [rest/market-names]."""
    return world, MarketsListed(markets=tuple(sorted({symbol.market for symbol in world.symbols.values()})))


def list_cross_margin_symbols(
    world: World, command: ListCrossMarginSymbols, now: Now
) -> tuple[World, CrossMarginSymbolsListed]:
    """Public in KuCoin's reference; ccxt signs it all the same, and that is not looked at [rest/markets]."""
    return world, CrossMarginSymbolsListed(at=now.business)


def list_isolated_margin_symbols(
    world: World, command: ListIsolatedMarginSymbols, now: Now
) -> tuple[World, IsolatedMarginSymbolsListed]:
    """Public in KuCoin's reference; ccxt signs it all the same, and that is not looked at."""
    return world, IsolatedMarginSymbolsListed()


def list_contracts(world: World, command: ListContracts, now: Now) -> tuple[World, ContractsListed]:
    """Public: no key is needed."""
    return world, ContractsListed()


ENDPOINTS: Final = (
    Endpoint(
        list_symbols,
        ListSymbols,
        REST,
        call="GET /api/v2/symbols",
        parameters=(MARKET,),
        pool=Pool.PUBLIC,
        weight=4,
    ),
    Endpoint(
        get_symbol,
        GetSymbol,
        REST,
        call="GET /api/v2/symbols/{symbol}",
        example={"symbol": "BTC-USDT"},
        pool=Pool.PUBLIC,
        weight=4,
        refusals={Reason.SYMBOL_UNKNOWN},
    ),
    Endpoint(
        list_symbols_v1,
        ListSymbolsV1,
        OLDER,
        call="GET /api/v1/symbols",
        parameters=(MARKET,),
        pool=Pool.PUBLIC,
        weight=4,
        grade=Grade.ASSUMED,
    ),
    Endpoint(list_markets, ListMarkets, REST, call="GET /api/v1/markets", pool=Pool.PUBLIC, weight=3),
    Endpoint(
        list_cross_margin_symbols,
        ListCrossMarginSymbols,
        REST,
        call="GET /api/v3/margin/symbols",
        pool=Pool.PUBLIC,
        weight=3,
    ),
    Endpoint(
        list_isolated_margin_symbols,
        ListIsolatedMarginSymbols,
        REST,
        call="GET /api/v1/isolated/symbols",
        pool=Pool.PUBLIC,
        weight=3,
    ),
    Endpoint(
        list_contracts,
        ListContracts,
        REST,
        call="GET /api/v1/contracts/active",
        pool=Pool.PUBLIC,
        weight=3,
        host=FUTURES,
    ),
)
