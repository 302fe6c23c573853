"""Positions, recent orders and recent fills of futures, of which there are none: nobody trades there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from simulator.core.data import Data, Name, NoRows
from simulator.core.endpoint import FUTURES, REST, Endpoint
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import Parameter, Text
from simulator.core.gateway.permissions import FUTURES_TRADING, GENERAL, Permission
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World

CURRENCY: Final = Text("currency", "That of the settlement; all without")
SYMBOL, NEEDED_SYMBOL = Text("symbol"), Text("symbol", required=True)


class ListPositions(Value, frozen=True):
    """`GET /api/v1/positions`. `parameters`: `currency`."""

    signed: SignedRequest
    parameters: Query


class GetPosition(Value, frozen=True):
    """`GET /api/v1/position`. `parameters`: `symbol`."""

    signed: SignedRequest
    parameters: Query


class ListRecentFuturesOrders(Value, frozen=True):
    """`GET /api/v1/recentDoneOrders`. `parameters`: `symbol`."""

    signed: SignedRequest
    parameters: Query


class ListRecentFuturesFills(Value, frozen=True):
    """`GET /api/v1/recentFills`. `parameters`: `symbol`."""

    signed: SignedRequest
    parameters: Query


class NothingListed(Reply, frozen=True):
    """A bare list without rows."""

    def data(self) -> NoRows:
        """No rows."""
        return ()


class PositionData(Data, frozen=True):
    """A position that is not open: every number in it is 0."""

    symbol: Name
    current_qty: int = 0
    is_open: bool = False
    auto_deposit: bool = False
    cross_mode: bool = False
    del_leverage: int = 0
    avg_entry_price: int = 0
    mark_price: int = 0
    mark_value: int = 0
    pos_cost: int = 0
    pos_margin: int = 0
    maint_margin: int = 0
    unrealised_pnl: int = 0
    realised_pnl: int = 0
    liquidation_price: int = 0
    bankrupt_price: int = 0


class PositionFound(Reply, frozen=True):
    """The position in a symbol: there is none."""

    symbol: str

    def data(self) -> PositionData:
        """The position as it is shown."""
        return PositionData(symbol=self.symbol)


def list_positions(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, NothingListed]:
    """No positions [rest/futures-positions]."""
    CURRENCY.read(Fields(query))
    return world, NothingListed()


def get_position(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, PositionFound]:
    """The position in one symbol, which is not open."""
    return world, PositionFound(symbol=NEEDED_SYMBOL.read(Fields(query)))


def list_recent_futures_orders(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, NothingListed]:
    """No orders of futures that have ended."""
    SYMBOL.read(Fields(query))
    return world, NothingListed()


def list_recent_futures_fills(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, NothingListed]:
    """No fills of futures."""
    SYMBOL.read(Fields(query))
    return world, NothingListed()


def _endpoint(
    run: Callable[..., tuple[World, Reply]],
    command: type,
    path: str,
    weight: int,
    permission: Permission,
    parameter: Parameter,
) -> Endpoint:
    return Endpoint(
        run,
        command,
        REST,
        call=f"GET /api/v1/{path}",
        parameters=(parameter,),
        example={"currency": "USDT"} if parameter is CURRENCY else {"symbol": "XBTUSDTM"},
        permission=permission,
        pool=Pool.FUTURES,
        weight=weight,
        refusals={Reason.PARAMETER_INVALID} if parameter.required else frozenset(),
        host=FUTURES,
    )


ENDPOINTS: Final = (
    _endpoint(list_positions, ListPositions, "positions", 2, FUTURES_TRADING, CURRENCY),
    _endpoint(get_position, GetPosition, "position", 2, FUTURES_TRADING, NEEDED_SYMBOL),
    _endpoint(list_recent_futures_orders, ListRecentFuturesOrders, "recentDoneOrders", 5, GENERAL, SYMBOL),
    _endpoint(list_recent_futures_fills, ListRecentFuturesFills, "recentFills", 3, FUTURES_TRADING, SYMBOL),
)
