"""The symbols that can be traded, by both versions of the call."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.desk import START, Desk
from support.shown import shown

from simulator.core.market.symbols import (
    GetSymbol,
    ListContracts,
    ListCrossMarginSymbols,
    ListIsolatedMarginSymbols,
    ListMarkets,
    ListSymbols,
    ListSymbolsV1,
    MarketsListed,
    SymbolFound,
    SymbolsListed,
    SymbolsListedV1,
)
from simulator.core.refusals import Reason
from simulator.core.value import Reply

BTC_USDT_V1 = {
    "symbol": "BTC-USDT",
    "name": "BTC-USDT",
    "baseCurrency": "BTC",
    "quoteCurrency": "USDT",
    "feeCurrency": "USDT",
    "market": "USDS",
    "baseMinSize": "0.00001",
    "quoteMinSize": "0.1",
    "baseMaxSize": "10000000000",
    "quoteMaxSize": "99999999",
    "baseIncrement": "0.00000001",
    "quoteIncrement": "0.000001",
    "priceIncrement": "0.1",
    "priceLimitRate": "0.1",
    "minFunds": "0.1",
    "isMarginEnabled": False,
    "enableTrading": True,
}
BTC_USDT = {
    **BTC_USDT_V1,
    "feeCategory": 1,
    "makerFeeCoefficient": "1.00",
    "takerFeeCoefficient": "1.00",
    "st": False,
    "callauctionIsEnabled": False,
    "callauctionPriceFloor": None,
    "callauctionPriceCeiling": None,
    "callauctionFirstStageStartTime": None,
    "callauctionSecondStageStartTime": None,
    "callauctionThirdStageStartTime": None,
    "tradingStartTime": None,
}


def test_a_symbol() -> None:
    """All of the sample's fields in its order, of one symbol and in the list."""
    desk = Desk()
    one = shown(desk.do(GetSymbol("BTC-USDT"), SymbolFound).data())
    assert one == BTC_USDT
    assert list(one) == list(BTC_USDT)
    rows = [shown(row) for row in desk.do(ListSymbols(), SymbolsListed).data()]
    assert [row["symbol"] for row in rows] == ["BTC-USDT", "ETH-BTC", "ETH-USDT"]
    assert rows[0] == BTC_USDT
    old = [shown(row) for row in desk.do(ListSymbolsV1(), SymbolsListedV1).data()]
    assert old[0] == BTC_USDT_V1


def test_what_a_scenario_says_is_shown() -> None:
    """Increments keep all their digits, coefficients have two at least, a closed symbol says so."""
    desk = Desk()
    changes = {"enabled": False, "taker_fee_coefficient": Decimal("0.125"), "base_increment": Decimal("1E-7")}
    desk.world = desk.world.put(replace(desk.world.symbols["BTC-USDT"], **changes))
    one = shown(desk.do(GetSymbol("BTC-USDT"), SymbolFound).data())
    changed = {"enableTrading": False, "takerFeeCoefficient": "0.125", "baseIncrement": "0.0000001"}
    assert one == {**BTC_USDT, **changed}


@pytest.mark.parametrize(("market", "symbols"), [("", 3), ("USDS", 2), ("BTC", 1), ("ALTS", 0)])
def test_symbols_of_a_market(market: str, symbols: int) -> None:
    """A market chooses its symbols; one that nothing belongs to has none."""
    desk = Desk()
    assert len(desk.do(ListSymbols(market), SymbolsListed).data()) == symbols
    assert len(desk.do(ListSymbolsV1(market), SymbolsListedV1).data()) == symbols


def test_markets_are_those_of_the_symbols() -> None:
    """Each once, by name."""
    assert Desk().do(ListMarkets(), MarketsListed).data() == ("BTC", "USDS")


@pytest.mark.parametrize("symbol", ["DOGE-USDT", "btc-usdt", "BTCUSDT", ""])
def test_an_unknown_symbol_is_refused(symbol: str) -> None:
    """A symbol is known by its very name."""
    assert Desk().reason(GetSymbol(symbol)) is Reason.SYMBOL_UNKNOWN


def test_nothing_is_traded_on_margin_or_as_futures() -> None:
    """There are no pairs for margin and no contracts: lists without entries, one of them with its time."""
    desk = Desk()
    desk.advance(5)
    for command in (ListIsolatedMarginSymbols(), ListContracts()):
        assert shown(desk.do(command, Reply).data()) == []
    assert shown(desk.do(ListCrossMarginSymbols(), Reply).data()) == {"timestamp": START + 5, "items": []}
