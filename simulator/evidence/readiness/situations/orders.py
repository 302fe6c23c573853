"""Situations of spot orders: answers that do not arrive or come late, several orders at once, and the switch."""

from __future__ import annotations

from typing import Final

from simulator.core.world import OrderStatus
from simulator.evidence.readiness.detectors.combinators import Sign, either, final, reached_by, reached_by_loss, watch
from simulator.evidence.readiness.detectors.order_cases import (
    AS_MUCH_AGAIN,
    DOUBLED,
    FILL_SEEN,
    FOUND,
    OTHER_ORDER,
    SAME_OID,
    SEEN,
    SEEN_OVER,
    about,
    canceled_again,
    hidden_order,
    order_by_client_oid,
    order_by_name,
    unlisted_orders,
)
from simulator.evidence.readiness.detectors.order_ends import (
    after_switch,
    before_switch,
    in_part,
    names_replaced,
    names_switched_off,
    never_was,
    other_batch,
    same_request_oid,
    same_under_another_oid,
    switch_on,
)
from simulator.evidence.readiness.detectors.order_fates import after, filled_late
from simulator.evidence.readiness.detectors.orders import (
    ACTIVE_LISTS,
    ADDS,
    BATCHES,
    CANCELS,
    FILLS,
    LISTS,
    LOOKS,
    NAMING,
    NOT_CANCELABLE,
    OK,
    ORDER_LOOKS,
    PLACING,
    SWITCH,
    arrived,
    names,
    orders_made,
    same_batch,
)
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.situations.lost_answers import lost, unanswered

NOT_MADE_AGAIN: Final = Sign(
    ADDS, "ordered the same under another clientOid before anything looked", OK, same_under_another_oid
)
BATCH_DOUBLED: Final = Sign(BATCHES, "sent the whole batch again", OK, same_batch)


def _other_than_replaced(history: History, place: int, later: int) -> bool:
    return not names_replaced(history, place, later)


def _left_by_switch(history: History, place: int, later: int) -> bool:
    return after_switch(history, place, later) and arrived(history, place, later)


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "orders/answer-lost", "An order is accepted, and the answer is lost.",
        "The order is there, holds money, and may be filled; its clientOid finds it, and refuses a second one.",
        "The customer buys twice.",
        "Give every order a clientOid of its own; after a lost answer look it up by that, or send the same order with the same clientOid.",
        "order-answer-lost", "orders", ADDS, ("H107/client-oid",),
        about(reached_by_loss(ADDS, lost), orders_made, "placed an order, and its answer was lost", broken=(DOUBLED,), handled=(*SEEN, SAME_OID)),
    ),
    Situation(
        "orders/not-made", "An order is not accepted, and no answer says so.",
        "Nothing has happened. The broker cannot tell it from an order whose answer was lost.",
        "The order is placed twice the next time, or never.",
        "Send the same order with the same clientOid: one order comes of it in either case.",
        "", "orders", ADDS, ("H107/client-oid",),
        watch(
            reached_by_loss(ADDS, unanswered), "was never performed, and got no answer", broken=(NOT_MADE_AGAIN,),
            handled=(Sign(LOOKS, "looked whether there was an order", ("OK", "ORDER_UNKNOWN"), arrived), Sign(ADDS, "sent the same clientOid again", when=same_request_oid)),
        ),
        "Place an order.",
        lines="faults: [{operation: add_order, times: 1, network: reset}]",
    ),
    Situation(
        "orders/client-oid-used", "A clientOid is sent a second time.",
        "400100 validation.createOrder.clientOidDuplicated: the first order was accepted.",
        "The refusal is taken for a failure, and another clientOid buys a second time.",
        "Take it for the proof that the order is there, and look it up by its clientOid.",
        "order-client-oid-again", "orders", ADDS, ("H107/client-oid",),
        about(
            reached_by(ADDS, ("ORDER_CLIENT_OID_USED",)), order_by_client_oid, "was refused because the clientOid has an order", broken=(DOUBLED,),
            handled=(*SEEN, Sign(CANCELS, "canceled the order that is there", OK), OTHER_ORDER),
        ),
    ),
    Situation(
        "orders/batch-answer-lost", "Several orders are accepted together, and the answer is lost.",
        "All that could be accepted is there; clientOids find each of them.",
        "The whole batch is placed twice.",
        "Give each order a clientOid, and look at the list, or send the same batch with the same clientOids.",
        "", "orders", BATCHES, ("H109/multi", "H107/client-oid"),
        about(reached_by_loss(BATCHES, lost), orders_made, "placed several orders, and its answer was lost", broken=(DOUBLED,), handled=(*SEEN, SAME_OID)),
        "Let frank place several orders together.",
        lines="given: {users: {frank: {trade: {USDT: '1000'}}}}\nfaults: [{operation: add_orders, times: 1, at: after_commit, network: reset}]",
    ),
    Situation(
        "orders/batch-in-part", "Of several orders that are sent together, some are refused.",
        "The answer is 200000, and each row says for itself whether it was accepted: success, failMsg.",
        "Orders are missing that the customer believes to be placed; or all of them are sent again, and some are there twice.",
        "Read each row, and send again only what was refused, once it is possible.",
        "order-multi-in-part", "orders", BATCHES, ("H109/multi",),
        about(
            reached_by(BATCHES, OK, in_part), orders_made, "was accepted in part", broken=(BATCH_DOUBLED,),
            handled=(*SEEN, Sign(ADDS, "sent one of them alone", OK), Sign(BATCHES, "sent other orders", when=other_batch)),
        ),
    ),
    Situation(
        "orders/cancel-answer-lost", "An order is canceled, and the answer is lost.",
        "The order is over and its money is free; canceling it again is refused.",
        "The broker waits for an order that is not there, or cancels it for ever.",
        "Look at the order, or cancel once more and understand the refusal.",
        "order-cancel-answer-lost", "orders", CANCELS, ("H108/cancel",),
        about(reached_by_loss(CANCELS, lost), order_by_name, "canceled an order, and its answer was lost", broken=(canceled_again(3),), handled=SEEN),
    ),
    Situation(
        "orders/cancel-meets-fill", "An order is filled just before its cancellation arrives.",
        "400100: the order is not there any more to be canceled, because it was bought.",
        "It is booked as canceled and ordered anew: the customer has it twice.",
        "Look what became of an order whose cancellation is refused.",
        "order-cancel-meets-fill", "orders", CANCELS, ("H108/cancel",),
        about(
            reached_by(CANCELS, NOT_CANCELABLE, names(OrderStatus.FILLED)), order_by_name, "canceled an order that was filled already",
            broken=(AS_MUCH_AGAIN, canceled_again(2)), handled=SEEN,
        ),
    ),
    Situation(
        "orders/cancel-of-ended", "An order is canceled that is over without having been filled.",
        "400100, as for every order that is not active.",
        "A job cancels for ever what is canceled already.",
        "Take the refusal for what it is: look at the order, and forget it.",
        "", "orders", CANCELS, ("H108/cancel",),
        about(
            reached_by(CANCELS, NOT_CANCELABLE, names(OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED)), order_by_name, "canceled an order that was over",
            broken=(canceled_again(3),), handled=SEEN, end=True, ending="nothing canceled it again and again",
        ),
        "Cancel an order twice.",
    ),
    Situation(
        "orders/unknown-id", "An order is looked up or canceled that there is not.",
        "400100; only the user's own orders are found, each in its symbol.",
        "A job asks for ever for an order that was never placed.",
        "Look at the list; if it is not there, it was not placed.",
        "", "orders", (*NAMING, *CANCELS), ("H122/unknown-order", "H108/cancel"),
        final((*NAMING, *CANCELS), ("ORDER_UNKNOWN", "ORDER_NOT_CANCELABLE"), "named an order that there is not", when=never_was, helped_by=(Sign((*LISTS, *FILLS), "looked at a list", OK, weak=True),), times=3),
        "Look at an order that was never placed: GET /api/v1/hf/orders/{id} with an id of your own.",
    ),
    Situation(
        "orders/unknown-at-first", "An accepted order is not found for a while.",
        "order not exist, for some moments after the acceptance.",
        "It is taken for not placed, and ordered again.",
        "Believe the answer that accepted it, wait, and look again.",
        "order-unknown-at-first", "orders", (*NAMING, *ACTIVE_LISTS), ("H121/late-reports",),
        either(
            about(reached_by(NAMING, ("ORDER_UNKNOWN",)), hidden_order, "did not find an order that was accepted", broken=(AS_MUCH_AGAIN,), handled=(FOUND,)),
            about(reached_by(ACTIVE_LISTS, OK), unlisted_orders, "listed the active orders without one that was accepted", broken=(AS_MUCH_AGAIN,), handled=(FOUND,)),
        ),
    ),
    Situation(
        "orders/fill-seen-first", "A fill is in the list of fills before the order says so.",
        "Orders and fills are reported for themselves; for some moments they differ.",
        "The order is taken for not filled, and bought again.",
        "Believe the fills; cancel before something is ordered again, and understand the refusal.",
        "order-fill-seen-first", "orders", PLACING, ("H121/late-reports",),
        after(filled_late, "is reported late as filled", broken=(AS_MUCH_AGAIN,), handled=(*FILL_SEEN, *SEEN_OVER)),
    ),
    Situation(
        "orders/dead-man-switch", "The switch for lost connections is set.",
        "dead-cancel-all cancels all orders unless it is set anew in time.",
        "It is set once and forgotten, and the customers' orders are gone.",
        "Set it anew well before the time is over, or turn it off; after a break look which orders are left.",
        "order-dead-man", "orders", SWITCH, ("H104/dead-cancel",),
        watch(
            reached_by(SWITCH, OK, switch_on), "set the switch",
            broken=(Sign(CANCELS, "canceled an order that the switch had canceled", NOT_CANCELABLE, names_switched_off, times=2),),
            handled=(Sign(SWITCH, "set it anew in time", OK, before_switch), Sign(ORDER_LOOKS, "looked what the switch had canceled", OK, _left_by_switch)),
        ),
    ),
    Situation(
        "orders/altered", "An order is altered, and has another id.",
        "The order is canceled, and another one with the same clientOid takes its place: newOrderId.",
        "The old id is used on: the order cannot be found, and cannot be canceled.",
        "Keep newOrderId, or use the clientOid.",
        "", "orders", ("alter_order",), ("H109/alter",),
        watch(
            reached_by(("alter_order",), OK), "replaced an order",
            broken=(Sign(CANCELS, "canceled the order that was replaced", NOT_CANCELABLE, names_replaced),),
            handled=(Sign((*LISTS, *FILLS), "looked at a list", OK), Sign((*NAMING, *CANCELS), "named the new order", OK, _other_than_replaced)),
        ),
        "Alter an order: POST /api/v1/hf/orders/alter. Then cancel it by its old id.",
    ),
)
# fmt: on
