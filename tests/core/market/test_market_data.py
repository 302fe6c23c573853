"""Tickers, the book, trades and the last 24 hours, of prices that were set and of fills."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.desk import START
from support.shown import shown
from support.spot_world import SpotDesk

from simulator.core.market.order_book import GetOrderBook, GetOrderBook20, GetOrderBook100
from simulator.core.market.tickers import GetStats, GetTicker, ListFiatPrices, ListTickers
from simulator.core.market.trades import ListTrades
from simulator.core.refusals import Reason
from simulator.core.spec import DAY
from simulator.core.trading.prices import set_price
from simulator.core.trading.quotes import around
from simulator.core.world import Draft

ASKED = {"symbol": "BTC-USDT"}
BOOK = {
    "time": START,
    "sequence": "1",
    "bids": [["59999.9", "1"], ["59999.8", "1"], ["59999.7", "1"], ["59999.6", "1"], ["59999.5", "1"]],
    "asks": [["60000.1", "1"], ["60000.2", "1"], ["60000.3", "1"], ["60000.4", "1"], ["60000.5", "1"]],
}


def told(desk: SpotDesk, command: Any) -> Any:
    """The data of an answer."""
    reply: Any = desk.perform(command).result
    return shown(reply.data())


def at(desk: SpotDesk, moment: int, price: str, symbol: str = "BTC-USDT") -> None:
    """A price was set at that instant."""
    draft = Draft(desk.world)
    set_price(draft, symbol, moment, Decimal(price), None, None)
    desk.world = draft.done()


def test_a_ticker_of_a_quiet_market() -> None:
    """Nothing was traded, so that the last size is 0; the rest is what was set."""
    assert told(SpotDesk(), GetTicker(ASKED)) == {
        "time": START,
        "sequence": "1",
        "price": "60000",
        "size": "0",
        "bestBid": "59999.9",
        "bestBidSize": "1",
        "bestAsk": "60000.1",
        "bestAskSize": "1",
    }


def test_the_book_is_frozen() -> None:
    """Five levels a side, an increment apart, by each of the three calls; neither an order nor a trade changes them."""
    desk = SpotDesk()
    signed = desk.trading.sign(method="GET", path="/api/v3/market/orderbook/level2", timestamp=desk.wall)
    for command in (GetOrderBook20(ASKED), GetOrderBook100(ASKED), GetOrderBook(signed, ASKED)):
        assert told(desk, command) == BOOK
    desk.placed()
    desk.placed(type="market", price=None, side="sell")
    after = told(desk, GetOrderBook20(ASKED))
    assert (after["bids"], after["asks"]) == (BOOK["bids"], BOOK["asks"])
    assert int(after["sequence"]) > 1


def test_no_bid_is_zero() -> None:
    """Below a bid of one increment there is nothing."""
    desk = SpotDesk()
    desk.price(last="0.1")
    book = told(desk, GetOrderBook20(ASKED))
    assert [price for price, _ in book["bids"]] == ["0.1"]
    assert [price for price, _ in book["asks"]] == ["0.2", "0.3", "0.4", "0.5", "0.6"]
    assert around(Decimal("0.2"), Decimal("0.1"))[0] == Decimal("0.1")


def test_trades_are_the_fills_of_orders() -> None:
    """A taker's side, price and size; its id is the fill's `tradeId`; the newest comes first; times are in ns."""
    desk = SpotDesk()
    bought = desk.placed(type="market", price=None, size="0.5")
    sold = desk.placed(type="market", price=None, size="0.25", side="sell")
    [buy], [sell] = list(bought.fills), list(sold.fills)
    assert told(desk, ListTrades(ASKED)) == [
        {"sequence": str(sell.trade_id), "price": "59999.9", "size": "0.25", "side": "sell", "time": START * 1_000_000},
        {"sequence": str(buy.trade_id), "price": "60000.1", "size": "0.5", "side": "buy", "time": START * 1_000_000},
    ]
    assert told(desk, GetTicker(ASKED))["size"] == "0.25"
    assert told(desk, ListTrades({"symbol": "ETH-USDT"})) == []


def test_a_hundred_trades_are_the_most() -> None:
    """The hundred newest of a hundred and one."""
    desk = SpotDesk()
    for number in range(101):
        desk.placed(type="market", price=None, size=f"0.{number + 100}")
    sizes = [trade["size"] for trade in told(desk, ListTrades(ASKED))]
    assert (len(sizes), sizes[0], sizes[-1]) == (100, "0.2", "0.101")


def test_a_maker_sells_to_a_taker_who_buys() -> None:
    """A resting buy that the price reaches was sold to: the taker's side is `sell`, the price its own."""
    desk = SpotDesk()
    desk.placed(price="50000", size="2")
    desk.price(last="49000")
    [trade] = told(desk, ListTrades(ASKED))
    assert (trade["side"], trade["price"], trade["size"]) == ("sell", "50000", "2")
    assert told(desk, GetTicker(ASKED))["price"] == "49000"


def test_a_quiet_day() -> None:
    """Without a trade and a change, everything is the last price, and the changes are 0."""
    stats = told(SpotDesk(), GetStats(ASKED))
    assert stats == {
        "time": START,
        "symbol": "BTC-USDT",
        "buy": "59999.9",
        "sell": "60000.1",
        "changeRate": "0",
        "changePrice": "0",
        "high": "60000",
        "low": "60000",
        "vol": "0",
        "volValue": "0",
        "last": "60000",
        "averagePrice": "60000",
        "takerFeeRate": "0.001",
        "makerFeeRate": "0.001",
        "takerCoefficient": "1",
        "makerCoefficient": "1",
    }


def test_a_day_is_exact() -> None:
    """Volume and turnover have all their digits, prices of trades count, the rate has four places."""
    desk = SpotDesk()
    desk.placed(type="market", price=None, size="0.12345678")
    desk.placed(type="market", price=None, size="0.3", side="sell")
    at(desk, START, "66000")
    desk.placed(type="market", price=None, size="0.1")
    stats = told(desk, GetStats(ASKED))
    turnover = Decimal("0.12345678") * Decimal("60000.1") + Decimal("0.3") * Decimal("59999.9")
    turnover += Decimal("0.1") * Decimal("66000.1")
    assert (stats["vol"], Decimal(stats["volValue"])) == ("0.52345678", turnover)
    assert (stats["high"], stats["low"], stats["last"]) == ("66000.1", "59999.9", "66000.1")
    assert (stats["changePrice"], stats["changeRate"]) == ("6000.1", "0.1")
    assert stats["averagePrice"] == f"{turnover / Decimal('0.52345678'):.8f}"


@pytest.mark.parametrize(("age", "opening"), [(DAY, "66000"), (DAY - 1, "60000")])
def test_a_day_has_24_hours(age: int, opening: str) -> None:
    """What was set exactly 24 hours ago is the first price; a millisecond later it is a change."""
    desk = SpotDesk()
    at(desk, START - age, "66000")
    at(desk, START, "67000")
    stats = told(desk, GetStats(ASKED))
    assert stats["low"] == opening
    assert Decimal(stats["changePrice"]) == 67_000 - Decimal(opening)


def test_all_tickers_are_the_single_ones() -> None:
    """A row a symbol by name, with the numbers of `stats` and the sizes of the best offers."""
    desk = SpotDesk()
    desk.placed(type="market", price=None, size="0.5")
    listed = told(desk, ListTickers())
    assert listed["time"] == START
    assert [row["symbol"] for row in listed["ticker"]] == ["BTC-USDT", "ETH-BTC", "ETH-USDT"]
    row, stats = listed["ticker"][0], told(desk, GetStats(ASKED))
    own = {"symbolName": "BTC-USDT", "bestBidSize": "1", "bestAskSize": "1"}
    assert row == {**{name: value for name, value in stats.items() if name != "time"}, **own}


@pytest.mark.parametrize(
    ("asked", "prices"),
    [
        ({"currencies": "BTC,XRP,DOGE"}, {"BTC": "65000.00", "XRP": "2.00"}),
        ({"base": "USD"}, {"BTC": "65000.00", "ETH": "3000.00", "USDT": "1.00", "XRP": "2.00"}),
    ],
)
def test_fiat_prices(asked: dict[str, str], prices: dict[str, str]) -> None:
    """The last price in USDT, else what the scenario says; an unknown currency is left out."""
    desk = SpotDesk()
    desk.price(last="65000")
    assert told(desk, ListFiatPrices(asked)) == prices
    assert desk.reason(ListFiatPrices({"base": "EUR"})) is Reason.PARAMETER_INVALID


@pytest.mark.parametrize("make", [GetTicker, GetStats, GetOrderBook20, GetOrderBook100, ListTrades])
def test_a_symbol_is_compulsory_and_known(make: Any) -> None:
    """Without a symbol the parameter is named; an unknown one is an unknown symbol."""
    desk = SpotDesk()
    assert desk.reason(make({})) is Reason.PARAMETER_INVALID
    assert desk.reason(make({"symbol": "DOGE-USDT"})) is Reason.SYMBOL_UNKNOWN


def test_trades_after_the_clock_was_set_back() -> None:
    """They are told by their instants, the newest first, and those of one instant by their number."""
    desk = SpotDesk()
    for moment in (START + 5, START, START):
        desk.exchange.clock.stand_at(moment)
        desk.placed(type="market", price=None)
    matches = [*desk.world.market("BTC-USDT").matches]
    assert [match.at - START for match in matches] == [0, 0, 5]
    rows = told(desk, ListTrades(ASKED))
    assert [row["time"] for row in rows] == [match.at * 1_000_000 for match in (matches[2], *matches[:2])]
    assert [row["sequence"] for row in rows] == [str(match.trade_id) for match in (matches[2], *matches[:2])]
