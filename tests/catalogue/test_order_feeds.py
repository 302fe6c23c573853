"""Scenarios about what the websocket feeds tell of orders, and what they do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.feeds import Feed, private, session
from support.ordering import Trader
from support.payouts import Playing
from support.played_scenario import Play

TOPIC = "/spotMarket/tradeOrdersV2"


@contextmanager
def listening(trader: Trader) -> Iterator[Feed]:
    """A session that is told of frank's orders."""
    with session(*private(trader.stage.broker, trader.key)) as feed:
        feed.subscribe(TOPIC)
        yield feed


def types(feed: Feed, count: int) -> list[str]:
    """The types of the next messages."""
    return [data["type"] for data in feed.data(count)]


def looks_in_the_silence(stage: Play) -> None:
    """A broker whose feed says nothing of a fill looks at the order, which shows it."""
    trader = Trader(stage)
    with listening(trader) as feed:
        order = trader.placed()
        assert types(feed, 2) == ["received", "open"]
        stage.advance("5s")
        feed.nothing()
        assert trader.filled(order) == (False, "0.01")
        feed.nothing()


def orders_again_in_the_silence(stage: Play) -> None:
    """A broker whose feed says nothing of a fill orders the same once more."""
    trader = Trader(stage)
    with listening(trader) as feed:
        trader.placed(size="0.005")
        assert types(feed, 2) == ["received", "open"]
        stage.advance("5s")
        feed.nothing()
        second = trader.placed(size="0.005")
        stage.advance("5s")
    assert trader.filled(second) == (False, "0.005")


def test_feed_gap(play: Playing) -> None:
    """Nothing is told of the fill, and a look shows it."""
    stage = play("feed-gap")
    looks_in_the_silence(stage)
    assert stage.holds()


def test_feed_gap_mistake(play: Playing) -> None:
    """A broker that orders again because nothing came has bought twice."""
    stage = play("feed-gap")
    orders_again_in_the_silence(stage)
    assert not stage.holds()


def parts(feed: Feed) -> list[tuple[str, str]]:
    """The fills that are told until the order is over, each with its tradeId."""
    fills = []
    while (data := feed.data()[0])["status"] != "done":
        if data["type"] == "match":
            fills.append((data["tradeId"], data["matchSize"]))
    return fills


def test_feed_duplicate(play: Playing) -> None:
    """The fill is told twice with one tradeId; counted once, 0.006 are missing."""
    stage = play("feed-duplicate")
    trader = Trader(stage)
    with listening(trader) as feed:
        trader.placed()
        stage.advance("10s")
        fills = parts(feed)
    assert [size for _, size in fills] == ["0.004", "0.004"]
    assert len(set(fills)) == 1
    trader.placed(size="0.006")
    assert stage.holds()


def test_feed_duplicate_mistake(play: Playing) -> None:
    """A broker that adds up what comes orders 0.002, and has too little."""
    stage = play("feed-duplicate")
    trader = Trader(stage)
    with listening(trader) as feed:
        trader.placed()
        stage.advance("10s")
        assert len(parts(feed)) == 2
    trader.placed(size="0.002")
    assert trader.fills() == ["0.004"]
    assert not stage.holds()


def test_feed_closed(play: Playing) -> None:
    """The session ends; on a new one nothing of it is repeated, and a look shows the fill."""
    stage = play("feed-closed")
    trader = Trader(stage)
    with listening(trader) as feed:
        order = trader.placed()
        assert types(feed, 2) == ["received", "open"]
        stage.advance("5s")
        assert feed.end()[0] == 1001
    with listening(trader) as feed:
        assert trader.filled(order) == (False, "0.01")
        feed.nothing()
    assert stage.holds()


@pytest.mark.parametrize("again", [False, True])
def test_feed_closed_mistake(play: Playing, again: bool) -> None:
    """A broker that stays deaf knows nothing of the fill, and so does one that connects again and does not look."""
    stage = play("feed-closed")
    trader = Trader(stage)
    with listening(trader) as feed:
        trader.placed()
        types(feed, 2)
        stage.advance("5s")
        feed.end()
    if again:
        with listening(trader) as feed:
            feed.nothing()
    assert not stage.holds()


def test_order_report_lost(play: Playing) -> None:
    """The feed lives and tells nothing of the fill, although nothing is wrong with the feed; a look shows it."""
    stage = play("order-report-lost")
    looks_in_the_silence(stage)
    assert stage.holds()


def test_order_report_lost_mistake(play: Playing) -> None:
    """A broker that takes silence for an open order and orders again has bought twice."""
    stage = play("order-report-lost")
    orders_again_in_the_silence(stage)
    assert not stage.holds()
