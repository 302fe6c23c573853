"""Rows by time, of which there may be very many: one more costs the same however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from rpds import List

from simulator.core.value import Value

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Rows(Protocol[R_co]):
    """Some rows in an order: a tuple, a list, a persistent list."""

    def __len__(self) -> int:
        """How many there are."""

    def __iter__(self) -> Iterator[R_co]:
        """One after another."""


class Stack(Value, Generic[R], frozen=True):
    """Rows in the order in which they came, the newest first. `at` (ms) and `id` are those of the newest row.

    The list is a persistent one: an older stack shares its rows with the newer one.
    """

    rows: List[R] = List()
    at: int = 0
    id: str = ""
    ordered: bool = True
    """True if no row is earlier than one that came before it, so that nobody needs to sort."""

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def having(self, row: R, at: int, id: str) -> Stack[R]:
        """The stack with one more row; of two rows of one instant, the one with the higher id is the later one."""
        later = at > self.at or (at == self.at and id > self.id) or not len(self.rows)
        return Stack(self.rows.push_front(row), at, id, later and self.ordered)

    def newest(self, order: Callable[[R], Any]) -> Rows[R]:
        """The rows, the latest first. `order` is a row's time and id; it is used only where they came in disorder."""
        return self.rows if self.ordered else sorted(self.rows, key=order, reverse=True)

    def latest(self, order: Callable[[R], Any]) -> R | None:
        """The latest row; None = there is none. `order` is that of `newest`."""
        return next(iter(self.rows), None) if self.ordered else max(self.rows, key=order)


def stacked(rows: Iterable[R], order: Callable[[R], tuple[int, str]]) -> Stack[R]:
    """A stack of these rows, which stand in the order in which they came."""
    stack: Stack[R] = Stack()
    for row in rows:
        stack = stack.having(row, *order(row))
    return stack
