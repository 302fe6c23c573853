"""Values of the routing: the match of a path's prefix, and the destination of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from simulator.core.lazy_pattern import lazy_pattern
from simulator.messages import Answer, Request, Scope
from simulator.web.routing.credentials import Credential
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
    """The desk that a request is for, notes of the routing, and other desks that its address or a credential names."""

    desk: Desk
    notes: tuple[str, ...] = ()
    others: tuple[Desk, ...] = ()

    def delivered(self, request: Request, answer: Answer) -> Answer:
        """The answer to send, with `X-Sim-Note`. The other desks record the call, too."""
        if request.notes and answer.status and self.desk.journal.reporting.headers:
            text = "; ".join(request.notes)[:LONGEST_NOTE].encode("ascii", "replace")
            answer = answer.having((b"x-sim-note", UNFIT.sub(b"?", text)))
        for desk in self.others:
            desk.point(request, answer)
        return answer


def decided(named: list[tuple[Credential, Desk]], addressed: Desk | None, notes: list[str]) -> Destination:
    """The destination of a request by its first credential, with a note about each other workspace that it names."""
    first, desk = named[0]
    served = f"served by {desk.exchange.world.workspace}: its {first.word}"
    others: list[Desk] = []
    if addressed is not None and addressed is not desk:
        others.append(addressed)
        name = addressed.exchange.world.workspace
        notes.insert(0, f"addressed to workspace {name}, but {served} counts before the address")
    for credential, other in named[1:]:
        if other is not desk and other not in others:
            name = other.exchange.world.workspace
            notes.append(f"its {credential.word} is of workspace {name}, but {served} counts before it")
            others.append(other)
    return Destination(desk, (*notes,), (*others,))
