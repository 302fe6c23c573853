"""The middleware in front of pages and control surface: every request passes the guards before anything reads it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.web.control.protocol.problems import problem
from simulator.web.dashboard.entering import admits, without_token
from simulator.web.dashboard.nav import ENTER, is_dashboard
from simulator.web.endpoints.table import ACCOUNT, CONTROL, is_control
from simulator.web.guards import Policy, foreign, unreadable
from simulator.web.pages.errors import error_page
from simulator.web.wire.reading import refused

ANOTHER_NAME: Final = (
    "If this is the simulator under another name, start it with --allowed-host and that name,"
    " or with --public-url and that origin."
)
ANOTHER_SITE: Final = "a web page of another site must not drive the simulator."
WHOSE: Final = (
    "this server was started with --control-token; send it as `Authorization: Bearer TOKEN` or as `X-Sim-Token: TOKEN`"
)
ENTERED: Final = CONTROL + ENTER
"""The one path of the dashboard that needs no token: the form with the token is sent there."""


class Area(Enum):
    """What a request is for: each area has its own rules."""

    PAGE = "page"
    CONTROL = "control"
    DASHBOARD = "dashboard"


def area_of(scope: Scope, headers: Headers) -> Area:
    """The area of a request, by its path without a workspace's prefix."""
    path = str(scope["path"])
    if not is_control(path):
        return Area.PAGE
    return Area.DASHBOARD if is_dashboard(path, headers) else Area.CONTROL


class Gate:
    """ASGI middleware. The control surface is for our own pages and tools, with the token if there is one.

    Login, consent and set-up need no token: they are what a broker's users see, and what they change there is their own
    decision. Another site may send a browser's tab to a page, because a login begins so; it may not read, frame or post
    it.

    The dashboard shows and steers what the control surface does, so it needs the token and our own name as well. A
    person's browser has the token as a cookie. Another site may link to a screen, because a GET changes nothing there.
    The account page shows the codes of any user, so it needs the token, too.
    """

    def __init__(self, app: ASGIApp, origins: Callable[[], tuple[str, ...]], policy: Policy) -> None:
        self._app, self._origins, self._policy = app, origins, policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 400, 403 or 401."""
        headers = Headers(scope=scope)
        area = area_of(scope, headers)
        if refusal := refused(scope, dict(scope["headers"])):
            status, text = refusal.reason.denial.status, refusal.text
            response: ASGIApp = problem(status, text) if area is Area.CONTROL else error_page(status, text)
        else:
            response = self._refusal(scope, headers, area) or self._app
        await response(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers, area: Area) -> Response | None:
        control = area is Area.CONTROL
        if wrong := unreadable(headers):
            return problem(400, wrong) if control else error_page(400, f"{wrong[0].upper()}{wrong[1:]}.")
        origins = self._origins()
        navigable = not control and scope["method"] == "GET"
        page, scheme = area is Area.PAGE, scope.get("scheme", "http")
        reason = foreign(headers, origins, self._policy, navigable=navigable, page=page, scheme=scheme)
        if reason and control:
            return problem(403, f"{reason}; {ANOTHER_SITE} {ANOTHER_NAME}")
        if reason:
            origins_text = f"Our own origins are {', '.join(origins)}."
            return error_page(
                403, f"{reason[0].upper()}{reason[1:]}; {ANOTHER_SITE} Nothing happened. {origins_text} {ANOTHER_NAME}"
            )
        if control and not self._policy.admits(headers):
            return problem(401, WHOSE, headers={"www-authenticate": "Bearer"})
        guarded = scope["path"] == ACCOUNT or (area is Area.DASHBOARD and scope["path"] != ENTERED)
        if guarded and not admits(self._policy, headers):
            return without_token(StarletteRequest(scope))
        return None
