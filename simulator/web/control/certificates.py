"""The certificates that clients must trust. No call ever shows a key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.certificates.authority import Authority, serving
from simulator.web.control.protocol.declaration import ControlCall
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import TEXT
from simulator.web.routing.visits import visit_of

MEDIA_TYPE: Final = "application/pem-certificate-chain"
"""PEM of one or more certificates (RFC 8555 s9.1)."""


OWN_FILES: Final = (
    "this server has the certificate of --tls CERT,KEY, and no authority: clients must trust whoever signed that one"
)
NO_TLS: Final = "this server was started with --tls off, so there is nothing to trust"


async def ca(desk: Desk, request: Request) -> Response:
    """The certificate of our authority, to be trusted besides others; /_sim/ca.pem is the same."""
    return await _answer(request, lambda authority: authority.pem)


async def bundle(desk: Desk, request: Request) -> Response:
    """The roots that this machine trusts, and ours, to replace others; /_sim/bundle.pem is the same."""
    from simulator.certificates.bundle import bundle as bundle_of

    return await _answer(request, bundle_of)


async def _answer(request: Request, text_of: Callable[[Authority], str]) -> Response:
    """A text about the authority of this server. Making it takes 150 ms, so that happens in a thread."""
    policy = visit_of(request).entrance.policy
    if policy.tls is not True:
        raise ProblemError(404, OWN_FILES if policy.tls else NO_TLS)
    text = await asyncio.get_running_loop().run_in_executor(None, lambda: text_of(serving(policy.kucoin)))
    return Response(text, media_type=MEDIA_TYPE)


CALLS: Final = (
    ControlCall("GET /ca.pem", ca, TEXT, problems=(404,), media_type=MEDIA_TYPE),
    ControlCall("GET /bundle.pem", bundle, TEXT, problems=(404,), media_type=MEDIA_TYPE),
)
