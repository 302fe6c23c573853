"""What a user has ever ordered does not make a list dearer: rows are counted, with few orders and with many."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from support.spot_world import SpotDesk
from support.watched import Watched

from simulator.core.account.accounts_old import ListAccountLedgers
from simulator.core.account.hf_ledgers import ListHfLedgers
from simulator.core.account.ledgers import ListLedgers
from simulator.core.market.tickers import GetStats, ListTickers
from simulator.core.market.trades import ListCandles, ListTrades
from simulator.core.mint import account_id
from simulator.core.operations import perform
from simulator.core.spot.orders_done import ListHfFills, ListHfOrdersDone
from simulator.core.spot.orders_old import ListFills, ListOrders, ListRecentFills, ListRecentOrders
from simulator.core.spot.orders_read import ListHfOrdersActive, ListHfSymbolsActive, PageHfOrdersActive
from simulator.core.value import Command
from simulator.core.world import World

FEW, MANY = 150, 1_500
MOST = 220
"""Rows that a list looks at: those of a full page, and a few."""


def watched(world: World, looked: list[Any]) -> World:
    """The world in which each row of alice's stacks and of the market is noted when it is looked at."""

    def watching(row: Any, *names: str) -> Any:
        return replace(row, **{name: Watched(getattr(row, name), looked) for name in names})

    key = ("alice", "BTC-USDT")
    return replace(
        world,
        markets=world.markets.insert(key[1], watching(world.markets[key[1]], "prices", "matches")),
        order_histories=world.order_histories.insert(key, watching(world.order_histories[key], "done", "fills")),
        statements=world.statements.insert(key[0], watching(world.statements[key[0]], "fills", "order_holds")),
    )


def lists(desk: SpotDesk, begin: int) -> list[Command]:
    """Every list that can have rows of many orders, also from far down, with filters that let few rows through."""

    def signed(command: Any, *more: Any) -> Command:
        return command(desk.trading.sign(method="GET", path="/x", timestamp=desk.wall), *more)

    symbol, side = {"symbol": "BTC-USDT"}, {"side": "sell"}
    early, old = {"endAt": str(begin + 5)}, {"currentPage": "3", "pageSize": "10"}
    account = account_id(desk.world, "alice", "trade", "BTC")
    [third] = [fill.number for fill in [*desk.world.statement("alice").fills][-3:-2]]
    return [
        *(
            signed(command, symbol | asked)
            for command in (ListHfOrdersDone, ListHfFills)
            for asked in ({}, side, early)
        ),
        signed(ListHfOrdersDone, {**symbol, "lastId": "3"}),
        signed(ListHfFills, {**symbol, "lastId": str(third)}),
        *(signed(command, old | asked) for command in (ListOrders, ListFills) for asked in ({}, side, symbol, early)),
        *(
            signed(ListLedgers, asked)
            for asked in (
                {},
                {"direction": "out", "currency": "BTC"},
                {"bizType": "TRADE_EXCHANGE", "currency": "BTC,USDT", **old},
                {"bizType": "DEPOSIT"},
                {"startAt": str(begin), **early},
            )
        ),
        *(signed(ListAccountLedgers, account, *asked) for asked in ((), ("out",))),
        *(signed(ListHfLedgers, asked) for asked in ({}, {"direction": "out", "currency": "BTC"}, early)),
        *(signed(command, symbol) for command in (ListHfOrdersActive, PageHfOrdersActive)),
        signed(ListHfSymbolsActive),
        *(ListCandles({**symbol, "type": kind}) for kind in ("1min", "1day", "1month")),
        *(ListTrades(symbol), GetStats(symbol), ListTickers()),
    ]


def looked_at(orders: int) -> dict[str, int]:
    """How many rows each list looks at when one more order has come since the last time."""
    desk = SpotDesk()
    begin = desk.exchange.clock.now().business
    for number in range(orders):
        desk.placed(type="market", price=None, size="0.0001", side="sell" if number == 1 else "buy")
        desk.advance(1)
    commands = lists(desk, begin)
    for command in commands:
        perform(desk.world, command, desk.exchange.clock.now())
    desk.placed(type="market", price=None, size="0.0001")
    counts = {}
    for command in commands:
        looked: list[Any] = []
        _, reply = perform(watched(desk.world, looked), command, desk.exchange.clock.now())
        assert reply.data() is not None
        counts[f"{type(command).__name__} {getattr(command, 'parameters', '')}"] = len(looked)
    return counts


def test_a_list_looks_at_what_it_shows() -> None:
    """Ten times as many orders of one user make no list look at more rows, whatever is asked for."""
    few, many = looked_at(FEW), looked_at(MANY)
    assert {name: count for name, count in many.items() if count > MOST} == {}
    assert {name: (few[name], count) for name, count in many.items() if count > few[name]} == {}


def test_what_is_recent_is_at_most_a_thousand() -> None:
    """The lists of what is recent look at no more rows than they show, of the user's stacks."""
    desk = SpotDesk()
    for _ in range(50):
        desk.placed(type="market", price=None, size="0.0001")
    for kind in (ListRecentOrders, ListRecentFills):
        command: Any = kind(desk.trading.sign(method="GET", path="/x", timestamp=desk.wall))
        perform(desk.world, command, desk.exchange.clock.now())
        looked: list[Any] = []
        _, reply = perform(watched(desk.world, looked), command, desk.exchange.clock.now())
        rows: Any = reply.data()
        assert (len(rows), len(looked) <= len(rows)) == (50, True)
