"""One step of a page: a command is performed, its outcome shown, and the entry written."""

from __future__ import annotations

from collections.abc import Callable

from simulator.clock import stopwatch
from simulator.core.operations import Command, Subject
from simulator.core.refusals import Refusal
from simulator.exchange import Outcome
from simulator.web.desk import Desk
from simulator.web.messages import Answer, Request
from simulator.web.pages.errors import error_answer


def perform(desk: Desk, request: Request, command: Command, show: Callable[[Outcome], Answer]) -> Answer:
    """Perform, show, write the entry."""
    began = stopwatch()
    outcome = desk.exchange.perform(command)
    return desk.record(request, outcome, show(outcome), began)


def refuse(desk: Desk, request: Request, refusal: Refusal, status: int, detail: str) -> Answer:
    """The page for a call that never became a command, and its entry."""
    began = stopwatch()
    outcome = Outcome("", Subject(), desk.exchange.clock.now(), refusal)
    return desk.record(request, outcome, error_answer(status, detail), began)
