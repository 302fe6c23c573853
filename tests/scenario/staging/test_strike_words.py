"""The table of faults has no word that its types do not know."""

from __future__ import annotations

import msgspec
import pytest

from simulator.scenario.staging.logins import PAGE, Login
from simulator.scenario.staging.strikes import EFFECTS, STRIKES, Impossible, Strike


@pytest.mark.parametrize(("effect", "at"), STRIKES)
def test_words_of_a_row(effect: str, at: str) -> None:
    """Each cell of a row is a word of its column, and what is impossible says why in words that follow `at`."""
    row = next(row for place, row in STRIKES.items() if place == (effect, at))
    if isinstance(row, Impossible):
        assert row.why.startswith("is too late for ")
        assert " say " in row.why
    else:
        assert msgspec.convert(msgspec.to_builtins(row), Strike) == row


def test_words_by_default() -> None:
    """What a row does not say is that nothing is damaged, and a login asks."""
    row = Strike(True, "own", "in the body")
    assert msgspec.convert(msgspec.to_builtins(row), Strike) == row
    assert (row.begins, row.announced, row.then, row.ends, row.damages) == ("nothing", "body", "nothing", "open", False)
    assert msgspec.convert(msgspec.to_builtins(PAGE), Login) == PAGE


def test_effects() -> None:
    """The keys of a fault and the words of the network."""
    network = ("reset", "empty", "truncate", "garbage", "hang", "drip", "wrong_length")
    assert ("refuse", "respond", "hold", "first", "then", "advance", "delay", *network) == EFFECTS
