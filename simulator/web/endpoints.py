"""The whole HTTP surface of the exchange as one table, and what it says to a call at one of its places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from simulator.core.operations import Command
from simulator.core.refusals import Reason
from simulator.messages import Answer, Request
from simulator.web import decode, unserved
from simulator.web.desk import Desk, refusal
from simulator.web.envelope import Family


class Endpoint(NamedTuple):
    """One path of the exchange: its method and no other [H02/method], how it is read, which envelope it answers in."""

    method: str
    path: str
    decode: Callable[[Request], Command]
    family: Family
    host: str
    """KuCoin's host for it (H27)."""


WWW, API = "www.kucoin.com", "api.kucoin.com"

ENDPOINTS: Final = (
    Endpoint("GET", "/_oauth/access-token", decode.exchange_code, Family.TOKEN, WWW),  # s7.2
    Endpoint("POST", "/_oauth/refresh-token", decode.refresh_tokens, Family.TOKEN, WWW),  # s7.3
    Endpoint(
        "POST", "/_oauth/resource/ucenter/outer/api-key/add", decode.add_api_key_old, Family.RESOURCE, WWW
    ),  # s4.1
    Endpoint(
        "POST", "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add", decode.add_api_key, Family.RESOURCE, WWW
    ),  # s4.2
    Endpoint("POST", "/api/v2/broker/withdrawal", decode.withdraw, Family.OPENAPI, API),  # s8.2
    Endpoint("GET", "/api/v1/timestamp", decode.get_server_time, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/user/api-key", decode.get_api_key_info, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/accounts", decode.list_accounts, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/withdrawals/{withdrawalId}", decode.get_withdrawal, Family.OPENAPI, API),
    Endpoint("GET", "/api/v3/currencies/{currency}", decode.get_currency, Family.OPENAPI, API),
)
"""[H27/one-port]: one port serves both hosts."""

PLACES: Final = {endpoint.path: endpoint for endpoint in ENDPOINTS}
FOLDERS: Final = {endpoint.path.partition("{")[0]: endpoint for endpoint in ENDPOINTS if endpoint.path.endswith("}")}
"""Endpoints whose last part is a name, by what stands before it."""

SITE: Final = ("/oauth", "/account/security/g2fa", "/demo/callback", "/", "/favicon.ico", "/openapi.json")
"""The pages: s7.1, s8.1, where the demo client's redirect URI leads, the front page; and the table above in words."""
CONTROL: Final = "/_sim"
BASE: Final = f"{CONTROL}/v1"
"""The control surface, and what its calls begin with."""
LIVE, READY = "/_sim/live", "/_sim/ready"


def find(path: str) -> Endpoint | None:
    """The endpoint at a path."""
    endpoint = PLACES.get(path)
    if endpoint is None:
        folder, _, name = path.rpartition("/")
        endpoint = FOLDERS.get(f"{folder}/") if name else None
    return endpoint


def misplaced(request: Request, endpoint: Endpoint) -> tuple[str, ...]:
    """A note when the client believes that it talks to the wrong one of KuCoin's hosts."""
    host = (request.header(b"host") or "").partition(":")[0].lower()
    if host.endswith("kucoin.com") and host != endpoint.host:
        return (f"sent to {host}; KuCoin serves this path on {endpoint.host} (H27)",)
    return ()


async def answer_call(desk: Desk, request: Request, endpoint: Endpoint | None) -> Answer:
    """What the exchange says to a call at this endpoint, or at none."""
    if endpoint is None:
        unknown = refusal(Reason.UNKNOWN_PATH, received=request.path)
        return desk.refuse(request, unknown, Family.RESOURCE, unserved.note(request.path))
    if request.method != endpoint.method:
        return _wrong_method(desk, request, endpoint.method, endpoint.family)
    return await desk.answer(request, endpoint.decode(request), endpoint.family, misplaced(request, endpoint))


def _wrong_method(desk: Desk, request: Request, allowed: str, family: Family) -> Answer:
    wrong = refusal(Reason.METHOD_NOT_ALLOWED, expected=allowed, received=request.method)
    return desk.refuse(request, wrong, family).having((b"allow", allowed.encode()))
