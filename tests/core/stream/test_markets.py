"""What the public feeds tell of a market: the same numbers as the calls of REST, and no gap in the sequence."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace
from support.spot_world import SpotDesk
from support.transitions import of, watched

from simulator.core.market.order_book import offers
from simulator.core.money import plain
from simulator.core.operations import UNTOUCHED
from simulator.core.stream.families import FIRST, SOURCES
from simulator.core.stream.markets import changed
from simulator.core.stream.message import Transition
from simulator.core.stream.topics import FAMILIES, TopicError, topics_of
from simulator.core.world import World

S = "BTC-USDT"
CANDLE = f"/market/candles:{S}_1hour"


@pytest.fixture
def desk() -> SpotDesk:
    """A desk in a world with two markets, in which each change is noted."""
    desk = SpotDesk()
    desk.world = replace(desk.world, touched=UNTOUCHED)
    return desk


def book(world: World) -> tuple[dict[str, str], dict[str, str]]:
    """The sizes by price of both sides, as text."""
    both = offers(world.symbols[S], world.markets[S])
    return tuple({plain(price): plain(size) for price, size in side} for side in (both.bids, both.asks))  # type: ignore[return-value]


def test_a_price_is_told_everywhere(desk: SpotDesk) -> None:
    """Ticker, snapshot, best offers, books and the candle come with the prices that were set."""
    with watched(desk.exchange, CANDLE, f"/market/snapshot:{S}") as pushes:
        desk.price("61000")
    [ticker] = of(pushes, f"/market/ticker:{S}")
    assert (ticker["price"], ticker["bestBid"], ticker["bestAsk"]) == ("61000", "60999.9", "61000.1")
    assert of(pushes, "/market/ticker:all") == [ticker]
    [best] = of(pushes, f"/spotMarket/level1:{S}")
    assert (best["bids"][0], best["asks"][0]) == ("60999.9", "61000.1")
    for depth in (5, 50):
        [levels] = of(pushes, f"/spotMarket/level2Depth{depth}:{S}")
        assert dict(levels["bids"]).keys() == book(desk.world)[0].keys()
    [snapshot] = of(pushes, f"/market/snapshot:{S}")
    assert snapshot["data"]["lastTradedPrice"] == 61_000
    assert snapshot["data"]["marketChange1h"]["changePrice"] == 1000
    [candle] = of(pushes, CANDLE)
    assert candle["candles"][2] == "61000"
    assert candle["time"] > 10**18


def test_increments_make_the_next_book(desk: SpotDesk) -> None:
    """Whoever applies each change to the book before it has the book of REST, and no sequence is missing."""
    bids, asks = book(desk.world)
    sequence = desk.world.markets[S].sequence
    with watched(desk.exchange) as pushes:
        desk.price("61000")
        desk.placed(price="62000")
        desk.price("61000.2")
        desk.price(bid="60000")
        desk.placed(side="sell", price="59000")
    for data in of(pushes, f"/market/level2:{S}"):
        assert data["sequenceStart"] == sequence + 1
        sequence = data["sequenceEnd"]
        for side, changes in ((bids, data["changes"]["bids"]), (asks, data["changes"]["asks"])):
            for price, size, at in changes:
                assert at == str(sequence)
                if price == "0":
                    continue
                side[price] = size
                if size == "0":
                    del side[price]
    assert (bids, asks) == book(desk.world)
    assert sequence == desk.world.markets[S].sequence


def test_a_fill_moves_the_sequence_only(desk: SpotDesk) -> None:
    """The book stays as it is, so the change is one that clients ignore."""
    with watched(desk.exchange) as pushes:
        desk.placed(price="62000")
    [data] = of(pushes, f"/market/level2:{S}")
    assert data["changes"] == {"asks": [["0", "0", str(data["sequenceEnd"])]], "bids": []}
    assert of(pushes, f"/spotMarket/level1:{S}") == []


def test_other_markets_are_silent(desk: SpotDesk) -> None:
    """Nothing is told of a symbol that nobody touched."""
    with watched(desk.exchange) as pushes:
        desk.price("61000")
    assert not [push for push in pushes if "ETH" in push.topic]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_a_source(desk: SpotDesk, family: str) -> None:
    """What can be subscribed to is made somewhere, and what begins at once can be written."""
    assert family in SOURCES
    if first := FIRST.get(family):
        topic = {"candles": CANDLE}.get(FAMILIES[family].of, f"{family}:{S}")
        desk.price("61000")
        [push] = first(desk.world, topic, desk.exchange.clock.now())
        assert (push.topic, bool(json.encode(push.written(desk.world)))) == (topic, True)


def test_all_tickers_begin_with_all(desk: SpotDesk) -> None:
    """Who subscribes to `:all` gets each symbol once, under its name."""
    first: Any = FIRST["/market/ticker"]
    pushes = list(first(desk.world, "/market/ticker:all", desk.exchange.clock.now()))
    assert [push.subject for push in pushes] == sorted(desk.world.markets)


def test_topics_with_symbols(desk: SpotDesk) -> None:
    """Each symbol is a topic of its own, named twice or not; `all` and types of candles are where they belong."""
    topics = topics_of(desk.world, f"/market/match:{S},ETH-USDT,{S}", private=False)
    assert topics == [f"/market/match:{S}", "/market/match:ETH-USDT"]
    assert topics_of(desk.world, "/market/ticker:all", private=False) == ["/market/ticker:all"]
    assert topics_of(desk.world, CANDLE, private=False) == [CANDLE]
    for wrong in ("/market/match:all", f"/market/candles:{S}", f"/market/candles:{S}_2min", "/market/level2:btc-usdt"):
        with pytest.raises(TopicError) as error:
            topics_of(desk.world, wrong, private=False)
        assert error.value.code == 400


def test_a_market_that_stays_as_it_is(desk: SpotDesk) -> None:
    """A market that was touched and is the same as before has no new sequence: no book is told."""
    with watched(desk.exchange) as pushes:
        desk.world = desk.world.put(replace(desk.world.market(S)))
    assert [push.topic for push in pushes if push.topic.endswith(f":{S}")] == [f"/market/ticker:{S}"]


def test_going_back_tells_no_trade(desk: SpotDesk) -> None:
    """A market that has fewer trades and prices than before has no new one: neither a trade nor a candle is told."""
    before = desk.world
    for _ in range(3):
        desk.placed(type="market", price=None)
        desk.price("61000")
    with watched(desk.exchange, CANDLE) as pushes:
        desk.world = replace(before, touched=desk.world.touched)
    assert of(pushes, f"/market/match:{S}") == of(pushes, CANDLE) == []


def test_which_markets_have_changed(desk: SpotDesk) -> None:
    """Those that were there before and are there afterwards, with another value, and whose symbol there is."""
    now, world = desk.exchange.clock.now(), desk.world
    other = replace(world.market(S), at=7)
    later = world.put(other)
    assert [(name, after) for name, _, after in changed(Transition(world, later, now))] == [(S, other)]
    same = replace(world.put(world.market(S)))
    without_symbol = replace(later, symbols=world.symbols.remove(S))
    without_market = replace(later, markets=world.markets.remove(S))
    for before, after in (
        (world, same),
        (world, without_symbol),
        (world, without_market),
        (replace(world, markets=world.markets.remove(S)), later),
    ):
        assert [*changed(Transition(before, after, now))] == []
