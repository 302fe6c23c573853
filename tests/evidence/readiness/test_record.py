"""Records as JSON."""

from __future__ import annotations

import json

import pytest
from support.readiness_reports import LOST, finding, leaning, mistake, record

from simulator.evidence.readiness.record import RecordError, decode, encode

WHOLE = record({LOST: mistake()}, set_up=(finding(),), leanings=leaning(), tests=("test_a",))


def test_a_record_survives_its_file() -> None:
    """What is read from a file is what was written."""
    assert decode(encode(WHOLE), "x") == WHOLE


def test_equal_records_have_equal_bytes() -> None:
    """The bytes do not depend on the order in which operations were called."""
    one, other = ({"withdraw": 1, "transfer": 2}, {"transfer": 2, "withdraw": 1})
    assert encode(record(operations=one)) == encode(record(operations=other))


def test_the_form_of_a_record() -> None:
    """These names stand in artifacts of CI jobs: to change one, raise the version."""
    data = json.loads(encode(WHOLE))
    assert {name: sorted(data[name]) for name in ("leanings", "situations")} == {
        "leanings": [*WHOLE.leanings],
        "situations": ["lost-answers/withdrawal"],
    }
    assert data["version"] == 1
    names = "began cited ended first format last leanings life operations run scenario seed set_up simulator situations"
    assert sorted(data) == sorted(f"{names} start tests version workspace".split())
    assert data["situations"]["lost-answers/withdrawal"] == {
        "handled": 0,
        "broken": 1,
        "undecided": 0,
        "examples": [{"entry": 2, "handled": False, "why": "#4 paid again before anything looked at #2", "culprit": 4}],
    }


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no readiness record"),
        (b"\xff\xfe", "no readiness record"),
        (b"[1]", "no readiness record"),
        (b"[" * 100_000, "no readiness record"),
        (b'{"log": {}}', "its format is ''"),
        (encode(WHOLE).replace(b'"version":1', b'"version":2'), "use the one of the simulator that wrote it (1.0)"),
        (encode(WHOLE).replace(b'"run":"r1"', b'"run":7'), "damaged readiness record"),
        (encode(WHOLE).replace(b'"start":1', b'"start":5'), "its calls are numbered 1-9"),
        (encode(WHOLE)[:-40], "no readiness record"),
    ],
)
def test_what_is_no_record_is_named(data: bytes, says: str) -> None:
    """A file that cannot be used is an error that says which file it is and what is wrong with it."""
    with pytest.raises(RecordError) as raised:
        decode(data, "ci/a.record.json")
    assert str(raised.value).startswith("ci/a.record.json")
    assert says in str(raised.value)
