"""What a server calls before entries of a journal are lost, if a readiness report is to be written."""

from __future__ import annotations

from typing import Any, Protocol

from simulator.web.endpoints.desk import Desk


class Keeper(Protocol):
    """Keeps what a report needs of entries that are about to be lost."""

    def keep(self, desk: Desk) -> None:
        """Take what is needed of a desk, because its workspace ends or its journal is emptied."""

    def ended(self) -> list[Any]:
        """The readiness records of what has been lost."""
