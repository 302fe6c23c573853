"""Lists of ended orders and of fills are what the tables say, whatever is asked for and whenever it was last asked."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from support.spot_reads import seen
from support.spot_world import SpotDesk

from simulator.core.gateway.paging import Span
from simulator.core.spot import records
from simulator.core.spot.orders_done import ListHfFills, ListHfOrdersDone
from simulator.core.spot.orders_old import ListFills, ListOrders, ListRecentOrders
from simulator.core.world import FillStep, Order, OrderPlan

BTC = "BTC-USDT"
LATE = OrderPlan(client_oid="late*", steps=(FillStep(),), stale_for=30)


def busy(desk: SpotDesk, round_: int) -> None:
    """Orders of all kinds in two symbols; some rest, and end in another order than that of their acceptance."""
    resting: list[Order] = []
    for number in range(12):
        name = f"{'late' if number == 5 else 'oid'}-{round_}-{number}"
        match number % 4:
            case 0:
                resting.append(desk.placed(clientOid=name, price=f"4{number:02}00"))
            case 1:
                desk.placed(clientOid=name, side="sell", price="59000", size="0.01")
            case 2:
                desk.placed(clientOid=name, type="market", price=None, side="buy" if number % 8 == 2 else "sell")
            case 3:
                desk.placed(clientOid=name, symbol="ETH-USDT", type="market", price=None, size="0.1")
        desk.advance(1)
    for order in resting[::-1]:
        desk.perform(desk.canceling(order))
        desk.advance(1)


def naive(desk: SpotDesk, symbol: str, side: str, kind: str, span: tuple[int, int]) -> list[Order]:
    """The ended orders that are asked for, the one accepted last first."""
    orders = [order for order in desk.world.orders.values() if not order.status.active]
    orders = [
        order for order in orders if symbol in ("", order.terms.symbol) and span[0] <= order.created_at <= span[1]
    ]
    orders = [
        order for order in orders if side in ("", order.terms.side.value) and kind in ("", order.terms.type.value)
    ]
    return sorted(orders, key=lambda order: (order.created_at, order.number), reverse=True)


def check(desk: SpotDesk, begin: int) -> None:
    """Every filter, page by page."""
    now = desk.exchange.clock.now().business
    spans = ((0, 10**14), (begin + 4, begin + 17), (now - 5, now))
    for symbol, side, kind, span in product((BTC, ""), ("", "buy", "sell"), ("", "limit", "market"), spans):
        asked: dict[str, object] = {"symbol": symbol, "side": side, "type": kind, "startAt": span[0], "endAt": span[1]}
        orders = naive(desk, symbol, side, kind, span)
        page = seen(desk, ListOrders, pageSize="10", currentPage="2", **asked)
        assert page["totalNum"] == len(orders), asked
        assert [row["id"] for row in page["items"]] == [order.id for order in orders[10:20]], asked
        every = naive(desk, symbol, side, kind, (0, 10**14))
        fills = [fill for order in every for fill in order.fills if span[0] <= fill.at <= span[1]]
        fills.sort(key=lambda fill: fill.number, reverse=True)
        page = seen(desk, ListFills, pageSize="10", currentPage="2", **asked)
        assert page["totalNum"] == len(fills), asked
        assert [row["tradeId"] for row in page["items"]] == [str(fill.trade_id) for fill in fills[10:20]], asked
        if symbol:
            by_end = sorted(orders, key=lambda order: (order.updated_at, order.number), reverse=True)
            assert paged(desk, ListHfOrdersDone, asked) == [order.id for order in by_end], asked
            assert paged(desk, ListHfFills, asked) == [fill.number for fill in fills], asked
    assert [row["id"] for row in recent(desk)] == [order.id for order in naive(desk, "", "", "", (0, 10**14))]


def recent(desk: SpotDesk) -> Any:
    signed = desk.trading.sign(method="GET", path="/x", timestamp=desk.wall)
    reply: Any = desk.perform(ListRecentOrders(signed)).result
    return [{"id": row.id} for row in reply.data()]


def paged(desk: SpotDesk, command: Any, asked: dict[str, object]) -> list[Any]:
    """The ids of all rows, two at a time, each page from the `lastId` of the one before."""
    ids: list[Any] = []
    more: dict[str, object] = {}
    while rows := (page := seen(desk, command, limit="2", **asked, **more))["items"]:
        ids += [row["id"] for row in rows]
        more = {"lastId": page["lastId"]}
    return ids


def test_lists_are_what_the_tables_say() -> None:
    """After each round, and after going back to an earlier world, every list has the rows of the tables."""
    desk = SpotDesk(LATE, rate_pools="count")
    begin = desk.exchange.clock.now().business
    worlds = []
    for round_ in range(2):
        busy(desk, round_)
        desk.advance(100)
        worlds.append(desk.world)
        check(desk, begin)
    desk.world = worlds[0]
    check(desk, begin)
    busy(desk, 9)
    desk.advance(100)
    check(desk, begin)


def test_a_late_report_is_in_no_list() -> None:
    """An order whose fill is not reported yet has not ended in any list, and is there as soon as it is reported."""
    desk = SpotDesk(LATE, rate_pools="count")
    busy(desk, 0)
    order = desk.placed(clientOid="late-1", size="0.01")
    assert desk.now_of(order).deal_size == Decimal("0.01")
    for later, is_listed in ((29, False), (1, True)):
        desk.advance(later)
        rows = (
            seen(desk, ListOrders, symbol=BTC, pageSize="50")["items"],
            seen(desk, ListHfOrdersDone, symbol=BTC)["items"],
        )
        assert {order.id in [row["id"] for row in listed] for listed in rows} == {is_listed}


def test_lists_after_the_clock_was_set_back() -> None:
    """Fills and ended orders are still in the order of their instants, whole, page by page and by every filter."""
    desk = SpotDesk(LATE, rate_pools="count")
    begin = desk.exchange.clock.now().business
    busy(desk, 0)
    desk.exchange.clock.stand_at(begin - 40)
    busy(desk, 1)
    desk.exchange.clock.stand_at(begin + 100)
    fills = [*desk.world.statement("alice").fills]
    assert [fill.at for fill in fills] != sorted((fill.at for fill in fills), reverse=True)
    rows = sorted(fills, key=lambda fill: (fill.at, fill.id), reverse=True)
    for side, kind, span in product(
        ("", "buy", "sell"), ("", "limit", "market"), ((0, 10**14), (begin - 35, begin + 4))
    ):
        chosen = [row for row in rows if side in ("", row.side.value) and kind in ("", row.type.value)]
        chosen = [row for row in chosen if span[0] <= row.at <= span[1]]
        asked: dict[str, object] = {"side": side, "type": kind, "startAt": span[0], "endAt": span[1]}
        page = seen(desk, ListFills, pageSize="10", currentPage="1", **asked)
        assert (page["totalNum"], [row["tradeId"] for row in page["items"]]) == (
            len(chosen),
            [str(row.trade_id) for row in chosen[:10]],
        ), asked
        ended = naive(desk, "", side, kind, span)
        page = seen(desk, ListOrders, pageSize="10", currentPage="2", **asked)
        assert (page["totalNum"], [row["id"] for row in page["items"]]) == (
            len(ended),
            [order.id for order in ended[10:20]],
        ), asked
        ids = [row.number for row in chosen if row.symbol == BTC]
        assert [row["id"] for row in seen(desk, ListHfFills, symbol=BTC, limit="3", **asked)["items"]] == ids[:3], asked
        below = records.fills(desk.world, "alice", BTC, (side, kind), Span(*span), last=rows[5].number)
        assert [row.number for row in below] == [number for number in ids if number < rows[5].number], asked
    for side, kind in (("", ""), ("buy", "limit"), ("sell", "market")):
        ids = paged(desk, ListHfOrdersDone, {"symbol": BTC, "side": side, "type": kind, "startAt": 0, "endAt": 10**14})
        assert sorted(ids) == sorted(order.id for order in naive(desk, BTC, side, kind, (0, 10**14)))
    assert records.ended_by_age(desk.world, "alice", (BTC,), ("", ""), Span(), begin + 100) is None
    assert records.ended(desk.world, "alice", BTC, ("", ""), Span(), None, begin + 100) is None


def test_the_first_page_needs_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the newest rows fill a page, or are all that there are, the lists by side and type are not made."""
    desk = SpotDesk(rate_pools="count")
    for _ in range(5):
        desk.placed(type="market", price=None)
    for name in ("fills", "ended"):
        monkeypatch.delattr(records, name)
    for limit in ("1", "5", "10"):
        for command in (ListHfFills, ListHfOrdersDone):
            assert len(seen(desk, command, symbol=BTC, limit=limit)["items"]) == min(int(limit), 5)
            assert len(seen(desk, command, symbol=BTC, side="sell", limit="10")["items"]) == 0
