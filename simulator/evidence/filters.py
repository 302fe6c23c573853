"""The filter of the journal's entries."""

from __future__ import annotations

from simulator.core.value import Value
from simulator.evidence.journal import Entry


class EntryFilter(Value, frozen=True):
    """Which entries a reader wants. Each field lists the accepted words; an empty field accepts everything."""

    operation: frozenset[str] = frozenset()
    user: frozenset[str] = frozenset()
    client: frozenset[str] = frozenset()
    outcome: frozenset[str] = frozenset()
    status: frozenset[str] = frozenset()
    path: tuple[str, ...] = ()
    """Whole paths; one that ends in `*` matches every path that begins with the rest."""

    def matches(self, entry: Entry) -> bool:
        """True if the entry passes the filter."""
        outcome = entry.outcome
        return (
            (not self.operation or outcome.operation in self.operation)
            and (not self.user or outcome.subject.user in self.user)
            and (not self.client or outcome.subject.client in self.client)
            and (not self.outcome or outcome.word in self.outcome)
            and (not self.status or str(entry.answer.status) in self.status)
            and (not self.path or any(_path_matches(pattern, entry.request.path) for pattern in self.path))
        )


def _path_matches(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern
