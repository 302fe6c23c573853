"""`/spotMarket/advancedOrders`: stop orders as they are accepted, triggered and canceled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.core.money import ZERO, plain
from simulator.core.spec import NANOSECONDS
from simulator.core.stream.message import Push, Transition
from simulator.core.world import StopOrder

TOPIC: Final = "/spotMarket/advancedOrders"
SUBJECT: Final = "stopOrder"
TURNS: Final = {"NEW": "open", "TRIGGERED": "triggered", "CANCELED": "cancel"}
"""KuCoin's words for the states of a stop order."""


def messages(change: Transition) -> Iterator[Push]:
    """What the users learn of their stop orders [H128/stops]."""
    for key in change.keys("stop_orders"):
        before, after = change.before.stop_orders.get(key), change.after.stop_orders.get(key)
        if after is None:
            continue
        if before is None:
            yield _push(after, "NEW", after.created_at)
        if after.status != "NEW" and (before is None or before.status == "NEW"):
            at = change.now.business if after.triggered_at is None else after.triggered_at
            yield _push(after, after.status, at)


def _push(stop: StopOrder, status: str, at: int) -> Push:
    terms = stop.terms
    data = {
        "createdAt": stop.created_at,
        "orderId": stop.id,
        "orderPrice": plain(terms.price or ZERO),
        "orderType": "stop",
        "side": terms.side.value,
        "size": plain(terms.size or terms.funds or ZERO),
        "stop": stop.stop,
        "stopPrice": plain(stop.stop_price),
        "symbol": terms.symbol,
        "tradeType": stop.trade_type,
        "ts": at * NANOSECONDS,
        "type": TURNS[status],
    }
    if status == "TRIGGERED":
        data["triggerSuccess"] = bool(stop.order_id)
        if not stop.order_id:
            data["error"] = "Balance insufficient!"
    return Push(TOPIC, SUBJECT, data, stop.user)
