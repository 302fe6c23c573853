"""The money: the ledger with each fee as a formula, the balances of a user, and where the money of all users went."""

from __future__ import annotations

from functools import partial
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.funds import ledger
from simulator.core.money import plain
from simulator.core.world import World
from simulator.web.control.money import movement_data
from simulator.web.control.protocol.calls import settled
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.dashboard.facts import balances_of
from simulator.web.dashboard.screens import Screen, query_of, screen
from simulator.web.dashboard.showing import instant, redactor_of
from simulator.web.dashboard.steering import scenario_lines
from simulator.web.endpoints.desk import Desk
from simulator.web.work import aside

ROWS: Final = 50
"""Movements of a page."""
MOST: Final = 10_000
"""The newest movements that can be reached, because a page costs what is above it."""
MOST_CURRENCIES: Final = 50


class Pile(NamedTuple):
    """Money of one currency that has left the users, as texts."""

    currency: str
    outside: str
    service_fee: str
    network_fee: str
    traded: str
    trading_fee: str
    control: str


async def money(desk: Desk, request: Request) -> Response:
    """The movements of everybody, or of the `user`, newest first; `skip` = how many newer ones are left out."""
    form = query_of(request)
    identity, skip = form.one("user", "").strip(), _skip(form.one("skip", ""))
    world = settled(desk)
    user = world.user_of(identity)
    name = user.name if user else identity
    most = min(skip + ROWS + 1, MOST)
    if name and user is None:  # who is gone has no statement: the movements of everybody are looked through
        newest = await aside(partial(ledger.movements, world, name, most), request.receive)
    else:
        newest = ledger.movements(world, name, most)
    hide = await redactor_of(desk, request, name)
    rows: list[dict[str, Any]] = [hide.data(movement_data(row)) for row in newest[skip : skip + ROWS]]
    more = len(newest) > skip + ROWS and skip + ROWS < MOST
    return screen(
        request,
        "dashboard/money.html",
        "/money",
        user=hide.text(name),
        unknown=bool(identity and user is None and not rows),
        rows=rows,
        at=instant,
        balances=balances_of(world, name) if user else [],
        piles=_piles(world),
        older=_link(name, skip + ROWS) if more else "",
        newer=_link(name, max(0, skip - ROWS)) if skip else "",
        lines=scenario_lines(given={"users": {name if user else "alice": {"balances": {"USDT": "1000"}}}}),
    )


def _link(user: str, skip: int) -> str:
    return urlencode({name: value for name, value in (("user", user), ("skip", str(skip or ""))) if value}) or "skip=0"


def _skip(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < MOST):
        raise ProblemError(400, f"skip is a number from 0 to {MOST - 1:,}: the newest {MOST:,} movements can be seen")
    return int(text)


def _piles(world: World) -> list[Pile]:
    """What has left the users, by currency."""
    pots = [world.pots[currency] for currency in sorted(world.pots)[:MOST_CURRENCIES]]
    return [
        Pile(pot.currency, *(plain(getattr(pot, column)) for column in Pile._fields if column != "currency"))
        for pot in pots
    ]


ROUTES: Final = (Screen("GET /money", money),)
