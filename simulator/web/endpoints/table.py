"""The whole HTTP surface of the exchange as one table, and the answers to calls of its paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Final

from simulator.core.endpoint import FUTURES, Endpoint
from simulator.core.refusals import Reason
from simulator.core.value import Command
from simulator.messages import Answer, Request
from simulator.web.endpoints import decode, unserved
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import Family, family
from simulator.web.endpoints.index import IndexRow, endpoints_of, index
from simulator.web.endpoints.wire_refusals import refusal


class Route:
    """A method and a path with their endpoints. There are two if the body decides which of them is meant (s8.2).

    The module that declares the endpoints is imported with the first call, which takes it some milliseconds.
    """

    def __init__(self, row: IndexRow) -> None:
        self.method, _, self.path = row.call.partition(" ")
        self.host, self.family, self._row = row.host, family(self.path), row
        self.decode: Callable[[Request], Command] = self._decode_first
        """Makes a command of a request."""

    def _decode_first(self, request: Request) -> Command:
        self.decode = decode.decoder(self.endpoints)
        return self.decode(request)

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints at this place."""
        return endpoints_of(self._row)

    @property
    def name(self) -> str:
        """The name of the first endpoint's operation."""
        return self.endpoints[0].name


ROUTES: Final = tuple(map(Route, index()))
"""The routes of the exchange. One port serves all of KuCoin's hosts [H27/one-port]."""

Methods = Mapping[str, Route]
"""The routes at one path, by their methods."""


def _by_method(routes: Iterable[tuple[str, Route]]) -> dict[str, Methods]:
    methods: dict[str, dict[str, Route]] = {}
    for path, route in routes:
        methods.setdefault(path, {})[route.method] = route
    return {**methods}


PLACES: Final = _by_method((route.path, route) for route in ROUTES)
FOLDERS: Final = _by_method((route.path.partition("{")[0], route) for route in ROUTES if route.path.endswith("}"))
"""The routes whose last segment is a parameter, by the part of the path before it."""
WITHIN: Final = _by_method((route.path, route) for route in ROUTES if "}/" in route.path)
"""The routes with a parameter before their last segment."""

SHARED: Final = ("/api/v1/timestamp", "/api/v1/status", "/api/v1/orders", "/api/v1/fills")
"""Paths that KuCoin serves on its futures host as well."""
ACCOUNT: Final = "/account"
DEMO: Final = ("/demo", "/demo/callback", "/demo/source")
"""The demo broker's pages: its steps, its redirect URI, its program."""
SITE: Final = ("/oauth", "/account/security/g2fa", ACCOUNT, *DEMO, "/", "/favicon.ico", "/openapi.json")
"""The pages of s7.1 and s8.1, a user's account, the demo broker, the front page, its icon, the OpenAPI document."""
CONTROL: Final = "/_sim"
BASE: Final = f"{CONTROL}/v1"
"""The path of the control surface, and the prefix of its calls."""
STATIC: Final = f"{CONTROL}/static/"
"""The beginning of the addresses of files that pages load."""
SERVED: Final = (
    *(f"{route.method} {route.path}" for route in ROUTES),
    *(f"GET {path}" for path in (*SITE, BASE)),
)
"""The calls that are suggested if a path or a method is wrong."""
LIVE, READY = "/_sim/live", "/_sim/ready"


def is_control(path: str) -> bool:
    """True if a path is for the control surface. What pages load is a page's, because the browser needs it."""
    return (path == CONTROL or path.startswith(f"{CONTROL}/")) and not path.startswith(STATIC)


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
    """A note if the call was sent to a host of KuCoin's that does not serve its path; () otherwise."""
    if b"kucoin.com" not in request.headers.get(b"host", b"").lower():
        return ()
    host = (request.header(b"host") or "").partition(":")[0].lower()
    if host == FUTURES and route.path in SHARED:
        return ()
    if host.endswith("kucoin.com") and host != route.host:
        return (f"sent to {host}; KuCoin serves this path on {route.host} (H27)",)
    return ()


async def answer_call(desk: Desk, request: Request, methods: Methods | None) -> Answer:
    """The answer to a call of one of these routes, or of a path without any (None)."""
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
    """The family whose envelope all answers at a path use."""
    return next(iter(methods.values())).family
