"""Two readers of JSON, a fast one and one that says what is wrong, are one reader to a client."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.web.endpoints import decode

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,5})?", fullmatch=True)
STRINGS = st.from_regex(r'"([^"\\\x00-\x1f\ud800-\udfff]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}){0,8}"', fullmatch=True)
LEAVES = st.sampled_from(("true", "false", "null", "NaN", "-Infinity", "01", "1.", ".5", "-", "")) | NUMBERS | STRINGS
GAPS = st.sampled_from(("", " ", "\n\t\r ", "\x0b", "\ufeff"))


def written(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Lists and objects of such parts, as text."""
    rows = st.lists(st.tuples(STRINGS, GAPS, parts).map(lambda row: f"{row[0]}{row[1]}:{row[2]}"), max_size=4)
    return st.lists(parts, max_size=4).map(lambda items: f"[{','.join(items)}]") | rows.map(
        lambda fields: "{" + ",".join(fields) + "}"
    )


TEXTS = st.recursive(LEAVES, written, max_leaves=12)
ODD = (
    *('{"a":18446744073709551616}', '{"a":-9223372036854775809}', '{"a":-0}', '{"a":-0.0}', '{"a":1E400}'),
    *('{"a":1e999999999999999999999}', '{"a":"\\ud800"}', '{"a":"\\udc00"}', '{"a":"\\ud83d\\ude00"}'),
    *('{"\\ud800":1}', '{"a":1,"a":2}', '{"a":1}x', '{"a":1}\0', '{"a":"\x01"}', '{"a":"\x7f"}', "{'a':1}", '{"a":1,}'),
    *(f'{{"a":{"9" * 4300}}}', f'{{"a":{"9" * 4301}}}', f'{{"a":{"[" * 499}{"]" * 499}}}', "[]", '"a"', ""),
)


def same(text: str) -> None:
    """Both readers give the same fields, of the same types and with the same digits, or the same refusal."""
    by_both, by_one = decode.json_object(text.encode()), decode._explained(text)
    assert by_both == by_one
    assert repr(by_both.fields) == repr(by_one.fields)


@pytest.mark.parametrize("text", ODD, ids=lambda text: text[:20])
def test_odd_json_is_read_alike(text: str) -> None:
    """Whatever is odd about a body, it does not matter which reader comes first."""
    same(text)


@given(GAPS, TEXTS | written(TEXTS), GAPS)
def test_json_is_read_alike(before: str, text: str, after: str) -> None:
    """Any JSON, and what is nearly JSON, is read alike by both."""
    same(before + text + after)


def test_the_fast_reader_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that is right never comes to the reader that explains."""

    def unwanted(text: str) -> Any:
        raise AssertionError(text)

    monkeypatch.setattr(decode, "_explained", unwanted)
    assert decode.json_object(b'{"amount": 1.50, "chain": null}').fields is not None
