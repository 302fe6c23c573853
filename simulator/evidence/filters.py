"""Which entries somebody wants to see."""

from __future__ import annotations

from simulator.core.value import Value
from simulator.evidence.journal import Entry


class Wanted(Value, frozen=True):
    """What an entry must be. Each is a choice of words; an empty one lets everything through."""

    operation: frozenset[str] = frozenset()
    user: frozenset[str] = frozenset()
    client: frozenset[str] = frozenset()
    outcome: frozenset[str] = frozenset()
    status: frozenset[str] = frozenset()
    path: tuple[str, ...] = ()
    """Whole paths; one that ends in `*` is the beginning of one."""

    def matches(self, entry: Entry) -> bool:
        """Whether somebody wants to see it."""
        outcome = entry.outcome
        return (
            (not self.operation or outcome.operation in self.operation)
            and (not self.user or outcome.subject.user in self.user)
            and (not self.client or outcome.subject.client in self.client)
            and (not self.outcome or outcome.word in self.outcome)
            and (not self.status or str(entry.answer.status) in self.status)
            and (not self.path or any(_on(path, entry.request.path) for path in self.path))
        )


def _on(wanted: str, path: str) -> bool:
    return path.startswith(wanted[:-1]) if wanted.endswith("*") else path == wanted
