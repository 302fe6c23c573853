"""Pages and spans at their edges."""

from __future__ import annotations

import pytest

from simulator.core.gateway.paging import LARGEST_PAGE, Page, Span, paged_together, read_page, read_size, read_span
from simulator.core.gateway.requests import FieldProblem, Fields


def test_the_usual_page() -> None:
    """The first one, of fifty rows."""
    assert (Page().number, Page().size) == (1, 50)


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ({}, Page(1, 50)),
        ({"currentPage": "1", "pageSize": "10"}, Page(1, 10)),
        ({"currentPage": "7", "pageSize": "500"}, Page(7, 500)),
        ({"currentPage": "", "pageSize": ""}, Page(1, 50)),
    ],
)
def test_pages(query: dict[str, object], page: Page) -> None:
    """Pages count from 1 and have ten to 500 rows, fifty if nothing is said."""
    assert read_page(Fields(query)) == page
    assert (page.begin, page.end) == (page.size * (page.number - 1), page.size * page.number)


@pytest.mark.parametrize(
    ("query", "field", "problem"),
    [
        ({"currentPage": "0"}, "currentPage", "must be at least 1"),
        ({"pageSize": "9"}, "pageSize", "must be at least 10"),
        ({"pageSize": "501"}, "pageSize", "should not greater than 500"),
        ({"pageSize": "0"}, "pageSize", "must be at least 10"),
    ],
)
def test_wrong_pages(query: dict[str, object], field: str, problem: str) -> None:
    """A page before the first and too small or too large a one are refused."""
    with pytest.raises(FieldProblem) as caught:
        read_page(Fields(query))
    assert (caught.value.field, caught.value.problem) == (field, problem)
    assert LARGEST_PAGE == 500


def test_other_pages() -> None:
    """A call can have another name for the page, another least and another usual size."""
    assert read_page(Fields({"page": "2", "currentPage": "3"}), "page", 1, 20) == Page(2, 20)
    assert read_size(Fields({"pageSize": "1"}), 1) == 1
    assert read_size(Fields({}), 1, 20) == 20


def test_spans() -> None:
    """Both ends belong to a span, may be the same instant, and may be open; an end before its start is refused."""
    span = read_span(Fields({"startAt": "5", "endAt": "7"}))
    assert [at in span for at in (4, 5, 6, 7, 8)] == [False, True, True, True, False]
    assert read_span(Fields({"startAt": "5", "endAt": "5"})) == Span(5, 5)
    assert (Span().start, Span().end) == (None, None)
    assert all(at in Span() for at in (-(10**18), 0, 10**18))
    assert [at in Span(start=0) for at in (-1, 0)] == [False, True]
    assert [at in Span(end=0) for at in (0, 1)] == [True, False]
    with pytest.raises(FieldProblem) as caught:
        read_span(Fields({"startAt": "5", "endAt": "4"}))
    assert (caught.value.field, caught.value.problem) == ("endAt", "must not be before startAt")


def test_several_lists_are_one() -> None:
    """Lists are shown together in the order of all their rows, the latest first, and a page is cut out of that."""
    rows: tuple[list[int], ...] = ([90, 50, 10], [80, 70, 20], [])
    shown = {size: paged_together([(part, lambda row: (row,)) for part in rows], Page(2, size)) for size in (2, 4, 7)}
    assert {size: page.items for size, page in shown.items()} == {
        2: (((70,), 70), ((50,), 50)),
        4: (((20,), 20), ((10,), 10)),
        7: (),
    }
    assert {page.total for page in shown.values()} == {6}
