"""Pages and spans of lists, as queries ask for them."""

from __future__ import annotations

import pytest

from simulator.core.gateway.paging import Page, Paged, Span, paged, read_page, read_span, read_whole, read_word
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.refusals import Reason


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ({}, Page(1, 50)),
        ({"currentPage": "3", "pageSize": "10"}, Page(3, 10)),
        ({"pageSize": "500"}, Page(1, 500)),
        ({"currentPage": "", "pageSize": ""}, Page(1, 50)),
    ],
)
def test_page_is_read(query: dict[str, str], page: Page) -> None:
    """Both are optional, and empty is absent."""
    assert read_page(Fields(query)) == page


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"pageSize": "501"}, "Parameter Error: pageSize should not greater than 500"),
        ({"pageSize": "9"}, "Parameter Error: pageSize must be at least 10"),
        ({"pageSize": "ten"}, "Parameter Error: pageSize must be a whole number"),
        ({"currentPage": "0"}, "Parameter Error: currentPage must be at least 1"),
        ({"currentPage": "-1"}, "Parameter Error: currentPage must be a whole number"),
        ({"currentPage": "1" * 16}, "Parameter Error: currentPage must be a whole number"),
    ],
)
def test_page_size(query: dict[str, str], text: str) -> None:
    """Ten to five hundred rows a page, from the first page on; the text of too large a page is the observed one."""
    with pytest.raises(FieldProblem) as problem:
        read_page(Fields(query))
    refusal = problem.value.refusal()
    assert (refusal.reason, refusal.text) == (Reason.PARAMETER_INVALID, text)


def test_a_page_beyond_the_end_is_empty() -> None:
    """It tells how many rows there are all the same."""
    rows = list(range(25))
    assert paged(rows, Page(3, 10)) == Paged(Page(3, 10), 25, (20, 21, 22, 23, 24))
    assert paged(rows, Page(4, 10)) == Paged(Page(4, 10), 25, ())
    assert paged([], Page()) == Paged(Page(), 0, ())


def test_a_span_has_both_its_ends() -> None:
    """`startAt` and `endAt` belong to it, and either may be open."""
    span = read_span(Fields({"startAt": "10", "endAt": "20"}))
    assert [at in span for at in (9, 10, 20, 21)] == [False, True, True, False]
    assert 0 in Span()
    assert 5 in Span(start=5)
    assert 6 not in Span(end=5)
    with pytest.raises(FieldProblem, match="endAt"):
        read_span(Fields({"startAt": "20", "endAt": "10"}))


def test_words_and_numbers() -> None:
    """A word is one of the list, a number is plain digits, and either may be absent."""
    read = Fields({"direction": "in", "n": "07"})
    assert (read_word(read, "direction", ("in", "out")), read_word(read, "type", ("a",))) == ("in", "")
    assert (read_whole(read, "n"), read_whole(read, "m")) == (7, None)
    with pytest.raises(FieldProblem, match="direction"):
        read_word(read, "direction", ("up",))
