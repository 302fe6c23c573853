"""What an adapter reads out of an SDK's objects."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Money(NamedTuple):
    """A balance."""

    total: Decimal
    free: Decimal
    held: Decimal


class Paid(NamedTuple):
    """A withdrawal as a history tells it."""

    id: str
    amount: Decimal
    fee: Decimal
    status: str


def number(value: object) -> Decimal:
    return Decimal(str(value))
