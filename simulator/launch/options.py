"""The options of one `exec`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from simulator.scenario.held_orders import Orders
    from simulator.scenario.overrides import UserOverride
    from simulator.web.app import App


class Options(NamedTuple):
    """What the user asked for."""

    arguments: Sequence[str]
    mode: str = "auto"
    scenario: str = "demo"
    seed: int | None = None
    verify: bool = False
    report: Path | None = None
    allow: Sequence[str] = ()
    hosts: tuple[str, ...] = ()
    client_id: str | None = None
    client_secret: str | None = None
    redirect_uris: tuple[str, ...] = ()
    users: tuple[UserOverride, ...] = ()
    orders: Orders = ()
    """The orders of calls that overlap."""
    within: int = 5_000
    """How long such calls wait for each other, ms."""
    seen: Callable[[App], None] | None = None
    """Called with the simulator when the command has ended."""
    profiles: tuple[str, ...] = ()
    fail_under: int | None = None
    baseline: Path | None = None
