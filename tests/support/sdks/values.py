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

    @classmethod
    def of(cls, client_oid: str, side: str, *amounts: object, status: str) -> Ordered:
        """`amounts`: price, size, filled, funds, fee."""
        price, size, filled, funds, fee = map(number, amounts)
        return cls(client_oid, side, price, size, filled, funds, fee, status)


class Filled(NamedTuple):
    """A fill of an order."""

    order_id: str
    side: str
    price: Decimal
    size: Decimal
    funds: Decimal
    fee: Decimal
    liquidity: str

    @classmethod
    def of(cls, order_id: str, side: str, *amounts: object, liquidity: str) -> Filled:
        """`amounts`: price, size, funds, fee."""
        price, size, funds, fee = map(number, amounts)
        return cls(order_id, side, price, size, funds, fee, liquidity)


SYMBOL: Final = "BTC-USDT"
"""Orders are placed in this symbol."""
ORDER: Final = ("clientOid", "side", "price", "size", "dealSize", "dealFunds", "fee")
FILL: Final = ("orderId", "side", "price", "size", "funds", "fee", "liquidity")


def ordered(row: Mapping[str, Any]) -> Ordered:
    """An order under KuCoin's names."""
    client_oid, side, *amounts = (row[name] for name in ORDER)
    status = "open" if row["active"] else "canceled" if row["cancelExist"] else "closed"
    return Ordered.of(client_oid, side, *amounts, status=status)


def filled(row: Mapping[str, Any]) -> Filled:
    """A fill under KuCoin's names."""
    order_id, side, *amounts, liquidity = (row[name] for name in FILL)
    return Filled.of(order_id, side, *amounts, liquidity=liquidity)


def number(value: object) -> Decimal:
    return Decimal(str(value))
