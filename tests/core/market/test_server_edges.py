"""What the server says of itself."""

from __future__ import annotations

from support.demo_world import demo_world

from simulator.core.market.server import GetServiceStatus, get_service_status
from simulator.core.world import Now


def test_the_service_is_open() -> None:
    """It is open, without a message, and asking changes nothing."""
    world = demo_world()
    after, status = get_service_status(world, GetServiceStatus(), Now(0, 0))
    assert after is world
    assert (status.status, status.msg) == ("open", "")
