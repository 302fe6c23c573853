"""`/market/candles`: the candle that is under way."""

from __future__ import annotations

from typing import Final

TYPES: Final = (
    *("1min", "3min", "5min", "15min", "30min"),
    *("1hour", "2hour", "4hour", "6hour", "8hour", "12hour"),
    *("1day", "1week", "1month"),
)
"""The types of candles."""
