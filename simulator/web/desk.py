"""`Desk`: where the wire hands a command to the exchange and the journal writes down what became of it."""

from __future__ import annotations

from simulator.clock import stopwatch
from simulator.core.operations import Command, Subject
from simulator.core.refusals import Reason, Refusal
from simulator.evidence.journal import Journal
from simulator.exchange import Exchange, Outcome
from simulator.web.envelope import Family, accepted, refused
from simulator.web.messages import MAXIMUM_BODY, Answer, Request


class Desk:
    """One exchange and its journal, behind the wire."""

    def __init__(self, exchange: Exchange, journal: Journal | None = None) -> None:
        self.exchange = exchange
        self.journal = journal or Journal()

    def answer(self, request: Request, command: Command, family: Family, notes: tuple[str, ...] = ()) -> Answer:
        """Perform a command, spell the outcome, write the entry."""
        began = stopwatch()
        outcome = self.exchange.perform(command)
        return self.record(request, outcome, self.spell(family, outcome), began, notes)

    def spell(self, family: Family, outcome: Outcome) -> Answer:
        """The outcome in its family's envelope."""
        if isinstance(outcome.result, Refusal):
            return refused(family, outcome.result, self.exchange.world.choices)
        return accepted(family, outcome.result)

    def refuse(self, request: Request, refusal: Refusal, family: Family, notes: tuple[str, ...] = ()) -> Answer:
        """Refuse a call that never became a command."""
        began = stopwatch()
        outcome = Outcome("", Subject(), self.exchange.clock.now(), refusal)
        return self.record(request, outcome, self.spell(family, outcome), began, notes)

    def record(
        self, request: Request, outcome: Outcome, answer: Answer, began: int, notes: tuple[str, ...] = ()
    ) -> Answer:
        """Write the entry; the answer leads to it in `X-Sim-Entry: workspace/number`."""
        spent = (stopwatch() - began) // 1000
        number = self.journal.add(request.method, request.path, answer.status, outcome, spent, notes)
        entry = (b"x-sim-entry", f"{self.exchange.world.workspace}/{number}".encode())
        return answer.having(entry)


def too_large() -> Refusal:
    """The refusal of a body beyond the cap."""
    limit = str(MAXIMUM_BODY)
    return refusal(Reason.BODY_TOO_LARGE, limit, "more", limit=limit)


def refusal(reason: Reason, expected: str = "", received: str = "", **details: str) -> Refusal:
    """A refusal that the wire itself gives."""
    return Refusal(reason, keep=None, expected=expected, received=received, **details)
