"""What a careful broker does with the feed of its orders, in scenarios about the websocket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from support.careful_brokers.connecting import Account
from support.careful_brokers.playing import FOR_TRADING, Played, script
from support.careful_brokers.trading import Placed
from support.feeds import PRIVATE, Feed, session


@contextmanager
def listening(played: Played, account: Account) -> Iterator[Feed]:
    """A session of its own token, on which the broker is told of the user's orders."""
    data = played.broker.signed(account, "POST", PRIVATE).body["data"]
    with session(data["token"], data["instanceServers"][0]["endpoint"]) as feed:
        feed.subscribe("/spotMarket/tradeOrdersV2")
        yield feed


def bought(feed: Feed) -> Decimal:
    """What the feed says to be filled until the order is over: each trade counts once."""
    parts: dict[str, Decimal] = {}
    while (data := feed.data()[0])["status"] != "done":
        if data["type"] == "match":
            parts[data["tradeId"]] = Decimal(data["matchSize"])
    return sum(parts.values(), Decimal(0))


def rests(played: Played, feed: Feed) -> Placed:
    """Frank's order, which the feed tells to be in the book."""
    placed = played.broker.order("frank", size="0.01", price="59000")
    assert [data["type"] for data in feed.data(2)] == ["received", "open"]
    return placed


@script
def feed_gap(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    account = played.broker.trader("frank")
    with listening(played, account) as feed:
        placed = rests(played, feed)
        played.stage.advance("5s")
        assert not played.broker.look(account, placed)  # it has been quiet for a while


@script
def feed_duplicate(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    account = played.broker.trader("frank")
    with listening(played, account) as feed:
        placed = rests(played, feed)
        played.stage.advance("10s")
        missing = placed.size - bought(feed)
    played.broker.order("frank", size=str(missing), price="59000")


@script
def feed_closed(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    account = played.broker.trader("frank")
    with listening(played, account) as feed:
        placed = rests(played, feed)
        played.stage.advance("5s")
        feed.end()
    with listening(played, account):
        assert not played.broker.look(account, placed)


@script
def order_report_lost(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    account = played.broker.trader("frank")
    with listening(played, account) as feed:
        placed = rests(played, feed)
        played.stage.advance("5s")
        feed.nothing()
        assert not played.broker.look(account, placed)  # nothing has been heard of it for a while
