"""The result of the routing, which the ASGI scope carries to pages and control surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from simulator.web.routing.paths import Destination

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from simulator.web.endpoints.desk import Desk
    from simulator.web.routing.workspaces import Workspaces
    from simulator.web.wire.entrance import Entrance

VISIT: Final = "simulator"
"""Its key in the scope."""


class Visit(NamedTuple):
    """The destination of a request, all workspaces, and the notes of the routing.

    `control`: it is for the control surface. `absent`: the workspace in its path does not exist, so nothing serves it.
    `entrance` is the server's.
    """

    destination: Destination
    workspaces: Workspaces
    notes: tuple[str, ...]
    control: bool
    absent: bool
    entrance: Entrance

    @property
    def desk(self) -> Desk:
        """The desk that the request is for."""
        return self.destination.desk


def visit_of(request: HTTPConnection) -> Visit:
    """The `Visit` in a request's scope."""
    visit: Visit = request.scope[VISIT]
    return visit


def desk_of(request: HTTPConnection) -> Desk:
    """The desk that the request is for."""
    return visit_of(request).desk
