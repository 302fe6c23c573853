"""All situations, joined from the modules of their topics."""

from __future__ import annotations

from typing import Final

from simulator.evidence.readiness.situation import Situation

SITUATIONS: Final[tuple[Situation, ...]] = ()
"""Every situation, topic by topic."""
