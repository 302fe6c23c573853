"""What leads a request to its workspace, and what its ASGI scope carries on to pages and control surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from simulator.messages import Scope

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from simulator.web.desk import Desk
    from simulator.web.workspaces import Workspaces

VISIT: Final = "simulator"
"""Where it stands in the scope."""


PREFIX: Final = "simulator.prefix"
"""Where the prefix stands that named the workspace, such as `/w/name`."""


class Led(NamedTuple):
    """Where the beginning of a path leads: a desk or, in `notes`, why nowhere; and the path that is left."""

    desk: Desk | None
    prefix: str
    path: str
    notes: tuple[str, ...] = ()

    def within(self, scope: Scope) -> Scope:
        """The scope as it is inside the workspace: its paths are without what led there."""
        if self.desk is None:
            return scope
        return {
            **scope,
            "path": unquote(self.path),
            "raw_path": self.path.encode("latin-1", "replace"),
            PREFIX: self.prefix,
        }


class Visit(NamedTuple):
    """The desk that a request is for, all the others, and what was noticed on the way there.

    `control`: it is for the control surface. `absent`: the workspace in its path is not there, and nobody serves it.
    """

    desk: Desk
    workspaces: Workspaces
    notes: tuple[str, ...]
    control: bool
    absent: bool


def visit_of(request: HTTPConnection) -> Visit:
    """What the request's scope carries."""
    visit: Visit = request.scope[VISIT]
    return visit


def desk_of(request: HTTPConnection) -> Desk:
    """The desk that the request is for."""
    return visit_of(request).desk
