"""What follows from the rows of stacks, kept between calls, so that a call looks only at the rows that came since.

Nothing of it is a part of a world: it is made again whenever the stacks are not those of the call before with more rows
on top, as after a rewind. So a call that places an order pays nothing for the lists that can be asked for later.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from simulator.core.world.stack import Stack

if TYPE_CHECKING:
    from simulator.core.world.world import World

S = TypeVar("S")
SortKey = Callable[[Any], Any]
"""A row -> what tells its place among the rows of all stacks."""
_NewRow = tuple[Any, int, Any]
"""The place of a row, the number of its stack, the row."""
_Key = tuple[str, int, Hashable]
"""The workspace, the seed, and the name."""
MOST_KEPT: Final = 64
"""States of one kind. Those that were not asked for longest are forgotten."""


class Folds(Generic[S]):
    """States by name, each made of the rows of some stacks, the earliest row first.

    `begin` makes an empty state, and `add` changes it by a row of the stack with that number. There is an order for
    each stack, or one for all; rows of different stacks have different places. A state is only valid until the next
    call, unless that is made `apart`.
    """

    def __init__(self, begin: Callable[[], S], add: Callable[[S, int, Any], None], *orders: SortKey) -> None:
        self._begin, self._add, self._orders = begin, add, orders

    def of(self, world: World, name: Hashable, stacks: Sequence[Stack[Any]]) -> S:
        """The state of that name with all rows of these stacks, which are the world's."""
        known: dict[_Key, _Kept[S]] = _STATES.get().setdefault(self, {})
        key = world.workspace, world.seed, name
        kept = known.pop(key, None)
        rows = None if kept is None else self._newer(kept, stacks)
        if kept is None or rows is None:
            kept = _Kept(self._begin())
            rows = self._sorted(stacks, [len(stack) for stack in stacks])
        for _, number, row in rows:
            self._add(kept.state, number, row)
        kept.tops = [(len(stack), next(iter(stack), None)) for stack in stacks]
        if rows:
            kept.last = rows[-1][0]
        known[key] = kept
        if len(known) > MOST_KEPT:
            del known[next(iter(known))]
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
        rows = self._sorted(stacks, counts)
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


_STATES: Final[ContextVar[dict[Folds[Any], dict[_Key, _Kept[Any]]]]] = ContextVar("states", default={})  # noqa: B039


@contextmanager
def apart() -> Iterator[None]:
    """In the block, states are made anew, and none of them is kept behind it.

    Work in a thread needs this: neither it nor the event loop may add rows to a state that the other one reads.
    """
    token = _STATES.set({})
    try:
        yield
    finally:
        _STATES.reset(token)


def forget(workspace: str) -> None:
    """Keep nothing of a workspace that ends or begins anew, because a state holds its rows."""
    for known in [*_STATES.get().values()]:  # copies, because a server is also stopped by another thread
        for key in [key for key in [*known] if key[0] == workspace]:
            known.pop(key, None)
