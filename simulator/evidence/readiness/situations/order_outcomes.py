"""Situations of spot orders: what becomes of an order after its acceptance."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from simulator.core.world import OrderStatus
from simulator.evidence.order_messages import STOP_MESSAGE
from simulator.evidence.readiness.detectors.combinators import Sign, reached_by, watch
from simulator.evidence.readiness.detectors.order_cases import (
    ENDED_AGAIN,
    OTHER_ORDER,
    SEEN,
    SEEN_OVER,
    SENT_AGAIN,
    WHOLE_AGAIN,
    OrderSign,
)
from simulator.evidence.readiness.detectors.order_ends import barren, fruitful, names_stop, stop_seen
from simulator.evidence.readiness.detectors.order_fates import (
    after,
    became,
    better_price,
    canceled_by_exchange,
    killed,
    moved_as_ordered,
    sold_again,
)
from simulator.evidence.readiness.detectors.orders import ADDS, CANCELS, LOOKS, NOT_CANCELABLE, OK, PLACING
from simulator.evidence.readiness.detectors.requests import TRANSFERS
from simulator.evidence.readiness.situation import Detector, Situation

STOPS: Final = ("get_stop_order", "list_stop_orders", "list_stop_orders_by_client_oid")
STOP_CANCELS: Final = ("cancel_stop_order", "cancel_stop_order_by_client_oid")
SOLD: Final = OrderSign(ADDS, "sold what was never bought", ("ORDER_BALANCE_INSUFFICIENT",), sold_again)
MOVED_AS_ORDERED: Final = Sign(
    TRANSFERS, "moved away what would be left if it had cost its own price", OK, moved_as_ordered
)
SEEN_OVER_WEAK: Final = tuple(replace(sign, weak=True) for sign in SEEN_OVER)
"""Looks that do not excuse it if the books are wrong afterwards."""
STOP_SEEN: Final = (
    Sign((*STOPS, *LOOKS), "looked what came of it", ("OK", "ORDER_UNKNOWN"), stop_seen),
    Sign((STOP_MESSAGE,), "is the session whose feed told it", OK, names_stop),
)
CLEARED: Final = OrderSign(CANCELS, "canceled an order in the way", OK, lambda history, order, later: True)


def _killed(cause: str, what: str, *helped_by: OrderSign) -> Detector:
    """An order that is accepted and over at once, with nothing filled."""
    return after(killed(cause), what, broken=(SENT_AGAIN,), handled=(*SEEN, OTHER_ORDER, *helped_by))


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "orders/partly-filled", "An order is filled in part, and the rest is canceled.",
        "dealSize, cancelledSize and remainSize add up to the size; active is false as for an order that was filled.",
        "A part is booked as the whole, or the whole is bought again.",
        "Read dealSize of every order that is over, and order the rest if it is still wanted.",
        "order-partly-filled", "orders", PLACING, ("H108/part", "H121/order-amounts"),
        after(became(OrderStatus.CANCELED, filled=True), "was filled in part", broken=(WHOLE_AGAIN,), handled=SEEN_OVER),
    ),
    Situation(
        "orders/expired-in-part", "An order is filled in part and expires.",
        "The rest is over, and its money is free.",
        "A part is booked as the whole, or the whole is bought again.",
        "Compare dealSize with size whenever an order is not active any more.",
        "order-expired-in-part", "orders", PLACING, ("H140/ends-by-hand", "H103/expiry"),
        after(became(OrderStatus.EXPIRED, filled=True), "expired in part", broken=(WHOLE_AGAIN,), handled=SEEN_OVER),
    ),
    Situation(
        "orders/expired", "An order expires with nothing filled.",
        "A GTT order is over after its cancelAfter. Nobody tells the broker.",
        "The customer waits for an order that is not there.",
        "Look when the time is over.",
        "order-gtt-expires", "orders", PLACING, ("H103/expiry",),
        after(became(OrderStatus.EXPIRED, filled=False), "expired", broken=(ENDED_AGAIN,), handled=SEEN_OVER),
    ),
    Situation(
        "orders/rejected", "An accepted order is rejected afterwards.",
        "200000 and an orderId, and a moment later the order is over with nothing filled.",
        "An order that is not there is shown as open.",
        "Look at every order until it is over.",
        "order-rejected", "orders", PLACING, ("H140/ends-by-hand",),
        after(became(OrderStatus.REJECTED, filled=False), "was rejected", broken=(ENDED_AGAIN,), handled=SEEN_OVER),
    ),
    Situation(
        "orders/canceled-by-exchange", "KuCoin cancels an order that nobody wanted to cancel.",
        "The order is over with nothing filled, and cancelExist is true.",
        "It is taken for filled, and what was never bought is sold.",
        "Read dealSize, and not only active.",
        "order-canceled-by-exchange", "orders", PLACING, ("H140/ends-by-hand",),
        after(canceled_by_exchange, "KuCoin canceled", broken=(SOLD, ENDED_AGAIN), handled=SEEN_OVER),
    ),
    Situation(
        "orders/better-price", "A limit order is filled at a better price than its own.",
        "dealFunds and the fee say what was paid; what was held too much is free again.",
        "The customer's books say the order's price, and money seems to be missing or left over.",
        "Book the fills, and not the order.",
        "order-better-price", "orders", PLACING, ("H100/takers", "H98/fills"),
        after(better_price, "got a better price", broken=(MOVED_AS_ORDERED,), handled=SEEN_OVER_WEAK, by_answer=False),
    ),
    Situation(
        "orders/fok-killed", "A FOK order cannot be filled whole.",
        "It is accepted, with 200000 and an orderId, and canceled at once.",
        "The accepted order is taken for a purchase.",
        "Look at it, and ask for what the market gives.",
        "order-fok-killed", "orders", PLACING, ("H100/resting",),
        _killed("FOK", "was FOK and canceled at once"),
    ),
    Situation(
        "orders/ioc-killed", "An IOC order finds nothing at its price.",
        "It is accepted, with 200000 and an orderId, and canceled at once.",
        "The accepted order is taken for a purchase.",
        "Look at it, and ask again at the price of the market.",
        "", "orders", PLACING, ("H100/resting",),
        _killed("IOC", "was IOC and canceled at once"),
        "Buy with timeInForce IOC at a price below the ask.",
    ),
    Situation(
        "orders/post-only-killed", "A postOnly order would take.",
        "It is accepted, with 200000 and an orderId, and canceled at once.",
        "The broker believes that the order rests.",
        "Look at it, read the prices anew, and order on the own side of the spread.",
        "order-post-only-takes", "orders", PLACING, ("H100/post-only",),
        _killed("post-only", "was postOnly and would take"),
    ),
    Situation(
        "orders/self-trade", "Self-trade prevention cancels an order that would meet the user's own.",
        "stp CN cancels the order that comes, CO the one that is there, CB both, and DC decreases them.",
        "The accepted order is taken for a purchase.",
        "Look at it, and cancel the order in the way.",
        "order-self-trade", "orders", PLACING, ("H101/stp",),
        _killed("self-trade", "would meet the user's own", CLEARED),
    ),
    Situation(
        "orders/stop-without-money", "A stop order is triggered when the money is not there.",
        "A stop order holds nothing while it waits. Its status is TRIGGERED, and no order comes of it.",
        "The triggered stop order is taken for a purchase or a sale, and the customer's loss is not limited.",
        "Look for the order that came of it, by its clientOid, and act if there is none.",
        "stop-order-without-money", "orders", ("add_stop_order",), ("H102/stops",),
        watch(
            reached_by(("add_stop_order",), OK, barren), "placed a stop order of which no order came",
            broken=(Sign(STOP_CANCELS, "canceled the triggered stop order again and again", NOT_CANCELABLE, names_stop, times=2),),
            handled=STOP_SEEN,
        ),
    ),
    Situation(
        "orders/stop-triggered", "A stop order is triggered, and an order comes of it.",
        "Its status is TRIGGERED. The order has the same clientOid and an id of its own.",
        "The stop order's id is used on: nothing can be canceled by it, and the order is not looked after.",
        "Look for the order that came of it, by its clientOid, and go on with that.",
        "", "orders", ("add_stop_order",), ("H102/stops",),
        watch(
            reached_by(("add_stop_order",), OK, fruitful), "placed a stop order that became an order",
            broken=(Sign(STOP_CANCELS, "canceled the triggered stop order again and again", NOT_CANCELABLE, names_stop, times=2),),
            handled=STOP_SEEN,
        ),
        "Let frank place a stop order for which the money is there, and set the price that it waits for: PUT /_sim/v1/prices/BTC-USDT.",
        lines="given: {users: {frank: {trade: {USDT: '1000'}}}}",
    ),
)
# fmt: on
