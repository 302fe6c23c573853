"""Prices of the spot market, set from outside: a hand moves the market, as a scenario does at the start."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core.endpoint import Operation
from simulator.core.trading.prices import set_price
from simulator.core.value import Reply, Value
from simulator.core.world import Draft, Market, Now, World


class SetPrices(Value, frozen=True):
    """Set prices of a symbol from now on; None = as it follows from the others. They have been validated already."""

    symbol: str
    last: Decimal | None = None
    bid: Decimal | None = None
    ask: Decimal | None = None


class PricesSet(Reply, frozen=True):
    """The market as it is now, and how many fills came of it."""

    market: Market
    fills: int


def set_prices(world: World, command: SetPrices, now: Now) -> tuple[World, PricesSet]:
    """Move the market: what it crosses is filled, and stop orders that it reaches are triggered."""
    draft = Draft(world)
    market = set_price(draft, command.symbol, now.business, command.last, command.bid, command.ask)
    return draft.done(), PricesSet(market=market, fills=draft.trades_made - world.trades_made)


OPERATIONS: Final = (Operation(set_prices, SetPrices, "H100"),)
"""All operations of this module."""
