"""The pools at their edges: the last unit, the last millisecond, the last place of the table of windows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from rpds import HashTrieMap
from support.demo_world import demo_world
from support.desk import own_key

from simulator.core.account.api_key_info import GetApiKeyInfo
from simulator.core.gateway.permissions import GENERAL, NAMES, OwnPermission
from simulator.core.gateway.pools import LENGTHS, ROOM, SIZES, TOP_LEVEL, Cycle, Meter, Pools, charge, limited, refilled
from simulator.core.gateway.rate_limits import Pool, RateLimit
from simulator.core.market.server import GetServerTime
from simulator.core.refusals import Grade, Reason
from simulator.core.spec import AuthGroup
from simulator.core.world import User, with_user

WORLD, NOW, IP = demo_world(), 1_780_272_000_000, "203.0.113.7"
CALL = GetServerTime()
OWNER = ("PUBLIC", "", IP)


def rate_limit(weight: int) -> RateLimit:
    """A public call of that weight."""
    return RateLimit(Pool.PUBLIC, weight, Grade.DOCUMENTED)


def used(amount: int, began_at: int = NOW) -> Pools:
    """Pools of which this caller has used so much."""
    return Pools(HashTrieMap({OWNER: Cycle(began_at, amount)}))


def test_the_table() -> None:
    """Sizes by VIP level and lengths of windows are those of KuCoin's page."""
    management = (2000, 2000, 4000, 5000, 6000, 7000, 8000, 10000, 12000, 14000, 16000, 18000, 20000)
    assert TOP_LEVEL == 12
    assert {
        Pool.UNIFIED_ACCOUNT: (200, 200, 400, 500, 600, 700, 800, 1000, 1200, 1400, 1600, 1800, 2000),
        Pool.SPOT: (4000, 6000, 8000, 10000, 13000, 16000, 20000, 23000, 26000, 30000, 33000, 36000, 40000),
        Pool.FUTURES: management,
        Pool.MANAGEMENT: management,
        Pool.PUBLIC: (2000,) * 13,
    } == SIZES
    assert {pool: 3_000 if pool is Pool.UNIFIED_ACCOUNT else 30_000 for pool in Pool} == LENGTHS
    assert [pool.value for pool in Pool] == ["Unified Account", "Spot", "Futures", "Management", "Public"]


def test_names_of_permissions() -> None:
    """A permission has the name that KuCoin's reference has for it."""
    assert {permission.name: name for permission, name in NAMES.items()} == {
        "API_COMMON": "General",
        "API_SPOT": "Spot",
        "API_FUTURES": "Futures",
        "API_TRANSFER": "FlexTransfers",
        "API_WITHDRAW_OAUTH": "API_WITHDRAW_OAUTH",
        "WITHDRAWAL": "Withdrawal",
    }
    assert (GENERAL, OwnPermission.WITHDRAWAL.value) == (AuthGroup.API_COMMON, "Withdrawal")


@pytest.mark.parametrize(
    ("before", "weight", "meter"),
    [
        (0, 3, Meter(2000, 1997, 30_000, over=False)),
        (1997, 3, Meter(2000, 0, 30_000, over=False)),
        (1998, 3, Meter(2000, 2, 30_000, over=True)),
        (2000, 1, Meter(2000, 0, 30_000, over=True)),
        (2001, 1, Meter(2000, 0, 30_000, over=True)),
    ],
)
def test_the_last_of_a_pool(before: int, weight: int, meter: Meter) -> None:
    """A call may take all that is left; one that asks for more takes nothing, and the pool says what is left."""
    pools, found = charge(used(before), WORLD, rate_limit(weight), CALL, IP, NOW)
    assert found == meter
    assert pools.cycles[OWNER] == Cycle(NOW, before if meter.over else before + weight)


@pytest.mark.parametrize(
    ("passed", "remaining", "reset"),
    [(0, 1499, 30_000), (1, 1499, 29_999), (29_999, 1499, 1), (30_000, 1999, 30_000), (-1, 1999, 30_000)],
)
def test_the_end_of_a_window(passed: int, remaining: int, reset: int) -> None:
    """A window lasts for all of its length, not a millisecond longer, and a clock that is set back ends it."""
    pools, meter = charge(used(500), WORLD, rate_limit(1), CALL, IP, NOW + passed)
    assert (meter.remaining, meter.reset) == (remaining, reset)
    assert pools.cycles[OWNER].began_at == (NOW if remaining == 1499 else NOW + passed)


@pytest.mark.parametrize("before", [0, 1999, 2000, 2500])
def test_all_of_it(before: int) -> None:
    """A pool that is emptied on purpose has nothing left, and the call itself is not over."""
    pools, meter = charge(used(before), WORLD, rate_limit(3), CALL, IP, NOW, all_of_it=True)
    assert meter == Meter(2000, 0, 30_000, over=False)
    assert pools.cycles[OWNER].used == max(2000, before)


def test_pools_that_are_only_counted() -> None:
    """With the switch a call that would be over passes; it takes nothing even so."""
    world = demo_world(rate_pools="count")
    pools, meter = charge(used(1999), world, rate_limit(3), CALL, IP, NOW)
    assert meter == Meter(2000, 1, 30_000, over=False)
    assert pools.cycles[OWNER].used == 1999


def test_the_address_that_the_world_sees() -> None:
    """A scenario's own address for all callers is the one whose pool it is."""
    pools, _ = charge(Pools(), replace(WORLD, observed_ip="198.51.100.1"), rate_limit(3), CALL, IP, NOW)
    assert list(pools.cycles) == [("PUBLIC", "", "198.51.100.1")]


def others(count: int, began_at: int) -> Iterator[tuple[tuple[str, str, str], Cycle]]:
    """Windows of other callers."""
    for number in range(count):
        yield ("PUBLIC", "", f"10.0.{number // 256}.{number % 256}"), Cycle(began_at, 1)


@pytest.mark.parametrize(
    ("count", "age", "left", "room"),
    [
        (ROOM - 1, 30_000, ROOM, ROOM),
        (ROOM, 30_000, 1, ROOM),
        (ROOM, 29_999, ROOM + 1, 2 * ROOM),
        (ROOM, 0, ROOM + 1, 2 * ROOM),
        (ROOM, -1, 1, ROOM),
    ],
)
def test_windows_that_are_over_are_dropped(count: int, age: int, left: int, room: int) -> None:
    """With 1024 windows those that are over go; if none are, the next look comes at twice as many."""
    assert ROOM == 1024
    pools, _ = charge(Pools(HashTrieMap(dict(others(count, NOW - age)))), WORLD, rate_limit(3), CALL, IP, NOW)
    assert (len(pools.cycles), pools.room) == (left, room)


def test_a_caller_who_is_known_makes_no_room() -> None:
    """A window that goes on needs no place, so nothing is looked at."""
    cycles = dict(others(ROOM, NOW - 30_000)) | {OWNER: Cycle(NOW, 1)}
    pools, _ = charge(Pools(HashTrieMap(cycles)), WORLD, rate_limit(3), CALL, IP, NOW)
    assert len(pools.cycles) == ROOM + 1


def test_the_refusal() -> None:
    """It says what the pool has in which time, what the call weighs, what is left and until when."""
    refusal = limited(rate_limit(3), Meter(2000, 2, 1500, over=True))
    assert refusal.reason is Reason.RATE_LIMITED
    assert (refusal.expected, refusal.received) == ("2000 in 30 s (Public)", "weight 3 with 2 left for 1500 ms")


@pytest.mark.parametrize(
    ("key", "level", "owner", "limit"),
    [
        ("k1", 0, ("SPOT", "ann", ""), 4000),
        ("k1", 1, ("SPOT", "ann", ""), 6000),
        ("k1", 12, ("SPOT", "ann", ""), 40000),
        ("k1", 13, ("SPOT", "ann", ""), 40000),
        ("another", 12, ("SPOT", "", IP), 4000),
        (None, 12, ("SPOT", "", IP), 4000),
        ("of nobody", 12, ("SPOT", "gone", ""), 4000),
    ],
)
def test_whose_pool_it_is(key: str | None, level: int, owner: tuple[str, str, str], limit: int) -> None:
    """The pool of the key's user at their level, else of the caller's IP at the lowest."""
    world = with_user(WORLD, User("ann", 7, level=level))
    own, world = own_key(world, "ann", api_key="k1")
    world = world.put(replace(world.api_keys["k1"], api_key="of nobody", user="gone"))
    signed = replace(own.sign(method="GET", path="/api/v1/user/api-key"), key=key)
    pools, meter = charge(Pools(), world, RateLimit(Pool.SPOT, 3, Grade.DOCUMENTED), GetApiKeyInfo(signed), "", NOW)
    assert list(pools.cycles) == [owner]
    assert meter == Meter(limit, limit - 3, 30_000, over=False)


@pytest.mark.parametrize(
    ("user", "pool", "left"),
    [
        ("", None, []),
        ("ann", None, ["MANAGEMENT ben", "PUBLIC ", "SPOT ben"]),
        ("", Pool.SPOT, ["MANAGEMENT ann", "MANAGEMENT ben", "PUBLIC "]),
        ("ann", Pool.SPOT, ["MANAGEMENT ann", "MANAGEMENT ben", "PUBLIC ", "SPOT ben"]),
        ("carl", None, ["MANAGEMENT ann", "MANAGEMENT ben", "PUBLIC ", "SPOT ann", "SPOT ben"]),
    ],
)
def test_which_pools_are_refilled(user: str, pool: Pool | None, left: list[str]) -> None:
    """All, or those of one user, or one pool, or one pool of one user: exactly their windows end."""
    cycles = {(name, owner, ""): Cycle(NOW, 5) for name in ("SPOT", "MANAGEMENT") for owner in ("ann", "ben")}
    cycles["PUBLIC", "", IP] = Cycle(NOW, 5)
    for last, cycle in cycles.items():
        others = {owner: cycles[owner] for owner in cycles if owner != last}
        pools, owners = refilled(Pools(HashTrieMap(others), (last, cycle), room=7), user, pool)
        assert sorted(f"{name} {owner}" for name, owner, _ in pools.cycles) == left
        assert refilled(pools)[0].cycles == HashTrieMap()
        assert (sorted([*owners, *pools.cycles]), [*owners], pools.room) == (sorted(cycles), sorted(owners), 7)
