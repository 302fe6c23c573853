"""What several screens show in the same way: instants of both clocks, and texts without their secrets."""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

from starlette.requests import Request

from simulator.clock import LATEST
from simulator.evidence.redaction import Redactor
from simulator.evidence.views import outside
from simulator.instants import iso
from simulator.web.endpoints.desk import Desk
from simulator.web.work import collected


class Instant(NamedTuple):
    """One instant: `text` as ISO 8601 for a machine, `day` and `time` for a person; all "" if it is unknown."""

    text: str
    day: str
    time: str


UNKNOWN = Instant("", "", "")


def instant(milliseconds: int | None) -> Instant:
    """The instant of so many ms; None = unknown."""
    if milliseconds is None:
        return UNKNOWN
    text = iso(max(0, min(milliseconds, LATEST)))
    return Instant(text, text[:10], text[11:].removesuffix("Z"))


async def redactor_of(desk: Desk, request: Request, user: str = "") -> Redactor:
    """What hides the secrets of texts in no entry. The secrets of a large world are learned in slices."""
    world = desk.exchange.world
    await collected(chain(desk.journal.learning()), request.receive)
    await collected(desk.journal.known().learning(world, world), request.receive)
    return outside(desk.journal, world, desk.exchange.clock.now(), user)
