"""Tabs, and numbers as people write them: what they meet is a sentence about tabs, commas and currency signs."""

from __future__ import annotations

import pytest
from support.scenario_texts import FILE, HEAD, problems

from simulator.scenario.loader import read


@pytest.mark.parametrize(
    "text", ["given:\n\tusers: {}\n", "\tgiven: {}\n", "given:\n  users:\n  \tann: {}\n", "given: a\n\tusers: {}\n"]
)
def test_a_tab_is_told_as_a_tab(text: str) -> None:
    """Where a tab stands for indentation, the message says what to write instead."""
    [problem] = problems(text)
    assert problem.endswith("not YAML: found a tab; YAML is indented with spaces alone, so replace each tab by spaces")


def test_a_tab_that_is_allowed_is_not_blamed() -> None:
    """In brackets a tab is white space as any other: what is wrong beside it keeps its own message."""
    [problem] = problems("given: {users: {ann: {}\n\tbob: {}}}\n")
    assert problem.endswith("not YAML: did not find expected ',' or '}'")


@pytest.mark.parametrize(
    "number", ["1,000.50", "1_000", "1.000,50", "$5", "5 USDT", "'1,000'", "1\u00a0000", "\u20ac5"]
)
@pytest.mark.parametrize("place", ["given:\n  prices_usdt:\n    USDT: {}\n", "seed: {}\n", "clock:\n  scale: {}\n"])
def test_a_number_with_separators_is_told_how_to_be_written(number: str, place: str) -> None:
    """Thousands, currencies and commas: each kind of number says that it is digits with a point."""
    told = "; write digits, with a point before decimals: no commas, underscores, spaces or currency signs"
    assert [problem for problem in problems(place.format(number)) if problem.endswith(told)]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("given: {prices_usdt: {BTC: 60,000}}\n", 28),
        ("given: {prices_usdt: {BTC: 1,000.50, ETH: 1}}\n", 28),
        ("choices: {api_key_limit: 1,000}\n", 26),
        ("clock: {mode: scaled, scale: 1,5}\n", 30),
    ],
)
def test_a_comma_within_a_number_does_not_go_unnoticed(text: str, column: int) -> None:
    """In braces a comma ends the value, and what follows would be a key with null, which deletes nothing."""
    [problem] = problems(text)
    assert problem.startswith(f"{FILE}:3:{column}: a comma ends the value in ")
    assert problem.endswith("; write the number without commas, as 1000.50 is written")


def test_a_number_may_be_a_name() -> None:
    """A key that is a number is no mistake where it has a value."""
    world = read(f"{HEAD}extends: demo\ngiven: {{users: {{1: {{uid: 5}}, 2: {{}}}}}}\n", FILE).world
    assert {"1", "2", "alice"} < set(world.users)
