"""Parameters of a query: each reads what it says of itself, and is no more than that."""

from __future__ import annotations

import pytest

from simulator.core.gateway.parameters import (
    CHAIN,
    CURRENCY,
    NEEDED_CURRENCY,
    ONE_CHAIN,
    PAGE,
    SPAN,
    Parameter,
    Text,
    Whole,
    Word,
)
from simulator.core.gateway.requests import FieldProblem, Fields


def problem(parameter: Text | Word | Whole, value: str | None) -> str:
    """Why a value is refused, and "" if it is not."""
    try:
        parameter.read(Fields({} if value is None else {"x": value}))
    except FieldProblem as found:
        return f"{found.field} {found.problem}, not {found.received}"
    return ""


def test_by_default() -> None:
    """A parameter need not be said and is not described; a number begins at nought and has no end."""
    assert (Parameter("x").description, Parameter("x").required, Text("x").pattern) == ("", False, "")
    assert (Whole("x").least, Whole("x").most) == (0, None)
    assert Whole("x").read(Fields({"x": "0"})) == 0
    assert Whole("x").read(Fields({"x": "9" * 15})) == 10**15 - 1


@pytest.mark.parametrize(
    ("parameter", "value", "why"),
    [
        (Text("x"), None, ""),
        (Text("x", required=True), None, "x is compulsory, not absent"),
        (Word("x", words=("a",)), None, ""),
        (Word("x", words=("a",)), "b", "x must be one of a, not 'b'"),
        (Word("x", required=True, words=("a",)), "", "x is compulsory, not ''"),
        (Whole("x", least=2, most=3), "1", "x must be at least 2, not '1'"),
        (Whole("x", least=2, most=3), "2", ""),
        (Whole("x", least=2, most=3), "3", ""),
        (Whole("x", least=2, most=3), "4", "x must be at most 3, not 4"),
        (Whole("x", least=2, most=3), None, ""),
        (Whole("x", most=0), "0", ""),
        (Whole("x", most=0), "1", "x must be at most 0, not 1"),
    ],
)
def test_what_a_parameter_refuses(parameter: Text | Word | Whole, value: str | None, why: str) -> None:
    """Each bound belongs to what it bounds, and the refusal says which it is."""
    assert problem(parameter, value) == why


def test_shared_parameters() -> None:
    """What many calls have in common, as the documents say it."""
    assert [(each.name, each.required) for each in (CURRENCY, NEEDED_CURRENCY, CHAIN, ONE_CHAIN)] == [
        *(("currency", False), ("currency", True), ("chain", False), ("chain", False)),
    ]
    assert ONE_CHAIN.description == "A chainId; the currency's default chain without"
    assert [(each.name, each.description, each.least, each.most) for each in SPAN] == [
        *(("startAt", "ms", 0, None), ("endAt", "ms", 0, None)),
    ]
    assert [(each.name, each.least, each.most) for each in PAGE] == [("currentPage", 1, None), ("pageSize", 10, 500)]


def test_how_long_a_text_is() -> None:
    """A text has at most so many characters, and the refusal says how many."""
    parameter = Text("remark", longest=3)
    assert parameter.read(Fields({"remark": "äöü"})) == "äöü"
    with pytest.raises(FieldProblem) as caught:
        parameter.read(Fields({"remark": "four"}))
    assert (caught.value.field, caught.value.problem) == ("remark", "must have at most 3 characters")
