"""Instants as text."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(milliseconds: int) -> str:
    """An instant in ISO 8601, UTC, to the millisecond."""
    instant = datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
