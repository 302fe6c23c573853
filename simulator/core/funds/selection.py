"""Which rows of a statement a history asks for: chosen without a look at any row that it does not show.

Of 100,000 rows of one user, one page costs a walk over what the statement has of them, and mostly not even that.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from simulator.core.funds import ledger
from simulator.core.gateway.paging import (
    OrderedRows,
    Span,
    read_span,
)
from simulator.core.gateway.parameters import CURRENCY, Word
from simulator.core.gateway.requests import Fields
from simulator.core.value import Value
from simulator.core.world import DepositStatus, Held, Order, Statement, Withdrawal, WithdrawalStatus, World
from simulator.core.world.stack import Rows


def whole_second(at: int) -> int:
    """The time of a deposit or a withdrawal as histories tell it [H92/whole-seconds]."""
    return at - at % 1000


_HELD: Final = (attrgetter("at"), attrgetter("currency"))
"""When a withdrawal or a deposit was made, and of what."""
_INSIDE: Final = (attrgetter("updated_at"), attrgetter("payment.currency"))
"""When a payment that came from inside the exchange was made, and of what."""


class Criteria(Value, frozen=True):
    """Which withdrawals or deposits are asked for; "" = all."""

    currency: str
    status: str
    span: Span


class LedgerCriteria(Value, frozen=True):
    """Which lines of a ledger are asked for; () and "" = all."""

    currencies: tuple[str, ...]
    direction: str
    biz_type: str
    span: Span

    def takes(self, kind: ledger.Kind, biz_type: str = "") -> bool:
        """True if lines of a kind of movements are among them. `biz_type` is theirs where it is not the usual one."""
        direction = "out" if kind in ledger.OUT else "in"
        return self.direction in ("", direction) and self.biz_type in ("", biz_type or ledger.BIZ_TYPES[kind])


def withdrawals(world: World, statement: Statement, query: Criteria) -> Rows[Held]:
    """The withdrawals that are asked for, the newest first."""
    return _within(_of_status(world, statement, query.status), query, *_HELD)


def _of_status(world: World, statement: Statement, status: str) -> Rows[Held]:
    """The withdrawals in that state. How many have ended how is known; only what has not is looked up."""
    rows, paid, failed = statement.withdrawals.rows, len(statement.paid), len(statement.failed)
    if not status:
        return rows
    count = {"SUCCESS": paid, "FAILURE": failed}.get(status, len(rows) - paid - failed)
    member = WithdrawalStatus(status)
    if not count or (member.final and count == len(rows)):
        return rows if count else ()
    if member.final:
        ids = {row.id for row in (statement.paid if member is WithdrawalStatus.SUCCESS else statement.failed)}
        return [held for held in rows if held.id in ids]
    return [held for held in _open(statement) if world.withdrawals[held.id].status is member]


def _open(statement: Statement) -> Rows[Held]:
    """The withdrawals that have not ended, the newest first."""
    rows = statement.withdrawals.rows
    if len(rows) == len(statement.paid) + len(statement.failed):
        return ()
    over = {row.id for row in (*statement.paid, *statement.failed)}
    return [held for held in rows if held.id not in over]


def under_way(world: World, statement: Statement) -> list[Withdrawal]:
    """The withdrawals that have not ended, as they are now, the newest first."""
    return [world.withdrawals[held.id] for held in _open(statement)]


def incoming(statement: Statement, query: Criteria) -> list[OrderedRows]:
    """What came by a chain, and what came inside, each with its order."""
    parts: list[OrderedRows] = [(_within(_arrived(statement, query.status), query, *_HELD), attrgetter("at", "id"))]
    if query.status in ("", DepositStatus.SUCCESS.value):
        received = statement.received.newest(attrgetter("updated_at", "id"))
        parts.append((_within(received, query, *_INSIDE), attrgetter("updated_at", "id")))
    return parts


def _arrived(statement: Statement, status: str) -> Rows[Held]:
    """The deposits in that state, the latest first: it is either credited or not."""
    rows = statement.deposits.newest(attrgetter("at", "id"))
    credited = len(statement.credited)
    count = {"": len(rows), "SUCCESS": credited, "PROCESSING": len(rows) - credited}.get(status, 0)
    if count in (0, len(rows)):
        return rows if count else ()
    done = {row.id for row in statement.credited}
    return [held for held in rows if (held.id in done) is (status == "SUCCESS")]


def _within(rows: Rows[Any], query: Criteria, at: Callable[[Any], int], currency: Callable[[Any], str]) -> Rows[Any]:
    """Those rows that lie in the span that is asked for, and are of that currency."""
    code, span = query.currency, query.span
    if not code and span == Span():
        return rows
    first, last = span.bounds
    return [row for row in rows if first <= at(row) <= last and (not code or currency(row) == code)]


def read_criteria(read: Fields, status: Word) -> Criteria:
    """`currency`, the status of that word, and the span, which covers all of the second in which it ends."""
    currency, status_word, span = CURRENCY.read(read), status.read(read), read_span(read)
    if span.end is not None and span.end == whole_second(span.end):  # a time that a history told: all of that second
        span = Span(span.start, span.end + 999)
    return Criteria(currency, status_word, span)


def active_orders(world: World, user: str, symbol: str = "") -> list[Order]:
    """The user's orders that have not ended, in one symbol or in all, those that were accepted last first."""
    symbols = (symbol,) if symbol else world.trader(user).active
    orders = [world.orders[key] for name in symbols for key in world.order_history(user, name).active]
    return sorted(orders, key=attrgetter("number"), reverse=True)
