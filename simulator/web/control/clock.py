"""The clock and the way back to the start."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.clock import Clock
from simulator.core.fields import FieldProblem
from simulator.core.settlement import PassTime, TimePassed
from simulator.scenario.scalars import duration_ms, instant_ms
from simulator.web.control import views
from simulator.web.control.calls import answer, call_of, fields_of
from simulator.web.control.problems import ProblemError
from simulator.web.desk import Desk

LATEST: Final = 253_370_764_800_000
"""The year 9999 begins, in ms: dates end there."""


async def clock(desk: Desk, request: Request) -> Response:
    """Both clocks."""
    return answer(views.clock(desk.exchange.clock.now(), desk.exchange.clock.mode))


async def advance(desk: Desk, request: Request) -> Response:
    """Move the business clock `by` a duration or `to` an instant. What is due by then has happened on return."""
    fields = fields_of(await call_of(request), ("by", "to"))
    by, to = fields.text("by"), fields.text("to")
    if bool(by) == bool(to):
        raise ProblemError(400, 'give one of {"by": "1h"} and {"to": "2026-06-01T00:00:00Z"}')
    its_clock = desk.exchange.clock
    its_clock.advance(_distance(its_clock, by, to))
    passed = desk.exchange.perform(PassTime()).result
    assert isinstance(passed, TimePassed)
    return answer({**views.clock(its_clock.now(), its_clock.mode), "events": views.events(passed)})


def _distance(its_clock: Clock, by: str, to: str) -> int:
    """How far to go, ms."""
    if by:
        distance = duration_ms(by)
        if distance is None:
            raise FieldProblem("by", "must be a duration such as 59m59s or 3d", by)
    else:
        instant = instant_ms(to)
        if instant is None:
            raise FieldProblem("to", "must be a time such as 2026-06-01T00:00:00Z", to)
        distance = instant - its_clock.now().business
        if distance < 0:
            raise FieldProblem("to", "is in the past; time goes forward only, POST /_sim/v1/reset goes back", to)
    if its_clock.now().business + distance > LATEST:
        raise FieldProblem("by" if by else "to", "leads past the year 9999", by or to)
    return distance


async def reset(desk: Desk, request: Request) -> Response:
    """Back to the scenario: world, clock, faults and logins, same credentials; `expect` counts anew."""
    desk.reset()
    return answer(views.clock(desk.exchange.clock.now(), desk.exchange.clock.mode))
