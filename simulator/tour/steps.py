"""The steps of the tour in their order."""

from __future__ import annotations

from typing import Final

from simulator.tour import funds, limits, payout, readiness, trading

STEPS: Final = (*payout.CHAPTER, *funds.CHAPTER, *limits.CHAPTER, *trading.CHAPTER, *readiness.CHAPTER)
