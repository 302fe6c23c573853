"""The last 24 hours of a market: its prices, and what was traded, exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core.money import EXACT, ROUNDING, ZERO, subtract, unit
from simulator.core.spec import DAY
from simulator.core.value import Value
from simulator.core.world import Market

RATE_PLACES: Final = 4
AVERAGE_PLACES: Final = 8


class Day(Value, frozen=True, kw_only=True):
    """A market's last 24 hours. `change` is what the last price is above the first one; `rate` is its part of that."""

    high: Decimal
    low: Decimal
    volume: Decimal
    turnover: Decimal
    change: Decimal
    rate: Decimal
    average: Decimal
    """Turnover / volume; the last price if nothing was traded."""


def day_of(market: Market, at: int, length: int = DAY) -> Day:
    """The 24 hours before an instant (ms), which is one of them; the instant 24 hours earlier is none [H111/day].

    `length` (ms) takes the place of the 24 hours.

    The price that was in force at the beginning is among their prices, as the prices of trades are. What is older is
    not looked at.
    """
    begin, opening = at - length, market.last
    high = low = market.last
    for change in market.prices.newest(lambda change: (change.at, change.sequence)):
        opening = change.last
        high, low = max(high, opening), min(low, opening)
        if change.at <= begin:
            break
    volume = turnover = ZERO
    for match in market.matches.newest(lambda match: (match.at, match.sequence)):
        if match.at <= begin:
            break
        high, low = max(high, match.price), min(low, match.price)
        volume = EXACT.add(volume, match.size)
        turnover = EXACT.add(turnover, EXACT.multiply(match.size, match.price))
    difference = subtract(market.last, opening)
    average = ROUNDING.divide(turnover, volume).quantize(unit(AVERAGE_PLACES), context=ROUNDING) if volume else None
    return Day(
        high=high,
        low=low,
        volume=volume,
        turnover=turnover,
        change=difference,
        rate=ROUNDING.divide(difference, opening).quantize(unit(RATE_PLACES), context=ROUNDING),
        average=market.last if average is None else average,
    )
