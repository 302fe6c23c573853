"""What a history shows: which situations were reached, what the client did in them, and on what that rests."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.core.value import Value
from simulator.evidence.readiness.catalogue import SITUATIONS
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.leaning import LeanedRule, leaned_on
from simulator.evidence.readiness.setup import SetupFinding, setup_findings
from simulator.evidence.readiness.situation import Occurrence


class Assessment(Value, frozen=True):
    """What a history shows."""

    occurrences: Mapping[str, tuple[Occurrence, ...]]
    """By the id of the situation, only those that were reached. The oldest entry comes first."""
    operations: Mapping[str, int]
    """How often the client called each operation."""
    setup: tuple[SetupFinding, ...]
    """Mistakes in the configuration; they never count as broken situations."""
    leaned: tuple[LeanedRule, ...]
    """The assumed rules that the outcome of a call depended on, the most frequent first."""


def assess(history: History) -> Assessment:
    """Hold every situation against a history. The time grows with the number of entries and no faster."""
    occurrences = {
        situation.id: rows
        for situation in SITUATIONS
        if not history.calls.keys().isdisjoint(situation.operations)
        if (rows := tuple(situation.detect(history)))
    }
    return Assessment(occurrences, history.calls, setup_findings(history), leaned_on(history))
