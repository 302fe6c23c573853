"""An order in the books: what it holds, its fills, and how it ends. Whether and when is decided elsewhere.

What an order holds is in proportion to what is left of it, so each fill and each cancellation frees its share exactly.
An order that ends in the call that placed it is never one of the active orders.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from simulator.core import money
from simulator.core.mint import Mint
from simulator.core.money import ZERO
from simulator.core.refusals import Reason, Refusal
from simulator.core.trading import late_reports
from simulator.core.trading.amounts import FillProblem, Liquidity, check_fill, hold_of, share_of, spent
from simulator.core.world import (
    Draft,
    Due,
    DueKind,
    Fill,
    Market,
    Match,
    Order,
    OrderHold,
    OrderStatus,
    Side,
    Symbol,
)

ACCOUNT: Final = "trade"
"""The account that pays for orders and gets what they buy [H98/trade-account]."""
FIRST_FILL: Final = 19_814_995_000_000
FIRST_TRADE: Final = 11_029_373_945_600_000
"""Numbers of KuCoin's magnitude. Trades are numbered in steps of two: a double holds no odd number of that size."""


def book(draft: Draft, order: Order, at: int) -> Order:
    """Hold the money of a new order, and note its clientOid. The order is not one of the active ones yet."""
    symbol = draft.symbols[order.terms.symbol]
    currency, amount = hold_of(symbol, draft.market(symbol.symbol), order)
    account = draft.wallet(order.user).account(currency, ACCOUNT)
    if account.available < amount:
        raise Refusal(
            Reason.ORDER_BALANCE_INSUFFICIENT,
            expected=f"{money.plain(amount)} {currency} in {ACCOUNT}",
            received=f"{money.plain(account.available)} {currency}",
        )
    draft.orders_made = order.number
    order = replace(order, held=amount)
    _note_hold(draft, order, currency, amount, at)
    if order.client_oid:
        trader = draft.trader(order.user)
        draft.put(replace(trader, client_oids=trader.client_oids.insert(order.client_oid, order.id)))
    late_reports.schedule(draft, order, at)
    return order


def activate(draft: Draft, order: Order, at: int) -> Order:
    """The booked order is one of the active orders from now on, until it ends."""
    terms = order.terms
    trader, history = draft.trader(order.user), draft.order_history(order.user, terms.symbol)
    count = trader.active.get(terms.symbol, 0) + 1
    draft.put(
        order,
        replace(history, active=history.active.insert(order.id, order.number)),
        replace(trader, active=trader.active.insert(terms.symbol, count)),
    )
    if terms.cancel_after > 0:
        draft.agenda = draft.agenda.having(Due(at + terms.cancel_after * 1000, DueKind.ORDER_EXPIRY, order.id))
    return order


def enter(draft: Draft, order: Order, at: int) -> Order:
    """The order is in the book from now on. If no plan fills it, a price that crosses it does."""
    order = replace(order, status=OrderStatus.OPEN, in_book=True, updated_at=at)
    terms = order.terms
    assert terms.price is not None
    if not order.planned:
        resting = draft.resting(terms.symbol)
        draft.put(resting.having(terms.side, terms.price, order.id, order.number))
    draft.put(order)
    return order


def fill(
    draft: Draft, order: Order, size: Decimal, price: Decimal, liquidity: Liquidity, at: int, *, lost: bool = False
) -> Order:
    """Trade so much of an order with the other side, at `at` (ms). `lost` = the feeds never report it.

    Raises `FillProblem` if it is too much or beyond the price of the order.
    """
    symbol = order.terms.symbol
    check_fill(draft.market(symbol), draft.symbols[symbol], order, size, price, liquidity)
    return trade(draft, order, size, price, liquidity, at, lost=lost)


def trade(
    draft: Draft, order: Order, size: Decimal, price: Decimal, liquidity: Liquidity, at: int, *, lost: bool = False
) -> Order:
    """Trade a size at a price. It is not checked that both fit the order.

    A buy pays the funds and the fee, a sell gets the funds without the fee; the share of the hold is freed [H98/fills].
    """
    terms = order.terms
    symbol = draft.symbols[terms.symbol]
    rate = order.taker_fee_rate if liquidity == "taker" else order.maker_fee_rate
    funds = money.multiply(price, size)
    fee, rest = money.multiply(funds, rate), order.rest
    part = funds if terms.size is None else size
    left = money.subtract(rest, part)
    canceled_funds = order.canceled_funds
    if terms.size is None and left and spent(order, symbol, left, size, price):
        canceled_funds, left = money.add(canceled_funds, left), ZERO
    released = order.held
    if left:
        released = size if terms.side is Side.SELL else share_of(symbol, order, part)
    number = draft.trades_made + 1
    trade_id = FIRST_TRADE + 2 * number
    row = Fill(
        id=_move_id(draft, at),
        number=FIRST_FILL + number,
        trade_id=trade_id,
        order_id=order.id,
        counter_order_id=Mint(draft.base, at).counter_order_id(number),
        user=order.user,
        symbol=terms.symbol,
        side=terms.side,
        type=terms.type,
        liquidity=liquidity,
        price=price,
        size=size,
        funds=funds,
        fee=fee,
        fee_rate=rate,
        released=released,
        at=at,
        lost=lost,
    )
    _pay(draft, symbol, row)
    draft.trades_made = number
    draft.moves_made += 1
    draft.everybody = draft.everybody.with_fill(row)
    history = draft.order_history(order.user, terms.symbol)
    draft.put(
        draft.statement(order.user).with_fill(row),
        replace(history, fills=history.fills.having(row, at, row.id)),
        _traded(draft.market(terms.symbol), row),
    )
    if order.tagged and order.client_id in draft.base.clients:
        draft.put(draft.broker_book(order.client_id).with_fill(row))
    order = replace(
        order,
        status=order.status if left else OrderStatus.FILLED,
        deal_size=money.add(order.deal_size, size),
        deal_funds=money.add(order.deal_funds, funds),
        fee=money.add(order.fee, fee),
        canceled_funds=canceled_funds,
        held=money.subtract(order.held, released),
        fills=order.fills.having(row, at, row.id),
        updated_at=at,
    )
    late_reports.schedule(draft, order, at)
    if left == 0:
        return _closed(draft, replace(order, end_lost=lost) if lost else order)
    draft.put(order)
    return order


def end(
    draft: Draft, order: Order, status: OrderStatus, at: int, size: Decimal | None = None, *, lost: bool = False
) -> Order:
    """End an order, and give back what it holds. With a `size` only so much of it is canceled.

    Of an order by funds `size` is an amount of these. `lost` = the feeds never report it.
    """
    rest = order.rest
    part = rest if size is None else size
    if not order.status.active:
        raise FillProblem(f"the order is {order.status.value}")
    if not 0 < part <= rest or (part != rest and status is not OrderStatus.CANCELED):
        raise FillProblem(f"at most {money.plain(rest)} of the order can be canceled")
    terms, symbol = order.terms, draft.symbols[order.terms.symbol]
    released = order.held if part == rest else share_of(symbol, order, part)
    funds = part if terms.size is None else ZERO if terms.price is None else money.multiply(part, terms.price)
    order = replace(
        order,
        canceled_size=order.canceled_size if terms.size is None else money.add(order.canceled_size, part),
        canceled_funds=money.add(order.canceled_funds, funds),
        held=money.subtract(order.held, released),
        updated_at=at,
    )
    if released:
        currency = symbol.quote if terms.side is Side.BUY else symbol.base
        _note_hold(draft, order, currency, money.negative(released), at)
    if part == rest:
        return _closed(draft, replace(order, status=status, end_lost=lost))
    draft.put(order)
    return order


def _closed(draft: Draft, order: Order) -> Order:
    """Take an order that has ended out of everything that is about active ones."""
    terms = order.terms
    history = draft.order_history(order.user, terms.symbol)
    done = history.done.having(order, order.updated_at, f"{len(history.done):012}")
    if order.id not in history.active:
        draft.put(order, replace(history, done=done))
        return order
    trader = draft.trader(order.user)
    count = trader.active[terms.symbol] - 1
    active = trader.active.insert(terms.symbol, count) if count else trader.active.remove(terms.symbol)
    draft.put(
        order,
        replace(history, active=history.active.remove(order.id), done=done),
        replace(trader, active=active),
    )
    if order.in_book and not order.planned:
        assert terms.price is not None
        draft.put(draft.resting(terms.symbol).without(terms.side, terms.price, order.id))
    if terms.cancel_after > 0:
        draft.agenda = draft.agenda.without(DueKind.ORDER_EXPIRY, order.id)
    if order.planned:
        draft.agenda = draft.agenda.without(DueKind.PLAN_STEP, order.id)
    return order


def _pay(draft: Draft, symbol: Symbol, row: Fill) -> None:
    """Move the money of a fill: between the trade account, the other side, and the fees."""
    buys = row.side is Side.BUY
    quote = money.subtract(ZERO, money.add(row.funds, row.fee)) if buys else money.subtract(row.funds, row.fee)
    base = row.size if buys else money.negative(row.size)
    frees = money.negative(row.released)
    wallet = draft.wallet(row.user)
    wallet = wallet.changed(symbol.quote, ACCOUNT, quote, frees if buys else ZERO)
    wallet = wallet.changed(symbol.base, ACCOUNT, base, ZERO if buys else frees)
    paid_in = symbol.quote if buys else symbol.base
    if (available := wallet.account(paid_in, ACCOUNT).available) < 0:
        missing = money.plain(money.negative(available))
        raise FillProblem(f"{missing} {paid_in} are missing in {ACCOUNT}: the price is worse than what was held")
    pots = draft.pot(symbol.quote), draft.pot(symbol.base)
    funds = row.funds if buys else money.negative(row.funds)
    draft.put(
        wallet,
        replace(pots[0], traded=money.add(pots[0].traded, funds), trading_fee=money.add(pots[0].trading_fee, row.fee)),
        replace(pots[1], traded=money.subtract(pots[1].traded, base)),
    )


def _note_hold(draft: Draft, order: Order, currency: str, amount: Decimal, at: int) -> None:
    """Hold an amount more, or less if it is below zero."""
    row = OrderHold(_move_id(draft, at), order.id, order.user, currency, amount, at)
    draft.moves_made += 1
    draft.everybody = draft.everybody.with_order_hold(row)
    draft.put(
        draft.wallet(order.user).changed(currency, ACCOUNT, ZERO, amount),
        draft.statement(order.user).with_order_hold(row),
    )


def _move_id(draft: Draft, at: int) -> str:
    """The id of the next move: an ObjectId of the step, which sorts among those of transfers, and a count of moves."""
    return Mint(draft.base, at).row_id(draft.moves_made + 1)


def _traded(market: Market, row: Fill) -> Market:
    """The market with one more trade, whose price is shown as the last one. What was set stays as it is."""
    takes = row.liquidity == "taker"
    side = row.side if takes else Side.SELL if row.side is Side.BUY else Side.BUY
    orders = (row.counter_order_id, row.order_id) if takes else (row.order_id, row.counter_order_id)
    match = Match(row.trade_id, market.sequence + 1, row.at, side, row.price, row.size, *orders)
    matches = market.matches.having(match, row.at, f"{row.trade_id:020}")
    return replace(market, sequence=market.sequence + 1, matches=matches)
