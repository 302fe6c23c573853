"""Looking up orders, fills and ledgers on a desk where orders are placed; and orders that carry a broker's tag."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from simulator.core.gateway.signature import SignedRequest
from simulator.core.spot.order_answers import OrderAdded
from simulator.core.world import Order
from support.desk import Key, hmac_sha256
from support.shown import shown
from support.spot_world import SpotDesk


def seen(desk: SpotDesk, command: Any, key: Key | None = None, /, **asked: object) -> Any:
    """The data of a look-up by the parameters of a query, as a client reads it."""
    signed = (key or desk.trading).sign(method="GET", path="/x", timestamp=desk.wall)
    reply: Any = desk.perform(command(signed, {name: str(value) for name, value in asked.items()})).result
    return shown(reply.data())


def looked_up(desk: SpotDesk, command: Any, *of: str, key: Key | None = None) -> Any:
    """The reply to a look-up by the parts of a path."""
    signed = (key or desk.trading).sign(method="GET", path="/x", timestamp=desk.wall)
    return desk.perform(command(signed, *of)).result


def partner_headers(desk: SpotDesk, signed: SignedRequest, client: str = "demo-broker") -> SignedRequest:
    """The request with the client's partner headers."""
    broker = desk.world.clients[client]
    text = f"{signed.timestamp}{broker.partner}{signed.key}"
    return replace(
        signed,
        partner=broker.partner,
        partner_sign=hmac_sha256(broker.broker_key, text.encode()),
        partner_verify="true",
    )


def tagged(desk: SpotDesk, key: Key | None = None, client: str = "demo-broker", **changes: object) -> Order:
    """The order that is accepted of a request with the client's partner headers."""
    command = desk.order(key, **changes)
    command = replace(command, signed=partner_headers(desk, command.signed, client))
    return desk.do(command, OrderAdded).order
