"""Fields of a request, one by one: what is absent, what is wrong, and in which words that is said."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from simulator.core.gateway.paging import (
    read_whole,
    read_word,
)
from simulator.core.gateway.requests import (
    MAXIMUM_BODY,
    Body,
    FieldProblem,
    Fields,
    NotInRange,
    pairs,
    unread,
)
from simulator.core.refusals import NOT_IN_RANGE, Reason, Refusal
from simulator.core.spec import FeeDeductType

READERS: dict[str, Callable[[Fields], Any]] = {
    "text": lambda fields: fields.text("x"),
    "required text": lambda fields: fields.text("x", required=True),
    "items": lambda fields: fields.items("x"),
    "boolean": lambda fields: fields.boolean("x"),
    "word": lambda fields: fields.word("x", FeeDeductType),
    "required word": lambda fields: fields.word("x", FeeDeductType, required=True),
    "amount": lambda fields: fields.amount("x"),
    "whole": lambda fields: read_whole(fields, "x"),
    "whole from 3": lambda fields: read_whole(fields, "x", 3),
    "of two": lambda fields: read_word(fields, "x", ("a", "b")),
    "required of two": lambda fields: read_word(fields, "x", ("a", "b"), required=True),
}
WORDS = "must be one of INTERNAL, EXTERNAL"


@pytest.mark.parametrize(
    ("reader", "value", "read"),
    [
        ("text", None, ""),
        ("text", "", ""),
        ("text", " ", " "),
        ("text", "a", "a"),
        ("required text", " a", " a"),
        ("items", [], []),
        ("items", [1], [1]),
        ("boolean", None, False),
        ("boolean", False, False),
        ("boolean", True, True),
        ("word", None, None),
        ("word", "", None),
        ("word", "INTERNAL", FeeDeductType.INTERNAL),
        ("required word", "EXTERNAL", FeeDeductType.EXTERNAL),
        ("amount", "1", Decimal(1)),
        ("amount", 1, Decimal(1)),
        ("amount", Decimal("1.50"), Decimal("1.50")),
        ("amount", Decimal("1E-5"), Decimal("0.00001")),
        ("amount", "0" * 29 + "1", Decimal(1)),
        ("amount", f"0.{'0' * 29}1", Decimal("1E-30")),
        ("whole", None, None),
        ("whole", "", None),
        ("whole", "0", 0),
        ("whole", "9" * 15, 10**15 - 1),
        ("whole from 3", "3", 3),
        ("of two", None, ""),
        ("of two", "b", "b"),
        ("required of two", "a", "a"),
    ],
)
def test_what_is_read(reader: str, value: object, read: object) -> None:
    """A field that is right is read as what it is; an optional one that is absent or empty is nothing."""
    result = READERS[reader](Fields({"x": value}))
    assert (type(result), result) == (type(read), read)


@pytest.mark.parametrize(
    ("reader", "value", "problem", "received"),
    [
        ("text", 1, "must be a string", "1"),
        ("text", False, "must be a string", "False"),
        ("required text", None, "is compulsory", "absent"),
        ("required text", "", "is compulsory", "''"),
        ("required text", " ", "is compulsory", "' '"),
        ("required text", 0, "must be a string", "0"),
        ("items", None, "must be a list", "absent"),
        ("items", "[]", "must be a list", "'[]'"),
        ("boolean", 1, "must be true or false", "1"),
        ("boolean", "true", "must be true or false", "'true'"),
        ("word", "internal", WORDS, "'internal'"),
        ("word", 1, "must be a string", "1"),
        ("required word", "", "is compulsory", "''"),
        ("amount", None, "is compulsory", "absent"),
        ("amount", "", "is compulsory", "''"),
        ("amount", "0", "must be a positive decimal number", "'0'"),
        ("amount", "0.00", "must be a positive decimal number", "'0.00'"),
        ("amount", "-1", "must be a positive decimal number", "'-1'"),
        ("amount", True, "must be a positive decimal number", "True"),
        ("amount", "1.", "must be a positive decimal number", "'1.'"),
        ("amount", ".5", "must be a positive decimal number", "'.5'"),
        ("amount", "1e3", "must be a positive decimal number", "'1e3'"),
        ("amount", "\N{ARABIC-INDIC DIGIT ONE}", "must be a positive decimal number", "'\N{ARABIC-INDIC DIGIT ONE}'"),
        ("amount", "0" * 30 + "1", "must be a positive decimal number", f"'{'0' * 30}1'"),
        ("amount", f"0.{'0' * 30}1", "must be a positive decimal number", f"'0.{'0' * 30}1'"),
        ("amount", ["1"], "must be a positive decimal number", "['1']"),
        ("whole", "1.0", "must be a whole number", "'1.0'"),
        ("whole", "-1", "must be a whole number", "'-1'"),
        ("whole", "\N{SUPERSCRIPT TWO}", "must be a whole number", "'\N{SUPERSCRIPT TWO}'"),
        ("whole", "\N{ARABIC-INDIC DIGIT ONE}", "must be a whole number", "'\N{ARABIC-INDIC DIGIT ONE}'"),
        ("whole", "1" * 16, "must be a whole number", f"'{'1' * 16}'"),
        ("whole from 3", "2", "must be at least 3", "'2'"),
        ("of two", "c", "must be one of a, b", "'c'"),
        ("required of two", None, "is compulsory", "absent"),
    ],
)
def test_what_is_refused(reader: str, value: object, problem: str, received: str) -> None:
    """A field that is wrong is refused by name, with what it must be and what came."""
    with pytest.raises(FieldProblem) as caught:
        READERS[reader](Fields({"x": value}))
    assert (caught.value.field, caught.value.problem, caught.value.received) == ("x", problem, received)


@pytest.mark.parametrize("exponent", [31, -31, 999_999, -999_999])
def test_a_long_number_is_not_written_out(exponent: int) -> None:
    """A JSON number of too many digits is refused as it came, not written out."""
    with pytest.raises(FieldProblem) as caught:
        Fields({"x": Decimal(f"1E{exponent}")}).amount("x")
    assert caught.value.problem == "must be a positive decimal number"
    assert len(caught.value.received) < 100


def test_a_problem_is_told_briefly() -> None:
    """Of a long value eighty characters are told, of a secret one its type, and of an absent one that it is absent."""
    assert len(FieldProblem("x", "is wrong", "a" * 1000).received) == 80
    assert FieldProblem("x", "is wrong", "a").secret().received == "a str"
    assert FieldProblem("x", "is wrong").secret().received == "absent"


def test_a_problem_becomes_a_refusal() -> None:
    """The refusal names the field from outside, and what was expected; another reason can be said."""
    refusal = FieldProblem("factorType", "is compulsory", "").within("factors[0]").refusal()
    assert refusal.reason is Reason.PARAMETER_INVALID
    assert refusal.details == {"field": "factors[0].factorType", "problem": "is compulsory"}
    assert (refusal.expected, refusal.received) == ("is compulsory", "''")
    assert FieldProblem("x", "y").refusal(Reason.CHAIN_INVALID).reason is Reason.CHAIN_INVALID


def test_unread_fields() -> None:
    """The note names in their order those that are not known, and there is none if all are."""
    assert unread({"b": 1, "x": 2, "a": 3}, {"x"}) == ("fields that nothing read: b, a",)
    assert unread({"x": 2}, {"x"}) == ()


def test_a_body() -> None:
    """A body that was read opens; one that was not is refused for its reason with its detail."""
    assert (Body({}).opened(), Body({}).encoding, Body({}).problem, Body({}).detail) == ({}, "json", None, "")
    with pytest.raises(Refusal) as caught:
        Body(None, Reason.BODY_TOO_LARGE, detail="65536").opened()
    assert caught.value.reason is Reason.BODY_TOO_LARGE
    assert (caught.value.received, caught.value.text) == ("65536", "The request body is larger than 65536 bytes.")
    assert MAXIMUM_BODY == 65_536


def test_pairs_of_a_query() -> None:
    """Names and values come decoded and in order, empty ones as well; bytes that are no text are replaced."""
    assert pairs("a=1&b=&a=2&c&&=d") == [("a", "1"), ("b", ""), ("a", "2"), ("c", ""), ("", "d")]
    assert pairs("a+b=%20+%2B&%C3%A9=1") == [("a b", "  +"), ("\N{LATIN SMALL LETTER E WITH ACUTE}", "1")]
    assert pairs("%FF=a%FE") == [("\N{REPLACEMENT CHARACTER}", "a\N{REPLACEMENT CHARACTER}")]
    for text in ("%FF=a", "a=%FF"):
        with pytest.raises(UnicodeDecodeError):
            pairs(text, "strict")


def test_a_word_of_no_list() -> None:
    """The refusal names a field of a body, and no parameter of a query; another reason has words of its own."""
    problem = NotInRange("x", ("a", "b"), "c")
    assert (problem.problem, problem.received) == ("must be one of a, b", "'c'")
    in_body, in_query = problem.refusal(), problem.refusal(in_query=True)
    assert in_body.details == {"field": "x", "problem": NOT_IN_RANGE}
    assert in_query.details == {"field": "", "problem": NOT_IN_RANGE}
    assert (in_body.expected, in_query.expected) == ("x must be one of a, b",) * 2
    assert (in_body.received, in_query.received) == ("'c'", "'c'")
    other = problem.refusal(Reason.CHAIN_INVALID)
    assert (other.reason, other.details["problem"]) == (Reason.CHAIN_INVALID, "must be one of a, b")
