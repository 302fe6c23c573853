"""The keys of `orders:`: what the other side of all trades, which is the simulator, does with the orders that match."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.trading.plans import FIELDS
from simulator.core.value import Value
from simulator.core.world import OrderPlan, OrderType, Side
from simulator.scenario.format.scalars import AMOUNTS, ANY, DURATIONS, TEXT, Scalar
from simulator.scenario.format.shapes import BY_HAND, Key, List, Names, Record, members
from simulator.scenario.format.shapes import words as one_of

REST: Final = "rest"
_PORTION: Final = rf"{REST}|[0-9]{{1,30}}(\.[0-9]{{1,30}})?%?"
WRITTEN: Final = lazy_pattern(_PORTION)
EXPECTED: Final = "a part of the order such as 40%, a size such as 0.4, or rest"


class Portion(Value, frozen=True):
    """How much of an order: a `size`, a `share` of its size from 0 to 1, or neither, which is the rest."""

    size: Decimal | None = None
    share: Decimal | None = None


def portion(text: str) -> Portion:
    """`40%`, a size such as `0.4`, or `rest`. Raises `ValueError` for anything else."""
    if not WRITTEN.fullmatch(text):
        raise ValueError(f"must be {EXPECTED}")
    if text == REST:
        return Portion()
    number = Decimal(text.removesuffix("%"))
    if not number:
        raise ValueError("must be more than 0")
    if not text.endswith("%"):
        return Portion(size=number)
    if number > 100:
        raise ValueError("must be at most 100%")
    return Portion(share=number.scaleb(-2))


PORTIONS: Final = Scalar(EXPECTED, _PORTION, portion, ANY)
STEP_ENDS: Final = ("cancel", "reject", "expire")
"""Keys of a step that end the order."""
STEP: Final = Record(
    {
        "after": Key(DURATIONS, "How long after the step before, or after the acceptance; at once if absent"),
        "fill": Key(PORTIONS, "How much is filled: 40% of the order's size, a size such as 0.4, or rest"),
        "price": Key(AMOUNTS, "At which price; the order's own as a maker, the set one as a taker if absent"),
        "role": Key(one_of("maker", "taker"), "Which fee rate it pays; what it would be by itself if absent"),
        "cancel": Key(one_of(REST), "The rest is canceled, after the fill if there is one"),
        "reject": Key(one_of(REST), "The same: it is rejected"),
        "expire": Key(one_of(REST), "The same: it expires"),
        "report": Key(one_of("lost"), "The feeds of orders never tell of this step; look-ups show what it did"),
    },
    some=(("fill", *STEP_ENDS),),
    apart=(("cancel", "reject"), ("cancel", "expire"), ("reject", "expire")),
)
"""A step may fill a part and end the rest."""
ORDER_PLAN: Final = Record(
    {
        "user": Key(TEXT, "Only orders of this user"),
        "symbol": Key(TEXT, "Only orders of this symbol"),
        "side": Key(members(Side), "Only orders of this side"),
        "type": Key(members(OrderType), "Only orders of this type"),
        "client_oid": Key(TEXT, "Only orders whose clientOid fits; * is any text, ? any character"),
        "match": Key(
            Names(TEXT),
            f"Only orders whose further fields are so: {', '.join(FIELDS)}",
            make=lambda conditions: tuple(conditions.items()),
        ),
        "plan": Key(List(STEP), "What happens to the order; as without a plan if absent", into=BY_HAND),
        "unknown_for": Key(
            DURATIONS, "How long no look-up finds the order after its acceptance, and no feed of orders mentions it"
        ),
        "stale_for": Key(
            DURATIONS,
            "How long the order, and the feeds of orders, do not show a fill that the list of fills shows already",
        ),
    },
    some=(("plan", "unknown_for", "stale_for"),),
    makes=OrderPlan,
)
