"""How much of somebody's text is repeated and compared: the bounds, and one beyond each."""

from __future__ import annotations

import pytest

from simulator.core import quoting
from simulator.core.quoting import listed, most_like, shortened


def test_the_bounds() -> None:
    """Characters that are repeated and compared, names that are listed, texts that are compared, and how alike."""
    assert (quoting.LONGEST_QUOTE, quoting.MOST_QUOTED) == (200, 20)
    assert (quoting.LONGEST_COMPARED, quoting.MOST_LIKELY, quoting.LIKE) == (64, 8, 60)
    assert (quoting.MOST_COMPARED, quoting.COST) == (20_000, 10)


@pytest.mark.parametrize(("length", "text"), [(200, "x" * 200), (201, f"{'x' * 200}... (201 characters)")])
def test_a_quote(length: int, text: str) -> None:
    """Two hundred characters are repeated; of a longer text the first ones, and how many it has."""
    assert shortened("x" * length) == text
    assert shortened("abc", 2) == "ab... (3 characters)"


def test_a_list() -> None:
    """Twenty names are listed, and how many more there are."""
    names = [str(number) for number in range(21)]
    assert listed(names[:20]) == ", ".join(names[:20])
    assert listed(names) == f"{', '.join(names[:20])}, and 1 more"
    assert listed(["x" * 201]) == f"{'x' * 200}... (201 characters)"
    assert listed(["a", "b"], 1) == "a, and 1 more"
    assert listed([]) == ""


def test_the_most_alike() -> None:
    """The first of the most alike, "" if none is alike enough; nothing behind 20,000 characters is looked at."""
    assert most_like("amount", ["address", "amonut", "amuont"]) == "amonut"
    assert most_like("amount", ["chain"]) == ""
    assert most_like("amount", ["chain"], 0) == "chain"
    assert most_like("amount", []) == ""
    names = ["x" * 500] * 270  # 64 characters are compared, and each text costs 10 more
    assert most_like("amount", [*names, "x" * 4, "amount"]) == ""
    assert most_like("amount", [*names, "amount"]) == "amount"
    assert most_like("abcde", ["abcxx"], 60) == "abcxx"
    assert most_like("abcde", ["abcxx"], 61) == ""


def test_only_the_beginning_is_compared() -> None:
    """Of two long texts the first sixty-four characters."""
    assert most_like("a" * 64 + "b" * 99, ["a" * 64 + "c" * 99], 100) == "a" * 64 + "c" * 99
    assert most_like("a" * 63 + "b" * 99, ["a" * 63 + "c" * 99], 100) == ""
