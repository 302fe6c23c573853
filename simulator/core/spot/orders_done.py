"""Orders of the high-frequency family that have ended, and fills: lists that go on from an id."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Final

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
    at, asked = now.business, (side, kind)
    rows = records.ended(world, key.user, symbol, asked, span, last, at)
    if rows is None:
        rows = (
            (number, order)
            for number, order in reports.done(world, key.user, symbol, at)
            if (last is None or number < last) and records.fits(order, asked, span)
        )
    page = [*islice(rows, limit)]
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
    rows = records.fills(world, key.user, symbol, (side, kind), span, last)
    return world, HfFillsListed(fills=tuple(islice(rows, limit)))


ENDPOINTS: Final = (
    reading(list_hf_orders_done, ListHfOrdersDone, "orders/done", SYMBOL, SIDE, TYPE, LAST_ID, LIMIT, *SPAN),
    reading(list_hf_fills, ListHfFills, "fills", SYMBOL, ORDER, SIDE, TYPE, LAST_ID, LIMIT, *SPAN),
)
