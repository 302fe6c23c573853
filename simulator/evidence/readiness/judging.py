"""The judgement: merged records, the catalogue of situations, the ledger and the baseline -> the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from simulator.core.quoting import shortened
from simulator.core.value import Value
from simulator.evidence.diagnosis.rules import Rule
from simulator.evidence.readiness.baseline import Baseline
from simulator.evidence.readiness.citing import numbers_of
from simulator.evidence.readiness.ratchet import compared
from simulator.evidence.readiness.record import ReadinessRecord
from simulator.evidence.readiness.report import Evidence, Report, RuleRow, SetupRow, SituationRow
from simulator.evidence.readiness.setup import SetupFinding
from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.states import RowState
from simulator.scenario.format.reader import suggestion

MOST_SHOWN: Final = 10
"""Occurrences of a situation that a report shows."""
MOST_UNKNOWN: Final = 100
"""Unknown names of a baseline that are listed, each with the name that may be meant."""
NO_BASELINE: Final = Baseline()


class ReportCriteria(Value, frozen=True, kw_only=True):
    """What a report is about and what fails it.

    Without a baseline any broken row fails. `profiles` are those of the rows; empty = all. `fail_under` is the least
    score.
    """

    baseline: Baseline | None = None
    profiles: tuple[str, ...] = ()
    fail_under: int | None = None


EVERYTHING: Final = ReportCriteria()


def judged(
    records: Sequence[ReadinessRecord],
    catalogue: Sequence[Situation],
    ledger: Mapping[str, Rule],
    simulator: str,
    policy: ReportCriteria = EVERYTHING,
) -> Report:
    """The report on merged records. `simulator` is the version that makes it."""
    chosen = [situation for situation in catalogue if not policy.profiles or situation.profile in policy.profiles]
    called = frozenset(operation for record in records for operation in record.operations)
    report = Report(
        simulator=simulator,
        rows=tuple(_row(situation, records, called, policy.baseline) for situation in chosen),
        set_up=_set_up(records),
        rules=_rules(records, ledger, policy.baseline or NO_BASELINE),
        records=tuple(records),
        profiles=policy.profiles,
        left_out=len(catalogue) - len(chosen),
        has_baseline=policy.baseline is not None,
        strict_truth=bool(policy.baseline and policy.baseline.strict_truth),
        fail_under=policy.fail_under,
    )
    failures = _unknown_names(policy.baseline or NO_BASELINE, catalogue, ledger)
    if policy.fail_under is not None and report.score < policy.fail_under:
        failures.append(f"the score is {report.score} %, and --fail-under asks for {policy.fail_under} %")
    return replace(report, other_failures=tuple(failures))


def _row(
    situation: Situation, records: Iterable[ReadinessRecord], called: frozenset[str], baseline: Baseline | None
) -> SituationRow:
    """The row of a situation."""
    handled = broken = undecided = 0
    mistakes: list[Evidence] = []
    others: list[Evidence] = []
    for record in records:
        seen = record.situations.get(situation.id)
        if seen is None:
            continue
        handled, broken, undecided = handled + seen.handled, broken + seen.broken, undecided + seen.undecided
        for occurrence in seen.examples:
            shown = mistakes if occurrence.handled is False else others
            if len(shown) < MOST_SHOWN:
                numbers = set(numbers_of(occurrence))
                cited = tuple(call for call in record.cited if call.number in numbers)
                shown.append(Evidence(record.key, record.workspace, record.scenario, record.tests, occurrence, cited))
    theirs = tuple(operation for operation in situation.operations if operation in called)
    measured = _measured(situation, handled, broken, used=bool(theirs))
    row = SituationRow(
        situation=situation,
        state=measured,
        measured=measured,
        handled=handled,
        broken=broken,
        undecided=undecided,
        evidence=tuple([*mistakes, *others][:MOST_SHOWN]),
        called=theirs,
    )
    return compared(row, baseline)


def _measured(situation: Situation, handled: int, broken: int, *, used: bool) -> RowState:
    """What the calls alone say."""
    if broken:
        return RowState.BROKEN
    if handled:
        return RowState.UNSURE if situation.assumed else RowState.PROVEN
    return RowState.UNTESTED if used else RowState.NOT_YOURS


def _set_up(records: Iterable[ReadinessRecord]) -> tuple[SetupRow, ...]:
    """The findings about the configuration, each kind once, in the order in which records have them."""
    groups: dict[tuple[str, str], list[tuple[SetupFinding, ReadinessRecord]]] = {}
    for record in records:
        for finding in record.set_up:
            groups.setdefault((finding.id, finding.text), []).append((finding, record))
    return tuple(
        SetupRow(
            members[0][0],
            sum(finding.count for finding, _ in members),
            tuple(dict.fromkeys(record.workspace for _, record in members)),
            _tests(record for _, record in members),
        )
        for members in groups.values()
    )


def _rules(records: Iterable[ReadinessRecord], ledger: Mapping[str, Rule], baseline: Baseline) -> tuple[RuleRow, ...]:
    """The assumed rules that calls depended on, the most frequent first."""
    leaning: dict[str, list[ReadinessRecord]] = {}
    for record in records:
        for name in record.leanings:
            leaning.setdefault(name, []).append(record)
    rows = []
    for name, members in leaning.items():
        rule, accepted = ledger.get(name), baseline.accepted_rules.get(name, "")
        refused = baseline.strict_truth and not accepted
        rows.append(
            RuleRow(
                id=name,
                grade=rule.grade if rule else "unknown",
                source=rule.source if rule else "",
                reading=rule.reading if rule else "a rule of another version of the simulator",
                calls=sum(record.leanings[name].calls for record in members),
                tests=_tests(members),
                accepted=accepted,
                failure="calls rest on this assumed rule, and strict_truth forbids it unless the baseline's"
                " accepted_rules has it with a reason"
                if refused
                else "",
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.calls, row.id)))


def _tests(records: Iterable[ReadinessRecord]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(test for record in records for test in record.tests))


def _unknown_names(baseline: Baseline, catalogue: Iterable[Situation], ledger: Mapping[str, Rule]) -> list[str]:
    """Failures for names in the baseline that nothing has: a typing error would waive nothing, and say nothing."""
    situations = {situation.id: None for situation in catalogue}
    unknown = [
        (f"the baseline {verb} {shortened(name)}, and there is no such {what}", name, known)
        for verb, what, names, known in (
            ("names", "situation", (*baseline.situations, *baseline.waived), situations),
            ("accepts the rule", "rule in the ledger", baseline.accepted_rules, ledger),
        )
        for name in names
        if name not in known
    ]
    failures = [f"{failure}{suggestion(name, known)}" for failure, name, known in unknown[:MOST_UNKNOWN]]
    if len(unknown) > MOST_UNKNOWN:
        failures.append(f"the baseline has {len(unknown) - MOST_UNKNOWN} more names that nothing has")
    return failures
