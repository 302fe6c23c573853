"""The quotes of a market: where they stand at first, and which prices are possible."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core.money import EXACT, ROUNDING, subtract
from simulator.core.world import Market, PriceChange, Stack, Symbol

SINCE_EVER: Final = 0
"""The instant of a market's first price: it has been there as long as the market."""


def around(price: Decimal, increment: Decimal) -> tuple[Decimal, Decimal]:
    """The best bid and ask around a last price: an increment below it and one above. No bid is below an increment."""
    return max(subtract(price, increment), increment), EXACT.add(price, increment)


def price_of(price: Decimal, increment: Decimal) -> Decimal:
    """The multiple of the increment that is nearest to a price, and at least one increment."""
    count = ROUNDING.divide(price, increment).to_integral_value(context=ROUNDING)
    return EXACT.multiply(max(count, Decimal(1)), increment)


def new_market(symbol: Symbol, last: Decimal, bid: Decimal | None = None, ask: Decimal | None = None) -> Market:
    """The symbol's market at its first prices. By default the quotes are around the last price."""
    below, above = around(last, symbol.price_increment)
    prices: Stack[PriceChange] = Stack()
    return Market(
        symbol.symbol,
        last,
        below if bid is None else bid,
        above if ask is None else ask,
        SINCE_EVER,
        prices=prices.having(PriceChange(SINCE_EVER, last, 1), SINCE_EVER, ""),
    )


def price_problem(price: Decimal, increment: Decimal) -> str:
    """Why a symbol cannot have this price; "" if it can."""
    if price <= 0:
        return "must be more than zero"
    if ROUNDING.remainder(price, increment):
        return f"must be a multiple of {increment:f}, the symbol's price_increment"
    return ""
