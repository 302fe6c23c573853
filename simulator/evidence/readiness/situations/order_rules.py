"""Situations of spot orders: orders that a symbol, a market, a balance, a key or the gateway does not allow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from simulator.core import money
from simulator.core.refusals import Refusal
from simulator.evidence.readiness.detectors.combinators import Sign, again, either, final, foreseen, reached_by, watch
from simulator.evidence.readiness.detectors.orders import (
    ADDS,
    BATCHES,
    CANCELS,
    CLEARING,
    MONEY,
    needed,
    orders_made,
    same_terms,
)
from simulator.evidence.readiness.detectors.requests import KEY_CALLS, TRANSFERS, number_of
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Detector, Situation

ALL_ADDS: Final = (*ADDS, "add_stop_order", "alter_order")
"""The calls that can be refused for the order that they ask for."""
PLACING: Final = (*ALL_ADDS, *BATCHES, "check_order", "check_order_old")
TRADING: Final = tuple(dict.fromkeys((*PLACING, *CANCELS, *CLEARING)))
SYMBOLS: Final = ("list_symbols", "get_symbol")
PRICES: Final = ("get_ticker", "list_tickers")
FREED: Final = Sign((*CANCELS, *CLEARING), "canceled an order", ("OK",))
MOVED: Final = Sign(TRANSFERS, "moved money", ("OK",))
KEY: Final = Sign(KEY_CALLS, "made another key", ("OK",))
FILLED_UP: Final = 2
"""Repetitions, before the pool is full, from which on a broker is said to knock."""


def _in_main(history: History, place: int) -> bool:
    """True if the main account has what the order lacks in the trading account."""
    result, entry = history.entries[place].outcome.result, history.entries[place]
    if not isinstance(result, Refusal):
        return False
    (needs, rest), (there, _) = (text.partition(" ")[::2] for text in (result.expected, result.received))
    amounts = number_of(needs), number_of(there)
    if amounts[0] is None or amounts[1] is None:  # a fault has refused it, so that there are no amounts
        return False
    account = entry.before.wallet(history.parties[place][1]).account(rest.partition(" ")[0], "main")
    return account.available >= money.subtract(amounts[0], amounts[1])


def _moved_first(history: History, place: int) -> bool:
    """True if the trading account could not have paid the order before money was moved there."""
    moved = history.last_ok(place, TRANSFERS)
    if moved is None:
        return False
    user = history.parties[place][1]
    worlds = (history.entries[moved].before, history.entries[place].before)
    return any(
        before < needed(order) <= now
        for order in orders_made(history, place)
        for before, now in [[world.wallet(user).account(order.held_in, "trade").available for world in worlds]]
    )


def _in_no_account(history: History, place: int) -> bool:
    return not _in_main(history, place)


def _closed_still(history: History, place: int, later: int) -> bool:
    """True if the same order comes again before the pool is full, as the answer has said it."""
    meter = history.entries[place].outcome.meter
    waited = history.at(later).wall - history.at(place).wall
    return waited < (meter.reset if meter else 0) and same_terms(history, place, later)


def _let_in(history: History, place: int, later: int) -> bool:
    return history.word(later) not in ("RATE_LIMITED", "NOT_PERFORMED") and same_terms(history, place, later)


def _refused(reasons: Iterable[str], what: str, *helped_by: Sign) -> Detector:
    return final(ALL_ADDS, reasons, what, helped_by=helped_by)


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "orders/turned-away", "An order is turned away with 429 by the gateway.",
        "The order was not judged: it was not accepted, and can be sent again.",
        "The order is lost, or the pool never fills because the broker knocks.",
        "Wait as long as gw-ratelimit-reset says, and send the same order with the same clientOid.",
        "order-burst", "orders", ADDS, ("rest/rate-window", "rest/rate-headers"),
        watch(
            reached_by(ADDS, ("RATE_LIMITED",)), "was turned away with 429",
            broken=(Sign(ADDS, "knocked again and again before the pool was full", ("RATE_LIMITED",), _closed_still, times=FILLED_UP),),
            handled=(Sign(ADDS, "was let in", when=_let_in),),
        ),
    ),
    Situation(
        "orders/increment", "A price, a size or funds have more digits than the symbol has.",
        "400100: each is a multiple of its increment, and KuCoin rounds nothing.",
        "Every order of a customer fails who types more digits.",
        "Read GET /api/v2/symbols/{symbol}, and round: the size down, the price towards the customer's side.",
        "order-increments", "orders", ALL_ADDS, ("H106/increments",),
        _refused(("PRICE_INCREMENT_INVALID", "SIZE_INCREMENT_INVALID", "FUNDS_INCREMENT_INVALID"), "had too many digits", Sign(SYMBOLS, "looked at the symbol", ("OK",), weak=True)),
    ),
    Situation(
        "orders/below-minimum", "An order is smaller than the symbol allows.",
        "Refused by baseMinSize, quoteMinSize or minFunds.",
        "The rest of a position can never be sold, and a job tries for ever.",
        "Show the minimum in the form, and do not leave a rest that is smaller.",
        "order-below-minimum", "orders", ALL_ADDS, ("H106/minimums",),
        _refused(("SIZE_BELOW_MINIMUM", "FUNDS_BELOW_MINIMUM", "ORDER_FUNDS_BELOW_MINIMUM"), "was less than the minimum", Sign(SYMBOLS, "looked at the symbol", ("OK",), weak=True)),
    ),
    Situation(
        "orders/above-maximum", "An order is larger than the symbol allows.",
        "Refused by baseMaxSize or quoteMaxSize.",
        "A large customer cannot order.",
        "Split the order.",
        "", "orders", ALL_ADDS, ("H106/minimums",),
        _refused(("SIZE_ABOVE_MAXIMUM", "FUNDS_ABOVE_MAXIMUM"), "was more than the maximum"),
        "Let frank order 0.01 BTC.",
        lines="given: {users: {frank: {trade: {USDT: '1000'}}}, symbols: {BTC-USDT: {base_max_size: '0.005'}}}",
    ),
    Situation(
        "orders/malformed-number", "A size, a price or funds are no positive number.",
        "300000.",
        "A form that lets a comma or a minus through loses its orders.",
        "Check the form, and send decimal numbers with a point as text.",
        "typed-numbers", "orders", ALL_ADDS, ("H106/numbers",),
        _refused(("ORDER_NUMBER_INVALID",), "had a malformed number"),
    ),
    Situation(
        "orders/price-too-far", "A price is too far from the market.",
        "400370 Max. price or Min. price: a limit order may be priceLimitRate worse than the best price of the other side.",
        "A mistyped price is tried for ever.",
        "Hold the price against the ticker, and ask the customer.",
        "order-price-too-far", "orders", ALL_ADDS, ("H99/protection",),
        _refused(("PRICE_ABOVE_LIMIT", "PRICE_BELOW_LIMIT"), "had a price too far from the market", Sign(PRICES, "looked at the prices", ("OK",), weak=True)),
    ),
    Situation(
        "orders/money-in-main", "The money for an order lies in the main account.",
        "200004: orders are paid from the trading account alone.",
        "The customer's money is there, and cannot be used.",
        "Look at both accounts, transfer price x size and the fee, and order.",
        "order-money-in-main", "orders", ALL_ADDS, ("H98/trade-account", "H98/holds"),
        either(
            final(ALL_ADDS, ("ORDER_BALANCE_INSUFFICIENT",), "could not be paid from the trading account", when=_in_main, helped_by=(MOVED,)),
            foreseen(reached_by(PLACING, ("OK",), _moved_first), "was paid after money had been moved into the trading account"),
        ),
    ),
    Situation(
        "orders/balance-short", "The money for an order is not there, or other orders hold it.",
        "200004: an order holds price x size and the fee ahead.",
        "A job repeats an order that cannot be paid; or the fee is forgotten, and all of the balance can never be used.",
        "Look at what is available, leave room for the fee, and tell the customer.",
        "", "orders", ALL_ADDS, ("H98/holds",),
        final(ALL_ADDS, ("ORDER_BALANCE_INSUFFICIENT",), "could not be paid", when=_in_no_account, helped_by=(MOVED, FREED, Sign(MONEY, "looked at the money", ("OK",), weak=True))),
        "Let frank buy 0.001 BTC at 60000: with the fee ahead it costs more than 60 USDT.",
        lines="given: {users: {frank: {balances: {USDT: '0'}, trade: {USDT: '60'}}}}",
    ),
    Situation(
        "orders/without-permission", "The key may not trade.",
        "400007: the user has not granted API_SPOT.",
        "Orders of this user fail for ever.",
        "Read authGroup in the answer with the key, and guide the user to grant trading at another login.",
        "order-without-permission", "orders", TRADING, ("s3/permissions",),
        final(TRADING, ("PERMISSION_MISSING",), "ordered with a key that may not trade", helped_by=(KEY,)),
    ),
    Situation(
        "orders/symbol-unknown", "There is no such symbol.",
        "900001: symbols are two currencies with a hyphen between them.",
        "A market that was renamed or taken off the list is asked for every minute.",
        "Read the list of symbols once a day.",
        "delisted", "orders", PLACING, ("H110/symbol-list",),
        _refused(("SYMBOL_UNKNOWN",), "named a symbol that there is not", Sign(SYMBOLS, "looked at the symbols", ("OK",), weak=True)),
    ),
    Situation(
        "orders/symbol-closed", "A symbol is not open for trading.",
        "400600: enableTrading is false.",
        "A job repeats an order that cannot be placed.",
        "Look at enableTrading, and tell the customer.",
        "closed-for-now", "orders", ALL_ADDS, ("H110/symbol-list",),
        _refused(("SYMBOL_NOT_AVAILABLE",), "ordered a symbol that is closed", Sign(SYMBOLS, "looked at the symbol", ("OK",), weak=True)),
    ),
    Situation(
        "orders/too-many", "The user has too many active orders.",
        "200003: 200 of a symbol, 2000 in all.",
        "New orders fail while old ones are forgotten in the book.",
        "Cancel what is not needed.",
        "", "orders", ADDS, ("rest/order-limits",),
        final(ADDS, ("TOO_MANY_ORDERS",), "was one order too many", helped_by=(FREED,)),
        "Place an order.",
        lines="faults: [{operation: add_order, times: 1, refuse: TOO_MANY_ORDERS}]",
    ),
    Situation(
        "orders/user-frozen", "A frozen user orders.",
        "411100, and nothing that a broker does can help.",
        "Everybody's orders wait behind those of a frozen user.",
        "Tell the user, and go on with the others.",
        "frozen-meanwhile", "orders", ALL_ADDS, ("H54/money-errors",),
        _refused(("USER_FROZEN",), "was refused because the user is frozen"),
    ),
    Situation(
        "orders/too-late", "An order arrives later than its own time window allows.",
        "An order with clientTimestamp and allowMaxTimeWindow fails when it was too long on its way.",
        "The same old request is repeated, and is later each time.",
        "Decide again whether the order is wanted, and send it with a new clientTimestamp.",
        "", "orders", ADDS, ("H105/time-window",),
        watch(
            reached_by(ADDS, ("CLIENT_TIME_WINDOW_PASSED",)), "came later than its window allows",
            broken=(again(ADDS, "sent the same old request again and again"),), handled=(Sign(ADDS, "sent it anew", when=lambda history, _, later: history.word(later) != "CLIENT_TIME_WINDOW_PASSED"),), end=True, ending="nothing sent it again and again",
        ),
        "Send an order with the clientTimestamp of now and allowMaxTimeWindow 1000: KuCoin's clock is four seconds further, as if the order had been on its way so long.",
        lines="clock: {wall_offset: 4s}",
    ),
)
# fmt: on
