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


def may_withdraw(world: World, allowed: tuple[str, ...]) -> bool:
    """True if a key made by hand with this list can have the ordinary permission to withdraw.

    [H96/withdrawal-key-ips]
    """
    return bool(allowed) or world.choices.withdrawal_key_ips == "optional"
