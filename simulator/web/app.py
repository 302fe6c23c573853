"""The whole HTTP surface as one table, and the ASGI application that serves it.

The exchange's own paths go through the thin table below: routing and request objects of a framework cost more than the
operations themselves (docs/performance.md). Pages and the control surface are a Starlette application, which is
imported when somebody asks for one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from simulator.core.operations import Command
from simulator.core.refusals import Reason
from simulator.evidence.journal import Journal
from simulator.exchange import Exchange
from simulator.messages import Answer, Receive, Request, Scope, Send
from simulator.scenario.loader import Scenario
from simulator.web import decode, network, unserved
from simulator.web.desk import Desk, refusal, too_large
from simulator.web.envelope import Family, as_json
from simulator.web.messages import BodyTooLargeError, ClientGoneError, Lingering, raw_path, read_request, unread_request

if TYPE_CHECKING:
    from starlette.applications import Starlette


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

SITE: Final = ("/oauth", "/account/security/g2fa", "/demo/callback", "/", "/favicon.ico")
"""The pages: s7.1, s8.1, where the demo client's redirect URI leads, and the front page."""
CONTROL: Final = "/_sim"
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


class App:
    """The ASGI application: one exchange behind one port."""

    def __init__(self, exchange: Exchange, scenario: Scenario | None = None, journal: Journal | None = None) -> None:
        self.desk = Desk(exchange, scenario or Scenario("unnamed", "", exchange.scenario), journal)
        self._site: Starlette | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request, or the server's start and stop."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = raw_path(scope)
        endpoint = find(path)
        if endpoint is None:
            if path in (LIVE, READY) and scope["method"] == "GET":
                await Answer(200, as_json({"status": path.rpartition("/")[2]})).send(send)
                return
            if path in SITE or path == CONTROL or path.startswith(CONTROL + "/"):
                ends = Lingering(receive, send)
                await self.site(scope, ends.receive, ends.send)
                return
        try:
            request = await read_request(scope, receive)
        except ClientGoneError:
            return
        except BodyTooLargeError as error:
            family = endpoint.family if endpoint else Family.RESOURCE
            answer = self.desk.refuse(unread_request(scope), too_large(), family)
            ends = Lingering(receive, send, complete=error.complete)
            await answer.having((b"connection", b"close")).send(ends.send)
            return
        answer = await self._answer(request, endpoint)
        if answer.damage is None:
            await answer.send(send)
        else:
            await network.deliver(answer, scope, receive, send)

    async def _answer(self, request: Request, endpoint: Endpoint | None) -> Answer:
        if endpoint is None:
            unknown = refusal(Reason.UNKNOWN_PATH, received=request.path)
            return self.desk.refuse(request, unknown, Family.RESOURCE, unserved.note(request.path))
        if request.method != endpoint.method:
            return self._wrong_method(request, endpoint.method, endpoint.family)
        notes = misplaced(request, endpoint)
        return await self.desk.answer(request, endpoint.decode(request), endpoint.family, notes)

    def _wrong_method(self, request: Request, allowed: str, family: Family) -> Answer:
        wrong = refusal(Reason.METHOD_NOT_ALLOWED, expected=allowed, received=request.method)
        answer = self.desk.refuse(request, wrong, family)
        return answer.having((b"allow", allowed.encode()))

    def stop(self) -> None:
        """The server stops: nothing waits any longer."""
        self.desk.stop()

    @property
    def site(self) -> Starlette:
        """Pages and control surface."""
        if self._site is None:
            from simulator.web.site import build

            self._site = build(self.desk)
        return self._site


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
