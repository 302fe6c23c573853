"""Who places an order, and which order of theirs a request names."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Value
from simulator.core.world import ApiKey, Draft, Order, World


class Placer(Value, frozen=True):
    """The key of an order, and whether the request carried the partner headers of the key's broker."""

    key: ApiKey
    tagged: bool


def placer(world: World, key: ApiKey, signed: SignedRequest) -> Placer:
    """Who signed the request. Partner headers have been checked; they tag orders for their own broker [H109/tags].

    A key that a user made by hand belongs to no broker; its order belongs to the partner in the headers.
    """
    if (signed.partner_verify or "").lower() != "true" or not signed.partner:
        return Placer(key, tagged=False)
    for client in world.clients.values():
        if client.partner == signed.partner:
            if not key.client_id:
                key = replace(key, client_id=client.client_id)
            return Placer(key, tagged=key.client_id == client.client_id)
    return Placer(key, tagged=False)


NOT_CANCELABLE: Final = Reason.ORDER_NOT_CANCELABLE


def active_order(books: World | Draft, user: str, symbol: str, order_id: str) -> Order:
    """The user's active order of that id in the symbol, or the refusal of its cancellation."""
    if order_id in books.order_history(user, symbol).active:
        return books.order(order_id)
    raise Refusal(NOT_CANCELABLE, expected=f"an active order in {symbol}", received=order_id)


def active_order_of(books: World | Draft, user: str, symbol: str, client_oid: str) -> Order:
    """The same by its clientOid."""
    order_id = books.trader(user).client_oids.get(client_oid)
    if order_id is None:
        raise Refusal(NOT_CANCELABLE, expected=f"an active order in {symbol}", received=client_oid)
    return active_order(books, user, symbol, order_id)
