"""The merging of records."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.readiness_reports import LOST, handled, mistake, record

from simulator.evidence.readiness.merging import merged
from simulator.evidence.readiness.record import ReadinessRecord


@st.composite
def records(draw: st.DrawFn) -> ReadinessRecord:
    """A record of one of few keys, so that many are about the same calls."""
    last = draw(st.integers(1, 4))
    return record(
        {LOST: draw(st.sampled_from([handled(), mistake()]))},
        run=draw(st.sampled_from(["r1", "r2"])),
        workspace=draw(st.sampled_from(["main", "w1"])),
        first=draw(st.integers(1, last)),
        last=last,
        tests=tuple(draw(st.sets(st.sampled_from(["test_a", "test_b"])))),
    )


@given(st.lists(records(), max_size=8), st.randoms(use_true_random=False))
def test_order_does_not_matter(parts: list[ReadinessRecord], random: object) -> None:
    """Records are merged into the same collection, in whatever order and in however many steps they come."""
    shuffled = [*parts]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a `Random`
    whole = merged(parts)
    assert merged(shuffled) == whole
    half = len(parts) // 2
    assert merged([*merged(shuffled[:half]), *merged(shuffled[half:])]) == whole


@given(st.lists(records(), max_size=8))
def test_repetitions_do_not_matter(parts: list[ReadinessRecord]) -> None:
    """A record that comes twice, as it does from two artifacts of one job, counts once."""
    assert merged([*parts, *parts, *merged(parts)]) == merged(parts)


def test_the_record_that_knows_more_is_kept_with_the_tests_of_both() -> None:
    """A later record of the same workspace replaces an earlier one, and no node id is lost."""
    early = record({LOST: mistake()}, last=5, tests=("test_a",))
    late = record({LOST: handled()}, last=9)
    assert merged([late, early]) == (record({LOST: handled()}, last=9, tests=("test_a",)),)


def test_other_workspaces_runs_and_emptied_journals_stay_apart() -> None:
    """Workspaces of one name in two runs, or one after the other, and what came after a journal was emptied."""
    parts = [record(), record(workspace="w1"), record(run="r2"), record(start=10, first=10, last=12), record(life=2)]
    assert len(merged(parts)) == 5
