"""The check of a caller's IP against the client's list."""

from __future__ import annotations

from simulator.core.refusals import Reason, Refusal
from simulator.core.world import World


def check_ip(world: World, allowed: tuple[str, ...], ip: str) -> None:
    """Refuse an IP that is not in the list of those that the broker registered (s2). An empty list allows any IP.

    [s2/ip-lists] [H26/observed-ip]
    """
    seen = world.observed_ip or ip
    if allowed and seen not in allowed:
        raise Refusal(Reason.IP_NOT_ALLOWED, ip=seen, expected=", ".join(allowed), received=seen)
