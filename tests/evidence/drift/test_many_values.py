"""Entries of very many small values: they are counted before they are parsed, because each takes much memory."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import pytest
from support.recordings import checked, recording

from simulator.evidence.drift import har_stream
from simulator.evidence.drift.har_stream import HarStream
from simulator.evidence.drift.json_extent import ValueExtent


def entries_read(data: bytes) -> list[Any]:
    """All entries of a file."""
    return list(HarStream(io.BytesIO(data), "my.har").entries())


FEW = 10_000
"""In place of `MOST_VALUES`, of which a text takes seconds."""
HOSTILE = {
    "lists": "[],",
    "lists in lists": "[[[]]],",
    "objects": '{"a":[{}]},',
    "numbers": "1.5,",
    "texts": r'"a[{\"",',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_entry_of_too_many_values(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry of very many small values is passed over and counted, and never parsed: its values take the memory."""
    parsed: list[int] = []

    def counting(text: str, place: int) -> tuple[Any, int]:
        value, end = decode(text, place)
        parsed.append(end - place)
        return value, end

    decode = har_stream.DECODE
    monkeypatch.setattr(har_stream, "DECODE", counting)
    monkeypatch.setattr(har_stream, "MOST_VALUES", FEW)
    monkeypatch.setattr(har_stream, "AT_ONCE", 10)  # what is shorter is parsed without being counted
    values = HOSTILE[name] * (FEW + 1)
    har = f'{{"log":{{"entries":[{{"n":1}},{{"x":[{values}0]}},{{"n":2}}]}}}}'.encode()
    assert entries_read(har) == [{"n": 1}, har_stream.TOO_LARGE, {"n": 2}]
    assert max(parsed) < 20


def test_the_most_values_of_an_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry with the most values is read, one with more is not; what stands in texts counts for nothing."""
    monkeypatch.setattr(har_stream, "AT_ONCE", 10)
    monkeypatch.setattr(har_stream, "MOST_VALUES", 1000)
    fits, many = [[["[{,", ","]] * 200, 1], [[["[{,", ","]] * 400]  # a list counts for itself and its first value
    assert entries_read(json.dumps({"log": {"entries": [fits, many, 7]}}).encode()) == [fits, har_stream.TOO_LARGE, 7]
    har = recording()
    har["log"]["entries"].append(many)
    assert (checked(har).coverage.too_large, checked(har).findings) == (1, ())
    assert any("more than 500,000 values" in remark for remark in checked(har).remarks)


def test_an_extent_is_that_of_the_value() -> None:
    """The end of a value is found wherever pieces end, and its values are counted: never too few, hardly too many."""
    chance = random.Random(3)

    def made(depth: int) -> Any:
        kind = chance.randrange(6 if depth else 3)
        if kind < 3:
            return chance.choice([7, 1.5, None, True, "", 'a"\\[{,', "}" * 9, "x" * 40])
        items = [made(depth - 1) for _ in range(chance.randrange(5))]
        return items if kind < 5 else {str(number): item for number, item in enumerate(items)}

    def values_of(value: Any) -> tuple[int, int]:
        inner = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
        counts = [values_of(item) for item in inner]
        return 1 + sum(values for values, _ in counts), isinstance(value, list | dict) + sum(
            lists for _, lists in counts
        )

    for _ in range(300):
        value = [made(5)]
        text = json.dumps(value, indent=chance.choice([None, 1]))
        extent, places = ValueExtent(), {*chance.sample(range(len(text)), min(4, len(text))), len(text)}
        ends = [extent.ends(f"xx{text}"[: end + 2], 2) for end in sorted(places)]
        assert ends == [*[False] * (len(ends) - 1), True]
        assert extent.take_seen() == len(text)
        values, lists = values_of(value)
        assert values <= extent.values + 1 <= values + lists
