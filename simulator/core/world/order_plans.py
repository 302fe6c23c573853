"""What a test has decided about orders: when they are filled, at which price, and how they end.

All values are frozen. Durations are milliseconds of the business clock; money is `Decimal`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from simulator.core.value import Value
from simulator.core.world.markets import Side
from simulator.core.world.order_terms import OrderType


class FillStep(Value, frozen=True):
    """A step of a plan: fill this much, at this price. `share` is a fraction of the order's size.

    At most one of `size` and `share` is set; neither = the rest. `price` None = the order's own price or the market's.
    """

    after: int = 0
    """How long after the step before, ms."""
    size: Decimal | None = None
    share: Decimal | None = None
    price: Decimal | None = None
    liquidity: Literal["maker", "taker"] | None = None
    lost: bool = False
    """True if the feeds never report it."""


class EndStep(Value, frozen=True):
    """A step of a plan: the rest of the order ends without a fill."""

    after: int = 0
    end: Literal["cancel", "reject", "expire"] = "cancel"
    lost: bool = False
    """As of a fill."""


PlanStep = FillStep | EndStep


class OrderPlan(Value, frozen=True):
    """What a test has decided about the orders that match. Absent fields match everything.

    `client_oid` is a pattern with `*` and `?`. `steps` None = as without a plan (only the reports differ).
    """

    user: str = ""
    symbol: str = ""
    side: Side | None = None
    type: OrderType | None = None
    client_oid: str = ""
    match: tuple[tuple[str, str], ...] = ()
    """Further fields of the request by KuCoin's names, compared as text."""
    steps: tuple[PlanStep, ...] | None = None
    unknown_for: int = 0
    """How long neither look-ups nor feeds know the order after its acceptance, ms."""
    stale_for: int = 0
    """How long the order itself, and its feed, do not show a fill that `fills` already shows, ms."""
