"""What leads a request to its workspace, and what its ASGI scope carries on to pages and control surface."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from simulator.messages import Answer, Request, Scope

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from simulator.web.desk import Desk
    from simulator.web.workspaces import Workspaces

VISIT: Final = "simulator"
"""Where it stands in the scope."""


PREFIX: Final = "simulator.prefix"
"""Where the prefix stands that named the workspace, such as `/w/name`."""


LONGEST_NOTE: Final = 400
"""Characters of notes that a header carries; the journal has them whole."""
UNFIT: Final = re.compile(rb"[^ -~]")
"""Bytes that a header's value must not have."""


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


class Way(NamedTuple):
    """The desk that a request is for, what was noticed on the way there, and the desk that it was addressed to instead.

    `addressed` is None when that is the same one.
    """

    desk: Desk
    notes: tuple[str, ...] = ()
    addressed: Desk | None = None

    def delivered(self, request: Request, answer: Answer) -> Answer:
        """The answer as it leaves, with `X-Sim-Note`; a desk that was passed by writes it down, too."""
        if request.notes and answer.status and self.desk.journal.reporting.headers:
            text = "; ".join(request.notes)[:LONGEST_NOTE].encode("ascii", "replace")
            answer = answer.having((b"x-sim-note", UNFIT.sub(b"?", text)))
        if self.addressed:
            self.addressed.point(request, answer)
        return answer


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
