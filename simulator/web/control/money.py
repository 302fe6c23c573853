"""Withdrawals: seen, and ended by hand."""

from __future__ import annotations

from heapq import nlargest

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.settlement import MoveWithdrawal, WithdrawalMoved
from simulator.core.world import Withdrawal
from simulator.web.control import views
from simulator.web.control.calls import answer, limit_of, settled
from simulator.web.control.problems import ProblemError
from simulator.web.desk import Desk


async def withdrawals(desk: Desk, request: Request) -> Response:
    """The newest withdrawals first, of everybody or of one `user`."""
    user = desk.exchange.world.user_of(request.query_params.get("user", ""))
    every = settled(desk).withdrawals.values()
    chosen = (each for each in every if "user" not in request.query_params or (user and each.user == user.name))
    newest = nlargest(limit_of(request), chosen, key=lambda each: (each.created_at, each.id))
    return answer({"withdrawals": [views.withdrawal(each) for each in newest]})


async def withdrawal(desk: Desk, request: Request) -> Response:
    """One withdrawal, by its id."""
    return answer(views.withdrawal(_found(desk, request)))


def _found(desk: Desk, request: Request) -> Withdrawal:
    found = settled(desk).withdrawals.get(request.path_params["id"])
    if found is None:
        raise ProblemError(404, "no such withdrawal; GET /_sim/v1/withdrawals lists them")
    return found


async def advance(desk: Desk, request: Request) -> Response:
    """Take a withdrawal one state further: to the wallet, or paid (H52)."""
    return _moved(desk, request, "advance")


async def review(desk: Desk, request: Request) -> Response:
    """Put a withdrawal under review: from then on it waits for a hand (H52)."""
    return _moved(desk, request, "review")


async def approve(desk: Desk, request: Request) -> Response:
    """End a withdrawal that waits: it is paid (H52)."""
    return _moved(desk, request, "approve")


async def fail(desk: Desk, request: Request) -> Response:
    """End a withdrawal that waits: all of the money goes back to the sender (H52)."""
    return _moved(desk, request, "fail")


def _moved(desk: Desk, request: Request, step: str) -> Response:
    waiting = _found(desk, request)
    done = desk.exchange.perform(MoveWithdrawal(waiting.id, step)).result
    assert isinstance(done, WithdrawalMoved)
    if done.withdrawal is None:
        what = "the withdrawal is over" if waiting.status.final else f"no {step} leads on from here"
        raise ProblemError(409, f"{what}: {waiting.status.value}")
    return answer(views.withdrawal(done.withdrawal))
