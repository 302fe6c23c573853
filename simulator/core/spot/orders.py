"""Orders and fills, of which there are none: nobody trades here, so that every list of them is empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from simulator.core.data import Data, NoRows
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import EmptyPageData, Page, Query, empty_page, read_page, read_span
from simulator.core.gateway.parameters import PAGE, SPAN, Parameter, Text, Whole, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World

SYMBOL, NEEDED_SYMBOL = Text("symbol"), Text("symbol", required=True)
ORDER: Final = Text("orderId")
SIDE: Final = Word("side", words=("buy", "sell"))
TYPES: Final = ("limit", "market")
TYPE: Final = Word("type", words=TYPES)
OLD_TYPE: Final = Word("type", words=(*TYPES, "limit_stop", "market_stop", "oco_limit", "oco_stop"))
TRADE_TYPE: Final = Word("tradeType", words=("TRADE", "MARGIN_TRADE", "MARGIN_ISOLATED_TRADE"))
STATUS: Final = Word("status", words=("active", "done"))
LAST_ID: Final = Whole("lastId")
LIMIT: Final = Whole("limit", least=1, most=100)
Which = tuple[Text | Word | Whole, ...]
ORDERS: Final[Which] = (SYMBOL, STATUS, SIDE, OLD_TYPE, TRADE_TYPE)
FILLS: Final[Which] = (SYMBOL, ORDER, SIDE, OLD_TYPE, TRADE_TYPE)
HF_ORDERS: Final[Which] = (NEEDED_SYMBOL, SIDE, TYPE, LAST_ID, LIMIT)
HF_FILLS: Final[Which] = (NEEDED_SYMBOL, ORDER, SIDE, TYPE, LAST_ID, LIMIT)
"""Which ones are asked for, but for span and page."""


class ListOrders(Value, frozen=True):
    """`GET /api/v1/orders`, of the spot market and of futures. `parameters`: which orders, span and page."""

    signed: SignedRequest
    parameters: Query


class ListFills(Value, frozen=True):
    """`GET /api/v1/fills`, of the spot market and of futures. `parameters`: which fills, span and page."""

    signed: SignedRequest
    parameters: Query


class NothingPaged(Reply, frozen=True):
    """A page without rows."""

    page: Page

    def data(self) -> EmptyPageData:
        """No rows, and the page that was asked for."""
        return empty_page(self.page)


class ListHfOrdersDone(Value, frozen=True):
    """`GET /api/v1/hf/orders/done`. `parameters`: which orders, and span."""

    signed: SignedRequest
    parameters: Query


class ListHfFills(Value, frozen=True):
    """`GET /api/v1/hf/fills`. `parameters`: which fills, and span."""

    signed: SignedRequest
    parameters: Query


class NothingSinceData(Data, frozen=True):
    """No rows, and the id to go on from."""

    last_id: int
    items: NoRows


class NothingSince(Reply, frozen=True):
    """A list without rows that goes on from 0."""

    def data(self) -> NothingSinceData:
        """No rows."""
        return NothingSinceData(0, ())


class ListHfOrdersActive(Value, frozen=True):
    """`GET /api/v1/hf/orders/active`. `parameters`: `symbol`."""

    signed: SignedRequest
    parameters: Query


class ListRecentOrders(Value, frozen=True):
    """`GET /api/v1/limit/orders`."""

    signed: SignedRequest


class ListRecentFills(Value, frozen=True):
    """`GET /api/v1/limit/fills`."""

    signed: SignedRequest


class Nothing(Reply, frozen=True):
    """A bare list without rows."""

    def data(self) -> NoRows:
        """No rows."""
        return ()


def _read(parameters: Which, query: Query) -> Fields:
    """The query, each of whose parameters is as it should be."""
    read = Fields(query)
    for parameter in parameters:
        parameter.read(read)
    read_span(read)
    return read


def list_orders(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, NothingPaged]:
    """No orders [rest/orders]."""
    return world, NothingPaged(page=read_page(_read(ORDERS, query)))


def list_fills(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, NothingPaged]:
    """No fills [rest/fills]."""
    return world, NothingPaged(page=read_page(_read(FILLS, query)))


def list_hf_orders_done(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, NothingSince]:
    """No orders that are done [rest/hf-orders]."""
    _read(HF_ORDERS, query)
    return world, NothingSince()


def list_hf_fills(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, NothingSince]:
    """No fills [rest/hf-fills]."""
    _read(HF_FILLS, query)
    return world, NothingSince()


def list_hf_orders_active(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, Nothing]:
    """No orders in the book."""
    NEEDED_SYMBOL.read(Fields(query))
    return world, Nothing()


def list_recent_orders(world: World, key: ApiKey, command: ListRecentOrders, now: Now) -> tuple[World, Nothing]:
    """No orders of the last 24 hours."""
    return world, Nothing()


def list_recent_fills(world: World, key: ApiKey, command: ListRecentFills, now: Now) -> tuple[World, Nothing]:
    """No fills of the last 24 hours."""
    return world, Nothing()


def _endpoint(
    run: Callable[..., tuple[World, Reply]], command: type, path: str, weight: int, *parameters: Parameter
) -> Endpoint:
    return Endpoint(
        run,
        command,
        REST,
        call=f"GET /api/v1/{path}",
        parameters=parameters,
        example={"symbol": "BTC-USDT"} if parameters else {},
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=weight,
        refusals={Reason.PARAMETER_INVALID} if parameters else frozenset(),
    )


ENDPOINTS: Final = (
    _endpoint(list_orders, ListOrders, "orders", 2, *ORDERS, *SPAN, *PAGE),
    _endpoint(list_recent_orders, ListRecentOrders, "limit/orders", 3),
    _endpoint(list_fills, ListFills, "fills", 10, *FILLS, *SPAN, *PAGE),
    _endpoint(list_recent_fills, ListRecentFills, "limit/fills", 20),
    _endpoint(list_hf_orders_active, ListHfOrdersActive, "hf/orders/active", 2, NEEDED_SYMBOL),
    _endpoint(list_hf_orders_done, ListHfOrdersDone, "hf/orders/done", 2, *HF_ORDERS, *SPAN),
    _endpoint(list_hf_fills, ListHfFills, "hf/fills", 2, *HF_FILLS, *SPAN),
)
