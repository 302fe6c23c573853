"""Mistakes in the configuration of a client: they say nothing about how it handles a situation."""

from __future__ import annotations

from simulator.core.value import Value
from simulator.evidence.readiness.history import History


class SetupFinding(Value, frozen=True):
    """One mistake in the configuration. `text` and `fix` quote nothing that a client sent."""

    id: str
    """Such as `setup/client`."""
    title: str
    text: str
    fix: str
    count: int
    """How many calls show it."""
    entry: int
    """The number of the first of them."""


def setup_findings(history: History) -> tuple[SetupFinding, ...]:
    """The findings of a history, in the order of a set-up."""
    return ()
