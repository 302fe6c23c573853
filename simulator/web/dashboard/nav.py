"""The sections of the dashboard, and which requests are for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from simulator.web.endpoints.table import CONTROL


class Section(NamedTuple):
    """One entry of the navigation. `path` is below `/_sim`."""

    path: str
    title: str


SECTIONS: Final = (
    Section("/", "Overview"),
    Section("/calls", "Calls"),
    Section("/inspect", "Inspector"),
    Section("/orders", "Orders"),
    Section("/feeds", "Feeds"),
    Section("/money", "Money"),
    Section("/flow", "Flow"),
    Section("/console", "Console"),
    Section("/faults", "Faults"),
    Section("/time", "Time"),
    Section("/workspaces", "Workspaces"),
    Section("/readiness", "Readiness"),
)
ENTER, LEAVE = "/enter", "/leave"
"""Where the form with the control token is sent, and the one that forgets it."""
ROOTS: Final = (CONTROL, f"{CONTROL}/")
"""Paths of the overview, and of the control surface's index for a client that is no browser."""
_FIRST: Final = frozenset((*(section.path for section in SECTIONS[1:]), ENTER, LEAVE))


def is_dashboard(path: str, headers: Mapping[str, str]) -> bool:
    """True if the request is for the dashboard. `path` is without a workspace's prefix."""
    if path in ROOTS:
        return wants_page(headers)
    below = path.removeprefix(CONTROL)
    return below != path and f"/{below.split('/', 2)[1]}" in _FIRST if below.startswith("/") else False


def wants_page(headers: Mapping[str, str]) -> bool:
    """True if the client names HTML among the types that it accepts, as browsers do and curl does not."""
    return "text/html" in headers.get("accept", "").lower()
