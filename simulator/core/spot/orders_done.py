"""Orders of the high-frequency family that have ended, and fills: lists that go on from an id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Annotated, Final, TypeVar

from msgspec import Meta

from simulator.core.data import Data
from simulator.core.gateway.paging import Query, read_span
from simulator.core.gateway.parameters import SPAN, Text, Whole, Word
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.spot import records, reports
from simulator.core.spot.order_data import FillData, OrderData, Serial, fill_data, order_data
from simulator.core.spot.orders_read import SYMBOL, USUAL, reading
from simulator.core.trading.placing import find_symbol
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Fill, Now, Order, OrderType, Side, World

ORDER: Final = Text("orderId", "The fills of that order; all else is ignored with it")
SIDE: Final = Word("side", words=tuple(side.value for side in Side))
TYPE: Final = Word("type", words=tuple(word.value for word in OrderType))
LAST_ID: Final = Whole("lastId", "That of the page before")
LIMIT: Final = Whole("limit", "20 without", least=1, most=100)
NEAR: Final = 4
"""Rows that are looked at for each row of a page before lists by filter are made."""
R = TypeVar("R")


class ListHfOrdersDone(Value, frozen=True):
    """`GET /api/v1/hf/orders/done`. `parameters`: which orders, from where on, how many, and span."""

    signed: SignedRequest
    parameters: Query


class ListHfFills(Value, frozen=True):
    """`GET /api/v1/hf/fills`. `parameters`: which fills, from where on, how many, and span."""

    signed: SignedRequest
    parameters: Query


LastId = Annotated[Serial, Meta(description="Where the next page begins; 0 without rows")]


class OrdersSinceData(Data, frozen=True):
    """Orders, and the id to go on from."""

    last_id: LastId
    items: tuple[OrderData, ...]


class HfOrdersDoneListed(Reply, frozen=True):
    """Orders, the one that ended last first."""

    last_id: int
    orders: tuple[Order, ...]

    def data(self) -> OrdersSinceData:
        """The orders as they are shown."""
        return OrdersSinceData(self.last_id, tuple(map(order_data, self.orders)))


class FillsSinceData(Data, frozen=True):
    """Fills, and the id to go on from."""

    items: tuple[FillData, ...]
    last_id: LastId


class HfFillsListed(Reply, frozen=True):
    """Fills, the newest first."""

    fills: tuple[Fill, ...]

    def data(self) -> FillsSinceData:
        """The fills as they are shown."""
        return FillsSinceData(tuple(map(fill_data, self.fills)), self.fills[-1].number if self.fills else 0)


def list_hf_orders_done(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, HfOrdersDoneListed]:
    """The orders in one symbol that have ended; `lastId` goes on from a page [rest/hf-orders]."""
    read = Fields(query)
    name, side, kind = SYMBOL.read(read), SIDE.read(read), TYPE.read(read)
    last, limit, span = LAST_ID.read(read), LIMIT.read(read) or USUAL, read_span(read)
    symbol = find_symbol(world, name).symbol
    at, row_filter = now.business, (side, kind)

    def fits(entry: tuple[int, Order]) -> bool:
        return (last is None or entry[0] < last) and records.fits(entry[1], row_filter, span)

    page = _near(reports.done(world, key.user, symbol, at), fits, limit)
    if page is None:
        rows = records.ended(world, key.user, symbol, row_filter, span, last, at)
        page = [*islice(filter(fits, reports.done(world, key.user, symbol, at)) if rows is None else rows, limit)]
    return world, HfOrdersDoneListed(last_id=page[-1][0] if page else 0, orders=tuple(order for _, order in page))


def list_hf_fills(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, HfFillsListed]:
    """The fills in one symbol, or of one order; `lastId` goes on from a page [rest/hf-fills]."""
    read = Fields(query)
    name, order_id, side, kind = SYMBOL.read(read), ORDER.read(read), SIDE.read(read), TYPE.read(read)
    last, limit, span = LAST_ID.read(read), LIMIT.read(read) or USUAL, read_span(read)
    symbol = find_symbol(world, name).symbol
    if order_id:
        order = world.orders.get(order_id)
        fills = order.fills if order is not None and order.user == key.user else ()
        return world, HfFillsListed(fills=tuple(islice(fills, LIMIT.most)))
    row_filter = (side, kind)

    def fits(fill: Fill) -> bool:
        return (last is None or fill.number < last) and records.fits(fill, row_filter, span)

    page = _near(iter(world.order_history(key.user, symbol).fills.newest(attrgetter("at", "id"))), fits, limit)
    rows = records.fills(world, key.user, symbol, row_filter, span, last) if page is None else page
    return world, HfFillsListed(fills=tuple(islice(rows, limit)))


def _near(rows: Iterator[R], fits: Callable[[R], bool], limit: int) -> list[R] | None:
    """The first rows that fit, at most so many; None = too many would have to be looked at."""
    near = [*islice(rows, limit * NEAR)]
    page = [*islice(filter(fits, near), limit)]
    return page if len(page) == limit or len(near) < limit * NEAR else None


ENDPOINTS: Final = (
    reading(list_hf_orders_done, ListHfOrdersDone, "orders/done", SYMBOL, SIDE, TYPE, LAST_ID, LIMIT, *SPAN),
    reading(list_hf_fills, ListHfFills, "fills", SYMBOL, ORDER, SIDE, TYPE, LAST_ID, LIMIT, *SPAN),
)
