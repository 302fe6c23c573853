"""Stop orders: they wait for a price, and become orders when it is reached. Nothing is held until then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import Paged, Query, Span, paged, read_page, read_span
from simulator.core.gateway.parameters import PAGE, SPAN, Parameter, Positive, Text, Word
from simulator.core.gateway.permissions import GENERAL, SPOT_TRADING, Permission
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Body, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.mint import Mint
from simulator.core.refusals import Reason, Refusal
from simulator.core.spot.order_data import TRADE
from simulator.core.spot.orders_add import REFUSALS
from simulator.core.spot.placed import Placer, placer
from simulator.core.spot.stop_order_answers import (
    ShownStop,
    StopOrderAdded,
    StopOrderFound,
    StopOrdersFound,
    StopOrdersListed,
)
from simulator.core.trading import fee_rates, placing, stop_orders
from simulator.core.trading.order_parameters import (
    CLIENT_OID,
    PARAMETERS,
    check_deadline,
    read_client_oid,
    read_deadline,
    read_terms,
)
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Draft, Now, OrderType, Side, StopOrder, World

STOP_PRICE: Final = Positive("stopPrice", "The price that triggers it", required=True)
STOP: Final = Word("stop", "What the price says if absent: above the last one is entry", words=("entry", "loss"))
TRADE_TYPE: Final = Word("tradeType", f"{TRADE} without; nobody trades on margin", words=(TRADE,))
ADDED: Final = (*PARAMETERS, STOP, STOP_PRICE, TRADE_TYPE)
SYMBOL, IDS = Text("symbol"), Text("orderIds", "With commas between them")
SIDE: Final = Word("side", words=tuple(side.value for side in Side))
TYPE: Final = Word("type", words=tuple(word.value for word in OrderType))
LISTED: Final = (SYMBOL, SIDE, TYPE, TRADE_TYPE, IDS, STOP, *SPAN, *PAGE)
NAMED: Final = Text(CLIENT_OID.name, required=True)


class AddStopOrder(Value, frozen=True):
    """`POST /api/v1/stop-order`."""

    signed: SignedRequest
    body: Body


class ListStopOrders(Value, frozen=True):
    """`GET /api/v1/stop-order`. `parameters`: which ones, span and page."""

    signed: SignedRequest
    parameters: Query


class GetStopOrder(Value, frozen=True):
    """`GET /api/v1/stop-order/{orderId}`."""

    signed: SignedRequest
    order_id: str


class ListStopOrdersByClientOid(Value, frozen=True):
    """`GET /api/v1/stop-order/queryOrderByClientOid`. `parameters`: `clientOid`, `symbol`."""

    signed: SignedRequest
    parameters: Query


def add_stop_order(world: World, placer: Placer, body: Mapping[str, object], now: Now) -> tuple[World, StopOrderAdded]:
    """Accept a stop order: its terms are checked as those of an order, its money only when it is triggered.

    [rest/stop-order] [H102/stop-direction]
    """
    fields, key = Fields(body), placer.key
    stop_word, stop_price = STOP.read(fields), STOP_PRICE.read(fields)
    TRADE_TYPE.read(fields)
    client_oid, deadline, terms = read_client_oid(fields), read_deadline(fields), read_terms(fields)
    check_deadline(deadline, now)
    symbol = placing.check_terms(world, world.users[key.user], terms, waits=True)
    placing.check_increment(Reason.PRICE_INCREMENT_INVALID, stop_price, symbol.price_increment)
    placing.check_client_oid(world, key.user, client_oid)
    if client_oid and of_client_oid(world, key.user, client_oid) is not None:
        raise Refusal(Reason.ORDER_CLIENT_OID_USED, expected="a clientOid that was not used", received=client_oid)
    direction: Literal["entry", "loss"] = "entry" if stop_price > world.markets[symbol.symbol].last else "loss"
    if stop_word:
        direction = "entry" if stop_word == "entry" else "loss"
    number = world.orders_made + 1
    draft = Draft(world)
    stop = stop_orders.wait(
        draft,
        StopOrder(
            id=Mint(world, now.business).order_id(number),
            number=number,
            user=key.user,
            api_key=key.api_key,
            client_id=key.client_id,
            client_oid=client_oid,
            tagged=placer.tagged,
            terms=terms,
            stop=direction,
            stop_price=stop_price,
            created_at=now.business,
        ),
    )
    return draft.done(), StopOrderAdded(stop=stop)


def list_stop_orders(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, StopOrdersListed]:
    """The stop orders of the key's user that wait, the newest first [rest/stop-orders]."""
    fields = Fields(query)
    chosen = {name: parameter.read(fields) for name, parameter in (("side", SIDE), ("type", TYPE), ("stop", STOP))}
    symbol, ids, span, page = SYMBOL.read(fields), read_ids(fields), read_span(fields), read_page(fields)
    TRADE_TYPE.read(fields)
    stops = [stop for stop in waiting(world, key.user) if matches(stop, symbol, chosen, ids, span)]
    shown = paged(stops, page)
    rows = tuple(shown_now(world, stop) for stop in shown.items)
    return world, StopOrdersListed(page=Paged(page, shown.total, rows))


def matches(stop: StopOrder, symbol: str, chosen: Mapping[str, str], ids: frozenset[str], span: Span) -> bool:
    """True if the stop order is one of those that are asked for; "" and no ids = any."""
    words_of_stop = {"side": stop.terms.side.value, "type": stop.terms.type.value, "stop": stop.stop}
    return (
        symbol in ("", stop.terms.symbol)
        and all(word in ("", words_of_stop[name]) for name, word in chosen.items())
        and (not ids or stop.id in ids)
        and stop.created_at in span
    )


def get_stop_order(world: World, key: ApiKey, command: GetStopOrder, now: Now) -> tuple[World, StopOrderFound]:
    """A stop order of the key's user, also one that was triggered."""
    stop = world.stop_orders.get(command.order_id)
    if stop is None or stop.user != key.user or stop.status == "CANCELED":
        raise Refusal(
            Reason.ORDER_UNKNOWN, expected="the orderId of a stop order of the user", received=command.order_id
        )
    return world, StopOrderFound(shown=shown_now(world, stop))


def list_stop_orders_by_client_oid(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, StopOrdersFound]:
    """A list of the one stop order with that clientOid that waits, or of none."""
    fields = Fields(query)
    client_oid, symbol = NAMED.read(fields), SYMBOL.read(fields)
    stop = of_client_oid(world, key.user, client_oid)
    fits = stop is not None and symbol in ("", stop.terms.symbol)
    return world, StopOrdersFound(shown=(shown_now(world, stop),) if stop is not None and fits else ())


def waiting(world: World, user: str) -> Iterator[StopOrder]:
    """The user's stop orders that wait, the newest first."""
    stops = world.trader(user).stops
    for stop_id in sorted(stops, key=stops.__getitem__, reverse=True):
        yield world.stop_orders[stop_id]


def of_client_oid(world: World, user: str, client_oid: str) -> StopOrder | None:
    """The stop order of the user with that clientOid that waits; None = there is none."""
    stop_id = world.trader(user).stop_client_oids.get(client_oid)
    return None if stop_id is None else world.stop_orders[stop_id]


def read_ids(fields: Fields) -> frozenset[str]:
    """`orderIds`; none = any."""
    return frozenset(filter(None, IDS.read(fields).split(",")))


def shown_now(world: World, stop: StopOrder) -> ShownStop:
    """The stop order with the uid and the fee rates of now."""
    user = world.users[stop.user]
    return ShownStop(stop, user.uid, fee_rates.rates(user, world.symbols[stop.terms.symbol]))


def stop_order_endpoint(
    run: Callable[..., tuple[World, Reply]],
    command: type,
    call: str,
    weight: int,
    example: dict[str, str],
    *parameters: Parameter,
    permission: Permission = GENERAL,
    refusals: frozenset[Reason] = frozenset(),
    caller: Callable[..., Any] | None = None,
) -> Endpoint:
    """The declaration of a call below `/api/v1/stop-order`."""
    method, _, path = call.partition(" ")
    return Endpoint(
        run,
        command,
        REST,
        call=f"{method} /api/v1/stop-order{path}",
        parameters=parameters,
        example=example,
        permission=permission,
        pool=Pool.SPOT,
        weight=weight,
        refusals=refusals | ({Reason.PARAMETER_INVALID} if parameters else set()),
        caller=caller,
    )


OF_SYMBOL: Final = {"symbol": "BTC-USDT"}
BY_ID: Final = {"orderId": "670fd33bf9406e0007ab3945"}
BY_CLIENT_OID: Final = {"clientOid": "5c52e11203aa677f33e493fb"}
EXAMPLE: Final = {
    "symbol": "BTC-USDT",
    "side": "buy",
    "type": "limit",
    "price": "59000",
    "size": "0.001",
    "stopPrice": "59500",
}
UNKNOWN: Final = frozenset({Reason.ORDER_UNKNOWN})
ADDING: Final = REFUSALS - {
    Reason.ORDER_BALANCE_INSUFFICIENT,
    Reason.PRICE_ABOVE_LIMIT,
    Reason.PRICE_BELOW_LIMIT,
}
"""What an order is refused for, but for what is only looked at when it is triggered."""
ENDPOINTS: Final = (
    stop_order_endpoint(
        add_stop_order,
        AddStopOrder,
        "POST ",
        1,
        EXAMPLE,
        *ADDED,
        permission=SPOT_TRADING,
        refusals=ADDING,
        caller=placer,
    ),
    stop_order_endpoint(list_stop_orders, ListStopOrders, "GET ", 8, OF_SYMBOL, *LISTED),
    stop_order_endpoint(
        list_stop_orders_by_client_oid,
        ListStopOrdersByClientOid,
        "GET /queryOrderByClientOid",
        3,
        BY_CLIENT_OID,
        NAMED,
        SYMBOL,
    ),
    stop_order_endpoint(get_stop_order, GetStopOrder, "GET /{orderId}", 3, BY_ID, refusals=UNKNOWN),
)
