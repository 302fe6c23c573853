"""Values of the routing: the match of a path's prefix, and the destination of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from simulator.core.lazy_pattern import lazy_pattern
from simulator.messages import Answer, Request, Scope
from simulator.web.wire.reading import PREFIX

if TYPE_CHECKING:
    from simulator.web.endpoints.desk import Desk


LONGEST_NOTE: Final = 400
"""Characters of notes in a header; the journal has the whole notes."""
UNFIT: Final = lazy_pattern(rb"[^ -~]")
"""Bytes that are not allowed in a header's value."""


class PathMatch(NamedTuple):
    """The result of matching a path's prefix: the desk, or in `notes` why there is none; and the rest of the path."""

    desk: Desk | None
    prefix: str
    path: str
    notes: tuple[str, ...] = ()

    def within(self, scope: Scope) -> Scope:
        """The scope inside the workspace: its paths are without the prefix."""
        if self.desk is None:
            return scope
        return {
            **scope,
            "path": unquote(self.path),
            "raw_path": self.path.encode("latin-1", "replace"),
            PREFIX: self.prefix,
        }


class Destination(NamedTuple):
    """The desk that a request is for, notes of the routing, and the desk that it was addressed to.

    `addressed` is None if both desks are the same.
    """

    desk: Desk
    notes: tuple[str, ...] = ()
    addressed: Desk | None = None

    def delivered(self, request: Request, answer: Answer) -> Answer:
        """The answer to send, with `X-Sim-Note`. The addressed desk, if it is another one, records the call, too."""
        if request.notes and answer.status and self.desk.journal.reporting.headers:
            text = "; ".join(request.notes)[:LONGEST_NOTE].encode("ascii", "replace")
            answer = answer.having((b"x-sim-note", UNFIT.sub(b"?", text)))
        if self.addressed:
            self.addressed.point(request, answer)
        return answer
