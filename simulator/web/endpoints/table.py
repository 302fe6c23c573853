"""The whole HTTP surface of the exchange as one table, and what it says to a call at one of its places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from simulator.core.endpoint import FUTURES, Endpoint
from simulator.core.endpoints import ENDPOINTS
from simulator.core.refusals import Reason
from simulator.core.value import Command
from simulator.messages import Answer, Request
from simulator.web.endpoints import decode, unserved
from simulator.web.endpoints.desk import Desk, refusal
from simulator.web.endpoints.envelope import Family, family


class Route(NamedTuple):
    """A place on the wire, and the endpoints there: more than one where the body tells which is meant (s8.2)."""

    method: str
    path: str
    host: str
    family: Family
    decode: Callable[[Request], Command]
    endpoints: tuple[Endpoint, ...]

    @property
    def name(self) -> str:
        """The operation that is meant unless the body says otherwise."""
        return self.endpoints[0].name


def _route(endpoints: tuple[Endpoint, ...]) -> Route:
    first = endpoints[0]
    return Route(first.method, first.path, first.host, family(first.path), decode.decoder(endpoints), endpoints)


ROUTES: Final = tuple(
    _route(tuple(endpoint for endpoint in ENDPOINTS if endpoint.call == call))
    for call in dict.fromkeys(endpoint.call for endpoint in ENDPOINTS)
)
"""What the exchange serves [H27/one-port]: one port serves all of KuCoin's hosts."""

Methods = Mapping[str, Route]
"""The routes at one path, by their methods."""


def _by_method(places: Iterable[tuple[str, Route]]) -> dict[str, Methods]:
    methods: dict[str, dict[str, Route]] = {}
    for place, route in places:
        methods.setdefault(place, {})[route.method] = route
    return {**methods}


PLACES: Final = _by_method((route.path, route) for route in ROUTES)
FOLDERS: Final = _by_method((route.path.partition("{")[0], route) for route in ROUTES if route.path.endswith("}"))
"""Routes whose last part is a name, by what stands before it."""
WITHIN: Final = _by_method((route.path, route) for route in ROUTES if "}/" in route.path)
"""Routes with a name before their last part."""

SHARED: Final = ("/api/v1/timestamp", "/api/v1/status", "/api/v1/orders", "/api/v1/fills")
"""Paths that KuCoin serves on its futures host, too."""
SITE: Final = ("/oauth", "/account/security/g2fa", "/demo/callback", "/", "/favicon.ico", "/openapi.json")
"""The pages: s7.1, s8.1, where the demo client's redirect URI leads, the front page; and the table above in words."""
CONTROL: Final = "/_sim"
BASE: Final = f"{CONTROL}/v1"
"""The control surface, and what its calls begin with."""
SERVED: Final = (
    *(f"{route.method} {route.path}" for route in ROUTES),
    *(f"GET {path}" for path in (*SITE, BASE)),
)
"""Every call that may have been meant where a path or a method is wrong."""
LIVE, READY = "/_sim/live", "/_sim/ready"


def find(path: str) -> Methods | None:
    """The routes at a path."""
    methods = PLACES.get(path)
    if methods is None:
        folder, _, name = path.rpartition("/")
        methods = FOLDERS.get(f"{folder}/") if name else None
        if methods is None:
            folder, _, between = folder.rpartition("/")
            methods = next((WITHIN[served] for served in WITHIN if between and _is(served, folder, name)), None)
    return methods


def _is(served: str, folder: str, name: str) -> bool:
    return served.startswith(f"{folder}/{{") and served.endswith(f"}}/{name}")


def misplaced(request: Request, route: Route) -> tuple[str, ...]:
    """A note when the client believes that it talks to the wrong one of KuCoin's hosts."""
    if b"kucoin.com" not in request.headers.get(b"host", b"").lower():
        return ()
    host = (request.header(b"host") or "").partition(":")[0].lower()
    if host == FUTURES and route.path in SHARED:
        return ()
    if host.endswith("kucoin.com") and host != route.host:
        return (f"sent to {host}; KuCoin serves this path on {route.host} (H27)",)
    return ()


async def answer_call(desk: Desk, request: Request, methods: Methods | None) -> Answer:
    """What the exchange says to a call at one of these endpoints, or at none."""
    if methods is None:
        unknown = refusal(Reason.UNKNOWN_PATH, received=request.path)
        unknown.alternatives = SERVED
        return desk.refuse(request, unknown, Family.RESOURCE, unserved.note(request.path, PLACES))
    route = methods.get(request.method)
    if route is None:
        allowed = ", ".join(methods)
        wrong = refusal(Reason.METHOD_NOT_ALLOWED, expected=allowed, received=request.method)
        wrong.alternatives = SERVED
        return desk.refuse(request, wrong, family_of(methods)).having((b"allow", allowed.encode()))
    return await desk.answer(request, route.decode(request), route.family, misplaced(request, route))


def family_of(methods: Methods) -> Family:
    """In which envelope a path answers, whatever the method."""
    return next(iter(methods.values())).family
