"""What a call pushes out of the journal and the command log is freed when the call's answer has been written.

To free an old entry takes a tenth of a payment's time, because no cache has its memory any more. The client need not
wait for that. Where nothing is written, as in a program that uses the exchange without a server, at most `MOST` things
wait.
"""

from __future__ import annotations

from typing import Final

MOST: Final = 100
"""Things that wait to be freed. Each of the answers that are written together leaves two or three."""


class LeftOvers:
    """Things that nobody needs any more."""

    def __init__(self) -> None:
        self._things: list[object] = []

    def put(self, thing: object) -> None:
        """Keep a thing until things are freed."""
        if len(self._things) >= MOST:
            self.free()
        self._things.append(thing)

    def free(self) -> None:
        """Free them."""
        self._things.clear()


LEFT_OVERS: Final = LeftOvers()
"""What waits to be freed in this process."""
