"""What follows from the rows of stacks, kept between calls, so that a call looks only at the rows that came since.

Nothing of it is a part of a world: it is made again whenever the stacks are not those of the call before with more rows
on top, as after a rewind. So a call that places an order pays nothing for the lists that can be asked for later.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, Final, Generic, TypeVar

from simulator.core.world.stack import Stack

S = TypeVar("S")
SortKey = Callable[[Any], Any]
"""A row -> what tells its place among the rows of all stacks."""
_NewRow = tuple[Any, int, Any]
"""The place of a row, the number of its stack, the row."""
MOST_KEPT: Final = 64
"""States of one kind. Those that were not asked for longest are forgotten."""


class Folds(Generic[S]):
    """States by name, each made of the rows of some stacks, the earliest row first.

    `begin` makes an empty state, and `add` changes it by a row of the stack with that number. There is an order for
    each stack, or one for all; rows of different stacks have different places. A state is only valid until the next
    call.
    """

    def __init__(self, begin: Callable[[], S], add: Callable[[S, int, Any], None], *orders: SortKey) -> None:
        self._begin, self._add, self._orders = begin, add, orders
        self._kept: dict[Hashable, _Kept[S]] = {}

    def of(self, name: Hashable, stacks: Sequence[Stack[Any]]) -> S:
        """The state of that name with all rows of these stacks."""
        kept = self._kept.pop(name, None)
        rows = None if kept is None else self._newer(kept, stacks)
        if kept is None or rows is None:
            kept = _Kept(self._begin())
            rows = self._sorted(stacks, [len(stack) for stack in stacks])
        for _, number, row in rows:
            self._add(kept.state, number, row)
        if rows or not kept.tops:
            kept.tops = [(len(stack), next(iter(stack), None)) for stack in stacks]
            kept.last = rows[-1][0] if rows else None
        self._kept[name] = kept
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return kept.state

    def _newer(self, kept: _Kept[S], stacks: Sequence[Stack[Any]]) -> list[_NewRow] | None:
        """The rows that have come on top; None = they are no others with more on top, or belong below a known row."""
        if len(stacks) != len(kept.tops):
            return None
        counts = []
        for stack, (count, top) in zip(stacks, kept.tops, strict=True):
            grown = len(stack) - count
            if grown < 0 or (count and next(islice(stack, grown, None)) is not top):
                return None
            counts.append(grown)
        rows = self._sorted(stacks, counts) if any(counts) else []
        return None if rows and kept.last is not None and rows[0][0] < kept.last else rows

    def _sorted(self, stacks: Sequence[Stack[Any]], counts: list[int]) -> list[_NewRow]:
        """So many of the newest rows of each stack, the earliest first; of equal ones the one that came first."""
        rows: list[_NewRow] = []
        for number, (stack, count) in enumerate(zip(stacks, counts, strict=True)):
            order = self._orders[number % len(self._orders)]
            rows += [(order(row), number, row) for row in reversed([*islice(stack, count)])]
        rows.sort(key=itemgetter(0))
        return rows


class _Kept(Generic[S]):
    """A state, how many rows of each stack are in it, the newest row of each, and the place of the last row."""

    def __init__(self, state: S) -> None:
        self.state = state
        self.tops: list[tuple[int, Any]] = []
        self.last: Any = None
