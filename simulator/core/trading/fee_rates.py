"""What a fill costs: the base rates of a user's VIP level, times the coefficients of the symbol."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core import money
from simulator.core.world import Symbol, User

BASE_RATES: Final = tuple(
    (Decimal(taker), Decimal(maker))
    for taker, maker in (
        ("0.001", "0.001"),
        ("0.001", "0.0009"),
        ("0.0009", "0.0007"),
        ("0.0008", "0.0005"),
        ("0.0007", "0.0003"),
        ("0.0007", "0"),
        ("0.0006", "0"),
        ("0.0005", "0"),
        ("0.00045", "-0.00005"),
        ("0.0004", "-0.00005"),
        ("0.00035", "-0.00005"),
        ("0.0003", "-0.00005"),
        ("0.00025", "-0.00005"),
    )
)
"""Taker and maker, by VIP level from 0. A maker with a rate below zero is paid [H97/base-rates]."""


def base_rates(user: User) -> tuple[Decimal, Decimal]:
    """The taker's and the maker's rate of a user, before the coefficients of a symbol."""
    return BASE_RATES[min(user.level, len(BASE_RATES) - 1)]


def rates(user: User, symbol: Symbol) -> tuple[Decimal, Decimal]:
    """The taker's and the maker's rate of a user's fill in a symbol [H97/coefficients]."""
    taker, maker = base_rates(user)
    return money.multiply(taker, symbol.taker_fee_coefficient), money.multiply(maker, symbol.maker_fee_coefficient)
