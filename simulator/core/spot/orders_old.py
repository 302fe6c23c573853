"""Orders and fills by the calls that were before the high-frequency family.

Futures have the same paths on their host. A symbol of the spot market has a hyphen, one of futures has none: of
futures every list is true and empty, because nobody trades there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice, takewhile
from operator import attrgetter
from typing import Final

from simulator.core import spec
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import (
    Page,
    Paged,
    PageData,
    Query,
    Span,
    page_data,
    paged,
    read_page,
    read_span,
)
from simulator.core.gateway.parameters import PAGE, SPAN, Parameter, Text, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason
from simulator.core.spot import records, reports
from simulator.core.spot.old_order_data import OldFillData, OldOrderData, old_fill_data, old_order_data
from simulator.core.spot.order_data import TRADE
from simulator.core.spot.orders_done import SIDE, TYPE
from simulator.core.spot.orders_read import find_by_client_oid, find_order
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Fill, Now, Order, World

SYMBOL: Final = Text("symbol", "Without a hyphen it is one of futures, of which there are no orders")
ORDER: Final = Text("orderId")
OLD_TYPE: Final = Word("type", words=(*TYPE.words, "limit_stop", "market_stop", "oco_limit", "oco_stop"))
"""Orders that come of stop orders are of the types of all others."""
TRADE_TYPE: Final = Word("tradeType", words=(TRADE, "MARGIN_TRADE", "MARGIN_ISOLATED_TRADE"))
STATUS: Final = Word("status", "`done` without", words=("active", "done"))
ORDERS: Final = (SYMBOL, STATUS, SIDE, OLD_TYPE, TRADE_TYPE)
FILLS: Final = (SYMBOL, ORDER, SIDE, OLD_TYPE, TRADE_TYPE)
RECENT: Final = spec.DAY
"""How far back the lists of what is recent go."""
MOST_RECENT: Final = 1_000
"""Rows of those lists."""


class ListOrders(Value, frozen=True):
    """`GET /api/v1/orders`, of the spot market and of futures. `parameters`: which orders, span and page."""

    signed: SignedRequest
    parameters: Query


class ListFills(Value, frozen=True):
    """`GET /api/v1/fills`, of the spot market and of futures. `parameters`: which fills, span and page."""

    signed: SignedRequest
    parameters: Query


class ListRecentOrders(Value, frozen=True):
    """`GET /api/v1/limit/orders`."""

    signed: SignedRequest


class ListRecentFills(Value, frozen=True):
    """`GET /api/v1/limit/fills`."""

    signed: SignedRequest


class GetOrder(Value, frozen=True):
    """`GET /api/v1/orders/{orderId}`."""

    signed: SignedRequest
    order_id: str


class GetOrderByClientOid(Value, frozen=True):
    """`GET /api/v1/order/client-order/{clientOid}`."""

    signed: SignedRequest
    client_oid: str


class OrdersListed(Reply, frozen=True):
    """A page of orders, the newest first."""

    page: Paged

    def data(self) -> PageData[OldOrderData]:
        """The page as it is shown."""
        return page_data(self.page, old_order_data)


class FillsListed(Reply, frozen=True):
    """A page of fills, the newest first."""

    page: Paged

    def data(self) -> PageData[OldFillData]:
        """The page as it is shown."""
        return page_data(self.page, old_fill_data)


class RecentOrdersListed(Reply, frozen=True):
    """Orders, the newest first."""

    orders: tuple[Order, ...]

    def data(self) -> tuple[OldOrderData, ...]:
        """The orders as they are shown."""
        return tuple(map(old_order_data, self.orders))


class RecentFillsListed(Reply, frozen=True):
    """Fills, the newest first."""

    fills: tuple[Fill, ...]

    def data(self) -> tuple[OldFillData, ...]:
        """The fills as they are shown."""
        return tuple(map(old_fill_data, self.fills))


class OrderFound(Reply, frozen=True):
    """An order, as it is reported."""

    order: Order

    def data(self) -> OldOrderData:
        """The order as it is shown."""
        return old_order_data(self.order)


def of_futures(symbol: str) -> bool:
    """True if a symbol is one of futures [H123/one-port-orders]."""
    return bool(symbol) and "-" not in symbol


class _Criteria(Value, frozen=True):
    """Which orders or fills are asked for; "" = all."""

    symbol: str
    side: str
    type: str
    span: Span
    page: Page
    trade_type: str
    status_or_order_id: str
    """Of orders: in which state they are; of fills: the id of their order."""

    @property
    def elsewhere(self) -> bool:
        """True if only such are asked for as nobody has: of futures or of margin."""
        return of_futures(self.symbol) or self.trade_type not in ("", TRADE)


def _read(query: Query, parameter: Word | Text) -> _Criteria:
    read = Fields(query)
    symbol, status_or_order_id = SYMBOL.read(read), parameter.read(read)
    side, kind, trade_type = SIDE.read(read), OLD_TYPE.read(read), TRADE_TYPE.read(read)
    span = read_span(read)
    return _Criteria(symbol, side, kind, span, read_page(read), trade_type, status_or_order_id)


def list_orders(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, OrdersListed]:
    """The orders that have ended, or those that are active [rest/orders]."""
    criteria = _read(query, STATUS)
    if criteria.elsewhere:
        return world, OrdersListed(page=paged((), criteria.page))
    user, at, row_filter = key.user, now.business, (criteria.side, criteria.type)
    if criteria.status_or_order_id == "active":
        orders = reports.active(world, user, criteria.symbol, at)
    else:
        symbols = (criteria.symbol,) if criteria.symbol else reports.traded(world, user)
        ended = records.ended_by_age(world, user, symbols, row_filter, criteria.span, at)
        if ended is not None:
            return world, OrdersListed(page=ended.paged(criteria.page))
        orders = [order for symbol in symbols for _, order in reports.done(world, user, symbol, at)]
    rows = [order for order in orders if records.fits(order, row_filter, criteria.span)]
    rows.sort(key=_age, reverse=True)
    return world, OrdersListed(page=paged(rows, criteria.page))


def _age(order: Order) -> tuple[int, int]:
    return order.created_at, order.number


def list_fills(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, FillsListed]:
    """The fills, those of one symbol, or those of one order [rest/fills]."""
    criteria, user = _read(query, ORDER), key.user
    if criteria.elsewhere:
        return world, FillsListed(page=paged((), criteria.page))
    row_filter, span = (criteria.side, criteria.type), criteria.span
    if criteria.status_or_order_id:
        order = world.orders.get(criteria.status_or_order_id)
        is_known = order is not None and order.user == user and criteria.symbol in ("", order.terms.symbol)
        of_order = [fill for fill in order.fills if records.fits(fill, row_filter, span)] if order and is_known else []
        return world, FillsListed(page=paged(of_order, criteria.page))
    return world, FillsListed(page=records.fills(world, user, criteria.symbol, row_filter, span).paged(criteria.page))


def list_recent_orders(
    world: World, key: ApiKey, command: ListRecentOrders, now: Now
) -> tuple[World, RecentOrdersListed]:
    """The newest orders of the last 24 hours, whatever has become of them [rest/recent]."""
    user, at = key.user, now.business
    span, symbols = Span(at - RECENT, None), reports.traded(world, user)
    rows = [order for order in reports.active(world, user, "", at) if order.created_at in span]
    ended = records.ended_by_age(world, user, symbols, ("", ""), span, at)
    if ended is not None:
        rows += islice(ended, MOST_RECENT)
    for symbol in symbols if ended is None else ():
        done = (order for _, order in reports.done(world, user, symbol, at))
        rows += (
            order
            for order in takewhile(lambda order: order.updated_at >= at - RECENT, done)
            if order.created_at in span
        )
    rows.sort(key=_age, reverse=True)
    return world, RecentOrdersListed(orders=tuple(rows[:MOST_RECENT]))


def list_recent_fills(world: World, key: ApiKey, command: ListRecentFills, now: Now) -> tuple[World, RecentFillsListed]:
    """The newest fills of the last 24 hours."""
    fills = world.statement(key.user).fills.newest(attrgetter("at", "id"))
    recent = takewhile(lambda fill: fill.at >= now.business - RECENT, fills)
    return world, RecentFillsListed(fills=tuple(islice(recent, MOST_RECENT)))


def get_order(world: World, key: ApiKey, command: GetOrder, now: Now) -> tuple[World, OrderFound]:
    """One order by its id, in any symbol [rest/order]."""
    return world, OrderFound(order=find_order(world, key.user, command.order_id, "", now))


def get_order_by_client_oid(
    world: World, key: ApiKey, command: GetOrderByClientOid, now: Now
) -> tuple[World, OrderFound]:
    """One order by the id that the client gave it."""
    return world, OrderFound(order=find_by_client_oid(world, key.user, command.client_oid, "", now))


def _endpoint(
    run: Callable[..., tuple[World, Reply]],
    command: type,
    path: str,
    weight: int,
    *parameters: Parameter,
    example: Mapping[str, str] | None = None,
) -> Endpoint:
    by_id = Reason.ORDER_UNKNOWN if "{" in path else None
    return Endpoint(
        run,
        command,
        REST,
        call=f"GET /api/v1/{path}",
        parameters=parameters,
        example={"symbol": "BTC-USDT"} if parameters else example or {},
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=weight,
        refusals={Reason.PARAMETER_INVALID} if parameters else {by_id} if by_id else frozenset(),
    )


ENDPOINTS: Final = (
    _endpoint(list_orders, ListOrders, "orders", 2, *ORDERS, *SPAN, *PAGE),
    _endpoint(get_order, GetOrder, "orders/{orderId}", 2, example={"orderId": "6717422bd51c29000775ea03"}),
    _endpoint(
        get_order_by_client_oid,
        GetOrderByClientOid,
        "order/client-order/{clientOid}",
        3,
        example={"clientOid": "5c52e11203aa677f33e493fb"},
    ),
    _endpoint(list_recent_orders, ListRecentOrders, "limit/orders", 3),
    _endpoint(list_fills, ListFills, "fills", 10, *FILLS, *SPAN, *PAGE),
    _endpoint(list_recent_fills, ListRecentFills, "limit/fills", 20),
)
