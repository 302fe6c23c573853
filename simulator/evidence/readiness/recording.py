"""The making of a record from the entries of a journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from simulator.core.value import Value
from simulator.evidence.failures import attempt
from simulator.evidence.journal import Entry
from simulator.evidence.order_messages import OrderMessage
from simulator.evidence.readiness.assess import Assessment, assess
from simulator.evidence.readiness.citing import numbers_of
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.record import CitedCall, Leaning, ReadinessRecord, Sightings
from simulator.evidence.readiness.setup import SetupFinding
from simulator.evidence.readiness.situation import Occurrence
from simulator.evidence.redaction import Redactor
from simulator.evidence.secrets import KnownSecrets
from simulator.evidence.views import BLIND, LONGEST, UNSHOWN

MOST_MISTAKES: Final = 10
"""Occurrences of a situation that were not handled and are shown, for each record."""
MOST_OTHERS: Final = 2
"""Other occurrences that are shown."""


class Origin(Value, frozen=True):
    """Where entries are from: the version and the run of the simulator, the workspace and its scenario.

    `start` is the number of the first entry since the journal was emptied, kept or not. `life` tells workspaces of one
    name apart.
    """

    simulator: str
    run: str
    workspace: str
    scenario: str
    seed: int
    start: int
    life: int = 1


def record_of(
    entries: Sequence[Entry], origin: Origin, tests: Iterable[str] = (), messages: Iterable[OrderMessage] = ()
) -> ReadinessRecord | None:
    """The record of a workspace's entries, oldest first; None if there is no entry.

    `messages` are what private feeds have told of orders. The entries must not be added to meanwhile. The work takes
    seconds for 100,000 entries.
    """
    if not entries:
        return None
    assessment = assess(History(entries, messages=messages))
    views = _Views(entries)
    situations = {name: _sightings(occurrences, views) for name, occurrences in assessment.occurrences.items()}
    set_up = tuple(views.finding(finding) for finding in assessment.setup)
    first, last = entries[0], entries[-1]
    return ReadinessRecord(
        simulator=origin.simulator,
        run=origin.run,
        workspace=origin.workspace,
        life=origin.life,
        start=origin.start,
        first=first.number,
        last=last.number,
        began=first.outcome.now.wall,
        ended=last.outcome.now.wall,
        scenario=origin.scenario,
        seed=origin.seed,
        tests=tuple(sorted(set(tests))),
        operations=dict(assessment.operations),
        situations=situations,
        cited=views.cited(_numbers(situations.values(), assessment)),
        set_up=set_up,
        leanings={leaned.rule: Leaning(leaned.count, leaned.entry) for leaned in assessment.leaned},
    )


def _sightings(occurrences: Iterable[Occurrence], views: _Views) -> Sightings:
    """The counts of a situation's occurrences, and its first examples."""
    counts = {True: 0, False: 0, None: 0}
    mistakes: list[Occurrence] = []
    others: list[Occurrence] = []
    for occurrence in occurrences:
        counts[occurrence.handled] += 1
        if occurrence.handled is False:
            if len(mistakes) < MOST_MISTAKES:
                mistakes.append(occurrence)
        elif len(others) < MOST_OTHERS:
            others.append(occurrence)
    return Sightings(counts[True], counts[False], counts[None], tuple(map(views.occurrence, [*mistakes, *others])))


def _numbers(sightings: Iterable[Sightings], assessment: Assessment) -> set[int]:
    """The numbers of all calls that a record names."""
    numbers = {finding.entry for finding in assessment.setup} | {leaned.entry for leaned in assessment.leaned}
    for seen in sightings:
        for example in seen.examples:
            numbers.update(numbers_of(example))
    return numbers


class _Views:
    """Shows entries without a secret, whatever the server shows."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = {entry.number: entry for entry in entries}
        self._last = entries[-1].number
        self._known_secrets = KnownSecrets()
        for entry in entries:
            self._known_secrets.learn(entry.before, entry.after)
        self._redactors: dict[int, Redactor] = {}

    def _redactor(self, number: int) -> Redactor:
        """The redactor of an entry; that of the last one if there is none of that number."""
        number = number if number in self._entries else self._last
        if number not in self._redactors:
            entry = self._entries[number]
            self._redactors[number] = attempt(
                "the redaction", lambda: Redactor(self._known_secrets, entry, show=False), BLIND, []
            )
        return self._redactors[number]

    def occurrence(self, occurrence: Occurrence) -> Occurrence:
        """The occurrence with its text redacted, in case a detector quotes a client after all."""
        return replace(occurrence, why=self._redactor(occurrence.entry).text(occurrence.why))

    def finding(self, finding: SetupFinding) -> SetupFinding:
        """The finding with its texts redacted."""
        redactor = self._redactor(finding.entry)
        return replace(finding, text=redactor.text(finding.text), fix=redactor.text(finding.fix))

    def cited(self, numbers: Iterable[int]) -> tuple[CitedCall, ...]:
        """The calls of these numbers, without those that are not kept."""
        return tuple(self._cited(number) for number in sorted(numbers) if number in self._entries)

    def _cited(self, number: int) -> CitedCall:
        entry, redactor = self._entries[number], self._redactor(number)
        request, outcome = entry.request, entry.outcome
        return CitedCall(
            number,
            attempt("the method", lambda: redactor.text(request.method, LONGEST), UNSHOWN, []),
            attempt("the path", lambda: redactor.sent(request.path, LONGEST), UNSHOWN, []),
            entry.answer.status,
            outcome.operation,
            outcome.subject.user,
            outcome.word,
        )
