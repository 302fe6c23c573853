"""All situations, joined from the modules of their topics."""

from __future__ import annotations

from typing import Final

from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.situations import (
    accounts,
    amounts,
    destinations,
    factors,
    keys,
    lists,
    login,
    lost_answers,
    network,
    rebates,
    settlement,
    tokens,
    windows,
)

SITUATIONS: Final[tuple[Situation, ...]] = (
    *login.SITUATIONS,
    *tokens.SITUATIONS,
    *keys.SITUATIONS,
    *factors.SITUATIONS,
    *destinations.SITUATIONS,
    *amounts.SITUATIONS,
    *windows.SITUATIONS,
    *lost_answers.SITUATIONS,
    *settlement.SITUATIONS,
    *accounts.SITUATIONS,
    *lists.SITUATIONS,
    *rebates.SITUATIONS,
    *network.SITUATIONS,
)
"""Every situation, topic by topic."""
