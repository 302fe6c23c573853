"""Decimal arithmetic that is independent of the ambient context: exact for all amounts that a request can contain."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact
from functools import lru_cache
from typing import Final

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
EXACT: Final = Context(prec=1_000, traps=[Inexact])
"""For sums and products. An operation that would round raises `Inexact` instead, so no digit is lost silently.

An amount that is written has at most 60 digits, a fee is the product of four of them, and a share of a hold of six.
"""
ROUNDING: Final = Context(prec=120)
"""For quotients, which may have endless digits; they are rounded to a currency's precision at once."""

PRECISION: Final = 8
"""The decimal places of a currency by default."""
MOST_PRECISE: Final = 18
"""The most decimal places that a currency may have: what Ethereum's tokens use."""

add = EXACT.add
subtract = EXACT.subtract
multiply = EXACT.multiply
negative = EXACT.minus


@lru_cache(maxsize=64)
def unit(precision: int) -> Decimal:
    """The smallest amount with that many decimal places."""
    return Decimal(1).scaleb(-precision)


def is_multiple(amount: Decimal, precision: int) -> bool:
    """True if the amount has no digit beyond the precision."""
    return amount == amount.quantize(unit(precision), context=ROUNDING)


def plain(amount: Decimal) -> str:
    """The amount as KuCoin prints it: digits, no exponent, no trailing zeros."""
    text = str(amount)
    if "E" in text:
        text = f"{amount:f}"  # takes twice as long
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if text not in ("-0", "") else "0"


def padded(amount: Decimal, places: int = PRECISION) -> str:
    """The amount with at least so many decimal places, and no digit less than there is [rest/decimals]."""
    whole, _, rest = plain(amount).partition(".")
    return f"{whole}.{rest.ljust(places, '0')}" if places or rest else whole
