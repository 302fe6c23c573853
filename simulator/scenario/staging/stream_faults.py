"""Faults of the websocket feeds as data: which messages they strike, and what becomes of these. Counts decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from simulator.core.value import Value

StreamEffect = Literal["drop", "gap", "duplicate", "reorder", "late", "close", "silent"]
"""What a fault does to a message."""
EFFECTS: Final[dict[StreamEffect, str]] = {
    "drop": "the message is lost",
    "gap": "it is lost with the next ones of its topic, `messages` in all",
    "duplicate": "it comes twice",
    "reorder": "it comes behind the next one of its topic, which is not reordered itself",
    "late": "it comes after the `delay`",
    "close": "it is lost, and the session is closed",
    "silent": "it is lost, and nothing more is sent on that session, not even a pong",
}
"""Each effect in words."""
LATE: Final = 1_000
"""The `delay` of a late message, ms of real time, if the fault names none."""


class StreamFault(Value, frozen=True):
    """One entry of `stream_faults:`. `topic` is a whole topic, or what stands before its colon."""

    topic: str
    effect: StreamEffect
    user: str = ""
    """The user's name, of a private topic; "" = anybody."""
    times: int | None = 1
    """How many messages it strikes; None = all."""
    skip: int = 0
    """How many messages it lets pass first."""
    messages: int = 2
    """Of a gap: how many are lost."""
    delay: int = LATE

    def applies(self, topic: str, user: str) -> bool:
        """True if it counts this message."""
        return self.topic in (topic, topic.partition(":")[0]) and self.user in ("", user)


class ArmedStreamFault:
    """A fault in force. `seen` counts the messages that it applied to, `hits` those that it struck."""

    def __init__(self, fault: StreamFault) -> None:
        self.fault, self.seen, self.hits = fault, 0, 0

    def strikes(self, topic: str, user: str, *, reordered: bool = False) -> bool:
        """True if it strikes this message, which is counted. `reordered` = the one before waits to come behind it."""
        fault = self.fault
        if not fault.applies(topic, user) or (fault.times is not None and self.hits >= fault.times):
            return False
        self.seen += 1
        if self.seen <= fault.skip or (reordered and fault.effect == "reorder"):
            return False
        self.hits += 1
        return True


class StreamStaging:
    """The faults in force on the feeds of a workspace, in order. A reset makes the scenario's new ones."""

    def __init__(self, faults: Iterable[StreamFault] = ()) -> None:
        self.armed = [ArmedStreamFault(fault) for fault in faults]

    def struck(self, topic: str, user: str, *, reordered: bool = False) -> StreamFault | None:
        """The first fault that strikes a message; it is asked once for each, however many sessions get it."""
        strikes = (armed.fault for armed in self.armed if armed.strikes(topic, user, reordered=reordered))
        return next(strikes, None)
