"""The gateway's rate pools, filled before their windows end: a test need not wait 30 s of real time."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.gateway.pools import refilled
from simulator.core.gateway.rate_limits import Pool
from simulator.web.control.calls import answer, call_of, fields_of
from simulator.web.control.people import known_user
from simulator.web.endpoints.desk import Desk


async def refill(desk: Desk, request: Request) -> Response:
    """Fill the rate pools now, all or those of one `user` or one `pool`: their next calls begin new windows."""
    with fields_of(await call_of(request), ("user", "pool")) as fields:
        identity, pool = fields.text("user"), fields.word("pool", Pool)
    user = known_user(desk, identity).name if identity else ""
    desk.exchange.pools, owners = refilled(desk.exchange.pools, user, pool)
    return answer({"refilled": [_shown(name, user, ip) for name, user, ip in owners]})


def _shown(name: str, user: str, ip: str) -> dict[str, str]:
    """A pool that was not full, and whose it is: a user's, or an IP's."""
    return {"pool": Pool[name].value, **({"user": user} if user else {"ip": ip})}
