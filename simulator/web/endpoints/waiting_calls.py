"""Calls that have come in and are not performed yet, because a fault makes them wait or lets much become due.

A fault counts a call when it comes in. A state that is taken while the call waits - the mark of another call's entry,
or a snapshot - is one in which the call has not happened, so that its counts are left out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from simulator.clock import stopwatch
from simulator.core.value import Command
from simulator.exchange import Exchange, Mark
from simulator.outcomes import Struck
from simulator.scenario.staging.armed import FaultCounts


class WaitingCall:
    """One call: the fault that struck it, what faults have counted of it, and when it came (`stopwatch`)."""

    def __init__(self, struck: Struck | None, counts: FaultCounts, began: int) -> None:
        self.struck, self.counts, self.began = struck, counts, began


class WaitingCalls:
    """The calls of one workspace that wait."""

    def __init__(self) -> None:
        self._calls: dict[WaitingCall, None] = {}

    @contextmanager
    def call(self, exchange: Exchange, command: Command) -> Iterator[WaitingCall]:
        """A call that comes in. It waits until the end of the block, or until it is `performed`."""
        began, earlier = stopwatch(), exchange.staging.standing
        struck = exchange.struck(command)
        waiting = WaitingCall(struck, exchange.staging.standing.since(earlier), began)
        self._calls[waiting] = None
        try:
            yield waiting
        finally:
            self.performed(waiting)

    def performed(self, waiting: WaitingCall) -> None:
        """It has happened: its counts belong to every state from now on."""
        self._calls.pop(waiting, None)

    def left_out(self, mark: Mark) -> Mark:
        """The mark without what faults have counted of calls that wait."""
        for waiting in self._calls:
            if waiting.counts:
                mark = replace(mark, staging=mark.staging.without(waiting.counts))
        return mark
