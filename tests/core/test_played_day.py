"""Same seed, same calls, same bytes: what a whole day of calls answers, and what the feeds tell of it."""

from __future__ import annotations

from support.generated import OUTDATED
from support.played_day import WRITTEN, played_day


def test_a_day_is_what_it_was() -> None:
    """Each answer and each message is that of played_day.txt; `scripts/generate` writes a change that is meant."""
    lines, page = played_day(), WRITTEN.read_text(encoding="utf-8").splitlines()
    differences = [f"{now}\n  was: {before}" for now, before in zip(lines, page, strict=False) if now != before]
    assert differences[:5] == [], OUTDATED
    assert len(lines) == len(page)
