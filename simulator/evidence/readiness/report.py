"""The report: a row for each situation, the set-up, and the assumed rules. `judging` makes it."""

from __future__ import annotations

from simulator.core.value import Value
from simulator.evidence.readiness.record import CitedCall, ReadinessRecord, RecordKey
from simulator.evidence.readiness.setup import SetupFinding
from simulator.evidence.readiness.situation import Occurrence, Situation
from simulator.evidence.readiness.states import COUNTED, RowState


class Evidence(Value, frozen=True):
    """An occurrence, with the workspace, the tests and the calls that it happened in."""

    key: RecordKey
    """The key of the record that it is from."""
    workspace: str
    scenario: str
    tests: tuple[str, ...]
    occurrence: Occurrence
    cited: tuple[CitedCall, ...]


class SituationRow(Value, frozen=True, kw_only=True):
    """A situation and what is known of it.

    `state` is what the row says, `measured` what the calls alone say. `failure` says why the row fails the report.
    """

    situation: Situation
    state: RowState
    measured: RowState
    handled: int
    broken: int
    undecided: int
    evidence: tuple[Evidence, ...]
    called: tuple[str, ...] = ()
    """The operations of the situation that the client called."""
    reason: str = ""
    failure: str = ""

    @property
    def reached(self) -> int:
        """How often the situation was reached."""
        return self.handled + self.broken + self.undecided


class ReportSection(Value, frozen=True):
    """Rows that belong together: those of one topic."""

    topic: str
    rows: tuple[SituationRow, ...]

    def count(self, state: RowState) -> int:
        """The number of rows in that state."""
        return sum(row.state is state for row in self.rows)

    @property
    def counted(self) -> int:
        """The number of rows that the score is made of."""
        return sum(self.count(state) for state in COUNTED)

    @property
    def score(self) -> int | None:
        """Proven rows in percent of those that are proven, broken or untested, rounded down; None = there are none."""
        return 100 * self.count(RowState.PROVEN) // self.counted if self.counted else None


class RuleRow(Value, frozen=True, kw_only=True):
    """An assumed rule that calls depended on. `accepted` is the reason in the baseline, "" = there is none."""

    id: str
    grade: str
    source: str
    reading: str
    calls: int
    tests: tuple[str, ...]
    accepted: str = ""
    failure: str = ""


class SetupRow(Value, frozen=True):
    """A mistake in the configuration, the calls that show it, and the workspaces and tests that it was seen in."""

    finding: SetupFinding
    calls: int
    workspaces: tuple[str, ...]
    tests: tuple[str, ...]


class Report(Value, frozen=True, kw_only=True):
    """All that a report says. `failures` are those that belong to no row and to no rule."""

    simulator: str
    rows: tuple[SituationRow, ...]
    set_up: tuple[SetupRow, ...]
    rules: tuple[RuleRow, ...]
    records: tuple[ReadinessRecord, ...]
    profiles: tuple[str, ...]
    left_out: int
    """Situations of other profiles."""
    has_baseline: bool
    strict_truth: bool
    fail_under: int | None
    other_failures: tuple[str, ...] = ()

    @property
    def whole(self) -> ReportSection:
        """All rows."""
        return ReportSection("", self.rows)

    def count(self, state: RowState) -> int:
        """The number of rows in that state."""
        return self.whole.count(state)

    @property
    def score(self) -> int:
        """The score of all rows. If none counts, it is 100 if something is `unsure`, and 0 if nothing was reached."""
        score = self.whole.score
        return score if score is not None else 100 if self.count(RowState.UNSURE) else 0

    @property
    def failures(self) -> tuple[str, ...]:
        """Everything because of which the report fails, in words."""
        rows = [f"{row.situation.id}: {row.failure}" for row in self.rows if row.failure]
        rules = [f"{rule.id}: {rule.failure}" for rule in self.rules if rule.failure]
        return (*rows, *self.other_failures, *rules)

    @property
    def calls(self) -> int:
        """The number of calls that were assessed."""
        return sum(record.calls for record in self.records)

    @property
    def missing(self) -> int:
        """The number of calls that a journal had dropped before they could be assessed."""
        return sum(record.missing for record in self.records)

    @property
    def tests(self) -> tuple[str, ...]:
        """The node ids of all tests that are known."""
        return tuple(sorted({test for record in self.records for test in record.tests}))

    @property
    def runs(self) -> int:
        """The number of simulators that the records are of."""
        return len({record.run for record in self.records})

    @property
    def sections(self) -> tuple[ReportSection, ...]:
        """The rows by topic, in the order of the catalogue."""
        topics: dict[str, list[SituationRow]] = {}
        for row in self.rows:
            topics.setdefault(row.situation.topic, []).append(row)
        return tuple(ReportSection(topic, tuple(rows)) for topic, rows in topics.items())
