"""The gateway's rate pools: the weight of calls that a caller may make in a window, and what remains of it.

Sizes, windows and weights are those of KuCoin's page on rate limits. The pools come before the exchange and are no part
of its world: a call that exceeds its pool is not looked at further. Instants are ms of the wall clock, because a client
that has to wait really sleeps.
"""

from __future__ import annotations

from typing import Final

from rpds import HashTrieMap

from simulator.core import spec
from simulator.core.gateway.rate_limits import Pool, RateLimit
from simulator.core.gateway.signature import named_key
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Command, Value
from simulator.core.world import World

TOP_LEVEL: Final = 12
"""The highest VIP level."""
FLAT: Final = (2000,) * (TOP_LEVEL + 1)
# fmt: off
SIZES: Final[dict[Pool, tuple[int, ...]]] = {
    Pool.UNIFIED_ACCOUNT: (200, 200, 400, 500, 600, 700, 800, 1000, 1200, 1400, 1600, 1800, 2000),
    Pool.SPOT: (4000, 6000, 8000, 10000, 13000, 16000, 20000, 23000, 26000, 30000, 33000, 36000, 40000),
    Pool.FUTURES: (2000, 2000, 4000, 5000, 6000, 7000, 8000, 10000, 12000, 14000, 16000, 18000, 20000),
    Pool.MANAGEMENT: (2000, 2000, 4000, 5000, 6000, 7000, 8000, 10000, 12000, 14000, 16000, 18000, 20000),
    Pool.PUBLIC: FLAT,
}
# fmt: on
"""The size of each pool, by VIP level from 0 [rest/rate-pools]."""
LENGTHS: Final[dict[Pool, int]] = {**dict.fromkeys(Pool, 30 * spec.SECOND), Pool.UNIFIED_ACCOUNT: 3 * spec.SECOND}
"""The length of each pool's window, ms."""
NAMES: Final = {pool: pool.name for pool in Pool}
"""The pools' names. An Enum's own `name` is a property in Python, ten times slower than this look-up."""
ROOM: Final = 1024
"""The number of windows from which on ended ones are dropped, so that a long-lived server does not grow."""

Owner = tuple[str, str, str]
"""The owner of a window: the pool's name, the user or "", the IP or ""."""


class Cycle(Value, frozen=True):
    """An owner's window: when it began, and how much weight has been used since."""

    began_at: int
    used: int


class Pools(Value, frozen=True):
    """All windows that have begun. A pool without a window is full.

    The window of the last call stands apart, because the next call often has the same owner, and no map changes then.
    """

    others: HashTrieMap[Owner, Cycle] = HashTrieMap()
    """The other windows, and perhaps what the last one was before."""
    last: tuple[Owner, Cycle] | None = None
    room: int = ROOM
    """The number of windows at which ended ones are dropped next."""

    @property
    def cycles(self) -> HashTrieMap[Owner, Cycle]:
        """All windows."""
        return self.others if self.last is None else self.others.insert(*self.last)


class Meter(Value, frozen=True):
    """The state of a pool after a call: its size, what remains, and the ms until it is full again.

    `over` is True if too little remained for the call.
    """

    limit: int
    remaining: int
    reset: int
    over: bool


def charge(
    pools: Pools,
    world: World,
    rate_limit: RateLimit,
    command: Command,
    ip: str,
    wall: int,
    *,
    user: str = "",
    all_of_it: bool = False,
) -> tuple[Pools, Meter]:
    """Take a call's weight from its owner's pool. A call that exceeds the pool takes nothing.

    A window begins with its owner's first call. The first call after its end begins a new window with a full pool
    [rest/rate-window]. `ip` is the caller's, `wall` the instant in ms; with `all_of_it` the call takes the whole rest.
    `user` is the user of the call's key, if that is known already.
    """
    pool = rate_limit.pool
    owner, level = _owner(world, rate_limit, command, ip, user)
    limit, length = SIZES[pool][level], LENGTHS[pool]
    others, room = pools.others, pools.room
    cycle: Cycle | None
    if pools.last is not None and pools.last[0] == owner:
        cycle = pools.last[1]
    else:
        others = pools.cycles
        cycle = others.get(owner)
    # A machine's clock may be set back; even then nobody waits longer than a window.
    if cycle is None or not cycle.began_at <= wall < cycle.began_at + length:
        if len(others) >= room:
            others = _running(others, wall)
            room = max(ROOM, 2 * len(others))
        cycle = Cycle(wall, 0)
    left = max(0, limit - cycle.used)  # the level may have been lowered since
    weight = left if all_of_it else rate_limit.weight
    over = weight > left
    if over:
        weight, over = 0, world.choices.rate_pools == "enforce"
    cycle = Cycle(cycle.began_at, cycle.used + weight)
    return Pools(others, (owner, cycle), room), Meter(limit, left - weight, cycle.began_at + length - wall, over)


def refilled(pools: Pools, user: str = "", pool: Pool | None = None) -> tuple[Pools, tuple[Owner, ...]]:
    """The pools after a refill, and the owners whose windows ended by it, in order.

    All pools are refilled, or only those of one user, or of one pool. Pools of an IP are not those of any user.
    """
    name = pool.name if pool else ""
    owners = tuple(sorted(owner for owner in pools.cycles if name in ("", owner[0]) and user in ("", owner[1])))
    cycles = pools.cycles
    for owner in owners:
        cycles = cycles.remove(owner)
    return Pools(cycles, room=pools.room), owners


def _owner(world: World, rate_limit: RateLimit, command: Command, ip: str, name: str) -> tuple[Owner, int]:
    """The owner of the pool and the VIP level: those of the key's user, or the IP for a public call (documented).

    The credentials have not been checked yet. A call with wrong credentials counts for the user of its key, and a call
    with an unknown key counts for its IP, at level 0 [H61/pool-owner].
    """
    pool = NAMES[rate_limit.pool]
    if rate_limit.pool is Pool.PUBLIC:
        return (pool, "", world.observed_ip or ip), 0
    if not name:
        key = named_key(world, command.signed)
        if key is None:
            return (pool, "", world.observed_ip or command.signed.ip), 0
        name = key.user
    user = world.users.get(name)
    return (pool, name, ""), min(TOP_LEVEL, user.level) if user else 0


def _running(cycles: HashTrieMap[Owner, Cycle], wall: int) -> HashTrieMap[Owner, Cycle]:
    """The windows that have not ended."""
    return HashTrieMap(
        {
            owner: cycle
            for owner, cycle in cycles.items()
            if cycle.began_at <= wall < cycle.began_at + LENGTHS[Pool[owner[0]]]
        }
    )


def limited(rate_limit: RateLimit, meter: Meter) -> Refusal:
    """The refusal of a call that exceeds its pool."""
    length = LENGTHS[rate_limit.pool] // spec.SECOND
    return Refusal(
        Reason.RATE_LIMITED,
        expected=f"{meter.limit} in {length} s ({rate_limit.pool.value})",
        received=f"weight {rate_limit.weight} with {meter.remaining} left for {meter.reset} ms",
    )
