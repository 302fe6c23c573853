"""Withdrawals: shown, and ended by hand; and every movement of money, derived from them."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.funds import ledger as books
from simulator.core.funds.ledger import ORDER, Movement
from simulator.core.funds.parts import Part
from simulator.core.funds.settlement import MoveWithdrawal, WithdrawalMoved
from simulator.core.money import plain
from simulator.core.world import Withdrawal
from simulator.web.control.people import OF_USER, user_name
from simulator.web.control.protocol.calls import answer, newest, settled
from simulator.web.control.protocol.declaration import LIMIT, ControlCall
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.control.views.money import WITHDRAWAL, withdrawal_data
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import COUNT, DECIMAL, MS, NAME, TEXT, closed, listed, one_of


async def withdrawals(desk: Desk, request: Request) -> Response:
    """The newest withdrawals first, of everybody or of one `user`."""
    user = user_name(desk, request)
    world = settled(desk)
    rows = newest(request, world.everybody.withdrawals, user)
    return answer({"withdrawals": [withdrawal_data(world.withdrawals[row.id]) for row in rows]})


async def withdrawal(desk: Desk, request: Request) -> Response:
    """One withdrawal, by its id."""
    return answer(withdrawal_data(_withdrawal(desk, request)))


def _withdrawal(desk: Desk, request: Request) -> Withdrawal:
    withdrawal = settled(desk).withdrawals.get(request.path_params["id"])
    if withdrawal is None:
        raise ProblemError(404, "no such withdrawal; GET /_sim/v1/withdrawals lists them")
    return withdrawal


async def advance(desk: Desk, request: Request) -> Response:
    """Take a withdrawal one state further: to the wallet, or paid (H52)."""
    return await _moved(desk, request, "advance")


async def review(desk: Desk, request: Request) -> Response:
    """Put a withdrawal under review: from then on it waits until it is ended by hand (H52)."""
    return await _moved(desk, request, "review")


async def approve(desk: Desk, request: Request) -> Response:
    """End a withdrawal that waits: it is paid (H52)."""
    return await _moved(desk, request, "approve")


async def fail(desk: Desk, request: Request) -> Response:
    """End a withdrawal that waits: all of the money goes back to the sender (H52)."""
    return await _moved(desk, request, "fail")


async def _moved(desk: Desk, request: Request, step: str) -> Response:
    await desk.free()
    withdrawal = _withdrawal(desk, request)
    result = desk.exchange.perform(MoveWithdrawal(withdrawal.id, step)).result
    assert isinstance(result, WithdrawalMoved)
    if result.withdrawal is None:
        detail = "the withdrawal is over" if withdrawal.status.final else f"no {step} leads on from here"
        raise ProblemError(409, f"{detail}: {withdrawal.status.value}")
    return answer(withdrawal_data(result.withdrawal))


CAUSES: Final = {
    "deposit": "deposit_id",
    "transfer_out": "order_id",
    "transfer_in": "order_id",
    "given": "grant_id",
    "taken": "grant_id",
    "order_hold": "order_id",
    "order_release": "order_id",
    "trade_out": "order_id",
    "trade_in": "order_id",
}
"""The field with the id of what caused a movement; for other kinds it is `withdrawal_id`."""
MOST_DIGITS: Final = 34
"""Characters of a number that a step shows: a quotient may have no end."""


async def ledger(desk: Desk, request: Request) -> Response:
    """Every movement of money, newest first, of everybody or of one `user`."""
    movements = books.movements(settled(desk), user_name(desk, request), LIMIT.number(request))
    return answer({"movements": [movement_data(movement) for movement in movements]})


PART: Final = closed(
    {
        "kind": one_of("payout", "service_fee", "network_fee", "funds", "trading_fee"),
        "amount": DECIMAL,
        "to": TEXT,
        "steps": listed(closed({"formula": TEXT, "result": TEXT})),
    }
)
MOVEMENT: Final = closed(
    {
        "kind": one_of(*ORDER),
        "at": MS,
        "user": NAME,
        "withdrawal_id?": NAME,
        "deposit_id?": NAME,
        "order_id?": NAME,
        "grant_id?": NAME,
        "symbol?": NAME,
        "trade_id?": COUNT,
        "currency": NAME,
        "account": NAME,
        "balance": DECIMAL,
        "holds": DECIMAL,
        "parts?": listed(PART),
    }
)


def movement_data(movement: Movement) -> dict[str, Any]:
    """A movement: what it adds to `balance` and `holds` of an account, and the parts of that."""
    return {
        "kind": movement.kind,
        "at": movement.at,
        "user": movement.user,
        CAUSES.get(movement.kind, "withdrawal_id"): movement.of,
        **({"symbol": movement.fill.symbol, "trade_id": movement.fill.trade_id} if movement.fill else {}),
        "currency": movement.currency,
        "account": movement.account,
        "balance": plain(movement.balance),
        "holds": plain(movement.holds),
        **({"parts": [_part_data(part) for part in movement.parts]} if movement.parts else {}),
    }


def _part_data(part: Part) -> dict[str, Any]:
    steps = [{"formula": step.formula, "result": _shortened(plain(step.result))} for step in part.steps]
    return {"kind": part.kind, "amount": plain(part.amount), "to": part.to, "steps": steps}


def _shortened(number: str) -> str:
    return f"{number[:MOST_DIGITS]}..." if len(number) > MOST_DIGITS else number


CALLS: Final = (
    ControlCall("GET /ledger", ledger, closed({"movements": listed(MOVEMENT)}), query=(LIMIT, OF_USER)),
    ControlCall("GET /withdrawals", withdrawals, closed({"withdrawals": listed(WITHDRAWAL)}), query=(LIMIT, OF_USER)),
    ControlCall("GET /withdrawals/{id}", withdrawal, WITHDRAWAL, problems=(404,)),
    ControlCall("POST /withdrawals/{id}/advance", advance, WITHDRAWAL, problems=(404, 409)),
    ControlCall("POST /withdrawals/{id}/review", review, WITHDRAWAL, problems=(404, 409)),
    ControlCall("POST /withdrawals/{id}/approve", approve, WITHDRAWAL, problems=(404, 409)),
    ControlCall("POST /withdrawals/{id}/fail", fail, WITHDRAWAL, problems=(404, 409)),
)
