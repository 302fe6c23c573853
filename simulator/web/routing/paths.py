"""Values of the routing: the match of a path's prefix, and the destination of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from simulator.core.lazy_pattern import lazy_pattern
from simulator.messages import Answer, Request, Scope
from simulator.web.wire.reading import PREFIX

if TYPE_CHECKING:
    from simulator.web.endpoints.desk import Desk


PATH: Final = "address"
HOST: Final = "Host"
"""What names a workspace besides a credential."""
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


def decided(
    credentials: list[tuple[str, Desk]], addresses: tuple[tuple[str, Desk | None], ...], notes: list[str]
) -> Destination | None:
    """The destination of a request: the first desk that it names, with a note about each other one; None if none.

    Credentials come first. Each desk has the word for what names it.
    """
    named = [*credentials[:1], *((word, desk) for word, desk in addresses if desk is not None), *credentials[1:]]
    if not named:
        return None
    first, desk = named[0]
    served = f"served by {desk.exchange.world.workspace}: its {first} counts before"
    others: list[Desk] = []
    for word, other in named[1:]:
        if other is desk or other in others:
            continue
        others.append(other)
        name = other.exchange.world.workspace
        if word in (PATH, HOST) and first != PATH:
            notes.append(f"addressed to workspace {name}, but {served} the address")
        else:
            notes.append(f"its {word} is of workspace {name}, but {served} it")
    return Destination(desk, (*notes,), (*others,))
