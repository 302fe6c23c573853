"""The gateway's rate pools, filled before their windows end: a test need not wait 30 s of real time."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.gateway.pools import refilled
from simulator.core.gateway.rate_limits import Pool
from simulator.web.control.people import known_user
from simulator.web.control.protocol.calls import answer, call_of, fields_of
from simulator.web.control.protocol.declaration import ControlCall, JsonBody
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import TEXT, closed, listed, word_of

REFILL: Final = JsonBody(
    closed({"user?": TEXT, "pool?": word_of(Pool)}),
    '{"user"?, "pool"?: "Management"}, or nothing: all pools',
    required=False,
)


async def refill(desk: Desk, request: Request) -> Response:
    """Fill the rate pools now, all or those of one `user` or one `pool`: their next calls begin new windows."""
    with fields_of(await call_of(request), REFILL) as fields:
        identity, pool = fields.text("user"), fields.word("pool", Pool)
    user = known_user(desk, identity).name if identity else ""
    desk.exchange.pools, owners = refilled(desk.exchange.pools, user, pool)
    return answer({"refilled": [_owner_data(name, user, ip) for name, user, ip in owners]})


def _owner_data(name: str, user: str, ip: str) -> dict[str, str]:
    """A pool that was not full, and whose it is: a user's, or an IP's."""
    return {"pool": Pool[name].value, **({"user": user} if user else {"ip": ip})}


CALLS: Final = (
    ControlCall(
        "POST /pools/refill",
        refill,
        closed({"refilled": listed(closed({"pool": word_of(Pool), "user?": TEXT, "ip?": TEXT}))}),
        problems=(404,),
        body=REFILL,
    ),
)
