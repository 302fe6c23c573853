"""Orders of the high-frequency family: one of them, and those that are active."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from simulator.core.data import Data, Name
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import Page, Paged, PageData, Query, page_data, paged
from simulator.core.gateway.parameters import Parameter, Text, Whole
from simulator.core.gateway.permissions import GENERAL, SPOT_TRADING, Permission
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason, Refusal
from simulator.core.spot import reports
from simulator.core.spot.order_data import OrderData, order_data
from simulator.core.trading.placing import find_symbol
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, Order, World

SYMBOL: Final = Text("symbol", required=True)
PAGE: Final = (Whole("pageNum", least=1), Whole("pageSize", "20 without", least=1, most=50))
USUAL: Final = 20
"""Rows of an answer."""


class GetHfOrder(Value, frozen=True):
    """`GET /api/v1/hf/orders/{orderId}`."""

    signed: SignedRequest
    order_id: str
    symbol: str = ""


class GetHfOrderByClientOid(Value, frozen=True):
    """`GET /api/v1/hf/orders/client-order/{clientOid}`."""

    signed: SignedRequest
    client_oid: str
    symbol: str = ""


class HfOrderFound(Reply, frozen=True):
    """An order, as it is reported."""

    order: Order

    def data(self) -> OrderData:
        """The order as it is shown."""
        return order_data(self.order)


class ListHfOrdersActive(Value, frozen=True):
    """`GET /api/v1/hf/orders/active`. `parameters`: `symbol`."""

    signed: SignedRequest
    parameters: Query


class HfOrdersActiveListed(Reply, frozen=True):
    """The last change first."""

    orders: tuple[Order, ...]

    def data(self) -> tuple[OrderData, ...]:
        """The orders as they are shown."""
        return tuple(map(order_data, self.orders))


class PageHfOrdersActive(Value, frozen=True):
    """`GET /api/v1/hf/orders/active/page`. `parameters`: `symbol`, `pageNum`, `pageSize`."""

    signed: SignedRequest
    parameters: Query


class HfOrdersActivePaged(Reply, frozen=True):
    """A page of orders, the last change first."""

    page: Paged

    def data(self) -> PageData[OrderData]:
        """The page as it is shown."""
        return page_data(self.page, order_data)


class ListHfSymbolsActive(Value, frozen=True):
    """`GET /api/v1/hf/orders/active/symbols`."""

    signed: SignedRequest


class SymbolsData(Data, frozen=True):
    """Symbols."""

    symbols: tuple[Name, ...]


class HfSymbolsActiveListed(Reply, frozen=True):
    """The symbols in which an order is active, by name."""

    symbols: tuple[str, ...]

    def data(self) -> SymbolsData:
        """The symbols under KuCoin's name."""
        return SymbolsData(self.symbols)


def read_symbol(world: World, read: Fields) -> str:
    """The compulsory symbol, which must be one of the spot market."""
    return find_symbol(world, SYMBOL.read(read)).symbol


def find_order(world: World, user: str, order_id: str, symbol: str, now: Now) -> Order:
    """The user's order of that id, as it is reported. One of another user or in another symbol is unknown.

    `symbol` "" = in any. [H122/unknown-order]
    """
    return _reported(world, user, order_id, symbol, now, order_id, "orderId")


def find_by_client_oid(world: World, user: str, client_oid: str, symbol: str, now: Now) -> Order:
    """The user's order of that `clientOid`, which the refusal names, too."""
    order_id = world.trader(user).client_oids.get(client_oid, "")
    return _reported(world, user, order_id, symbol, now, client_oid, "clientOid")


def _reported(world: World, user: str, order_id: str, symbol: str, now: Now, sent: str, name: str) -> Order:
    order = world.orders.get(order_id)
    if order is not None and order.user == user and symbol in ("", order.terms.symbol):
        report = reports.reported(order, now.business)
        if report is not None:
            return report
    where = symbol and f" in {symbol}"
    raise Refusal(Reason.ORDER_UNKNOWN, expected=f"the {name} of an order of {user}{where}", received=sent)


def get_hf_order(world: World, key: ApiKey, command: GetHfOrder, now: Now) -> tuple[World, HfOrderFound]:
    """One order by its id [rest/hf-order]."""
    symbol = read_symbol(world, Fields({"symbol": command.symbol}))
    return world, HfOrderFound(order=find_order(world, key.user, command.order_id, symbol, now))


def get_hf_order_by_client_oid(
    world: World, key: ApiKey, command: GetHfOrderByClientOid, now: Now
) -> tuple[World, HfOrderFound]:
    """One order by the id that the client gave it."""
    symbol = read_symbol(world, Fields({"symbol": command.symbol}))
    return world, HfOrderFound(order=find_by_client_oid(world, key.user, command.client_oid, symbol, now))


def list_hf_orders_active(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, HfOrdersActiveListed]:
    """The active orders in one symbol, the last change first [rest/hf-active]."""
    symbol = read_symbol(world, Fields(query))
    orders = reports.active(world, key.user, symbol, now.business)
    return world, HfOrdersActiveListed(orders=tuple(orders))


def page_hf_orders_active(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, HfOrdersActivePaged]:
    """The active orders in one symbol, a page at a time."""
    read = Fields(query)
    name, number, size = SYMBOL.read(read), *(parameter.read(read) for parameter in PAGE)
    orders = reports.active(world, key.user, find_symbol(world, name).symbol, now.business)
    return world, HfOrdersActivePaged(page=paged(orders, Page(number or 1, size or USUAL)))


def list_hf_symbols_active(
    world: World, key: ApiKey, command: ListHfSymbolsActive, now: Now
) -> tuple[World, HfSymbolsActiveListed]:
    """The symbols in which an order is active."""
    symbols = {order.terms.symbol for order in reports.active(world, key.user, "", now.business)}
    return world, HfSymbolsActiveListed(symbols=tuple(sorted(symbols)))


def reading(
    run: Callable[..., tuple[World, Reply]],
    command: type,
    path: str,
    *parameters: Parameter,
    permission: Permission = GENERAL,
    example: Mapping[str, str] | None = None,
    unknown: bool = False,
) -> Endpoint:
    """The declaration of a call of the family that reads. `unknown` = it is of one order, which there may not be."""
    refusals = {Reason.PARAMETER_INVALID, Reason.SYMBOL_UNKNOWN} if parameters else set[Reason]()
    return Endpoint(
        run,
        command,
        REST,
        call=f"GET /api/v1/hf/{path}",
        parameters=parameters,
        example={**({"symbol": "BTC-USDT"} if parameters else {}), **(example or {})},
        permission=permission,
        pool=Pool.SPOT,
        weight=2,
        refusals=refusals | ({Reason.ORDER_UNKNOWN} if unknown else set()),
    )


ENDPOINTS: Final = (
    reading(
        get_hf_order,
        GetHfOrder,
        "orders/{orderId}",
        SYMBOL,
        example={"orderId": "6717422bd51c29000775ea03"},
        unknown=True,
    ),
    reading(
        get_hf_order_by_client_oid,
        GetHfOrderByClientOid,
        "orders/client-order/{clientOid}",
        SYMBOL,
        example={"clientOid": "5c52e11203aa677f33e493fb"},
        unknown=True,
    ),
    reading(list_hf_orders_active, ListHfOrdersActive, "orders/active", SYMBOL),
    reading(page_hf_orders_active, PageHfOrdersActive, "orders/active/page", SYMBOL, *PAGE),
    reading(list_hf_symbols_active, ListHfSymbolsActive, "orders/active/symbols", permission=SPOT_TRADING),
)
