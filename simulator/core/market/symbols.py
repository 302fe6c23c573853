"""The markets, which are not simulated: nobody trades here, so that each list of them is empty, and says when.

Clients ask for all of these before they do anything else, ccxt in `load_markets()`. Public calls of the REST API.
"""

from __future__ import annotations

from typing import Final

from simulator.core.data import Data, Milliseconds, NoRows
from simulator.core.endpoint import FUTURES, REST, Endpoint
from simulator.core.gateway.rate_limits import Pool
from simulator.core.refusals import Grade
from simulator.core.value import Reply, Value
from simulator.core.world import Now, World


class ListSymbols(Value, frozen=True):
    """`GET /api/v2/symbols`: pairs to trade on the spot market."""


class SymbolsListed(Reply, frozen=True):
    """A bare list without entries, because there is nothing to trade [rest/markets]."""

    def data(self) -> NoRows:
        """No rows."""
        return ()


class ListSymbolsV1(Value, frozen=True):
    """`GET /api/v1/symbols`: the same by version 1."""


class ListTickers(Value, frozen=True):
    """`GET /api/v1/market/allTickers`: the last price of each pair."""


class TickersData(Data, frozen=True):
    """No prices, and the time of them."""

    time: Milliseconds
    ticker: NoRows


class TickersListed(Reply, frozen=True):
    """No prices, and as of when, ms of the business clock: a date of the exchange's, like any `createdAt`."""

    at: int

    def data(self) -> TickersData:
        """The time and an empty list."""
        return TickersData(self.at, ())


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


def list_symbols(world: World, command: ListSymbols, now: Now) -> tuple[World, SymbolsListed]:
    """Public: no key is needed."""
    return world, SymbolsListed()


def list_symbols_v1(world: World, command: ListSymbolsV1, now: Now) -> tuple[World, SymbolsListed]:
    """Public: no key is needed [H81/symbols-v1]."""
    return world, SymbolsListed()


def list_tickers(world: World, command: ListTickers, now: Now) -> tuple[World, TickersListed]:
    """Public: no key is needed."""
    return world, TickersListed(at=now.business)


def list_cross_margin_symbols(
    world: World, command: ListCrossMarginSymbols, now: Now
) -> tuple[World, CrossMarginSymbolsListed]:
    """Public in KuCoin's reference; ccxt signs it all the same, and that is not looked at."""
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
        pool=Pool.PUBLIC,
        weight=4,
    ),
    Endpoint(
        list_symbols_v1,
        ListSymbolsV1,
        "older REST API",
        call="GET /api/v1/symbols",
        pool=Pool.PUBLIC,
        weight=4,
        grade=Grade.ASSUMED,
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
