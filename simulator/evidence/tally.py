"""How many calls there were of each kind, as a value: every entry of the journal and every checkpoint keeps its own."""

from __future__ import annotations

from typing import Final, TypeAlias

from rpds import HashTrieMap

from simulator.core.refusals import Refusal
from simulator.core.value import Value
from simulator.outcomes import Outcome

MOST_PENDING: Final = 64
"""Calls that are chained before they are added up. To add one up costs as much as a quarter of a small call."""


class TallyKey(Value, frozen=True):
    """What calls are counted by. `staged` = a fault of the scenario made the outcome, not the exchange."""

    operation: str
    user: str
    client: str
    outcome: str
    staged: bool
    departs: bool
    """True if an accepted call departs from the document (it has a note)."""


def tally_key(outcome: Outcome, notes: tuple[str, ...]) -> TallyKey:
    """The key that a call is counted under."""
    subject, result, staged = outcome.subject, outcome.result, outcome.struck is not None and outcome.prevented
    departs = bool(notes) and not isinstance(result, Refusal)
    return TallyKey(outcome.operation, subject.user, subject.client, outcome.word, staged, departs)


Counts: TypeAlias = "HashTrieMap[TallyKey, int]"
"""Calls per key."""


class Tally(Value, frozen=True):
    """Calls that are added up, and behind them a chain of those that came since: `key` is the newest of them."""

    added_up: Counts = HashTrieMap()
    earlier: Tally | None = None
    key: TallyKey | None = None
    pending: int = 0
    """The length of the chain."""

    def counting(self, key: TallyKey) -> Tally:
        """The tally with one more call."""
        if self.pending < MOST_PENDING:
            return Tally(self.added_up, self, key, self.pending + 1)
        return Tally(Tally(self.added_up, self, key, self.pending + 1).counts)

    @property
    def counts(self) -> Counts:
        """All calls per key."""
        since: dict[TallyKey, int] = {}
        node: Tally | None = self
        while node is not None and node.key is not None:
            since[node.key] = since.get(node.key, 0) + 1
            node = node.earlier
        counts = self.added_up
        for key, number in since.items():
            counts = counts.insert(key, counts.get(key, 0) + number)
        return counts
