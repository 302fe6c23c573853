"""Every movement of money, derived from what caused it: nothing of it is stored, so nothing of it can disagree.

A withdrawal holds what it will take, then takes it (and somebody inside may get the payout), or gives it back; a
deposit comes in; a transfer goes out of one account and into another; a scenario or a hand gives and takes. An order
holds what it may cost and gives the rest back; each of its fills takes of one currency and gives of another. The
changes of `balance` and `holds` add up to what the accounts show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import islice, takewhile
from operator import attrgetter, itemgetter
from typing import Any, Final, Literal, NamedTuple

from simulator.core import money
from simulator.core.funds.addresses import mint_wallet_tx_id
from simulator.core.funds.parts import Part, parts_of_fill, parts_of_withdrawal
from simulator.core.money import ZERO
from simulator.core.value import Value
from simulator.core.world import (
    Deposit,
    DepositStatus,
    Fill,
    Held,
    Order,
    Side,
    Stack,
    Statement,
    Transfer,
    Withdrawal,
    WithdrawalStatus,
    World,
)
from simulator.core.world.stack import Rows

Moving = Literal["hold", "debit", "credit", "refund", "deposit", "transfer_out", "transfer_in", "given", "taken"]
Trading = Literal["order_hold", "order_release", "trade_out", "trade_in"]
Kind = Moving | Trading
ORDER: Final[tuple[Kind, ...]] = (
    *("hold", "debit", "refund", "credit", "deposit", "transfer_out", "transfer_in"),
    *("given", "taken"),
    *("order_hold", "trade_out", "trade_in", "order_release"),
)
"""How the movements of one instant and cause follow each other."""
BIZ_TYPES: Final[dict[Kind, str]] = {
    "debit": "WITHDRAW",
    "credit": "DEPOSIT",
    "deposit": "DEPOSIT",
    "transfer_out": "TRANSFER",
    "transfer_in": "TRANSFER",
    "given": "KUCOIN_BONUS",
    "taken": "KUCOIN_BONUS",
    "trade_out": "TRADE_EXCHANGE",
    "trade_in": "TRADE_EXCHANGE",
}
"""What KuCoin's ledger calls a movement of a balance; a payment from another user is a deposit there (H73).

Money that nobody has paid is a bonus, so that deposits stay what came in. [H73/biz-types] [H83/biz-type]
"""


OUT: Final = ("debit", "transfer_out", "taken", "trade_out")
"""The kinds of movements that take money out of an account."""


class Movement(Value, frozen=True):
    """One change of an account, ms. `balance` and `holds` are what it adds to either; `of` is the id of its cause.

    The cause of a fill is its order.
    """

    kind: Kind
    at: int
    user: str
    of: str
    currency: str
    account: str = "main"
    balance: Decimal = ZERO
    holds: Decimal = ZERO
    fees: tuple[Decimal, Decimal] | None = None
    """Service fee and network fee, where the balance pays them."""
    parts: tuple[Part, ...] = ()
    tx_id: str = ""
    """The transaction of the chain by which it came or went, if it did."""
    fill: Fill | None = None
    """The fill that it is a part of, if it is one."""

    @property
    def fee(self) -> Decimal:
        """The fees in `balance`: those of a withdrawal, or that of a fill in its quote currency."""
        if self.fill is not None:
            return self.fill.fee if self.currency == self.fill.quote else ZERO
        return money.add(*self.fees) if self.fees else ZERO

    @property
    def biz_type(self) -> str:
        """KuCoin's word for it, "" when no balance moves."""
        return BIZ_TYPES.get(self.kind, "")


def main_account(row: Any) -> str:
    """The account of all withdrawals, and of what comes in their place."""
    return "main"


def _trading_account(row: Any) -> str:
    return "trade"


class Source(NamedTuple):
    """Where a kind of movements stands in a statement, and a row's instant, owner, currency, amount and account."""

    stack: str
    at: Callable[[Any], int]
    owner: Callable[[Any], str]
    currency: Callable[[Any], str]
    amount: Callable[[Any], Decimal]
    """Of a balance that moves; a hold and a refund move none."""
    account: Callable[[Any], str] = main_account


_FINAL: Final = (attrgetter("updated_at"), attrgetter("user"), attrgetter("payment.currency"), attrgetter("debit"))
_MOVED: Final = (attrgetter("created_at"), attrgetter("user"), attrgetter("currency"), attrgetter("amount"))
_NOTHING: Final = (lambda row: ZERO,)
_SOLD: Final = (attrgetter("at"), attrgetter("user"), attrgetter("paid_in"), attrgetter("paid"))
_GOT: Final = (attrgetter("at"), attrgetter("user"), attrgetter("got_in"), attrgetter("got"))
_NAMED: Final = attrgetter("account")
SOURCES: Final[dict[Kind, Source]] = {
    "hold": Source("withdrawals", attrgetter("at"), attrgetter("user"), attrgetter("currency"), *_NOTHING),
    "debit": Source("paid", *_FINAL),
    "refund": Source("failed", *_FINAL[:3], *_NOTHING),
    "credit": Source("received", _FINAL[0], attrgetter("recipient"), _FINAL[2], attrgetter("payout")),
    "deposit": Source("credited", _FINAL[0], *_MOVED[1:], _NAMED),
    "transfer_out": Source("transfers", *_MOVED, attrgetter("source")),
    "transfer_in": Source("transfers", *_MOVED, attrgetter("target")),
    "given": Source("given", attrgetter("at"), *_MOVED[1:], _NAMED),
    "taken": Source("taken", attrgetter("at"), *_MOVED[1:], _NAMED),
    "order_hold": Source(
        "order_holds", attrgetter("at"), attrgetter("user"), attrgetter("currency"), *_NOTHING, _trading_account
    ),
    "trade_out": Source("fills", *_SOLD, _trading_account),
    "trade_in": Source("fills", *_GOT, _trading_account),
}
"""An `order_release` is a row of `order_holds` that gives back."""


RowOrder = tuple[int, str, int]
"""How movements follow each other: by time (ms), by the id of the cause, by the kind's place in `ORDER`."""


def movements(world: World, user: str = "", most: int | None = None) -> list[Movement]:
    """The movements of all users or of one, newest first; the `most` newest of them, None = all.

    So many cost the same however many there are, unless the user is gone. Who is gone has left withdrawals behind,
    and no statement of them.
    """
    known = user in world.users
    statement = world.statement(user) if known else world.everybody
    ordered: list[tuple[RowOrder, Any]] = []
    for kind, source in SOURCES.items():
        rows: Iterable[Any] = latest(statement, kind)
        if user and not known:
            rows = (row for row in rows if source.owner(row) == user)
        order = order_of(kind)
        ordered += [(order(row), row) for row in islice(rows, most)]
    ordered.sort(key=itemgetter(0), reverse=True)
    return [movement(world, order, row, parts=True) for order, row in ordered[:most]]


def latest(statement: Statement, kind: Kind) -> Rows[Any]:
    """The rows of a kind of movements, the latest first."""
    stack: Stack[Any] = getattr(statement, SOURCES[kind].stack)
    return stack.newest(order_of(kind))


def order_of(kind: Kind) -> Callable[[Any], RowOrder]:
    """The function that gives the order of a row as a movement of that kind."""
    at, place = SOURCES[kind].at, ORDER.index(kind)
    return lambda row: (at(row), row.id, place)


def movement(world: World, order: RowOrder, row: Any, *, parts: bool = False) -> Movement:
    """The movement that a row is, spelled out; what its amount is made of only where that is asked for."""
    at, of, place = order
    kind = ORDER[place]
    currency, account = SOURCES[kind].currency(row), SOURCES[kind].account(row)
    if kind == "hold":
        row = world.withdrawals[of]
        made_of = tuple(parts_of_withdrawal(row)) if parts else ()
        return Movement(kind, at, row.user, of, currency, holds=row.debit, parts=made_of)
    if kind == "debit":
        taken, made_of = money.negative(row.debit), tuple(parts_of_withdrawal(row)) if parts else ()
        both = (row.service_fee, row.network_fee)
        tx_id = mint_wallet_tx_id(world, of) if row.chain else ""
        return Movement(
            kind, at, row.user, of, currency, balance=taken, holds=taken, fees=both, parts=made_of, tx_id=tx_id
        )
    if kind == "refund":
        return Movement(kind, at, row.user, of, currency, holds=money.negative(row.debit))
    if kind == "credit":
        return Movement(kind, at, row.recipient, of, currency, balance=row.payout)
    if kind in ("deposit", "given"):
        tx_id = row.wallet_tx_id if kind == "deposit" else ""
        return Movement(kind, at, row.user, of, currency, account, row.amount, tx_id=tx_id)
    if kind == "taken":
        return Movement(kind, at, row.user, of, currency, account, money.negative(row.amount))
    if kind == "order_hold":
        gives_back = row.amount < 0
        return Movement(
            "order_release" if gives_back else kind, at, row.user, row.order_id, currency, account, holds=row.amount
        )
    if kind in ("trade_out", "trade_in"):
        return _half_of_fill(row, kind, at, account, parts=parts)
    out = kind == "transfer_out"
    amount = money.negative(row.amount) if out else row.amount
    return Movement(kind, at, row.user, of, currency, account, amount)


def _half_of_fill(fill: Fill, kind: Kind, at: int, account: str, *, parts: bool) -> Movement:
    """What a fill took, together with its share of the hold, or what it gave."""
    is_quote = (fill.side is Side.BUY) is (kind == "trade_out")
    made_of = (*parts_of_fill(fill),) if parts and is_quote else ()
    if kind == "trade_in":
        return Movement(kind, at, fill.user, fill.order_id, fill.got_in, account, fill.got, parts=made_of, fill=fill)
    taken, released = money.negative(fill.paid), money.negative(fill.released)
    return Movement(
        kind, at, fill.user, fill.order_id, fill.paid_in, account, taken, released, parts=made_of, fill=fill
    )


def of_withdrawal(world: World, withdrawal: Withdrawal) -> list[Movement]:
    """The movements of one withdrawal, newest first."""
    held = Held(withdrawal.id, withdrawal.user, withdrawal.created_at, withdrawal.payment.currency)
    rows: list[tuple[Kind, Any]] = [("hold", held)]
    if withdrawal.status is WithdrawalStatus.FAILURE:
        rows.append(("refund", withdrawal))
    if withdrawal.status is WithdrawalStatus.SUCCESS:
        rows.append(("debit", withdrawal))
        rows += [("credit", withdrawal)] if withdrawal.recipient else []
    return _of_cause(world, rows)


def of_deposit(world: World, deposit: Deposit) -> list[Movement]:
    """The movement of one deposit; none while it waits for confirmations."""
    return _of_cause(world, [("deposit", deposit)] if deposit.status is DepositStatus.SUCCESS else [])


def of_transfer(world: World, transfer: Transfer) -> list[Movement]:
    """The two movements of one transfer."""
    return _of_cause(world, [("transfer_out", transfer), ("transfer_in", transfer)])


def of_order(world: World, order: Order, most: int | None = None) -> list[Movement]:
    """The movements of one order, newest first; at most so many of its fills, None = all.

    Its holds are looked for in the user's statement, from now back to when it was accepted.
    """
    rows: list[tuple[Kind, Any]] = []
    for fill in islice(order.fills, most):
        rows += [("trade_out", fill), ("trade_in", fill)]
    holds = takewhile(lambda row: row.at >= order.created_at, latest(world.statement(order.user), "order_hold"))
    rows += [("order_hold", row) for row in holds if row.order_id == order.id]
    return _of_cause(world, rows)


def of_fill(world: World, fill: Fill) -> list[Movement]:
    """The two movements of one fill."""
    return _of_cause(world, [("trade_out", fill), ("trade_in", fill)])


def _of_cause(world: World, rows: Iterable[tuple[Kind, Any]]) -> list[Movement]:
    ordered = [(order_of(kind)(row), row) for kind, row in rows]
    ordered.sort(key=itemgetter(0), reverse=True)
    return [movement(world, order, row, parts=True) for order, row in ordered]
