"""How deep JSON may be nested: up to the cap, whatever stands in its strings."""

from __future__ import annotations

import pytest

from simulator.core.nesting import DEEPEST, too_deep


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        ("[[]]", False),
        ("[[[]]]", True),
        ('{"a": [0]}', False),
        ('{"a": [{}]}', True),
        ("[[], [], []]", False),
        ("[[][[]]]", True),
        ('["[[[", [1]]', False),
        (r'["\"[[[", [1]]', False),
        ('["[[[', False),
        ("[[[", True),
        ("]]][[", False),
        ('"\n[[["', False),
    ],
)
def test_two_levels(text: str, deep: bool) -> None:
    """Two levels are not deeper than two, three are; a bracket in a string, even one without an end, is no level."""
    assert too_deep(text, 2) is deep


def test_the_cap() -> None:
    """Five hundred levels are read, 501 are not."""
    assert DEEPEST == 500
    assert [too_deep("[" * depth + "]" * depth) for depth in (500, 501)] == [False, True]
