"""How much an order holds, buys and may cost, and which fills it allows."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from simulator.core import money
from simulator.core.money import EXACT, ONE, ROUNDING, ZERO
from simulator.core.world import Market, Order, OrderTerms, Side, Symbol
from simulator.core.world.order_terms import OrderType, TimeInForce

Liquidity = Literal["maker", "taker"]


class FillProblem(Exception):
    """An order cannot be filled or canceled in that way. The text says why."""


def multiple_below(amount: Decimal, increment: Decimal) -> Decimal:
    """The greatest multiple of an increment that is not above the amount."""
    count = ROUNDING.divide_int(amount, increment)
    return EXACT.multiply(count, increment)


def affordable(funds: Decimal, price: Decimal, increment: Decimal) -> Decimal:
    """How much of the base currency so much of the quote currency is at a price, a multiple of the increment."""
    return multiple_below(ROUNDING.divide(funds, price), increment)


def taker_price(market: Market, side: Side) -> Decimal:
    """The price at which the other side trades at once."""
    return market.ask if side is Side.BUY else market.bid


def crosses(market: Market, terms: OrderTerms) -> bool:
    """True if an order trades at once at the market's prices."""
    if terms.price is None:
        return True
    return terms.price >= market.ask if terms.side is Side.BUY else terms.price <= market.bid


def hold_of(symbol: Symbol, market: Market, order: Order) -> tuple[str, Decimal]:
    """The currency and the amount that an order holds when it is accepted: the fee ahead for a buy [H98/holds]."""
    terms = order.terms
    price = taker_price(market, terms.side) if terms.price is None else terms.price
    if terms.side is Side.SELL:
        if terms.size is not None:
            return symbol.base, terms.size
        assert terms.funds is not None
        return symbol.base, affordable(terms.funds, price, symbol.base_increment)
    funds = terms.funds if terms.size is None else money.multiply(price, terms.size)
    assert funds is not None
    rate = max(order.taker_fee_rate, order.maker_fee_rate)
    return symbol.quote, money.multiply(funds, money.add(ONE, rate))


def share_of(symbol: Symbol, order: Order, part: Decimal) -> Decimal:
    """What such a part of an order's rest frees of its hold: exactly its share, which is a finite number.

    Only the share of a sell by funds is none: it is floored to the base increment, so what stays suffices for the rest.
    """
    amount = money.multiply(order.held, part)
    if order.terms.side is Side.SELL and order.terms.size is None:
        return multiple_below(ROUNDING.divide(amount, order.rest), symbol.base_increment)
    return EXACT.divide(amount, order.rest)


def worst_price(market: Market, symbol: Symbol, terms: OrderTerms) -> Decimal:
    """The price beyond which an order never trades: its own, or the threshold of a market order [H99/market-orders]."""
    if terms.price is not None:
        return terms.price
    rate = symbol.price_limit_rate if terms.side is Side.BUY else money.negative(symbol.price_limit_rate)
    return money.multiply(taker_price(market, terms.side), money.add(ONE, rate))


def check_fill(
    market: Market, symbol: Symbol, order: Order, size: Decimal, price: Decimal, liquidity: Liquidity
) -> None:
    """Raise `FillProblem` if an order cannot be filled like that: nothing fills above its size or beyond its price."""
    terms, rest = order.terms, order.rest
    if not order.status.active:
        raise FillProblem(f"the order is {order.status.value}")
    most = rest if terms.size is not None else affordable(rest, price, symbol.base_increment) if price > 0 else ZERO
    if terms.side is Side.SELL:
        most = min(most, order.held)
    if price <= 0:
        raise FillProblem(f"the price must be more than zero, and not {money.plain(price)}")
    if not 0 < size <= most:
        raise FillProblem(f"the size must be more than 0 and at most {money.plain(most)}, what is left of the order")
    if size != most and EXACT.remainder(size, symbol.base_increment):
        raise FillProblem(f"the size must be a multiple of {money.plain(symbol.base_increment)}")
    worst = worst_price(market, symbol, terms)
    if price > worst if terms.side is Side.BUY else price < worst:
        raise FillProblem(f"the price of this {terms.side.value} must not be worse than {money.plain(worst)}")
    if terms.post_only and terms.rests and liquidity == "taker":
        raise FillProblem("a postOnly order is never a taker")
    if not terms.rests and liquidity == "maker":
        raise FillProblem("an order that never is in the book is no maker")
    if terms.time_in_force is TimeInForce.FOK and terms.type is OrderType.LIMIT and size != rest:
        raise FillProblem("a FOK order is filled as a whole")


def spent(order: Order, symbol: Symbol, left: Decimal, size: Decimal, price: Decimal) -> bool:
    """True if no more can be traded of an order by funds: what is left buys nothing, or no base currency is held."""
    if order.terms.side is Side.SELL and size == order.held:
        return True
    return affordable(left, price, symbol.base_increment) == 0
