"""The form that takes the control token, and the cookie that a browser gets for it.

A browser sends no header of its own with a link. The cookie is not the token, but a digest of it, because a browser
sends cookies to every port of a host: another server on this machine would see it. The control surface does not accept
the cookie, so only the dashboard's own forms can use it, and those of other sites are refused before.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.web.dashboard.nav import ENTER, LEAVE
from simulator.web.dashboard.screens import Screen, form_of, screen
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import ACCOUNT, CONTROL
from simulator.web.guards import Policy
from simulator.web.pages.render import AnswerResponse, go
from simulator.web.routing.visits import visit_of
from simulator.web.wire.reading import request_head

PURPOSE: Final = b"the dashboard of a Fast API simulator"
ATTRIBUTES: Final = "; Path=/; HttpOnly; SameSite=Strict"


def _cookie(policy: Policy) -> tuple[str, str]:
    """Name and value of the cookie. Servers with different tokens have different names, because ports share cookies."""
    digest = hmac_digest((policy.token or "").encode(), PURPOSE, sha256).hex()
    return f"simulator-{sha256(digest.encode()).hexdigest()[:8]}", digest


def admits(policy: Policy, headers: Mapping[str, str]) -> bool:
    """True if a request of the dashboard has the cookie, or the token as the control surface takes it."""
    if policy.admits(headers):
        return True
    name, value = _cookie(policy)
    try:
        brought = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return False
    return brought is not None and compare_digest(brought.value.encode(), value.encode())


def without_token(request: Request) -> Response:
    """The answer to a request without the token: the page with the form, which leads back to the page in question."""
    head = request_head(request.scope)
    target = f"{head.prefix}{head.path}{'?' if head.query else ''}{head.query}" if head.method == "GET" else ""
    return _token_page(request, target)


def _token_page(request: Request, target: str, *, error: str = "") -> Response:
    """The page with the form, 401. `target` leads to what the person wants to see."""
    headers = ((b"www-authenticate", b"Bearer"),)
    return screen(request, "dashboard/enter.html", "", 401, headers=headers, target=target, error=error)


async def enter(desk: Desk, request: Request) -> Response:
    """Give the cookie for the right token, and lead to the target."""
    form = await form_of(request)
    target, policy = _inside(desk, form.one("target", "")), visit_of(request).entrance.policy
    if not policy.admits({"x-sim-token": form.one("token")}):
        return _token_page(request, target, error="That is not the token.")
    name, value = _cookie(policy)
    return _led(request, target, f"{name}={value}{ATTRIBUTES}")


async def leave(desk: Desk, request: Request) -> Response:
    """Forget the cookie."""
    name, _ = _cookie(visit_of(request).entrance.policy)
    return _led(request, _inside(desk, ""), f"{name}=; Max-Age=0{ATTRIBUTES}")


def _led(request: Request, target: str, cookie: str) -> Response:
    secure = "; Secure" if request.scope.get("scheme") == "https" else ""
    return AnswerResponse(go(target).having((b"set-cookie", f"{cookie}{secure}".encode())))


def _inside(desk: Desk, target: str) -> str:
    """The target if it is a page that needs the token, else the overview: a form must not lead to another site."""
    prefix = desk.exchange.world.prefix
    root, account = f"{prefix}{CONTROL}/", f"{prefix}{ACCOUNT}"
    inside = target.startswith((root, f"{account}?")) or target == account
    return target if inside and not target.startswith("//") else root


ROUTES: Final = (Screen(f"POST {ENTER}", enter), Screen(f"POST {LEAVE}", leave))
