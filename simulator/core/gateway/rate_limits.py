"""The weight of a call to /api, and the pool that it is taken from. Each endpoint declares its own."""

from __future__ import annotations

from enum import Enum, unique

from simulator.core.refusals import Grade
from simulator.core.value import Value


@unique
class Pool(Enum):
    """The pools. The public one belongs to the caller's IP, the others to the user."""

    UNIFIED_ACCOUNT = "Unified Account"
    SPOT = "Spot"
    FUTURES = "Futures"
    MANAGEMENT = "Management"
    PUBLIC = "Public"

    __hash__ = object.__hash__
    """Members are equal by identity. An Enum's own hash is computed of its name, in Python, at every look-up."""


class RateLimit(Value, frozen=True):
    """The pool of a call and its weight; `grade` is the evidence for both.

    [rest/pools] [H60/unpublished-weights]
    """

    pool: Pool
    weight: int
    grade: Grade
