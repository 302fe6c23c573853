"""Single values: the reader and the schema read them alike."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator
from support.editor_yaml import edited
from support.scenario_texts import FILE, problems, situation

from simulator.scenario.format import scalars
from simulator.scenario.format.reader import Reader
from simulator.scenario.format.scalars import Scalar
from simulator.scenario.format.shapes import Word
from simulator.scenario.keys.json_schema import of
from simulator.scenario.text.nodes import Node

SAMPLES = (
    *(
        "",
        "0",
        "1",
        "18",
        "19",
        "007",
        "-1",
        "1.5",
        "1.",
        ".5",
        "1e3",
        "0x1",
        "200",
        "600",
        "9" * 18,
        "9" * 19,
        "9" * 31,
    ),
    *(
        "true",
        "false",
        "yes",
        "no",
        "word",
        "two words",
        "a/b",
        "a.yaml",
        "demo.YML",
        ".",
        "..",
        ".a",
        "a\\b",
        "é",
        "€",
    ),
    *("5s", "1h30m", "-5s", "--5s", "+5s", "5", "5 s", "s", "-", "3d1ms", "1s1d", "10M"),
    *("2026-06-01T00:00:00Z", "2026-06-01T00:00:00.25+02:00", "2026-06-01", "2026-06-01T00:00:00", "now"),
    *("203.0.113.7", "2001:db8::1", "127.0.0.0/8", "localhost", "fe80::1%eth0"),
    *("/cb", "http://x/cb?a=b", "app.x://y", "http://", "://x", "/cb#f", "http://x#f", "/c b", "cb", "a\nb", "x\n"),
    *(
        "ABCDEFGHIJKLMNOP",
        "ABCDEFGHIJKLMNOPQRSTUVWX",
        "ABCDEFGH",
        "222222222222222222222222",
        "abcdefghijklmnop",
        "GAV",
        "x-name",
        "a b",
        "~",
        "null",
    ),
)
KINDS = [(name, value) for name, value in vars(scalars).items() if isinstance(value, Scalar)]


@pytest.mark.parametrize(("name", "shape"), KINDS, ids=[name for name, _ in KINDS])
def test_each_scalar_is_the_same_to_both(name: str, shape: Scalar) -> None:
    """What the reader takes the schema takes too, as text and as what YAML makes of it; what it refuses is refused."""
    validator = Draft202012Validator(of(shape))
    for text in SAMPLES:
        reader = Reader(Node(1, 1, FILE, text=text, plain=True))
        taken = reader.read(shape, reader.root, "") is not None
        plain = text if "\n" in text or text in ("", "-") or shape is scalars.HEADER else edited(text)
        if taken:
            assert validator.is_valid(text), text
            assert validator.is_valid(plain), text
        elif not reader.root.is_null and not _beyond_patterns(shape, text):
            assert not validator.is_valid(text), text


def _beyond_patterns(shape: Scalar, text: str) -> bool:
    """What no pattern says: bounds of numbers, which letters are an address or an expression, a newline's `$`."""
    bounds = (shape.least, shape.most) != (None, None) and text.isascii() and text.isdigit()
    return bounds or shape in (scalars.IP, scalars.PATTERN, scalars.RATE) or text.endswith("\n")


def test_a_vip_level_is_one_of_kucoins() -> None:
    """Levels are 0 to 12: no pool has a size beyond."""
    text = "given: {{users: {{zoe: {{level: {}}}}}}}\n"
    assert [situation(text.format(level)).world.users["zoe"].level for level in (0, 12)] == [0, 12]
    assert problems(text.format(13)) == [f"{FILE}:3:30: given.users.zoe.level: must be at most 12"]


def test_words_are_the_same_to_both() -> None:
    """Each word of a list is taken by both, and none beside it."""
    shape = Word({"1": 1, "frozen": 2})
    validator = Draft202012Validator(of(shape))
    for text in (*SAMPLES, "frozen"):
        reader = Reader(Node(1, 1, FILE, text=text, plain=True))
        assert (reader.read(shape, reader.root, "") is not None) == validator.is_valid(text)
    assert validator.is_valid(1)
