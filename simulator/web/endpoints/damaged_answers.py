"""The effects of a fault on the answer of a call: how long the answer waits, and what is sent instead of it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from simulator.messages import Answer, Damage
from simulator.outcomes import Outcome
from simulator.scenario.staging.faults import DRIP, Fault

Show = Callable[[Outcome], Answer]
"""Turns an outcome into an answer: JSON in an envelope, or a page."""


def pause_before(fault: Fault) -> int:
    """The wait before the call is judged, in ms."""
    return fault.delay if fault.strike.waits == "before the call" else 0


def pause_after(fault: Fault) -> int:
    """The wait after the call was performed and before the first byte of its answer, in ms."""
    return fault.delay if fault.strike.waits == "before the answer" else 0


def damaged(outcome: Outcome, show: Show) -> Answer:
    """The answer to a call that a fault struck."""
    assert outcome.struck is not None
    fault = outcome.struck.fault
    strike = fault.strike
    if fault.respond:
        headers = {name.lower(): value for name, value in fault.respond.headers}
        content_type = headers.pop("content-type", "application/json")
        return Answer(
            fault.respond.status,
            fault.respond.body.encode(),
            content_type.encode("latin-1"),
            tuple((name.encode(), value.encode("latin-1")) for name, value in headers.items()),
        )
    if not strike.damages:
        return show(outcome.answered)
    pause = {"in the body": fault.delay, "byte by byte": fault.delay or DRIP}.get(strike.waits, 0)
    answer = Answer(0, b"") if strike.answer == "none" else show(outcome.answered)
    return replace(answer, damage=Damage(fault.network or "", fault.at, pause))
