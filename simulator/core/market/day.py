"""The last 24 hours of a market: its prices, and what was traded, exactly."""

from __future__ import annotations

from bisect import bisect_right
from decimal import Decimal
from operator import attrgetter, ge, le
from typing import Final

from simulator.core.money import EXACT, ROUNDING, ZERO, subtract, unit
from simulator.core.spec import DAY
from simulator.core.value import Value
from simulator.core.world import Market, Match, PriceChange, World
from simulator.core.world.folds import Folds

RATE_PLACES: Final = 4
AVERAGE_PLACES: Final = 8


class Day(Value, frozen=True):
    """A market's last 24 hours. `change` is what the last price is above the first one; `rate` is its part of that."""

    high: Decimal
    low: Decimal
    volume: Decimal
    turnover: Decimal
    change: Decimal
    rate: Decimal
    average: Decimal
    """Turnover / volume; the last price if nothing was traded."""


class _Past:
    """The past of a market by instants, each list ascending. Sums are those of all trades up to that one."""

    def __init__(self) -> None:
        self.prices: tuple[list[int], list[Decimal]] = ([], [])
        """Every price that was set or traded at."""
        self.highs: tuple[list[int], list[Decimal]] = ([], [])
        """Each price than which no later one is higher: the first one behind an instant is the highest since then."""
        self.lows: tuple[list[int], list[Decimal]] = ([], [])
        self.traded_at: list[int] = []
        self.volumes: list[Decimal] = [ZERO]
        self.turnovers: list[Decimal] = [ZERO]

    def add(self, _: int, event: PriceChange | Match) -> None:
        """One more price that was set, or one more trade."""
        price = event.last if isinstance(event, PriceChange) else event.price
        self.prices[0].append(event.at)
        self.prices[1].append(price)
        if isinstance(event, Match):
            self.traded_at.append(event.at)
            self.volumes.append(EXACT.add(self.volumes[-1], event.size))
            self.turnovers.append(EXACT.add(self.turnovers[-1], EXACT.multiply(event.size, price)))
        for (instants, extremes), beaten in ((self.highs, ge), (self.lows, le)):
            while extremes and beaten(price, extremes[-1]):
                instants.pop()
                extremes.pop()
            instants.append(event.at)
            extremes.append(price)


_PASTS: Final = Folds(_Past, _Past.add, attrgetter("at", "sequence"))


def day_of(world: World, market: Market, at: int, length: int = DAY) -> Day:
    """The 24 hours before an instant (ms), which is one of them; the instant 24 hours earlier is none [H111/day].

    `length` (ms) takes the place of the 24 hours.

    The price that was in force at the beginning is among their prices, as the prices of trades are. Only what has
    happened since the last call is looked at, however much is in the 24 hours.
    """
    past = _PASTS.of(world, market.symbol, (market.prices, market.matches))
    begin, price = at - length, market.last_price
    instants, prices = past.prices
    opening = prices[max(0, bisect_right(instants, begin) - 1)] if prices else price
    high, low = (_since(begin, *extremes) or price for extremes in (past.highs, past.lows))
    before = bisect_right(past.traded_at, begin)
    volume = subtract(past.volumes[-1], past.volumes[before])
    turnover = subtract(past.turnovers[-1], past.turnovers[before])
    difference = subtract(price, opening)
    average = ROUNDING.divide(turnover, volume).quantize(unit(AVERAGE_PLACES), context=ROUNDING) if volume else None
    return Day(
        high=max(high, opening, price),
        low=min(low, opening, price),
        volume=volume,
        turnover=turnover,
        change=difference,
        rate=ROUNDING.divide(difference, opening).quantize(unit(RATE_PLACES), context=ROUNDING),
        average=price if average is None else average,
    )


def _since(begin: int, instants: list[int], extremes: list[Decimal]) -> Decimal | None:
    """The highest or lowest price behind an instant; None = there is none."""
    place = bisect_right(instants, begin)
    return extremes[place] if place < len(extremes) else None
