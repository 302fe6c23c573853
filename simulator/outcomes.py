"""What became of a command: its result, and the fault that struck it."""

from __future__ import annotations

from msgspec.structs import replace

from simulator.core.endpoint import Subject
from simulator.core.gateway.pools import Meter, Pools
from simulator.core.refusals import Refusal
from simulator.core.value import Reply, Value
from simulator.core.world import Now
from simulator.scenario.staging.faults import Fault


class NotPerformed(Reply, frozen=True):
    """A fault kept the call from the exchange: nothing happened."""


class Struck(Value, frozen=True):
    """The fault that struck a call, and its id."""

    id: str
    fault: Fault
    passed: int = 0
    """Business time that it let pass before the call, ms."""
    passed_after: int = 0
    """Business time that it let pass after the call, ms."""
    happened: tuple[str, ...] = ()
    """What happened in the world because of it, in words for the journal."""

    def having(self, happened: tuple[str, ...], passed_after: int = 0) -> Struck:
        """The fault with more of what happened, and more time that passed after the call."""
        return replace(self, happened=(*self.happened, *happened), passed_after=self.passed_after + passed_after)


class Outcome(Value, frozen=True):
    """What became of a command."""

    operation: str
    """The operation's name; "" when the call never became a command."""
    subject: Subject
    now: Now
    result: Reply | Refusal
    """What happened."""
    struck: Struck | None = None
    shown: Reply | Refusal | None = None
    """What the client gets in place of the result, if a fault says so."""
    meter: Meter | None = None
    """What the gateway's pool says of a call to /api."""
    pools: Pools | None = None
    """All pools as such a call found them."""

    @property
    def word(self) -> str:
        """What happened: `OK`, the name of the reason, or `NOT_PERFORMED`."""
        if isinstance(self.result, Refusal):
            return self.result.reason.name
        return "NOT_PERFORMED" if isinstance(self.result, NotPerformed) else "OK"

    @property
    def prevented(self) -> bool:
        """True if the result is a fault's: the call was not judged."""
        return bool(self.struck and not self.struck.fault.strike.performed)

    @property
    def answered(self) -> Outcome:
        """The outcome as the client is to see it."""
        return replace(self, result=self.shown) if self.shown else self
