"""Every field of the messages of the public feeds, with numbers that differ wherever two fields could be confused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec import json
from msgspec.structs import replace
from support.desk import START
from support.spot_world import BTC_USDT, SpotDesk
from support.transitions import of, watched

from simulator.core.operations import UNTOUCHED
from simulator.core.spec import HOUR
from simulator.core.stream.markets import first_snapshot
from simulator.core.stream.message import Push

S = "BTC-USDT"
CANDLE = f"/market/candles:{S}_1min"
SNAPSHOT = f"/market/snapshot:{S}"
NOW = START + 5 * HOUR


def _pushes() -> tuple[list[Push], str]:
    """The messages of one trade of 0.5 BTC at 61000.1, 5 hours after a price of 63000, 2 hours after one of 58000."""
    desk = SpotDesk()
    symbol = replace(BTC_USDT, maker_fee_coefficient=Decimal("0.7"), taker_fee_coefficient=Decimal("1.2"))
    desk.world = replace(desk.world.put(symbol), touched=UNTOUCHED)
    desk.price("63000")
    desk.advance(3 * HOUR)
    desk.price("58000")
    desk.advance(2 * HOUR)
    desk.price("61000")
    with watched(desk.exchange, CANDLE, SNAPSHOT) as pushes:
        order = desk.placed(price="61000.1", size="0.5")
    return pushes, order.id


def test_every_field_of_a_snapshot() -> None:
    """The last hour, 4 hours and 24 hours are reckoned apart, and every amount is a number with all its digits."""
    pushes, _ = _pushes()
    [message] = of(pushes, SNAPSHOT)
    traded = {"vol": 0.5, "volValue": 30500.05}
    assert message == {
        "sequence": "5",
        "data": {
            "askSize": 1,
            "averagePrice": 61000.1,
            "baseCurrency": "BTC",
            "bidSize": 1,
            "board": 1,
            "buy": 60999.9,
            "changePrice": 1000.1,
            "changeRate": 0.0167,
            "close": 61000.1,
            "datetime": NOW,
            "high": 63000,
            "lastTradedPrice": 61000.1,
            "low": 58000,
            "makerCoefficient": 0.7,
            "makerFeeRate": 0.001,
            "marginTrade": False,
            "mark": 0,
            "market": "USDS",
            "marketChange1h": traded
            | {"changePrice": 3000.1, "changeRate": 0.0517, "high": 61000.1, "low": 58000, "open": 58000},
            "marketChange24h": traded
            | {"changePrice": 1000.1, "changeRate": 0.0167, "high": 63000, "low": 58000, "open": 60000},
            "marketChange4h": traded
            | {"changePrice": -1999.9, "changeRate": -0.0317, "high": 63000, "low": 58000, "open": 63000},
            "markets": ["USDS"],
            "open": 60000,
            "quoteCurrency": "USDT",
            "sell": 61000.1,
            "siteTypes": ["global"],
            "sort": 100,
            "symbol": S,
            "symbolCode": S,
            "takerCoefficient": 1.2,
            "takerFeeRate": 0.001,
            "trading": True,
            "volValue": 30500.05,
            "vol": 0.5,
        },
    }


def test_every_field_of_a_trade() -> None:
    """The match, the ticker and the candle of a trade have its numbers; a candle has nanoseconds, a ticker ms."""
    pushes, taker = _pushes()
    [match] = of(pushes, f"/market/match:{S}")
    maker, trade = match.pop("makerOrderId"), match.pop("tradeId")
    assert maker != taker
    assert match == {
        "price": "61000.1",
        "sequence": trade,
        "side": "buy",
        "size": "0.5",
        "symbol": S,
        "takerOrderId": taker,
        "time": str(NOW * 1_000_000),
        "type": "match",
    }
    ticker = {
        "bestAsk": "61000.1",
        "bestAskSize": "1",
        "bestBid": "60999.9",
        "bestBidSize": "1",
        "price": "61000.1",
        "sequence": "5",
        "size": "0.5",
        "time": NOW,
    }
    assert of(pushes, f"/market/ticker:{S}") == of(pushes, "/market/ticker:all") == [ticker]
    [candle] = of(pushes, CANDLE)
    columns = candle.pop("candles")
    assert candle == {"symbol": S, "time": NOW * 1_000_000}
    assert (columns[0], columns[5:]) == (str(NOW // 1000), ["0.5", "30500.05"])


def test_every_field_of_a_book() -> None:
    """Books and best offers have the prices of their side, the best one first, the size of each, and ms."""
    desk = SpotDesk()
    desk.world = replace(desk.world, touched=UNTOUCHED)
    with watched(desk.exchange) as pushes:
        desk.price("61000")
    asks = [[f"61000.{number}", "1"] for number in range(1, 6)]
    bids = [[f"60999.{number}", "1"] for number in range(9, 4, -1)]
    for depth in (5, 50):
        assert of(pushes, f"/spotMarket/level2Depth{depth}:{S}") == [{"asks": asks, "bids": bids, "timestamp": START}]
    assert of(pushes, f"/spotMarket/level1:{S}") == [{"asks": asks[0], "bids": bids[0], "timestamp": START}]
    gone = (
        [[f"60000.{number}", "0"] for number in range(1, 6)],
        [[f"59999.{number}", "0"] for number in range(9, 4, -1)],
    )
    changes: dict[str, Any] = {
        "asks": [[*pair, "2"] for pair in (*gone[0], *asks)],
        "bids": [[*pair, "2"] for pair in (*gone[1], *bids)],
    }
    assert of(pushes, f"/market/level2:{S}") == [
        {"changes": changes, "sequenceEnd": 2, "sequenceStart": 2, "symbol": S, "time": START}
    ]


def test_the_subjects_of_the_public_feeds() -> None:
    """Each family has the subject that KuCoin gives it; the ticker of all symbols is told under the symbol."""
    pushes, _ = _pushes()
    subjects = {push.topic.partition(":")[0]: push.subject for push in pushes if ":all" not in push.topic}
    expected = {
        "/market/ticker": "trade.ticker",
        "/market/snapshot": "trade.snapshot",
        "/market/level2": "trade.l2update",
        "/market/match": "trade.l3match",
        "/market/candles": "trade.candles.update",
    }
    assert expected.items() <= subjects.items()
    assert {push.subject for push in pushes if push.topic == "/market/ticker:all"} == {S}


def test_a_snapshot_of_the_lowest_price() -> None:
    """A market whose only bid is an increment above zero has a snapshot as every other one."""
    desk = SpotDesk()
    desk.price(last="0.2")
    (push,) = first_snapshot(desk.world, f"/market/snapshot:{S}", desk.exchange.clock.now())
    fields = json.decode(json.encode(push.data))["data"]
    assert (fields["buy"], fields["sell"], fields["bidSize"]) == (0.1, 0.3, 1)
