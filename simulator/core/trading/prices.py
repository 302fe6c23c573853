"""A price that is set: it moves the market, fills what it crosses and triggers stop orders."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from simulator.core.trading import stop_orders
from simulator.core.trading.booking import fill
from simulator.core.trading.quotes import around, price_problem
from simulator.core.world import Books, Draft, Market, Now, PriceChange, Side


class PriceProblem(Exception):
    """A market cannot have these prices. `field` is `last`, `bid` or `ask`; `problem` says what it must be."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field
        self.problem = problem


def set_price(
    draft: Draft, symbol: str, at: int, last: Decimal | None, bid: Decimal | None, ask: Decimal | None
) -> Market:
    """Move a market at `at` (ms): None = as it follows from the others. `PriceProblem` if the prices do not fit.

    With `last` alone, bid and ask stand around it. Resting orders that the new quotes cross are filled whole, at their
    own prices, as makers: the best price first, then the oldest. What trades because of the price is earlier than the
    price in the history of the market, so that the last price is the one that was set. [H100/price-moves]
    """
    draft.put(moved(draft, symbol, at, last, bid, ask))
    market = draft.market(symbol)
    resting = draft.resting(symbol)
    for order_id in (*resting.crossed(Side.BUY, market.ask), *resting.crossed(Side.SELL, market.bid)):
        order = draft.order(order_id)
        assert order.terms.price is not None
        fill(draft, order, order.rest, order.terms.price, "maker", at)
    stop_orders.trigger_reached(draft, symbol, Now(at, at))
    market = _noted(draft.market(symbol), at, is_set=last is not None)
    draft.put(market)
    return market


def moved(books: Books, symbol: str, at: int, last: Decimal | None, bid: Decimal | None, ask: Decimal | None) -> Market:
    """The market at its new prices, before anything comes of them. Raises `PriceProblem`."""
    market, increment = books.market(symbol), books.symbols[symbol].price_increment
    for field, price in (("last", last), ("bid", bid), ("ask", ask)):
        if price is not None and (problem := price_problem(price, increment)):
            raise PriceProblem(field, problem)
    if last is not None:
        below, above = around(last, increment)
        new_bid, new_ask = bid or below, ask or above
    else:
        new_bid, new_ask = bid or market.bid, ask or market.ask
    if new_bid > new_ask:
        field, other = ("ask", f"bid, {new_bid:f}") if ask is not None else ("bid", f"ask, {new_ask:f}")
        raise PriceProblem(field, f"must not be {'below' if field == 'ask' else 'above'} the {other}")
    return replace(market, last=last or market.last, bid=new_bid, ask=new_ask, at=at)


def _noted(market: Market, at: int, *, is_set: bool) -> Market:
    """The market after a change of its prices, which its history has if a last price was set that it does not show."""
    sequence, prices = market.sequence + 1, market.prices
    if is_set and market.last != market.last_price:
        prices = prices.having(PriceChange(at, market.last, sequence), at, f"{sequence:020}")
    return replace(market, sequence=sequence, prices=prices)
