"""Queries of lists: which page, from when to when. Everything in a query is text; what it must be is read here.

Problems are `FieldProblem`s, as those of a body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from operator import itemgetter
from typing import Any, Final, Generic, TypeVar

from simulator.core.data import Count, Data, NoRows
from simulator.core.gateway.requests import FieldProblem, Fields, NotInRange
from simulator.core.value import Value
from simulator.core.world.stack import Rows

R = TypeVar("R")

Query = Mapping[str, str]
"""The parameters of a query by name, decoded."""
FAR: Final = 10**18
"""Later than any instant, ms."""
LONGEST_NUMBER: Final = 15
"""Digits of a number in a query: enough for any instant in ms."""
SMALLEST_PAGE, LARGEST_PAGE, USUAL_PAGE = 10, 500, 50


OrderedRows = tuple[Rows[Any], Callable[[Any], tuple[Any, ...]]]
"""Rows, the latest first, and the function that gives the order of one."""


class Page(Value, frozen=True):
    """Which page, from 1, and how many rows it has at most."""

    number: int = 1
    size: int = USUAL_PAGE

    @property
    def begin(self) -> int:
        """How many rows come before it."""
        return (self.number - 1) * self.size

    @property
    def end(self) -> int:
        """How many rows there are up to its last one."""
        return self.number * self.size


class Paged(Value, frozen=True):
    """One page of a list that has `total` rows in all."""

    page: Page
    total: int
    items: tuple[Any, ...]


class PageData(Data, Generic[R], frozen=True):
    """A page of a list, as each answer that has pages shows it."""

    current_page: Count
    page_size: Count
    total_num: Count
    total_page: Count
    items: tuple[R, ...]


class EmptyPageData(Data, frozen=True, kw_only=True):
    """A page of a list of what is not simulated."""

    current_page: Count
    page_size: Count
    total_num: int = 0
    total_page: int = 0
    items: NoRows


def empty_page(page: Page) -> EmptyPageData:
    """That page of a list without rows."""
    return EmptyPageData(current_page=page.number, page_size=page.size, items=())


def page_data(paged: Paged, spell: Callable[[Any], R]) -> PageData[R]:
    """A page whose rows are spelled by `spell`."""
    size = paged.page.size
    rows = tuple(map(spell, paged.items))
    return PageData(paged.page.number, size, paged.total, -(-paged.total // size), rows)


class Span(Value, frozen=True):
    """From `start` on and up to `end`, both included, ms; None = open."""

    start: int | None = None
    end: int | None = None

    @property
    def bounds(self) -> tuple[int, int]:
        """First and last instant that lie in it, for loops over many rows: no time is beyond those of an open end."""
        return (-FAR if self.start is None else self.start), (FAR if self.end is None else self.end)

    def __contains__(self, at: int) -> bool:
        first, last = self.bounds
        return first <= at <= last


def read_whole(read: Fields, name: str, least: int = 0) -> int | None:
    """A whole number, None when absent."""
    text = read.text(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise FieldProblem(name, "must be a whole number", text)
    if (number := int(text)) < least:
        raise FieldProblem(name, f"must be at least {least}", text)
    return number


def read_word(read: Fields, name: str, words: Iterable[str], *, required: bool = False) -> str:
    """One of these words, "" when absent."""
    text, known = read.text(name, required=required), list(words)
    if text and text not in known:
        raise NotInRange(name, known, text)
    return text


def read_page(
    read: Fields,
    name: str = "currentPage",
    least: int = SMALLEST_PAGE,
    usual: int = USUAL_PAGE,
    most: int = LARGEST_PAGE,
) -> Page:
    """`currentPage` from 1 and `pageSize` from 10 to 500, 50 without; the text of too large a one is observed.

    Some calls have another `least`, `usual` and `most` size. [rest/page-size]
    """
    number = read_whole(read, name, 1) or 1
    return Page(number, read_size(read, least, usual, most))


def read_size(read: Fields, least: int = SMALLEST_PAGE, usual: int = USUAL_PAGE, most: int = LARGEST_PAGE) -> int:
    """`pageSize` alone."""
    size = read_whole(read, "pageSize")
    if size is not None and size > most:
        raise FieldProblem("pageSize", f"should not greater than {most}", size)
    if size is not None and size < least:
        raise FieldProblem("pageSize", f"must be at least {least}", size)
    return size or usual


def read_span(read: Fields) -> Span:
    """`startAt` and `endAt`, ms."""
    span = Span(read_whole(read, "startAt"), read_whole(read, "endAt"))
    if span.start is not None and span.end is not None and span.end < span.start:
        raise FieldProblem("endAt", "must not be before startAt", span.end)
    return span


def paged(rows: Rows[Any], page: Page) -> Paged:
    """That page of the rows. What comes after it is not looked at."""
    return Paged(page, len(rows), tuple(islice(rows, page.begin, page.end)))


def paged_together(parts: Iterable[OrderedRows], page: Page) -> Paged:
    """That page of several lists taken together, each with its order; every list has its latest row first.

    Items are (order, row) pairs. A row of the page is among the first of its own list, so no other is looked at.
    """
    total, rows = 0, []
    for part, order in parts:
        total += len(part)
        rows += [(order(row), row) for row in islice(part, page.end)]
    rows.sort(key=itemgetter(0), reverse=True)
    return Paged(page, total, tuple(rows[page.begin : page.end]))
