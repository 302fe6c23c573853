"""TLS handshakes that failed, with the likely cause and what to set."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.web.control.protocol.calls import answer
from simulator.web.control.protocol.declaration import LIMIT, ControlCall
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import COUNT, MS, TEXT, closed, listed, maybe
from simulator.web.routing.visits import visit_of
from simulator.web.wire.handshakes import Handshake


async def handshakes(desk: Desk, request: Request) -> Response:
    """TLS handshakes that failed at any port of this server, newest first; `count` is how many there were."""
    kept = visit_of(request).entrance.handshakes
    newest = islice(kept.newest(), LIMIT.number(request))
    return answer({"handshakes": [_handshake_data(handshake) for handshake in newest], "count": kept.count})


async def clear_handshakes(desk: Desk, request: Request) -> Response:
    """Empty the list of failed handshakes."""
    return answer({"dropped": visit_of(request).entrance.handshakes.clear()})


def _handshake_data(handshake: Handshake) -> dict[str, Any]:
    return {
        "at": handshake.at,
        "ip": handshake.ip,
        "sni": handshake.hello.server_name or None,
        "version": handshake.hello.version or None,
        "alert": handshake.alert or None,
        "problem": handshake.problem,
        "cause": handshake.explanation.cause,
        "fix": handshake.explanation.fix,
    }


HANDSHAKE: Final = closed(
    {
        "at": MS,
        "ip": TEXT,
        "sni": {**maybe(TEXT), "description": "The name that the client asked for"},
        "version": {**maybe(TEXT), "description": "The newest version that the client speaks"},
        "alert": {**maybe(TEXT), "description": "What the client said (RFC 8446 s6)"},
        "problem": TEXT,
        "cause": {**TEXT, "description": "The likely cause"},
        "fix": {**TEXT, "description": "What to set"},
    }
)
CALLS: Final = (
    ControlCall(
        "GET /handshakes", handshakes, closed({"handshakes": listed(HANDSHAKE), "count": COUNT}), query=(LIMIT,)
    ),
    ControlCall("DELETE /handshakes", clear_handshakes, closed({"dropped": COUNT})),
)
