"""What the calls that place or cancel orders share: who calls, which order is named, how such a call is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.parameters import Parameter
from simulator.core.gateway.permissions import SPOT_TRADING
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.signature import SignedRequest, names_partner, partner_of
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Order, World


class Placer(Value, frozen=True):
    """The key of an order, and whether the request carried the partner headers of the key's broker."""

    key: ApiKey
    tagged: bool


def placer(world: World, key: ApiKey, signed: SignedRequest) -> Placer:
    """The user and the broker of an order, by the key that signed the request.

    Partner headers have been checked; they tag orders for their own broker [H109/tags].
    A key that a user made by hand belongs to no broker; its order belongs to the partner in the headers.
    """
    client = partner_of(world, signed) if names_partner(signed) else None
    if client is None:
        return Placer(key, tagged=False)
    if not key.client_id:
        key = replace(key, client_id=client.client_id)
    return Placer(key, tagged=key.client_id == client.client_id)


def trading_endpoint(
    run: Callable[..., tuple[World, Reply]],
    command: type,
    call: str,
    weight: int,
    parameters: tuple[Parameter, ...],
    refusals: frozenset[Reason],
    example: Mapping[str, str],
) -> Endpoint:
    """The declaration of a call that places or cancels orders."""
    return Endpoint(
        run,
        command,
        REST,
        call=call,
        parameters=parameters,
        example=example,
        permission=SPOT_TRADING,
        caller=placer if call.startswith("POST") else None,
        pool=Pool.SPOT,
        weight=weight,
        refusals=refusals,
    )


NOT_CANCELABLE: Final = Reason.ORDER_NOT_CANCELABLE


def active_order(world: World, user: str, symbol: str, order_id: str) -> Order:
    """The user's active order of that id in the symbol, or the refusal of its cancellation. `symbol` "" = in any."""
    return _active(world, user, symbol, order_id, order_id, "orderId")


def active_order_of(world: World, user: str, symbol: str, client_oid: str) -> Order:
    """The user's active order of that clientOid in the symbol, or the refusal of its cancellation, naming that."""
    order_id = world.trader(user).client_oids.get(client_oid, "")
    return _active(world, user, symbol, order_id, client_oid, "clientOid")


def _active(world: World, user: str, symbol: str, order_id: str, sent: str, name: str) -> Order:
    order = world.orders.get(order_id)
    active = world.order_history(user, symbol or (order.terms.symbol if order else "")).active
    if order is not None and order_id in active:
        return order
    raise Refusal(NOT_CANCELABLE, expected=f"the {name} of an active order{symbol and f' in {symbol}'}", received=sent)
