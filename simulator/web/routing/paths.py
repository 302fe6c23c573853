"""What stands before a path to name a workspace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from simulator.messages import Answer, Request, Scope
from simulator.web.wire.reading import PREFIX

if TYPE_CHECKING:
    from simulator.web.endpoints.desk import Desk


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
