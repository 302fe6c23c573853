"""Same seed, same calls, same bytes: what a whole day of calls answers, and what the feeds tell of it."""

from __future__ import annotations

from support.played_day import PAGE, played_day


def test_a_day_is_what_it_was() -> None:
    """Each answer and each message is that of played_day.txt; if a change is meant, the command below writes it."""
    lines, page = played_day(), PAGE.read_text(encoding="utf-8").splitlines()
    differences = [f"{now}\n  was: {before}" for now, before in zip(lines, page, strict=False) if now != before]
    assert differences[:5] == [], "is it meant? then: PYTHONPATH=tests python -m support.played_day"
    assert len(lines) == len(page)
