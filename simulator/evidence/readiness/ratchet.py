"""The ratchet: what a baseline makes of the state that calls show, and what an update writes into it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from simulator.evidence.readiness.baseline import Baseline
from simulator.evidence.readiness.report import Report, SituationRow
from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.states import RowState


class RatchetStep(NamedTuple):
    """From the state in the baseline to the one that calls show.

    `failure` says why it fails the report, "" = it does not. `written` is the state that an update leaves.
    """

    failure: str
    written: RowState


def ratchet_step(was: RowState, measured: RowState) -> RatchetStep:
    """What the ratchet makes of a new state.

    `not yours` is no rung: it says that no call came, and a part of the tests shows the same. So it replaces nothing,
    and any state but `broken` may follow it.
    """
    if measured is was or (was, measured) == (RowState.UNTESTED, RowState.NOT_YOURS):
        return RatchetStep("", was)
    seen = f"{measured}, and the baseline has {was}"
    written_down = "--update-baseline writes it down"
    if measured is RowState.NOT_YOURS:
        advice = "were tests left out? If your code has stopped calling them, take the line out of the baseline"
        return RatchetStep(f"no call of its operations came, and the baseline has {was}: {advice}", was)
    if was is RowState.NOT_YOURS and measured is not RowState.BROKEN:
        return RatchetStep(f"{seen}: your code calls its operations now; {written_down}", measured)
    if (was, measured) == (RowState.BROKEN, RowState.UNTESTED):
        return RatchetStep(
            f"{seen}: nothing shows that it is mended. Bring its test back, or waive it with a reason", was
        )
    if (was, measured) == (RowState.PROVEN, RowState.UNSURE):
        return RatchetStep(f"{seen}: it rests on a rule that this version only assumes; {written_down}", measured)
    if measured.rank < was.rank:
        return RatchetStep(f"{seen}: mend it, or waive it with a reason", was)
    return RatchetStep(f"{measured}, better than the baseline's {was}: {written_down}", measured)


def compared(row: SituationRow, baseline: Baseline | None) -> SituationRow:
    """The row with what the baseline makes of it."""
    name, measured = row.situation.id, row.measured
    if baseline is None:
        return replace(row, failure="not handled, at least once") if measured is RowState.BROKEN else row
    if name in baseline.waived:
        stale = measured in (RowState.PROVEN, RowState.UNSURE)
        failure = f"waived, and {measured} all the same: take the waiver out of the baseline" if stale else ""
        return replace(row, state=RowState.WAIVED, reason=baseline.waived[name], failure=failure)
    if name not in baseline.situations:
        return replace(row, state=RowState.PENDING, reason="new since the baseline was written")
    was = baseline.situations[name]
    if was is RowState.UNTESTED and measured is RowState.NOT_YOURS:
        return replace(
            row, state=was, reason="no call of its operations came; the baseline says that your code makes them"
        )
    return replace(row, failure=ratchet_step(was, measured).failure)


def updated(baseline: Baseline | None, report: Report, catalogue: Iterable[Situation]) -> Baseline:
    """The baseline after `--update-baseline`: better states and new situations are written, worse states are not.

    A worse state needs a waiver or a change of the file by hand, so that nobody accepts it unseen. Waivers of
    situations that are handled now are dropped, and so are situations that do not exist any more. If the report is on
    a part of the tests, a new situation whose operations were not called stays pending.
    """
    baseline = baseline or Baseline()
    names = {situation.id for situation in catalogue}
    situations = {name: state for name, state in baseline.situations.items() if name in names}
    waived = {name: reason for name, reason in baseline.waived.items() if name in names}
    partial = any(
        row.measured is RowState.NOT_YOURS and situations.get(row.situation.id, row.measured) is not row.measured
        for row in report.rows
    )
    for row in report.rows:
        name, measured = row.situation.id, row.measured
        if name in waived and measured in (RowState.PROVEN, RowState.UNSURE):
            del waived[name]
        if name in waived or (name not in situations and partial and measured is RowState.NOT_YOURS):
            continue
        situations[name] = ratchet_step(situations.get(name, measured), measured).written
    return replace(baseline, situations=situations, waived=waived)
