"""What an adapter reads out of an SDK's objects."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple


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


class Ordered(NamedTuple):
    """An order. `status`: open, closed, which is filled, or canceled."""

    client_oid: str
    side: str
    price: Decimal
    size: Decimal
    filled: Decimal
    funds: Decimal
    fee: Decimal
    status: str


class Filled(NamedTuple):
    """A fill of an order."""

    order_id: str
    side: str
    price: Decimal
    size: Decimal
    funds: Decimal
    fee: Decimal
    liquidity: str


SYMBOL: Final = "BTC-USDT"
"""Orders are placed in this symbol."""
ORDER: Final = ("clientOid", "side", "price", "size", "dealSize", "dealFunds", "fee")
FILL: Final = ("orderId", "side", "price", "size", "funds", "fee", "liquidity")


def ordered(row: Mapping[str, Any]) -> Ordered:
    """An order under KuCoin's names."""
    client_oid, side, *amounts = (row[name] for name in ORDER)
    status = "open" if row["active"] else "canceled" if row["cancelExist"] else "closed"
    return Ordered(client_oid, side, *map(number, amounts), status=status)


def filled(row: Mapping[str, Any]) -> Filled:
    """A fill under KuCoin's names."""
    order_id, side, *amounts, liquidity = (row[name] for name in FILL)
    return Filled(order_id, side, *map(number, amounts), liquidity=liquidity)


def number(value: object) -> Decimal:
    return Decimal(str(value))
