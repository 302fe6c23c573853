"""docs/reasons.md has every reason with all that a client and a journal see of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from support.generated import OUTDATED
from support.reasons_table import written

import simulator.core.refusals
from simulator.core.refusals import OF_THE_SERVER, Grade, Reason, Refusal

PAGE: Final = Path(simulator.core.refusals.__file__).parents[2] / "docs" / "reasons.md"


def test_the_page_has_every_reason() -> None:
    """The table of docs/reasons.md is made from the reasons, in their order."""
    page = PAGE.read_text(encoding="utf-8")
    assert written(page) == page, OUTDATED
    assert page.count("\n| `") == len(Reason)


def test_which_reasons_are_the_servers() -> None:
    """What a server refuses before there is a command: bytes, paths, methods and repeated headers."""
    assert sorted(reason.name for reason in OF_THE_SERVER) == [
        *("HEADER_REPEATED", "HEAD_TOO_LARGE", "HOST_NOT_SERVED", "METHOD_NOT_ALLOWED", "NOT_HTTP"),
        *("PROTOCOL_NOT_SERVED", "REQUEST_INCOMPLETE", "UNKNOWN_PATH"),
    ]


def test_grades() -> None:
    """The four grades are words that a reader of the ledger knows."""
    assert [grade.value for grade in Grade] == ["documented", "observed", "inferred", "assumed"]


def test_a_refusal_without_more() -> None:
    """A refusal that says nothing more has empty texts, no notes and no world."""
    refusal = Refusal(Reason.CODE_USED)
    assert str(refusal) == "CODE_USED"
    assert (refusal.expected, refusal.received, refusal.notes, refusal.alternatives) == ("", "", (), ())
    assert refusal.keep is None


def test_notes_are_kept_in_order() -> None:
    """What was noticed before the reason held stands before what was noticed later."""
    refusal = Refusal(Reason.CODE_USED).noting(("later",)).noting(("first", "second"))
    assert refusal.notes == ("first", "second", "later")


@pytest.mark.parametrize(("length", "filled"), [(500, "x" * 500), (501, f"{'x' * 500}... (501 characters)")])
def test_a_long_detail_is_cut(length: int, filled: str) -> None:
    """A gap of the text is filled with at most 500 characters of what came."""
    text = Refusal(Reason.PARAMETER_MISSING, field="x" * length).text
    assert text == f"invalid_request: {filled} is compulsory"
