"""What the exchange says of its own time."""

from __future__ import annotations

from support.desk import START, Desk

from simulator.core.market.server import GetServerTime, ServerTime


def test_server_time_is_the_wall_clock() -> None:
    """The server's time is what timestamps are held against, not the business clock."""
    desk = Desk()
    desk.advance(1_000_000)
    desk.wall += 7
    assert desk.do(GetServerTime(), ServerTime).milliseconds == START + 7
