"""What a desk needs of the websocket sessions of its workspace, and what it tells them."""

from __future__ import annotations

from typing import Any, Final, Protocol

ANEW: Final = "the world has begun anew, or another one is in its place: ask for another token"
OVER: Final = "the simulator stops, or this workspace has ended"
"""Why websockets are closed."""


class Streams(Protocol):
    """The websocket sessions of a workspace."""

    def end(self, reason: str) -> None:
        """End all of them."""

    def look(self) -> None:
        """See anew when something happens next: the clock runs otherwise than it did."""

    def known(self) -> list[Any]:
        """All sessions that are open, and the last ones that ended, the newest first."""
