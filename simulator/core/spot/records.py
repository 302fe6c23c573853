"""A user's fills and ended orders by side and type: a page costs what it shows, and not what the user has ever done."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import Any, Final, Generic, TypeVar

from simulator.core.gateway.paging import Page, Paged, Span
from simulator.core.world import Fill, Order, Stack, World
from simulator.core.world.folds import Folds

R = TypeVar("R")
Filter = tuple[str, str]
"""A side and a type; "" = any."""


class Chosen(Generic[R]):
    """Some rows of a list, the newest first. They must be used before the next call."""

    def __init__(self, rows: Sequence[R], begin: int, end: int) -> None:
        self._rows, self._begin, self._end = rows, begin, max(begin, end)

    def __len__(self) -> int:
        return self._end - self._begin

    def __iter__(self) -> Iterator[R]:
        return map(self._rows.__getitem__, range(self._end - 1, self._begin - 1, -1))

    def paged(self, page: Page) -> Paged:
        """That page of the rows. No other row is looked at."""
        newest = self._end - 1 - page.begin
        places = range(newest, max(newest - page.size, self._begin - 1), -1)
        return Paged(page, len(self), tuple(map(self._rows.__getitem__, places)))


def _filters(side: str, kind: str) -> tuple[Filter, ...]:
    """The filters that let a row through."""
    return (side, kind), (side, ""), ("", kind), ("", "")


def fits(row: Order | Fill, row_filter: Filter, span: Span) -> bool:
    """True if a row is of that side and type, and was accepted or made in the span."""
    terms, at = (row.terms, row.created_at) if isinstance(row, Order) else (row, row.at)
    return at in span and row_filter in _filters(terms.side.value, terms.type.value)


class _FillList:
    """Fills, the earliest first, with their numbers and instants."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.instants: list[int] = []
        self.fills: list[Fill] = []


def _add_fill(lists: dict[Filter, _FillList], _: int, fill: Fill) -> None:
    for name in _filters(fill.side.value, fill.type.value):
        chosen = lists.setdefault(name, _FillList())
        chosen.numbers.append(fill.number)
        chosen.instants.append(fill.at)
        chosen.fills.append(fill)


_FILLS: Final = Folds[dict[Filter, _FillList]](dict, _add_fill, attrgetter("at", "id"))


def fills(
    world: World, user: str, symbol: str, row_filter: Filter, span: Span, last: int | None = None
) -> Chosen[Fill]:
    """The user's fills in a symbol (""= in all) in a span, the newest first. `last` = only those of lower numbers."""
    stack = world.order_history(user, symbol).fills if symbol else world.statement(user).fills
    if not stack.ordered:  # the clock was set back: numbers and instants do not rise together
        rows = stack.newest(attrgetter("at", "id"))
        chosen_rows = [fill for fill in rows if (last is None or fill.number < last) and fits(fill, row_filter, span)]
        return Chosen(chosen_rows[::-1], 0, len(chosen_rows))
    first, end = span.bounds
    lists = _FILLS.of(world, (user, symbol), (stack,))
    chosen = lists.get(row_filter) or _FillList()
    newest = bisect_right(chosen.instants, end)
    newest = newest if last is None else min(newest, bisect_left(chosen.numbers, last))
    return Chosen(chosen.fills, bisect_left(chosen.instants, first), newest)


class _EndedList:
    """Ended orders: in the order in which they ended, each with its number; and in the order of their acceptance."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.ended_at: list[int] = []
        self.orders: list[Order] = []
        self.earliest: tuple[list[int], list[int]] = ([], [])
        """Instants of acceptance than which no later one in `orders` is earlier, and their places there."""
        self.by_age: list[tuple[int, int]] = []
        """(instant, number) of acceptance, ascending."""
        self.oldest_first: list[Order] = []


class _Ended:
    """Ended orders by side and type. `settled_at` = when all of them are reported as they are."""

    def __init__(self) -> None:
        self.count = self.settled_at = 0
        self.lists: dict[Filter, _EndedList] = {}

    def add(self, _: int, order: Order) -> None:
        """One more order."""
        self.count += 1
        if plan := order.plan:
            late = max(order.updated_at + plan.stale_for, order.created_at + plan.unknown_for)
            self.settled_at = max(self.settled_at, late)
        age = order.created_at, order.number
        for name in _filters(order.terms.side.value, order.terms.type.value):
            chosen = self.lists.setdefault(name, _EndedList())
            instants, places = chosen.earliest
            while instants and instants[-1] >= order.created_at:
                instants.pop()
                places.pop()
            instants.append(order.created_at)
            places.append(len(chosen.orders))
            chosen.numbers.append(self.count)
            chosen.ended_at.append(order.updated_at)
            chosen.orders.append(order)
            place = bisect_left(chosen.by_age, age)
            insort(chosen.by_age, age)
            chosen.oldest_first.insert(place, order)


_ENDED: Final = Folds(_Ended, _Ended.add, attrgetter("updated_at"))


def _ended(world: World, user: str, symbols: Sequence[str], at: int) -> _Ended | None:
    """The ended orders in these symbols; None = at `at` not all of them are reported yet, or not in their order."""
    stacks: list[Stack[Any]] = [world.order_history(user, symbol).done for symbol in symbols]
    if not all(stack.ordered for stack in stacks):
        return None
    known = _ENDED.of(world, (user, *symbols), stacks)
    return known if known.settled_at <= at else None


def ended(
    world: World, user: str, symbol: str, row_filter: Filter, span: Span, last: int | None, at: int
) -> Iterator[tuple[int, Order]] | None:
    """The orders in a symbol that were accepted in the span and have ended, the last one first, with their numbers.

    `last` = only those of lower numbers. None = some are not reported yet at `at`.
    """
    known = _ended(world, user, (symbol,), at)
    if known is None:
        return None
    chosen, (first, end) = known.lists.get(row_filter) or _EndedList(), span.bounds
    newest = bisect_right(chosen.earliest[0], end) - 1
    place = chosen.earliest[1][newest] + 1 if newest >= 0 else 0
    place = place if last is None else min(place, bisect_left(chosen.numbers, last))
    places = range(place - 1, bisect_left(chosen.ended_at, first) - 1, -1)
    return ((chosen.numbers[n], chosen.orders[n]) for n in places if first <= chosen.orders[n].created_at <= end)


def ended_by_age(
    world: World, user: str, symbols: Sequence[str], row_filter: Filter, span: Span, at: int
) -> Chosen[Order] | None:
    """The orders in these symbols that were accepted in the span and have ended, the one accepted last first.

    None = some are not reported yet at `at`.
    """
    known = _ended(world, user, symbols, at)
    if known is None:
        return None
    chosen, (first, end) = known.lists.get(row_filter) or _EndedList(), span.bounds
    begin = bisect_left(chosen.by_age, first, key=itemgetter(0))
    return Chosen(chosen.oldest_first, begin, bisect_right(chosen.by_age, end, key=itemgetter(0)))
