"""Refusals that the wire itself gives, before a request becomes a command."""

from __future__ import annotations

from simulator.core.gateway.requests import MAXIMUM_BODY
from simulator.core.refusals import Reason, Refusal


def too_large() -> Refusal:
    """The refusal of a body beyond the cap."""
    limit = str(MAXIMUM_BODY)
    return refusal(Reason.BODY_TOO_LARGE, limit, "more", limit=limit)


def refusal(reason: Reason, expected: str = "", received: str = "", **details: str) -> Refusal:
    """A refusal that the wire itself gives."""
    return Refusal(reason, keep=None, expected=expected, received=received, **details)
