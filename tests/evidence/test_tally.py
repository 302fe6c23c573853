"""A tally is a value: whatever is counted later, it stays what it was, and it never becomes a long chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from simulator.evidence.tally import MOST_PENDING, Tally, TallyKey

KEYS = [TallyKey(f"operation {number}", "u", "c", "OK", staged=False, departs=False) for number in range(3)]


def tallies(number: int) -> Iterator[Tally]:
    """The tallies after none, one, two ... calls of the keys by turns."""
    tally = Tally()
    yield tally
    for call in range(number):
        tally = tally.counting(KEYS[call % len(KEYS)])
        yield tally


def test_each_tally_keeps_its_counts() -> None:
    """Every tally of a row has counted the calls up to it, wherever calls were added up in between."""
    counts = [dict(tally.counts) for tally in [*tallies(3 * MOST_PENDING)]]
    assert counts == [Counter(KEYS[call % len(KEYS)] for call in range(number)) for number in range(len(counts))]


def test_calls_are_added_up() -> None:
    """So that nothing has to walk a long chain, and old tallies can be freed."""
    pending = [tally.pending for tally in tallies(3 * MOST_PENDING)]
    assert max(pending) == MOST_PENDING
    assert pending.count(0) == 3
