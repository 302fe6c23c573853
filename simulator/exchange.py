"""`Exchange`: the only object that remembers. It performs commands on a world and keeps the world that comes back."""

from __future__ import annotations

from collections import deque
from copy import copy
from typing import Final

from simulator.clock import Clock
from simulator.core.operations import OPERATIONS, Command, Subject, perform
from simulator.core.refusals import Refusal
from simulator.core.replies import Reply
from simulator.core.value import Value
from simulator.core.world import Now, World

LOG_CAPACITY: Final = 10_000


class Outcome(Value, frozen=True):
    """What became of a command."""

    operation: str
    """The operation's name; "" when the call never became a command."""
    subject: Subject
    now: Now
    result: Reply | Refusal

    @property
    def word(self) -> str:
        """`OK`, or the name of the reason."""
        return self.result.reason.name if isinstance(self.result, Refusal) else "OK"


class Logged(Value, frozen=True):
    """One command as it was performed, with the world before it: enough to do it again."""

    before: World
    command: Command
    outcome: Outcome


class Exchange:
    """One isolated exchange. `perform` never awaits, which is what makes a command atomic."""

    def __init__(self, scenario: World, clock: Clock | None = None, log_capacity: int = LOG_CAPACITY) -> None:
        self.scenario = scenario
        self.world = scenario
        self.clock = clock or Clock()
        self.log: deque[Logged] = deque(maxlen=log_capacity)

    def perform(self, command: Command) -> Outcome:
        """Do it, or refuse it; either way it is in the log."""
        before, now = self.world, self.clock.now()
        operation = OPERATIONS[type(command)]
        subject = operation.subject(before, command)
        result: Reply | Refusal
        try:
            self.world, result = perform(before, command, now)
        except Refusal as refusal:
            self.world = refusal.keep or before
            result = refusal.detached()
        outcome = Outcome(operation.name, subject, now, result)
        self.log.append(Logged(before, command, outcome))
        return outcome

    def reset(self) -> None:
        """Back to the scenario: its world, its clock, an empty log. Costs the same at any size."""
        self.world = self.scenario
        self.clock.reset()
        self.log.clear()

    def fork(self) -> Exchange:
        """Another exchange that stands where this one does, in world and time, and goes its own way from there."""
        return Exchange(self.world, copy(self.clock))


def replay(log: deque[Logged]) -> World:
    """Perform the log again from its first world. Each outcome must be what it was; the last world is the answer."""
    if not log:
        raise ValueError("an empty log has no first world")
    world = log[0].before
    result: Reply | Refusal
    for logged in log:
        try:
            world, result = perform(world, logged.command, logged.outcome.now)
        except Refusal as refusal:
            result = refusal
            world = refusal.keep or world
        if result != logged.outcome.result:
            raise AssertionError(f"{logged.outcome.operation} answered {result!r}, not {logged.outcome.result!r}")
    return world
