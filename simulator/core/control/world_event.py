"""An event of the world as a scenario writes it. What it does stands in `happenings`."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simulator.core.spec import AuthGroup
from simulator.core.value import Value

EXPIRING: Final = ("access_token", "refresh_token", "code")
"""What can expire."""


class WorldEvent(Value, frozen=True):
    """An event as a scenario writes it. `user` and `client` "" = those of the call."""

    event: str
    """A key of `happenings.KINDS`."""
    user: str = ""
    client: str = ""
    currency: str = ""
    amount: Decimal | None = None
    groups: tuple[AuthGroup, ...] = ()
    what: str = EXPIRING[0]
