"""The judgement: rows, their states, and what fails a report."""

from __future__ import annotations

import re

import pytest
from support.readiness_reports import (
    ASSUMED,
    DEPOSIT,
    EVERY_STATE,
    LOST,
    REFRESH,
    STATE,
    failures,
    finding,
    handled,
    leaning,
    mistake,
    record,
    report_of,
    undecided,
)

from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.readiness.baseline import Baseline
from simulator.evidence.readiness.catalogue import SITUATIONS
from simulator.evidence.readiness.formats.wording import staging
from simulator.evidence.readiness.judging import judged
from simulator.evidence.readiness.record import Sightings
from simulator.evidence.readiness.report import Report
from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.states import RowState
from simulator.scenario.loader import read


def states(report: Report) -> dict[str, str]:
    """The state of each row."""
    return {row.situation.id: row.state.value for row in report.rows}


@pytest.mark.parametrize(
    ("sightings", "state"),
    [
        (None, "untested"),
        (handled(), "proven"),
        (mistake(), "broken"),
        (undecided(), "untested"),
        (Sightings(5, 1, 0, mistake().examples), "broken"),
        (Sightings(1, 0, 7, undecided().examples), "proven"),
    ],
)
def test_the_state_of_a_row(sightings: Sightings | None, state: str) -> None:
    """Reached and always handled is proven, one mistake is broken, and what was never decided is untested."""
    report = report_of(record({LOST: sightings} if sightings else {}))
    assert states(report)[LOST.id] == state


def test_an_operation_that_is_never_called_is_not_yours() -> None:
    """A broker that takes no deposits is not told to test them."""
    assert states(report_of(record()))[DEPOSIT.id] == "not yours"
    assert states(report_of(record(operations={"list_deposits": 1})))[DEPOSIT.id] == "untested"


def hint(situation: Situation, *operations: str) -> str:
    """How to meet a situation, as the report says it to a client that makes these calls."""
    [row] = judged([record(operations=dict.fromkeys(operations, 1))], [situation], rules(), "1").rows
    return staging(row)


def test_a_fault_that_is_proposed_is_about_a_call_that_the_client_makes() -> None:
    """Whichever of a situation's calls a client makes, the hint how to meet it names that one, and can be staged."""
    proposing = [
        situation
        for situation in SITUATIONS
        if any(f"{{operation: {operation}," in hint(situation) for operation in situation.operations)
    ]
    assert {"orders/not-made", "orders/batch-answer-lost", "pools/spot"} <= {situation.id for situation in proposing}
    for situation in proposing:
        for operation in situation.operations:
            [fault] = re.findall(rf"{{operation: {operation},.*?}}", hint(situation, operation))
            if "refuse:" in fault:
                assert read(f"version: 1\nname: staged\nextends: demo\nfaults: [{fault}]", "staged.yaml").faults


def test_what_rests_on_an_assumed_rule_is_unsure_and_a_mistake_there_stays_broken() -> None:
    """Handling what KuCoin may never do proves little; a mistake is shown all the same."""
    assert states(report_of(record({REFRESH: handled()})))[REFRESH.id] == "unsure"
    assert states(report_of(record({REFRESH: mistake()})))[REFRESH.id] == "broken"


def test_records_of_several_workspaces_are_one_row() -> None:
    """One mistake in one of many workspaces breaks the row, with the test that did it shown before all others."""
    parts = [record({LOST: handled()}, workspace=f"w{number}", tests=(f"test_{number}",)) for number in range(20)]
    report = report_of(*parts, record({LOST: mistake()}, workspace="z", tests=("test_bad",)))
    row = report.rows[0]
    assert (row.state, row.handled, row.broken, row.reached) == (RowState.BROKEN, 20, 1, 21)
    assert row.evidence[0].tests == ("test_bad",)
    assert [call.number for call in row.evidence[0].cited] == [2, 4]
    assert len(row.evidence) == 10


def test_without_a_baseline_a_broken_row_fails() -> None:
    """What is broken fails the report; what is untested does not."""
    assert report_of(record({LOST: mistake()})).failures == ("lost-answers/withdrawal: not handled, at least once",)
    assert report_of(record()).failures == ()


@pytest.mark.parametrize(
    ("was", "sightings", "says"),
    [
        (RowState.PROVEN, None, "untested, and the baseline has proven"),
        (RowState.PROVEN, mistake(), "broken, and the baseline has proven"),
        (RowState.UNTESTED, mistake(), "broken, and the baseline has untested"),
        (RowState.UNTESTED, handled(), "proven, better than the baseline's untested"),
        (RowState.BROKEN, handled(), "proven, better than the baseline's broken"),
        (RowState.NOT_YOURS, None, "untested, and the baseline has not yours: your code calls its operations now"),
        (RowState.NOT_YOURS, mistake(), "broken, and the baseline has not yours: mend it"),
        (RowState.BROKEN, None, "untested, and the baseline has broken: nothing shows that it is mended"),
        (RowState.BROKEN, mistake(), ""),
        (RowState.UNTESTED, None, ""),
        (RowState.PROVEN, handled(), ""),
    ],
)
def test_the_baseline_is_a_ratchet_both_ways(was: RowState, sightings: Sightings | None, says: str) -> None:
    """A worse state fails, a better one must be written down, and what is known to be broken fails nothing."""
    baseline = Baseline(situations={**EVERY_STATE, LOST.id: was})
    found = failures(report_of(record({LOST: sightings} if sightings else {}), baseline=baseline))
    assert found.keys() <= {LOST.id}
    assert found.get(LOST.id, "").startswith(says)
    assert bool(found) == bool(says)


def test_a_row_whose_calls_never_came_is_not_praised() -> None:
    """A run that left tests out is not called better, and what was untested before it is so afterwards."""
    for was in (RowState.BROKEN, RowState.UNSURE, RowState.PROVEN):
        baseline = Baseline(situations={**EVERY_STATE, DEPOSIT.id: was})
        failure = failures(report_of(record(), baseline=baseline))[DEPOSIT.id]
        assert f"no call of its operations came, and the baseline has {was}: were tests left out?" in failure
    baseline = Baseline(situations={**EVERY_STATE, DEPOSIT.id: RowState.UNTESTED, LOST.id: RowState.UNTESTED})
    report = report_of(record(), baseline=baseline)
    assert (report.failures, states(report)[DEPOSIT.id]) == ((), "untested")


def test_what_the_baseline_does_not_know_is_pending() -> None:
    """A new version of the simulator brings new rows; they fail nothing, and say what they would be."""
    report = report_of(record({LOST: mistake()}), baseline=Baseline(situations={STATE.id: RowState.UNTESTED}))
    assert states(report)[LOST.id] == "pending"
    assert report.rows[0].measured is RowState.BROKEN
    assert report.failures == ()
    assert report.whole.counted == 1


def test_a_waiver_has_a_reason_and_ends_when_it_is_not_needed() -> None:
    """A waived row counts for nothing; one that is handled all the same must go, so that it hides nothing later."""
    baseline = Baseline(situations={STATE.id: RowState.UNTESTED}, waived={LOST.id: "we pay nobody"})
    report = report_of(record({LOST: mistake()}), baseline=baseline)
    assert (states(report)[LOST.id], report.rows[0].reason, report.failures) == ("waived", "we pay nobody", ())
    report = report_of(record({LOST: handled()}), baseline=baseline)
    assert failures(report)[LOST.id].startswith("waived, and proven all the same")


def test_names_that_nothing_has_are_failures() -> None:
    """A typing error in a waiver must not pass for a waiver."""
    baseline = Baseline(
        situations={**EVERY_STATE, "gone/for-ever": RowState.PROVEN},
        waived={"lost-answers/withdrawals": "?"},
        accepted_rules={"H99/none": "?"},
    )
    found = report_of(record({LOST: handled()}), baseline=baseline).other_failures
    assert [failure for failure in found if "gone/for-ever" in failure]
    assert [failure for failure in found if "did you mean lost-answers/withdrawal?" in failure]
    assert [failure for failure in found if "H99/none" in failure]
    waived = Baseline(accepted_rules={"H42/factor-set": "?"})
    [failure] = report_of(record({LOST: handled()}), baseline=waived).other_failures
    assert failure.endswith("no such rule in the ledger (did you mean H42/factor-sets?)")


def test_very_many_names_that_nothing_has() -> None:
    """The first hundred are listed, each cut, and the number of the others."""
    baseline = Baseline(accepted_rules={f"{number}{'x' * 60_000}": "?" for number in range(103)})
    *listed, last = report_of(record({LOST: handled()}), baseline=baseline).other_failures
    assert len(listed) == 100
    assert max(map(len, listed)) < 400
    assert last == "the baseline has 3 more names that nothing has"


def test_the_score_is_of_what_is_decided() -> None:
    """Proven of proven, broken and untested; what is not yours, unsure, waived or pending counts for nothing."""
    assert report_of(record({LOST: handled(), REFRESH: handled()})).score == 50
    assert report_of(record({LOST: handled(), STATE: handled(), REFRESH: handled()})).score == 100
    assert report_of(record(operations={})).score == 0
    assert report_of().score == 0


def test_fail_under_is_a_bound() -> None:
    """A score at the bound passes; one below it fails, and so does a run that reached nothing."""
    half = record({LOST: handled(), REFRESH: handled()})
    assert report_of(half, fail_under=50).failures == ()
    assert "--fail-under asks for 51 %" in report_of(half, fail_under=51).failures[0]
    assert report_of(fail_under=1).failures != ()


def test_a_profile_is_a_part_of_the_report() -> None:
    """Rows of other profiles are left out and counted."""
    report = report_of(record({LOST: mistake()}), profiles=("login",))
    assert [row.situation for row in report.rows] == [REFRESH, STATE]
    assert (report.left_out, report.failures) == (2, ())


def test_set_up_is_never_broken() -> None:
    """A mistake in the configuration is shown with its tests, and neither fails the report nor changes the score."""
    parts = [record({LOST: handled()}, workspace=name, set_up=(finding(),), tests=(f"test_{name}",)) for name in "ab"]
    report = report_of(*parts)
    assert [(row.finding.id, row.calls, row.tests) for row in report.set_up] == [
        ("setup/clock", 6, ("test_a", "test_b"))
    ]
    assert (report.failures, report.score) == ((), report_of(record({LOST: handled()})).score)


def test_assumed_rules_are_listed_and_strict_truth_makes_them_an_error() -> None:
    """Each rule that the calls leaned on has its grade and source; the baseline can forbid all but accepted ones."""
    part = record({LOST: handled()}, leanings=leaning(3), tests=("test_a",))
    (rule,) = report_of(part).rules
    assert (rule.id, rule.grade, rule.calls, rule.tests, rule.failure) == (ASSUMED, "assumed", 3, ("test_a",), "")
    assert rule.source
    assert rule.reading
    situations = {**EVERY_STATE, LOST.id: RowState.PROVEN}
    strict = Baseline(situations=situations, strict_truth=True)
    assert [failure for failure in report_of(part, baseline=strict).failures if failure.startswith(ASSUMED)]
    accepting = Baseline(situations=situations, strict_truth=True, accepted_rules={ASSUMED: "support says so"})
    assert report_of(part, baseline=accepting).failures == ()


def test_calls_that_were_dropped_are_told() -> None:
    """A report says how many calls it knows nothing of."""
    assert report_of(record(first=4)).missing == 3
