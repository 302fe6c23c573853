"""Situations of spot orders: what becomes of an order after its acceptance."""

from __future__ import annotations

from typing import Final

from simulator.core.world import OrderStatus, TimeInForce
from simulator.evidence.readiness.detecting import (
    CallCondition,
    Sign,
    either,
    reached_by,
    watch,
)
from simulator.evidence.readiness.order_ends import (
    barren,
    canceled_by_itself,
    names_stop,
    nothing_filled,
    other_side,
    post_only_killed,
    self_trade,
    since_trigger,
)
from simulator.evidence.readiness.orders import (
    ADDS,
    BATCHES,
    CANCELED_AGAIN,
    CANCELS,
    LOOKS,
    NOT_CANCELABLE,
    OK,
    SEEN,
    SEEN_OVER,
    became,
    better_price,
    both,
    other_terms,
    over,
    same_amount,
    same_terms,
    soon,
)
from simulator.evidence.readiness.situation import Detector, Situation

STOPS: Final = ("get_stop_order", "list_stop_orders", "list_stop_orders_by_client_oid")
STOP_CANCELS: Final = ("cancel_stop_order", "cancel_stop_order_by_client_oid")
WHOLE_AGAIN: Final = Sign(
    ADDS, "ordered all of it again before anything looked what was filled", OK, both(same_amount, over)
)


def _killed(condition: CallCondition, what: str) -> Detector:
    """An order that is accepted and over at once, with nothing filled. Only the synchronous answer says so."""
    silent = tuple(name for name in ADDS if name != "add_order_sync")
    broken = (Sign((*ADDS, *BATCHES), "sent it again and again", OK, both(same_terms, soon), times=2),)
    handled = (SEEN, Sign(ADDS, "ordered something else", when=other_terms))
    return either(
        watch(reached_by(silent, OK, condition), what, broken=broken, handled=handled),
        watch(reached_by(("add_order_sync",), OK, condition), what, broken=broken, handled=handled, end=True, ending="its own answer said so"),
    )  # fmt: skip


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "orders/partly-filled", "An order is filled in part, and the rest is canceled.",
        "dealSize, cancelledSize and remainSize add up to the size; active is false as for an order that was filled.",
        "A part is booked as the whole, or the whole is bought again.",
        "Read dealSize of every order that is over, and order the rest if it is still wanted.",
        "order-partly-filled", "orders", ADDS, ("H108/part", "H121/order-amounts"),
        watch(reached_by(ADDS, OK, became(OrderStatus.CANCELED, filled=True)), "placed an order that was filled in part", broken=(WHOLE_AGAIN,), handled=(SEEN_OVER,)),
    ),
    Situation(
        "orders/expired-in-part", "An order is filled in part and expires.",
        "The rest is over, and its money is free.",
        "A part is booked as the whole, or the whole is bought again.",
        "Compare dealSize with size whenever an order is not active any more.",
        "order-expired-in-part", "orders", ADDS, ("H140/ends-by-hand", "H103/expiry"),
        watch(reached_by(ADDS, OK, became(OrderStatus.EXPIRED, filled=True)), "placed an order that expired in part", broken=(WHOLE_AGAIN,), handled=(SEEN_OVER,)),
    ),
    Situation(
        "orders/expired", "An order expires with nothing filled.",
        "A GTT order is over after its cancelAfter. Nobody tells the broker.",
        "The customer waits for an order that is not there.",
        "Look when the time is over.",
        "order-gtt-expires", "orders", ADDS, ("H103/expiry",),
        watch(reached_by(ADDS, OK, became(OrderStatus.EXPIRED, filled=False)), "placed an order that expired", broken=(CANCELED_AGAIN,), handled=(SEEN_OVER,)),
    ),
    Situation(
        "orders/rejected", "An accepted order is rejected afterwards.",
        "200000 and an orderId, and a moment later the order is over with nothing filled.",
        "An order that is not there is shown as open.",
        "Look at every order until it is over.",
        "order-rejected", "orders", ADDS, ("H140/ends-by-hand",),
        watch(reached_by(ADDS, OK, became(OrderStatus.REJECTED, filled=False)), "placed an order that was rejected", broken=(CANCELED_AGAIN,), handled=(SEEN_OVER,)),
    ),
    Situation(
        "orders/canceled-by-exchange", "KuCoin cancels an order that nobody wanted to cancel.",
        "The order is over with nothing filled, and cancelExist is true.",
        "It is taken for filled, and what was never bought is sold.",
        "Read dealSize, and not only active.",
        "order-canceled-by-exchange", "orders", ADDS, ("H140/ends-by-hand",),
        watch(
            reached_by(ADDS, OK, canceled_by_itself), "placed an order that KuCoin canceled",
            broken=(Sign(ADDS, "sold what was never bought", ("ORDER_BALANCE_INSUFFICIENT",), both(other_side, over)), CANCELED_AGAIN), handled=(SEEN_OVER,),
        ),
    ),
    Situation(
        "orders/better-price", "A limit order is filled at a better price than its own.",
        "dealFunds and the fee say what was paid; what was held too much is free again.",
        "The customer's books say the order's price, and money seems to be missing or left over.",
        "Book the fills, and not the order.",
        "order-better-price", "orders", ADDS, ("H100/takers", "H98/fills"),
        watch(reached_by(ADDS, OK, better_price), "placed an order that got a better price", handled=(SEEN_OVER,)),
    ),
    Situation(
        "orders/fok-killed", "A FOK order cannot be filled whole.",
        "It is accepted, with 200000 and an orderId, and canceled at once.",
        "The accepted order is taken for a purchase.",
        "Look at it, and ask for what the market gives.",
        "order-fok-killed", "orders", ADDS, ("H100/resting",),
        _killed(nothing_filled(TimeInForce.FOK), "placed a FOK order that was canceled at once"),
    ),
    Situation(
        "orders/ioc-killed", "An IOC order finds nothing at its price.",
        "It is accepted, with 200000 and an orderId, and canceled at once.",
        "The accepted order is taken for a purchase.",
        "Look at it, and ask again at the price of the market.",
        "", "orders", ADDS, ("H100/resting",),
        _killed(nothing_filled(TimeInForce.IOC), "placed an IOC order that was canceled at once"),
        "Buy with timeInForce IOC at a price below the ask.",
    ),
    Situation(
        "orders/post-only-killed", "A postOnly order would take.",
        "It is accepted, with 200000 and an orderId, and canceled at once.",
        "The broker believes that the order rests.",
        "Look at it, read the prices anew, and order on the own side of the spread.",
        "order-post-only-takes", "orders", ADDS, ("H100/post-only",),
        _killed(post_only_killed, "placed a postOnly order that would take"),
    ),
    Situation(
        "orders/self-trade", "Self-trade prevention cancels an order that would meet the user's own.",
        "stp CN cancels the order that comes, CO the one that is there, CB both, and DC decreases them.",
        "The accepted order is taken for a purchase.",
        "Look at it, and cancel the order in the way.",
        "order-self-trade", "orders", ADDS, ("H101/stp",),
        watch(
            reached_by(ADDS, OK, self_trade), "placed an order that would meet the user's own",
            broken=(Sign(ADDS, "sent it again and again", OK, both(same_terms, soon), times=2),),
            handled=(SEEN, Sign(CANCELS, "canceled an order in the way", OK), Sign(ADDS, "ordered something else", when=other_terms)),
        ),
    ),
    Situation(
        "orders/stop-without-money", "A stop order is triggered when the money is not there.",
        "A stop order holds nothing while it waits. Its status is TRIGGERED, and no order comes of it.",
        "The triggered stop order is taken for a purchase or a sale, and the customer's loss is not limited.",
        "Look for the order that came of it, by its clientOid, and act if there is none.",
        "stop-order-without-money", "orders", ("add_stop_order",), ("H102/stops",),
        watch(
            reached_by(("add_stop_order",), OK, barren), "placed a stop order of which no order came",
            broken=(Sign(STOP_CANCELS, "canceled the triggered stop order again and again", NOT_CANCELABLE, both(names_stop, since_trigger), times=2),),
            handled=(Sign((*STOPS, *LOOKS), "looked what came of it", ("OK", "ORDER_UNKNOWN"), since_trigger),),
        ),
    ),
)
# fmt: on
