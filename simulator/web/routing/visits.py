"""What leads a request to its workspace, and what its ASGI scope carries on to pages and control surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from simulator.web.routing.paths import Way

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from simulator.web.endpoints.desk import Desk
    from simulator.web.routing.workspaces import Workspaces

VISIT: Final = "simulator"
"""Where it stands in the scope."""


class Visit(NamedTuple):
    """The way of a request, all workspaces, and what was noticed.

    `control`: it is for the control surface. `absent`: the workspace in its path is not there, and nobody serves it.
    """

    way: Way
    workspaces: Workspaces
    notes: tuple[str, ...]
    control: bool
    absent: bool

    @property
    def desk(self) -> Desk:
        """The desk that the request is for."""
        return self.way.desk


def visit_of(request: HTTPConnection) -> Visit:
    """What the request's scope carries."""
    visit: Visit = request.scope[VISIT]
    return visit


def desk_of(request: HTTPConnection) -> Desk:
    """The desk that the request is for."""
    return visit_of(request).desk
