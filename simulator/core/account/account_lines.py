"""The movements of one account by kind, so that a page of its ledger costs what it shows, balances included."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from simulator.core import money
from simulator.core.account.ledger_lines import Newest
from simulator.core.funds import ledger
from simulator.core.funds.selection import LedgerCriteria
from simulator.core.gateway.paging import OrderedRows
from simulator.core.money import ZERO
from simulator.core.world import Account, World
from simulator.core.world.folds import Folds


class _Moves:
    """The movements of one kind of one account: instants, rows, and what had moved with each; the earliest first."""

    def __init__(self) -> None:
        self.instants: list[int] = []
        self.rows: list[Any] = []
        self.sums: list[Decimal] = [ZERO]
        """How much the first 0, 1, 2, ... of them moved together; what takes out of the account is below zero."""


_ByAccount = dict[tuple[str, str], _Moves]
"""By currency and type of the account."""


def _folds(kind: ledger.Kind) -> Folds[_ByAccount]:
    source, goes_out = ledger.SOURCES[kind], kind in ledger.OUT

    def add(accounts: _ByAccount, _: int, row: Any) -> None:
        amount = source.amount(row)
        if not amount:  # a movement of nothing is none
            return
        moves = accounts.setdefault((source.currency(row), source.account(row)), _Moves())
        moves.instants.append(source.at(row))
        moves.rows.append(row)
        moves.sums.append(money.add(moves.sums[-1], money.negative(amount) if goes_out else amount))

    return Folds(dict, add, ledger.order_of(kind))


_MOVES: Final = {kind: _folds(kind) for kind in ledger.BIZ_TYPES}
_NONE: Final = _Moves()


class AccountLines:
    """The ledger of a user's account. What is looked at is what has moved it since the last call, and what is shown."""

    def __init__(self, world: World, user: str, account: Account) -> None:
        self._balance, statement = account.balance, world.statement(user)
        self._moves = {
            kind: folds.of(world, user, [getattr(statement, ledger.SOURCES[kind].stack)]).get(
                (account.currency, account.type), _NONE
            )
            for kind, folds in _MOVES.items()
        }

    def lines(self, criteria: LedgerCriteria) -> Iterator[OrderedRows]:
        """The rows that are asked for, in parts of one kind, the latest first."""
        first, last = criteria.span.bounds
        for kind in filter(criteria.takes, self._moves):
            moves = self._moves[kind]
            part = Newest(moves.rows, bisect_left(moves.instants, first), bisect_right(moves.instants, last))
            yield part, ledger.order_of(kind)

    def balance_after(self, order: ledger.RowOrder) -> Decimal:
        """What there was after the movement that has that place, reckoned back from what there is now."""
        balance = self._balance
        for kind, moves in self._moves.items():
            count = bisect_right(moves.rows, order, key=ledger.order_of(kind))
            balance = money.subtract(balance, money.subtract(moves.sums[-1], moves.sums[count]))
        return balance
