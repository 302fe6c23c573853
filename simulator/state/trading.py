"""Checks of an imported state's markets, orders and fills: an order must be what its fills and holds make of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final

from simulator.core import money
from simulator.core.money import ZERO, plain
from simulator.core.trading import late_reports
from simulator.core.trading.booking import FIRST_FILL, FIRST_TRADE
from simulator.core.world import DueKind, Fill, Order, OrderStatus, OrderType, Side, World
from simulator.state.totals import Mismatch
from simulator.state.trading_indexes import rests


def problems(world: World) -> Iterator[Mismatch]:
    """All mismatches but those of the holds in wallets and the sums in pots."""
    yield from _markets(world)
    moved = _moved_by_order(world)
    for name, order in world.orders.items():
        for field, detail in _order(world, order, moved[name]):
            yield f".world.orders[{name}]{field}", detail
    yield from _repeated(world)
    yield from _rows_of_holds(world)
    yield from _counters(world)
    yield from _stop_orders(world)
    yield from _agenda(world)


def _markets(world: World) -> Iterator[Mismatch]:
    for name, symbol in world.symbols.items():
        if name != f"{symbol.base}-{symbol.quote}":
            yield f".world.symbols[{name}]", f"must be named {symbol.base}-{symbol.quote}, by its currencies"
        for currency in (symbol.base, symbol.quote):
            if currency not in world.currencies:
                yield f".world.symbols[{name}]", f"{currency} is none of the currencies"
        for increment in ("base_increment", "quote_increment", "price_increment"):
            if getattr(symbol, increment) <= 0:
                yield f".world.symbols[{name}].{increment}", "must be more than zero"
        if name not in world.markets:
            yield f".world.markets[{name}]", "is missing: each symbol has its prices"
    for name, market in world.markets.items():
        if name not in world.symbols:
            yield f".world.markets[{name}].symbol", f"{name} is none of the symbols"
        if not 0 < market.bid <= market.ask:
            yield f".world.markets[{name}].bid", "must be more than zero and not above the ask"
        if market.last <= 0:
            yield f".world.markets[{name}].last", "must be more than zero"
        if any(change.last <= 0 for change in market.prices):
            yield f".world.markets[{name}].prices", "must be more than zero, each of them"
        for place, (newer, older) in enumerate(pairwise(market.prices)):
            if newer.sequence <= older.sequence:
                yield (
                    f".world.markets[{name}].prices.rows[{place}]",
                    "must be later than the one after it",
                )


def _moved_by_order(world: World) -> defaultdict[str, Decimal]:
    """What each order has set aside less what it has given back, fills apart."""
    moved: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for statement in world.statements.values():
        for row in statement.order_holds:
            moved[row.order_id] = money.add(moved[row.order_id], row.amount)
    return moved


def _order(world: World, order: Order, moved: Decimal) -> Iterator[Mismatch]:
    """(field, what is wrong) of one order."""
    terms = order.terms
    if order.user not in world.users:
        yield ".user", f"{order.user} is none of the users"
    if terms.symbol not in world.symbols:
        yield ".terms.symbol", f"{terms.symbol} is none of the symbols"
    if (terms.size is None) == (terms.funds is None):
        yield ".terms", "must have exactly one of size and funds"
        return
    if (terms.price is None) is (terms.type is OrderType.LIMIT):
        yield ".terms.price", "is of a limit order and of no other"
        return
    for place, fill in enumerate(order.fills):
        for field, detail in _fill(order, fill):
            yield f".fills.rows[{place}]{field}", detail
    for name in ("size", "funds", "fee"):
        field = name if name == "fee" else f"deal_{name}"
        total = _sum(getattr(fill, name) for fill in order.fills)
        if getattr(order, field) != total:
            yield f".{field}", f"must be {plain(total)}, the sum of its fills"
    if order.rest < 0 or (order.rest > 0 and not order.status.active):
        whole = "size" if terms.size is not None else "funds"
        yield ".status", f"is {order.status.value}: what is filled and canceled must be its {whole}, and never more"
    elif order.status.active and not order.rest:
        yield ".status", f"is {order.status.value}, and nothing of it remains"
    if order.status is OrderStatus.FILLED and not order.fills:
        yield ".status", "is filled, and it has no fill"
    held = money.subtract(moved, _sum(fill.released for fill in order.fills))
    if order.held != (held if order.status.active else ZERO):
        yield ".held", "must be what it set aside, less what fills and cancellations have freed; 0 once it has ended"
    elif not order.status.active and held:
        yield ".held", f"has ended, and {plain(held)} of its hold were never freed"
    elif order.status.active and held < (needed := _needed(order)):
        yield ".held", f"must be at least {plain(needed)}, what its rest costs"
    if rests(order) and not terms.rests:
        yield ".in_book", "must be false: market orders, IOC and FOK are never in the book"


def _needed(order: Order) -> Decimal:
    """What the rest of a limit order costs at most. If less is held, no price could fill it."""
    terms = order.terms
    if terms.price is None:
        return ZERO
    if terms.side is Side.SELL:
        return order.rest
    rate = max(order.taker_fee_rate, order.maker_fee_rate)
    return money.multiply(money.multiply(terms.price, order.rest), money.add(Decimal(1), rate))


def _sum(amounts: Iterator[Decimal]) -> Decimal:
    total = ZERO
    for amount in amounts:
        total = money.add(total, amount)
    return total


def _fill(order: Order, fill: Fill) -> Iterator[Mismatch]:
    terms = order.terms
    own = (order.id, order.user, terms.symbol, terms.side, terms.type)
    if (fill.order_id, fill.user, fill.symbol, fill.side, fill.type) != own:
        yield "", "must have the id, user, symbol, side and type of its order"
    if fill.funds != money.multiply(fill.price, fill.size):
        yield ".funds", "must be price x size"
    if fill.fee != money.multiply(fill.funds, fill.fee_rate):
        yield ".fee", "must be funds x fee_rate"
    if not (fill.price > 0 and fill.size > 0):
        yield ".size", "must be more than zero, and so must the price"
    if terms.price is not None and (fill.price > terms.price if terms.side is Side.BUY else fill.price < terms.price):
        yield ".price", f"is beyond the order's price, {plain(terms.price)}"


def _repeated(world: World) -> Iterator[Mismatch]:
    """Mismatches of what must be there once: numbers, trades, and the ids that clients gave."""
    numbers = Counter(order.number for order in world.orders.values())
    numbers += Counter(stop.number for stop in world.stop_orders.values())
    trades = Counter(fill.number for order in world.orders.values() for fill in order.fills)
    active = (order for order in world.orders.values() if order.client_oid and order.status.active)
    client_oids = Counter((order.user, order.client_oid) for order in active)
    for kind, counts in (
        ("number", numbers),
        ("number of a fill", trades),
        ("clientOid of active orders,", client_oids),
    ):
        for key, times in counts.items():
            if times > 1:
                shown = f"{key[1]} of {key[0]}" if isinstance(key, tuple) else str(key)
                yield ".world.orders", f"the {kind} {shown} is repeated"


def _rows_of_holds(world: World) -> Iterator[Mismatch]:
    for user, statement in world.statements.items():
        path = f".world.statements[{user}].order_holds"
        for place, row in enumerate(statement.order_holds):
            order = world.orders.get(row.order_id)
            if order is None or (order.user, row.user) != (user, user):
                yield f"{path}[{place}].order_id", f"{row.order_id} is no order of {user}"
            elif row.currency != order.held_in:
                yield f"{path}[{place}].currency", f"must be {order.held_in}, of which the order holds"


def _counters(world: World) -> Iterator[Mismatch]:
    """Counters that are behind: the same numbers would be given again."""
    fills = [fill for order in world.orders.values() for fill in order.fills]
    numbers = [order.number for order in world.orders.values()] + [stop.number for stop in world.stop_orders.values()]
    trades = [max(fill.number - FIRST_FILL, (fill.trade_id - FIRST_TRADE) // 2) for fill in fills]
    holds = [row.id for statement in world.statements.values() for row in statement.order_holds]
    counts = (name[MOVE:] for name in (*holds, *(fill.id for fill in fills)))
    moves = [int(count) if count.isascii() and count.isdigit() else 0 for count in counts]
    for field, latest in (("orders_made", numbers), ("trades_made", trades), ("moves_made", moves)):
        least = max(latest, default=0)
        if getattr(world, field) < least:
            yield f".world.{field}", f"must be at least {least}: there is one of that number"


MOVE: Final = 24
"""Where the count of moves begins in the id of a fill or of a change of a hold."""


def _stop_orders(world: World) -> Iterator[Mismatch]:
    for name, stop in world.stop_orders.items():
        if stop.user not in world.users:
            yield f".world.stop_orders[{name}].user", f"{stop.user} is none of the users"
        if stop.terms.symbol not in world.symbols:
            yield f".world.stop_orders[{name}].terms.symbol", f"{stop.terms.symbol} is none of the symbols"
        if stop.order_id and stop.order_id not in world.orders:
            yield f".world.stop_orders[{name}].order_id", f"{stop.order_id} is none of the orders"


def _agenda(world: World) -> Iterator[Mismatch]:
    """Mismatches of the agenda: it has what is due of active orders and of switches that are set, and nothing else."""
    agenda, due = world.agenda, dict[tuple[DueKind, str], int]()
    for number, entry in agenda.entries.items():
        place = f".world.agenda.entries[{number}]"
        if not 0 < number <= agenda.made:
            yield place, f"must have a number from 1 to {agenda.made}"
        if (entry.kind, entry.of) in due:
            yield place, f"{entry.kind.value} of {entry.of} is repeated"
        due[entry.kind, entry.of] = entry.at
    required = dict[tuple[DueKind, str], int | None]()
    for name, order in world.orders.items():
        if order.status.active and order.terms.cancel_after > 0:
            required[DueKind.ORDER_EXPIRY, name] = order.created_at + order.terms.cancel_after * 1000
        if order.status.active and order.plan and order.next_step < len(order.plan.steps or ()):
            required[DueKind.PLAN_STEP, name] = None
    for user, trader in world.traders.items():
        if user not in world.users:
            yield f".world.traders[{user}].user", f"{user} is none of the users"
        if trader.dead_man_switch is not None:
            required[DueKind.DEAD_MAN_SWITCH, user] = trader.dead_man_switch.trigger_at
    for (kind, of), at in due.items():
        late = world.orders.get(of) if kind is DueKind.ORDER_REPORT else None
        if late is not None and at in late_reports.instants(late):
            continue
        if (kind, of) not in required:
            yield ".world.agenda.entries", f"{kind.value} of {of} is due, and there is nothing that it would change"
        elif required[kind, of] not in (None, at):
            yield ".world.agenda.entries", f"{kind.value} of {of} must be due at {required[kind, of]}"
    for kind, of in required.keys() - due.keys():
        yield ".world.agenda.entries", f"{kind.value} of {of} is missing, so that it would never happen"
