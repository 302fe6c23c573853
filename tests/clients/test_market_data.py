"""Market data and fees as real clients read them: prices that were set, the book around them, trades and candles."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import ccxt
import pytest
from support.control_calls import steer
from support.desk import Key
from support.wire import Broker

from simulator.web.server import LocalServer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK was written for an older pydantic
    from kucoin_universal_sdk.api import DefaultClient
    from kucoin_universal_sdk.generate.account.fee import GetSpotActualFeeReqBuilder
    from kucoin_universal_sdk.generate.spot import market as models
    from kucoin_universal_sdk.model import ClientOptionBuilder, TransportOptionBuilder

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the official SDK's own
PRICES = {"last": "61000", "bid": "60990", "ask": "61010"}
DAY = 86_400_000
NEVER_FILLED = {
    "callauction_price_floor",
    "callauction_price_ceiling",
    "callauction_first_stage_start_time",
    "callauction_second_stage_start_time",
    "callauction_third_stage_start_time",
    "trading_start_time",
}
"""Fields that are null in KuCoin's own samples."""


@pytest.fixture
def key(online: Broker) -> Key:
    """Alice's key that can trade, with money to trade with; the price of BTC was set, and she bought and sold."""
    patch = {"trade": {"USDT": "100000", "BTC": "2"}, "level": 1}
    assert steer(online.send, "PATCH", "/users/alice", patch).status == 200
    assert steer(online.send, "PUT", "/prices/BTC-USDT", PRICES).status == 200
    return online.key("alice", "API_COMMON", "API_SPOT")


@pytest.fixture
def kucoin(server: LocalServer, key: Key) -> Iterator[Any]:
    """Ccxt, of which only `urls["api"]` is changed."""
    exchange = ccxt.kucoin({"apiKey": key.api_key, "secret": key.secret, "password": key.passphrase})
    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], server.url)
    exchange.create_order("BTC/USDT", "market", "buy", 0.5)
    exchange.create_order("BTC/USDT", "market", "sell", 0.25)
    yield exchange
    exchange.session.close()


def test_ccxt_loads_markets(kucoin: Any) -> None:
    """Every symbol is a market with its increments, minimums and rates, and none is a contract."""
    markets = kucoin.load_markets()
    assert sorted(markets) == ["BTC/USDT", "ETH/BTC", "ETH/USDT", "KCS/USDT", "SOL/USDT"]
    market = markets["BTC/USDT"]
    assert (market["id"], market["base"], market["quote"], market["spot"]) == ("BTC-USDT", "BTC", "USDT", True)
    assert market["active"]
    assert market["precision"]["amount"] == 1e-8
    assert market["precision"]["price"] == 0.1
    assert market["limits"]["amount"] == {"min": 0.00001, "max": 10_000_000_000.0}
    assert market["limits"]["cost"]["min"] == 0.1
    assert (market["taker"], market["maker"]) == (0.001, 0.001)


def test_ccxt_reads_tickers(kucoin: Any) -> None:
    """The last price is that of the last trade, bid and ask are what was set, and the volume is what was traded."""
    ticker = kucoin.fetch_ticker("BTC/USDT")
    assert (ticker["last"], ticker["bid"], ticker["ask"]) == (60990.0, 60990.0, 61010.0)
    assert (ticker["high"], ticker["low"], ticker["open"]) == (61010.0, 60000.0, 60000.0)
    assert (ticker["baseVolume"], ticker["quoteVolume"]) == (0.75, 0.5 * 61010 + 0.25 * 60990)
    assert (ticker["change"], ticker["percentage"]) == (990.0, 1.65)
    tickers = kucoin.fetch_tickers()
    assert len(tickers) == 5
    assert (tickers["BTC/USDT"]["bid"], tickers["ETH/BTC"]["last"]) == (60990.0, 0.05)


@pytest.mark.parametrize("limit", [None, 20, 100])
def test_ccxt_reads_the_book(kucoin: Any, limit: int | None) -> None:
    """Five levels a side around the prices that were set, whole or in part."""
    book = kucoin.fetch_order_book("BTC/USDT", limit)
    assert [price for price, _ in book["bids"]] == [60990.0, 60989.9, 60989.8, 60989.7, 60989.6]
    assert [size for _, size in book["bids"]] == [1.0] * 5
    assert [size for _, size in book["asks"]] == [1.0] * 5
    assert (book["bids"][0][0], book["asks"][0][0], book["asks"][4][0]) == (60990.0, 61010.0, 61010.4)
    assert book["nonce"] > 1


def test_ccxt_reads_candles(kucoin: Any) -> None:
    """One candle of all that happened on the day, and none of a symbol in which nothing did."""
    candles = kucoin.fetch_ohlcv("BTC/USDT", "1d")
    volume = sum(candle[5] for candle in candles)
    first, last = candles[0], candles[-1]
    assert (first[1], last[4]) == (61000.0, 60990.0)
    assert (max(candle[2] for candle in candles), min(candle[3] for candle in candles)) == (61010.0, 60990.0)
    assert volume == 0.75
    assert first[0] % DAY == 0
    since = first[0]
    assert kucoin.fetch_ohlcv("BTC/USDT", "1d", since=since, limit=len(candles)) == candles
    assert kucoin.fetch_ohlcv("ETH/USDT", "1m") == []


def test_ccxt_reads_trades(kucoin: Any) -> None:
    """The trades of the market are the fills of the orders."""
    trades = kucoin.fetch_trades("BTC/USDT")
    assert [(trade["side"], trade["price"], trade["amount"]) for trade in trades] == [
        ("buy", 61010.0, 0.5),
        ("sell", 60990.0, 0.25),
    ]
    assert abs(trades[0]["timestamp"] - kucoin.milliseconds()) < DAY


def test_ccxt_reads_fees(kucoin: Any) -> None:
    """The rates of the user's VIP level, times what the symbol says."""
    fee = kucoin.fetch_trading_fee("BTC/USDT")
    assert (fee["symbol"], fee["taker"], fee["maker"]) == ("BTC/USDT", 0.001, 0.0009)


def test_ccxt_names_an_unknown_symbol(kucoin: Any) -> None:
    """The exchange's own words reach the caller."""
    kucoin.load_markets()
    with pytest.raises(ccxt.BaseError, match="900001"):
        kucoin.public_get_market_stats({"symbol": "DOGE-USDT"})


@pytest.fixture
def official(server: LocalServer, kucoin: Any, key: Key) -> Any:
    """The official SDK: its market data after the same trades."""
    options = ClientOptionBuilder().set_key(key.api_key).set_secret(key.secret).set_passphrase(key.passphrase)
    options = options.set_spot_endpoint(server.url).set_transport_option(TransportOptionBuilder().build())
    return DefaultClient(options.build()).rest_service()


def empty(model: Any) -> set[str]:
    """The names of a model's fields without a value."""
    fields = type(model).model_fields
    return {name for name in fields if name != "common_response" and getattr(model, name) in (None, "", [])}


def test_official_symbols(official: Any) -> None:
    """Every field that KuCoin's sample fills has a value in the SDK's own models."""
    market = official.get_spot_service().get_market_api()
    one = market.get_symbol(models.GetSymbolReqBuilder().set_symbol("BTC-USDT").build())
    assert empty(one) == NEVER_FILLED
    assert (one.symbol, one.price_increment, one.fee_category.value, one.enable_trading) == ("BTC-USDT", "0.1", 1, True)
    rows = market.get_all_symbols(models.GetAllSymbolsReqBuilder().set_market("USDS").build()).data
    assert [row.symbol for row in rows] == ["BTC-USDT", "ETH-USDT", "KCS-USDT", "SOL-USDT"]
    assert all(empty(row) == NEVER_FILLED for row in rows)
    assert market.get_market_list().data == ["BTC", "USDS"]


def test_official_tickers(official: Any) -> None:
    """Tickers, the 24 hours and prices of currencies parse, with the values that were set."""
    market = official.get_spot_service().get_market_api()
    ticker = market.get_ticker(models.GetTickerReqBuilder().set_symbol("BTC-USDT").build())
    assert empty(ticker) == set()
    assert (ticker.price, ticker.best_bid, ticker.best_ask, ticker.size) == ("60990", "60990", "61010", "0.25")
    stats = market.get24hr_stats(models.Get24hrStatsReqBuilder().set_symbol("BTC-USDT").build())
    assert empty(stats) == set()
    assert (stats.vol, Decimal(stats.vol_value)) == ("0.75", Decimal("45752.5"))
    rows = market.get_all_tickers().ticker
    assert [row.symbol for row in rows] == ["BTC-USDT", "ETH-BTC", "ETH-USDT", "KCS-USDT", "SOL-USDT"]
    assert all(empty(row) == set() for row in rows)
    prices = market.get_fiat_price(models.GetFiatPriceReqBuilder().set_currencies("BTC,KCS").build())
    assert (prices.btc, prices.kcs) == ("60990.00", "10.00")


def test_official_book_trades_and_candles(official: Any) -> None:
    """The book whole and in part, the last trades and the candles parse, with their values."""
    market = official.get_spot_service().get_market_api()
    for size in ("20", "100"):
        request = models.GetPartOrderBookReqBuilder().set_symbol("BTC-USDT").set_size(size).build()
        book = market.get_part_order_book(request)
        assert empty(book) == set()
        assert (book.bids[0], book.asks[4]) == (["60990", "1"], ["61010.4", "1"])
    whole = market.get_full_order_book(models.GetFullOrderBookReqBuilder().set_symbol("BTC-USDT").build())
    assert (whole.bids, whole.asks, whole.sequence) == (book.bids, book.asks, book.sequence)
    trades = market.get_trade_history(models.GetTradeHistoryReqBuilder().set_symbol("BTC-USDT").build()).data
    assert all(empty(trade) == set() for trade in trades)
    assert [(trade.side.value, trade.price, trade.size) for trade in trades] == [
        ("sell", "60990", "0.25"),
        ("buy", "61010", "0.5"),
    ]
    request = models.GetKlinesReqBuilder().set_symbol("BTC-USDT").set_type("1month").build()
    candles = market.get_klines(request).data
    assert sum(Decimal(candle[5]) for candle in candles) == Decimal("0.75")
    assert (candles[-1][1], candles[0][2]) == ("61000", "60990")


def test_official_fees(official: Any) -> None:
    """Both rates of each symbol."""
    fees = official.get_account_service().get_fee_api()
    rows = fees.get_spot_actual_fee(GetSpotActualFeeReqBuilder().set_symbols("BTC-USDT,ETH-BTC").build()).data
    assert [(row.symbol, row.taker_fee_rate, row.maker_fee_rate) for row in rows] == [
        ("BTC-USDT", "0.001", "0.0009"),
        ("ETH-BTC", "0.001", "0.0009"),
    ]
