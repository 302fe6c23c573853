"""Pages and control surface as one Starlette application. It is imported with the first request for one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from simulator.web.control.protocol.problems import problem
from simulator.web.control.routes import control_routes
from simulator.web.dashboard.nav import is_dashboard, wants_page
from simulator.web.dashboard.routes import dashboard_routes
from simulator.web.endpoints.envelope import as_json
from simulator.web.gate import Gate
from simulator.web.guards import Policy
from simulator.web.pages.errors import error_page
from simulator.web.pages.routes import page_routes
from simulator.web.routing.visits import desk_of, visit_of

if TYPE_CHECKING:
    from simulator.web.routing.workspaces import Workspaces


def build(workspaces: Workspaces, policy: Policy, serve: ASGIApp) -> Starlette:
    """The application. Methods are exact: Starlette would add HEAD to every GET (H02).

    `serve` is the whole simulator, of which this is a part.
    """
    routes = [
        *page_routes(serve, guarded=policy.token is not None),
        *dashboard_routes(),
        Route("/openapi.json", _openapi),
        *control_routes(),
    ]
    for route in routes:
        if isinstance(route, Route) and route.methods:
            route.methods.discard("HEAD")
    gate = Middleware(Gate, origins=lambda: workspaces.home.exchange.world.origins, policy=policy)
    app = Starlette(routes=routes, middleware=[gate], exception_handlers={HTTPException: _not_served})
    app.router.redirect_slashes = False
    return app


async def _openapi(request: Request) -> Response:
    """The exchange's endpoints as an OpenAPI document, under the choices of the workspace."""
    from simulator.web.endpoints.schemas.document import document

    world = desk_of(request).exchange.world
    return Response(as_json(document(world.choices, world.prefix or "/")), media_type="application/json")


async def _not_served(request: Request, error: Exception) -> Response:
    """The answer for 404 and 405: a problem on the control surface, else a page."""
    assert isinstance(error, HTTPException)
    visit = visit_of(request)
    detail = visit.notes[0] if visit.absent else error.detail
    page = wants_page(request.headers) if visit.absent else is_dashboard(request.scope["path"], request.headers)
    if visit.control and not page:
        return problem(error.status_code, detail, headers=error.headers)
    return error_page(error.status_code, detail, headers=error.headers)
