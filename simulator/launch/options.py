"""The options of one `exec`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from simulator.scenario.overrides import UserOverride


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
    profiles: tuple[str, ...] = ()
    fail_under: int | None = None
    baseline: Path | None = None
