"""Stacks that note which of their rows are looked at: a promise about cost is kept by counting, not by a clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.core.world import Stack


class Watched:
    """A stack whose rows are noted in `looked` when they are looked at."""

    def __init__(self, stack: Stack[Any], looked: list[Any]) -> None:
        self._stack, self._looked = stack, looked

    def __len__(self) -> int:
        return len(self._stack)

    def __iter__(self) -> Iterator[Any]:
        for row in self._stack:
            self._looked.append(row)
            yield row

    @property
    def ordered(self) -> bool:
        """As of the stack."""
        return self._stack.ordered

    def newest(self, order: Any) -> Watched:
        """The stack itself: its rows are in order."""
        assert self._stack.ordered
        return self

    def latest(self, order: Any) -> Any:
        """The newest row."""
        return next(iter(self.newest(order)), None)
