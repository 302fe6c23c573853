"""The rules of placing an order: what a symbol, a market and a user allow; and the order that comes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core import money
from simulator.core.funds.balances import check_active
from simulator.core.mint import Mint
from simulator.core.money import EXACT, ONE
from simulator.core.refusals import Reason, Refusal
from simulator.core.trading import fee_rates
from simulator.core.trading.amounts import taker_price
from simulator.core.trading.order_parameters import read_terms
from simulator.core.trading.plans import plan_of
from simulator.core.world import (
    ApiKey,
    Draft,
    Market,
    Now,
    Order,
    OrderTerms,
    Side,
    StopOrder,
    Symbol,
    User,
    World,
)

__all__ = ["check_terms", "new_order", "order_of_stop", "read_terms"]
MOST_OF_A_SYMBOL: Final = 200
MOST_OF_A_USER: Final = 2000
"""How many orders may be active or wait for a price at once [rest/order-limits] [H102/stop-limits]."""


def check_terms(books: World | Draft, user: User, terms: OrderTerms, *, waits: bool = False) -> Symbol:
    """Refuse what the user, the symbol or the market does not allow, and return the symbol; money is looked at later.

    `waits` = the order waits for a price: the market's prices of now are no measure.
    """
    check_active(user)
    symbol = find_symbol(books, terms.symbol)
    if not symbol.enabled:
        raise Refusal(Reason.SYMBOL_NOT_AVAILABLE, expected="a symbol that is open for orders", received=symbol.symbol)
    market = books.market(symbol.symbol)
    _check_increments(symbol, terms)
    _check_amounts(symbol, market, terms)
    if not waits and terms.price is not None:
        _check_protection(symbol, market, terms.side, terms.price)
    _check_count(books, user, symbol)
    return symbol


def find_symbol(books: World | Draft, name: str) -> Symbol:
    """The symbol, or the refusal of an unknown one."""
    symbol = books.symbols.get(name)
    if symbol is None:
        raise Refusal(Reason.SYMBOL_UNKNOWN, expected="a symbol of /api/v2/symbols", received=name)
    return symbol


def _check_increments(symbol: Symbol, terms: OrderTerms) -> None:
    """Refuse what is no multiple of the symbol's increments [H106/increments]."""
    if terms.price is not None:
        check_increment(Reason.PRICE_INCREMENT_INVALID, terms.price, symbol.price_increment)
    if terms.size is not None:
        check_increment(Reason.SIZE_INCREMENT_INVALID, terms.size, symbol.base_increment)
    if terms.funds is not None:
        check_increment(Reason.FUNDS_INCREMENT_INVALID, terms.funds, symbol.quote_increment)


def check_increment(reason: Reason, amount: Decimal, increment: Decimal) -> None:
    """Refuse an amount that is no multiple of an increment."""
    if EXACT.remainder(amount, increment):
        raise Refusal(reason, expected=f"a multiple of {money.plain(increment)}", received=money.plain(amount))


def _check_amounts(symbol: Symbol, market: Market, terms: OrderTerms) -> None:
    """Refuse what is less or more than the symbol allows; the bounds themselves pass [H106/minimums]."""
    if terms.size is not None:
        _check_bounds(terms.size, symbol.base, symbol.base_min_size, symbol.base_max_size, *SIZE_REASONS)
    if terms.funds is not None:
        _check_bounds(terms.funds, symbol.quote, symbol.quote_min_size, symbol.quote_max_size, *FUNDS_REASONS)
    funds = terms.funds
    if funds is None:
        assert terms.size is not None
        price = taker_price(market, terms.side) if terms.price is None else terms.price
        funds = money.multiply(price, terms.size)
    if funds < symbol.min_funds:
        least_funds = money.plain(symbol.min_funds)
        raise Refusal(
            Reason.ORDER_FUNDS_BELOW_MINIMUM,
            expected=f"at least {least_funds} {symbol.quote}",
            received=f"{money.plain(funds)} {symbol.quote}",
            minimum=least_funds,
            currency=symbol.quote,
        )


def _check_bounds(amount: Decimal, currency: str, least: Decimal, most: Decimal, below: Reason, above: Reason) -> None:
    if amount < least:
        expected = f"at least {money.plain(least)} {currency}"
        raise Refusal(below, expected=expected, received=f"{money.plain(amount)} {currency}")
    if amount > most:
        expected = f"at most {money.plain(most)} {currency}"
        raise Refusal(above, expected=expected, received=f"{money.plain(amount)} {currency}")


SIZE_REASONS: Final = (Reason.SIZE_BELOW_MINIMUM, Reason.SIZE_ABOVE_MAXIMUM)
FUNDS_REASONS: Final = (Reason.FUNDS_BELOW_MINIMUM, Reason.FUNDS_ABOVE_MAXIMUM)


def _check_protection(symbol: Symbol, market: Market, side: Side, price: Decimal) -> None:
    """Refuse a price that is more than the threshold worse than the best one of the other side [H99/protection]."""
    rate = symbol.price_limit_rate
    if side is Side.BUY:
        limit = money.multiply(market.ask, money.add(ONE, rate))
        if price > limit:
            raise Refusal(
                Reason.PRICE_ABOVE_LIMIT,
                expected=f"at most {money.plain(limit)}",
                received=money.plain(price),
                price_bound=money.padded(limit, 20),
            )
        return
    limit = money.multiply(market.bid, money.subtract(ONE, rate))
    if price < limit:
        raise Refusal(
            Reason.PRICE_BELOW_LIMIT,
            expected=f"at least {money.plain(limit)}",
            received=money.plain(price),
            price_bound=money.padded(limit, 20),
        )


def _check_count(books: World | Draft, user: User, symbol: Symbol) -> None:
    trader = books.trader(user.name)
    active, waiting = trader.active, trader.waiting
    if active.get(symbol.symbol, 0) + waiting.get(symbol.symbol, 0) >= MOST_OF_A_SYMBOL:
        expected = f"at most {MOST_OF_A_SYMBOL} orders in {symbol.symbol} that are active or wait for a price"
        raise Refusal(Reason.TOO_MANY_ORDERS, expected=expected, received="one more")
    if sum(active.values()) + sum(waiting.values()) >= MOST_OF_A_USER:
        expected = f"at most {MOST_OF_A_USER} orders that are active or wait for a price"
        raise Refusal(Reason.TOO_MANY_ORDERS, expected=expected, received="one more")


def check_client_oid(books: World | Draft, user: str, client_oid: str) -> None:
    """Refuse a clientOid that the user has used; by the switch, only one of an active order [H107/client-oid]."""
    order_id = books.trader(user).client_oids.get(client_oid) if client_oid else None
    if order_id is None:
        return
    world = books.base if isinstance(books, Draft) else books
    if world.choices.repeated_order_client_oid == "allow_after_end" and not books.order(order_id).status.active:
        return
    raise Refusal(Reason.ORDER_CLIENT_OID_USED, expected="a clientOid that was not used before", received=client_oid)


def new_order(
    books: World | Draft,
    key: ApiKey,
    terms: OrderTerms,
    client_oid: str,
    tagged: bool,
    now: Now,
    *,
    replaces: bool = False,
) -> Order:
    """The order that a key places, with its plan; nothing is booked. Its terms have been checked.

    `replaces` = it keeps the clientOid of the order in whose place it comes.
    """
    if not replaces:
        check_client_oid(books, key.user, client_oid)
    return _order(books, key.user, key.api_key, key.client_id, terms, client_oid, tagged, now)


def order_of_stop(draft: Draft, stop: StopOrder, now: Now) -> Order:
    """The order that comes of a stop order, with the same clientOid."""
    return _order(draft, stop.user, stop.api_key, stop.client_id, stop.terms, stop.client_oid, stop.tagged, now)


def _order(
    books: World | Draft,
    user: str,
    api_key: str,
    client_id: str,
    terms: OrderTerms,
    client_oid: str,
    tagged: bool,
    now: Now,
) -> Order:
    world = books.base if isinstance(books, Draft) else books
    number = books.orders_made + 1
    taker, maker = fee_rates.rates(world.users[user], world.symbols[terms.symbol])
    return Order(
        id=Mint(world, now.business).order_id(number),
        number=number,
        user=user,
        api_key=api_key,
        client_id=client_id,
        client_oid=client_oid,
        tagged=tagged,
        terms=terms,
        taker_fee_rate=taker,
        maker_fee_rate=maker,
        plan=plan_of(world, user, terms, client_oid),
        created_at=now.business,
        updated_at=now.business,
    )
