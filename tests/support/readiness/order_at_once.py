"""Runs about orders that are accepted and over at once, by a plan or by their own terms."""

# mypy: disable-error-code="func-returns-value, misc"
# What the calls of a run return does not matter, and a lambda in a loop needs a default.

from __future__ import annotations

from typing import Final

from support.readiness.case import Case, broken, handled, undecided
from support.readiness.connecting import both
from support.readiness.order_runs import altered, hour, see
from support.readiness.ordering import FUNDED, TAKE, batch, done, ordered, planned

REJECTED_AT_ONCE: Final = planned("plan: [{reject: rest}]")
EXPIRED_AT_ONCE: Final = planned("plan: [{expire: rest}]")
LAPSED_AT_ONCE: Final = planned("plan: [{fill: 40%}, {expire: rest}]")
CANCELED_AT_ONCE: Final = planned("plan: [{cancel: rest}]")
PARTLY_AT_ONCE: Final = planned("plan: [{fill: 40%}, {cancel: rest}]")
KILLED: Final = planned("plan: [{fill: 40%}]", match="{timeInForce: FOK}")
ALTERED_AND_CANCELED: Final = planned("plan: [{after: 5s, cancel: rest}]", match="{price: 58000}")


def at_once(name: str, text: str) -> list[Case]:
    """The runs of an order that is over before its answer comes."""
    return [
        handled(f"orders/{name}", "look at one that was over at once", both(ordered(), see), text),
        handled(f"orders/{name}", "read it in the answer", ordered(path="/sync"), text),
        undecided(f"orders/{name}", "stop when it was over at once", ordered(), text),
    ]


def killed(name: str, text: str = FUNDED, **changes: object) -> list[Case]:
    """The runs of an order that is canceled at once, and whose answer does not say so."""
    ask = ordered(**changes)
    return [
        handled(f"orders/{name}", "look at it", both(ask, see), text),
        handled(f"orders/{name}", "ask for something else", both(ask, ordered(price="60500")), text),
        handled(f"orders/{name}", "read the answer", ordered(path="/sync", **changes), text),
        undecided(f"orders/{name}", "stop", ask, text),
        undecided(f"orders/{name}", "ask again once", both(ask, ask), text),
        broken(f"orders/{name}", "ask again and again", both(ask, ask, ask), text),
    ]


# fmt: off
CASES: Final[list[Case]] = [
    *at_once("partly-filled", PARTLY_AT_ONCE),
    *at_once("expired-in-part", LAPSED_AT_ONCE),
    *at_once("canceled-by-exchange", CANCELED_AT_ONCE),
    *at_once("expired", EXPIRED_AT_ONCE),
    *at_once("rejected", REJECTED_AT_ONCE),
    handled("orders/partly-filled", "look at an IOC order", both(ordered(timeInForce="IOC"), see), PARTLY_AT_ONCE),
    handled("orders/partly-filled", "look at one of several", lambda bench: (batch(bench, {"size": "0.002"}), done(bench)), PARTLY_AT_ONCE),
    broken("orders/partly-filled", "send all of several again", lambda bench: [batch(bench, {"size": "0.002"}) for _ in range(2)], PARTLY_AT_ONCE),
    handled("orders/canceled-by-exchange", "look at a market order", both(ordered(type="market", price=None, size=None, funds="100"), see), CANCELED_AT_ONCE),
    handled("orders/canceled-by-exchange", "look at a postOnly order", both(ordered(postOnly=True), see), CANCELED_AT_ONCE),
    handled("orders/canceled-by-exchange", "look at one of several", lambda bench: (batch(bench, {"size": "0.002"}), done(bench)), CANCELED_AT_ONCE),
    handled("orders/canceled-by-exchange", "look at one that was altered", both(altered, hour, done), ALTERED_AND_CANCELED),
    *killed("fok-killed", KILLED, price=TAKE, timeInForce="FOK"),
    *killed("ioc-killed", timeInForce="IOC"),
    *killed("post-only-killed", price=TAKE, postOnly=True),
]
# fmt: on
"""What is right, what is wrong, and what is not decided."""
