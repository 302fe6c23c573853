"""What a call to /api costs: a weight of one of the caller's pools. Each endpoint declares its own."""

from __future__ import annotations

from enum import Enum, unique

from simulator.core.refusals import Grade
from simulator.core.value import Value


@unique
class Pool(Enum):
    """What calls are counted in together. The public one is the caller's IP's, the others are the user's."""

    UNIFIED_ACCOUNT = "Unified Account"
    SPOT = "Spot"
    FUTURES = "Futures"
    MANAGEMENT = "Management"
    PUBLIC = "Public"

    __hash__ = object.__hash__
    """A member is equal to itself alone. An Enum's own hash is made of its name, in Python, at every look-up."""


class RateLimit(Value, frozen=True):
    """How much of which pool a call takes; `grade` tells how well both are known.

    [rest/pools] [H60/unpublished-weights]
    """

    pool: Pool
    weight: int
    grade: Grade
