"""The movements of a user's balances by kind and currency, so that a page of a ledger costs what it shows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any, Final

from simulator.core.funds import ledger
from simulator.core.funds.selection import LedgerCriteria
from simulator.core.gateway.paging import OrderedRows
from simulator.core.world import World
from simulator.core.world.folds import Folds

ALL: Final = ""
"""In place of a currency: the movements of all currencies."""


class _Moves:
    """The movements of one kind by currency, and of all: their instants and their rows, the earliest first."""

    def __init__(self) -> None:
        self.lists: dict[str, tuple[list[int], list[Any]]] = {ALL: ([], [])}

    def add(self, name: str, at: int, row: Any) -> None:
        """One more movement of a currency, at an instant (ms)."""
        if name not in self.lists:
            self.lists[name] = ([], [])
        for instants, rows in (self.lists[ALL], self.lists[name]):
            instants.append(at)
            rows.append(row)


class Newest:
    """A part of a list that begins with its earliest row, seen from the other end."""

    def __init__(self, rows: list[Any], begin: int, end: int) -> None:
        self._rows, self._places = rows, range(end - 1, begin - 1, -1)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Any]:
        return map(self._rows.__getitem__, self._places)


def _folds(kind: ledger.Kind) -> Folds[_Moves]:
    source = ledger.SOURCES[kind]

    def add(moves: _Moves, _: int, row: Any) -> None:
        if source.amount(row):  # a movement of nothing is none
            moves.add(source.currency(row), source.at(row), row)

    return Folds(_Moves, add, ledger.order_of(kind))


_MOVES: Final = {kind: _folds(kind) for kind in ledger.BIZ_TYPES}
"""Each kind has folds of its own, because rows of one stack come in order, and those of several may not."""


def lines(world: World, user: str, criteria: LedgerCriteria) -> Iterator[OrderedRows]:
    """The rows that are asked for, in parts of one kind and currency, the latest first.

    What is looked at is what has moved the balances since the last call, and what the caller takes.
    """
    statement = world.statement(user)
    first, last = criteria.span.bounds
    for kind in filter(criteria.takes, ledger.BIZ_TYPES):
        moves = _MOVES[kind].of(world, user, [getattr(statement, ledger.SOURCES[kind].stack)])
        for currency in dict.fromkeys(criteria.currencies or (ALL,)):
            instants, rows = moves.lists.get(currency, ([], []))
            part = Newest(rows, bisect_left(instants, first), bisect_right(instants, last))
            yield part, ledger.order_of(kind)
