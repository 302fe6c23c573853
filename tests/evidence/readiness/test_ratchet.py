"""The baseline as a ratchet: which states an update writes, and which fail the report."""

from __future__ import annotations

from support.readiness_reports import (
    ASSUMED,
    CATALOGUE,
    DEPOSIT,
    EVERY_STATE,
    LOST,
    REFRESH,
    STATE,
    failures,
    handled,
    mistake,
    record,
    report_of,
)

from simulator.evidence.readiness.baseline import Baseline
from simulator.evidence.readiness.ratchet import ratchet_step, updated
from simulator.evidence.readiness.states import RowState


def test_an_update_of_a_part_of_the_tests_changes_nothing_that_the_part_does_not_show() -> None:
    """Untested, proven and broken rows whose calls did not come stay as they are, and pending ones stay pending."""
    for was in (RowState.BROKEN, RowState.UNTESTED, RowState.UNSURE, RowState.PROVEN):
        baseline = Baseline(situations={LOST.id: was, STATE.id: was})
        part = report_of(record(operations={}), baseline=baseline)
        assert updated(baseline, part, CATALOGUE) == baseline


def test_an_update_of_all_tests_takes_pending_rows_in_whatever_they_are() -> None:
    """A row of a new version that is none of the broker's business is written as such, and is not pending for ever."""
    baseline = Baseline(situations={LOST.id: RowState.UNTESTED})
    new = updated(baseline, report_of(record(), baseline=baseline), CATALOGUE)
    assert new.situations == {**EVERY_STATE, LOST.id: RowState.UNTESTED}


def test_an_update_is_accepted_by_the_run_that_it_was_made_of_unless_something_is_worse() -> None:
    """Whatever follows whatever: a failure that names --update-baseline ends with it, and no other one does."""
    measured = [state for state in RowState if state not in (RowState.PENDING, RowState.WAIVED)]
    for was in measured:
        for now in measured:
            failure, written = ratchet_step(was, now)
            assert ("--update-baseline" in failure) == (written is now is not was), (was, now)
            assert (written is was) or written is not RowState.NOT_YOURS, (was, now)
            assert written is not RowState.BROKEN or was is RowState.BROKEN, (was, now)


def test_an_update_takes_what_is_better_and_new_but_nothing_worse() -> None:
    """The ratchet turns one way by itself; a worse state needs a waiver or a person's hand."""
    part = record({LOST: handled(), STATE: handled()})
    baseline = Baseline(
        situations={
            LOST.id: RowState.BROKEN,
            STATE.id: RowState.UNTESTED,
            DEPOSIT.id: RowState.PROVEN,
            "gone/x": RowState.PROVEN,
        },
        waived={"gone/y": "?"},
        accepted_rules={ASSUMED: "kept"},
        strict_truth=True,
    )
    new = updated(baseline, report_of(part, baseline=baseline), CATALOGUE)
    assert new.situations == {
        LOST.id: RowState.PROVEN,
        STATE.id: RowState.PROVEN,
        DEPOSIT.id: RowState.PROVEN,
        REFRESH.id: RowState.UNTESTED,
    }
    assert (new.waived, new.accepted_rules, new.strict_truth) == ({}, {ASSUMED: "kept"}, True)
    assert [*failures(report_of(part, baseline=new))] == [DEPOSIT.id]


def test_a_first_baseline_fits_its_own_report() -> None:
    """What `--update-baseline` writes for the first time passes, whatever the states are."""
    part = record({LOST: mistake(), REFRESH: handled()})
    baseline = updated(None, report_of(part), CATALOGUE)
    assert report_of(part, baseline=baseline).failures == ()


def test_an_update_of_a_profile_leaves_the_others() -> None:
    """Rows that the report is not about keep their states."""
    baseline = Baseline(situations=EVERY_STATE)
    new = updated(baseline, report_of(record(), baseline=baseline, profiles=("login",)), CATALOGUE)
    assert new == baseline
