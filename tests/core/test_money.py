"""Arithmetic of amounts: exact, to the last digit of the longest, whatever Python's own context says."""

from __future__ import annotations

from decimal import Decimal, Inexact, localcontext

import pytest

from simulator.core import money


def test_the_numbers() -> None:
    """Nought, the usual precision, the most, and how many digits an operation keeps."""
    assert money.ZERO == 0
    assert (money.PRECISION, money.MOST_PRECISE) == (8, 18)
    assert (money.EXACT.prec, money.ROUNDING.prec) == (1_000, 120)


def test_an_operation_that_would_round_raises() -> None:
    """1000 digits are kept, one more is an error; a quotient is cut at 120."""
    assert money.add(Decimal(10) ** 999, Decimal(1)) == 10**999 + 1
    with pytest.raises(Inexact):
        money.add(Decimal(10) ** 1_000, Decimal(1))
    assert len(money.ROUNDING.divide(Decimal(1), Decimal(3)).as_tuple().digits) == 120


def test_the_four_operations() -> None:
    """Sum, difference, product and opposite are exact where Python's own context keeps two digits."""
    one, other = Decimal("100.001"), Decimal("0.0001")
    with localcontext(prec=2):
        assert money.add(one, other) == Decimal("100.0011")
        assert money.subtract(one, other) == Decimal("100.0009")
        assert money.multiply(one, other) == Decimal("0.0100001")
        assert money.negative(one) == Decimal("-100.001")


@pytest.mark.parametrize(("precision", "unit"), [(0, "1"), (2, "0.01"), (18, "1E-18"), (-3, "1E+3")])
def test_unit(precision: int, unit: str) -> None:
    """The smallest amount has a one at the last decimal place."""
    assert str(money.unit(precision)) == unit


@pytest.mark.parametrize(
    ("amount", "precision", "multiple"),
    [
        ("1.23", 2, True),
        ("1.230", 2, True),
        ("1.231", 2, False),
        ("0.009", 2, False),
        ("1", 0, True),
        ("0.5", 0, False),
        ("0", 0, True),
        (f"{'9' * 60}.{'9' * 18}", 18, True),
    ],
)
def test_is_multiple(amount: str, precision: int, multiple: bool) -> None:
    """Zeros beyond the precision are no digits."""
    assert money.is_multiple(Decimal(amount), precision) is multiple


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("100", "100"),
        ("1E+3", "1000"),
        ("100.10", "100.1"),
        ("100.00", "100"),
        ("0.00", "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("-1.50", "-1.5"),
        ("1E-8", "0.00000001"),
        ("0", "0"),
    ],
)
def test_plain(amount: str, text: str) -> None:
    """Digits without exponent and without zeros at the end of a fraction; nought has no sign."""
    assert money.plain(Decimal(amount)) == text
