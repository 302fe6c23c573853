"""Pages and control surface as one Starlette application. Imported when the first of them is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.web.control.problems import problem
from simulator.web.control.routes import control_routes
from simulator.web.pages.errors import error_page
from simulator.web.pages.routes import page_routes

if TYPE_CHECKING:
    from simulator.web.desk import Desk


def build(desk: Desk) -> Starlette:
    """The application. Methods are exact: Starlette would add HEAD to every GET (H02)."""
    routes = [*page_routes(desk), *control_routes(desk)]
    for route in routes:
        if isinstance(route, Route) and route.methods:
            route.methods.discard("HEAD")
    app = Starlette(routes=routes, exception_handlers={HTTPException: _not_served})
    app.router.redirect_slashes = False
    return app


async def _not_served(request: Request, error: Exception) -> Response:
    """404 and 405: a problem of the control surface, or a page."""
    assert isinstance(error, HTTPException)
    if request.scope["path"].startswith("/_sim"):
        return problem(error.status_code, error.detail, headers=error.headers)
    return error_page(error.status_code, error.detail, headers=error.headers)
