"""Withdrawals: seen, and ended by hand; and every movement of money, derived from them."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.funds import ledger as books
from simulator.core.funds.ledger import Movement, Part
from simulator.core.funds.settlement import MoveWithdrawal, WithdrawalMoved
from simulator.core.money import plain
from simulator.core.world import Withdrawal
from simulator.web.control import views
from simulator.web.control.calls import answer, limit_of, newest, settled
from simulator.web.control.people import user_asked
from simulator.web.control.problems import ProblemError
from simulator.web.endpoints.desk import Desk


async def withdrawals(desk: Desk, request: Request) -> Response:
    """The newest withdrawals first, of everybody or of one `user`."""
    user = user_asked(desk, request)
    world = settled(desk)
    found = newest(request, world.everybody.withdrawals, user)
    return answer({"withdrawals": [views.withdrawal(world.withdrawals[held.id]) for held in found]})


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
    return await _moved(desk, request, "advance")


async def review(desk: Desk, request: Request) -> Response:
    """Put a withdrawal under review: from then on it waits for a hand (H52)."""
    return await _moved(desk, request, "review")


async def approve(desk: Desk, request: Request) -> Response:
    """End a withdrawal that waits: it is paid (H52)."""
    return await _moved(desk, request, "approve")


async def fail(desk: Desk, request: Request) -> Response:
    """End a withdrawal that waits: all of the money goes back to the sender (H52)."""
    return await _moved(desk, request, "fail")


async def _moved(desk: Desk, request: Request, step: str) -> Response:
    await desk.free()
    waiting = _found(desk, request)
    done = desk.exchange.perform(MoveWithdrawal(waiting.id, step)).result
    assert isinstance(done, WithdrawalMoved)
    if done.withdrawal is None:
        what = "the withdrawal is over" if waiting.status.final else f"no {step} leads on from here"
        raise ProblemError(409, f"{what}: {waiting.status.value}")
    return answer(views.withdrawal(done.withdrawal))


CAUSES: Final = {"deposit": "depositId", "transfer_out": "orderId", "transfer_in": "orderId"} | {
    "given": "grant_id",
    "taken": "grant_id",
}
"""What the id of a movement's cause is called; a withdrawal's without."""
MOST_DIGITS: Final = 34
"""Characters of a number that a step shows: a quotient may have no end."""


async def ledger(desk: Desk, request: Request) -> Response:
    """Every movement of money, newest first, of everybody or of one `user`."""
    found = books.movements(settled(desk), user_asked(desk, request), limit_of(request))
    return answer({"movements": [_movement(each) for each in found]})


def _movement(each: Movement) -> dict[str, Any]:
    """A movement: what it adds to `balance` and `holds` of an account, and what that is made of."""
    return {
        "kind": each.kind,
        "at": each.at,
        "user": each.user,
        CAUSES.get(each.kind, "withdrawalId"): each.of,
        "currency": each.currency,
        "account": each.account,
        "balance": plain(each.balance),
        "holds": plain(each.holds),
        **({"parts": [_part(part) for part in each.parts]} if each.parts else {}),
    }


def _part(each: Part) -> dict[str, Any]:
    steps = [{"formula": step.formula, "result": _shortened(plain(step.result))} for step in each.steps]
    return {"kind": each.kind, "amount": plain(each.amount), "to": each.to, "steps": steps}


def _shortened(number: str) -> str:
    return f"{number[:MOST_DIGITS]}..." if len(number) > MOST_DIGITS else number
