"""What a situation is: something that KuCoin does, in which a broker's code can lose money or access."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from simulator.core.value import Value
from simulator.evidence.readiness.history import History


class Occurrence(Value, frozen=True):
    """One time that a situation was reached.

    `handled` None = the run ended before it was decided: reached, but neither handled nor broken. `why` is a sentence
    for people with the numbers of entries; it quotes nothing that a client sent.
    """

    entry: int
    """The number of the entry in which the situation was reached."""
    handled: bool | None
    why: str
    culprit: int | None = None
    """The number of the entry that shows the mistake."""


Detector: TypeAlias = Callable[[History], Iterator[Occurrence]]
"""Finds all occurrences of a situation in a history."""


class Situation(Value, frozen=True):
    """One row of the catalogue."""

    id: str
    """Such as `lost-answers/withdrawal`: the topic and a name. It never changes, because baselines name it."""
    title: str
    """What happens, in one sentence."""
    kucoin: str
    """What KuCoin does."""
    risk: str
    """The money or the access at risk."""
    fix: str
    """What a broker's code has to do."""
    scenario: str
    """The shipped scenario that stages it; "" = none does."""
    profile: str
    """login, keys, tokens, payouts, accounts, deposits, rebates, network or orders."""
    operations: tuple[str, ...]
    """A client that calls none of these operations cannot meet it."""
    rules: tuple[str, ...]
    """Ids of the ledger's rules that it rests on."""
    detect: Detector
    reach: str = ""
    """What the client must do to meet it, if the scenario does not say it."""
    lines: str = ""
    """Lines of a scenario that extends the demo world and stages it; "" = a shipped one does, or none is needed.

    Without either, only a mistake or a choice of the client itself reaches the situation.
    """

    @property
    def topic(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    @property
    def assumed(self) -> tuple[str, ...]:
        """The rules of the situation that the ledger grades as assumed only. A mixed row has evidence, too."""
        from simulator.evidence.diagnosis.rules import rules

        return tuple(rule for rule in self.rules if rules()[rule].grade == "assumed")
