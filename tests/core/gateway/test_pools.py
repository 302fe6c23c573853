"""The gateway's pools: their sizes, whose they are, when they are full again, and what fills them."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.desk import IP, START, Desk, Key, payment
from support.pool_calls import accounts, key_info, use_up

from simulator.core.account.accounts import ListAccounts
from simulator.core.gateway import pools
from simulator.core.gateway.pools import LENGTHS, ROOM, SIZES, TOP_LEVEL, Cycle, Meter, Pools
from simulator.core.gateway.rate_limits import Pool, RateLimit
from simulator.core.market.server import GetServerTime
from simulator.core.refusals import Grade, Reason
from simulator.core.world import World

PUBLISHED: Final = """
0   200   4000  2000  2000 2000
1   200   6000  2000  2000 2000
2   400   8000  4000  4000 2000
3   500  10000  5000  5000 2000
4   600  13000  6000  6000 2000
5   700  16000  7000  7000 2000
6   800  20000  8000  8000 2000
7  1000  23000 10000 10000 2000
8  1200  26000 12000 12000 2000
9  1400  30000 14000 14000 2000
10 1600  33000 16000 16000 2000
11 1800  36000 18000 18000 2000
12 2000  40000 20000 20000 2000
"""
"""KuCoin's table: VIP level, Unified Account in 3 s, then in 30 s Spot, Futures, Management, Public."""
COLUMNS: Final = (Pool.UNIFIED_ACCOUNT, Pool.SPOT, Pool.FUTURES, Pool.MANAGEMENT, Pool.PUBLIC)
ROWS: Final = [[int(each) for each in line.split()] for line in PUBLISHED.split("\n") if line]
SIZED: Final = [(row[0], pool, size) for row in ROWS for pool, size in zip(COLUMNS, row[1:], strict=True)]


def rate_limit(pool: Pool, weight: int) -> RateLimit:
    return RateLimit(pool, weight, Grade.ASSUMED)


def leveled(level: int) -> tuple[World, ListAccounts]:
    """A world in which alice has that level, and a call of hers."""
    desk = Desk()
    command = accounts(desk.key())
    return desk.world.put(replace(desk.world.users["alice"], level=level)), command


def test_documented_sizes() -> None:
    """Every size is that of KuCoin's table, and there is no other pool or level."""
    assert {(level, pool, SIZES[pool][level]) for level, pool, _ in SIZED} == set(SIZED)
    assert set(SIZES) == set(Pool)
    assert {len(sizes) for sizes in SIZES.values()} == {TOP_LEVEL + 1} == {13}


@pytest.mark.parametrize(("level", "pool", "size"), SIZED)
def test_the_edge_of_each_pool(level: int, pool: Pool, size: int) -> None:
    """All but one of a pool's size leaves one; one more passes, the next is over, and weighs nothing."""
    world, command = leveled(level)
    taken, meters = Pools(), []
    for weight in (size + 1, size - 1, 1, 1, 0):
        taken, meter = pools.charge(taken, world, rate_limit(pool, weight), command, IP, START)
        meters.append((meter.limit, meter.remaining, meter.over))
    assert meters == [(size, size, True), (size, 1, False), (size, 0, False), (size, 0, True), (size, 0, False)]


def test_levels_end_at_the_top() -> None:
    """A level beyond the highest counts as the highest."""
    world, command = leveled(TOP_LEVEL + 1)
    assert pools.charge(Pools(), world, rate_limit(Pool.SPOT, 1), command, IP, START)[1].limit == 40_000


def test_the_documented_example() -> None:
    """At VIP 5 an order of weight 2 takes the Spot pool from 16000 to 15998 and then to 15996."""
    world, command = leveled(5)
    taken, one = pools.charge(Pools(), world, rate_limit(Pool.SPOT, 2), command, IP, START)
    _, other = pools.charge(taken, world, rate_limit(Pool.SPOT, 2), command, IP, START)
    assert (one.limit, one.remaining, other.remaining) == (16_000, 15_998, 15_996)


@pytest.mark.parametrize("pool", Pool, ids=lambda pool: pool.name)
def test_window(pool: Pool) -> None:
    """A window begins with the first call and not at a round time; a millisecond before its end it is the same one."""
    length = 3_000 if pool is Pool.UNIFIED_ACCOUNT else 30_000
    assert LENGTHS[pool] == length
    world, command = leveled(0)
    size, taken, told = SIZES[pool][0], Pools(), []
    for after in (0, 1, 2_999, length - 1, length, length + 1):
        taken, meter = pools.charge(taken, world, rate_limit(pool, size), command, IP, START + 17 + after)
        told.append((after, meter.over, meter.reset))
    passed = [(after, reset) for after, over, reset in told if not over]
    assert passed == [(0, length), (length, length)]
    assert [reset for after, _, reset in told if after < length][-1] == 1
    assert told[-1] == (length + 1, True, length - 1)


def test_weights() -> None:
    """Each call takes the weight of its row, whoever's keys sign it; what stands in no row takes nothing."""
    desk = Desk()
    one, other = desk.key(), desk.key()
    assert [desk.meter(GetServerTime(), IP).remaining for _ in range(2)] == [1997, 1994]
    assert [desk.meter(accounts(one)).remaining, desk.meter(key_info(other)).remaining] == [1995, 1975]
    assert desk.meter(desk.withdrawal(one, payment())).remaining == 1970
    assert desk.perform(desk.answer(one, payment(), desk.challenge(one))).meter == Meter(2000, 1960, 30_000, over=False)
    metered = {outcome.operation: outcome.meter for outcome in (each.outcome for each in desk.exchange.log)}
    assert {name for name, meter in metered.items() if meter is None} == {"authorize", "exchange_code", "add_api_key"}


def test_two_users() -> None:
    """One user's calls leave another's pool alone, and the level is each user's own."""
    desk = Desk()
    alice, bob = desk.key(), desk.key("bob")
    desk.world = desk.world.put(replace(desk.world.users["bob"], level=3))
    use_up(desk, alice)
    assert desk.meter(key_info(bob)) == Meter(5000, 4980, 30_000, over=False)
    assert desk.reason(key_info(alice)) is Reason.RATE_LIMITED


def test_a_level_that_changes() -> None:
    """Another level is another size at once, also within a window; what was used stays used."""
    desk = Desk()
    key = desk.key()
    user = desk.world.users["alice"]
    desk.world = desk.world.put(replace(user, level=2))
    for _ in range(150):
        desk.meter(key_info(key))
    desk.world = desk.world.put(user)
    assert desk.meter(key_info(key)) == Meter(2000, 0, 30_000, over=True)
    desk.world = desk.world.put(replace(user, level=3))
    assert desk.meter(key_info(key)) == Meter(5000, 1980, 30_000, over=False)


def test_public_calls_are_an_ips() -> None:
    """Public calls share the pool of their IP, and where the scenario says what is observed, of that one."""
    desk = Desk()
    assert [desk.meter(GetServerTime(), ip).remaining for ip in ("10.0.0.1", "10.0.0.2", "10.0.0.1")] == [
        1997,
        1997,
        1994,
    ]
    desk.world = desk.world.put(observed_ip="203.0.113.9")
    assert [desk.meter(GetServerTime(), ip).remaining for ip in ("10.0.0.1", "10.0.0.2")] == [1997, 1994]


def test_whoever_a_call_names() -> None:
    """A refused call counts for its key's user, and one whose key nobody knows for its IP (H61)."""
    desk = Desk()
    key = desk.key()
    desk.world = desk.world.put(replace(desk.world.users["alice"], level=2))
    stranger = accounts(Key("f" * 24, "", ""))
    elsewhere = replace(stranger, signed=replace(stranger.signed, ip="10.0.0.1"))
    keyless = replace(stranger, signed=replace(stranger.signed, key=None))
    forged = replace(accounts(key), signed=replace(accounts(key).signed, sign="x"))
    calls = (forged, accounts(key), stranger, elsewhere, keyless)
    outcomes = [desk.perform(each) for each in calls]
    assert [outcome.word for outcome in outcomes] == [
        *("SIGNATURE_INVALID", "OK", "API_KEY_UNKNOWN", "API_KEY_UNKNOWN", "HEADER_MISSING")
    ]
    assert [(meter.limit, meter.remaining) for outcome in outcomes if (meter := outcome.meter)] == [
        *((4000, 3995), (4000, 3990), (2000, 1995), (2000, 1995), (2000, 1990))
    ]
    assert desk.meter(GetServerTime(), IP).remaining == 1997
    desk.world = desk.world.put(observed_ip="10.0.0.1")
    assert desk.meter(stranger).remaining == 1990


def test_counting_only() -> None:
    """`rate_pools: count` refuses nothing and counts down all the same."""
    desk = Desk(rate_pools="count")
    key = desk.key()
    meters = [desk.meter(key_info(key)) for _ in range(101)]
    assert [meter.remaining for meter in meters[-3:]] == [20, 0, 0]
    assert desk.perform(key_info(key)).word == "OK"


def test_windows_that_are_over_are_dropped() -> None:
    """Callers who come once do not make a server grow, however many there are, and no window that runs is lost."""
    world, taken, sizes, command = Desk().world, Pools(), [], GetServerTime()
    row, wall = rate_limit(Pool.PUBLIC, 3), START
    for caller in range(5 * ROOM):
        wall += 30
        taken, _ = pools.charge(taken, world, row, command, f"caller {caller}", wall)
        sizes.append(len(taken.cycles))
    assert max(sizes) <= 2 * ROOM
    running = [pools.charge(taken, world, row, command, f"caller {5 * ROOM - 1 - back}", wall)[1] for back in (0, 999)]
    assert [meter.remaining for meter in running] == [1994, 1994]
    crowd = Pools()
    for caller in range(3 * ROOM):
        crowd, _ = pools.charge(crowd, world, row, command, f"caller {caller}", START)
    assert (len(crowd.cycles), crowd.room) == (3 * ROOM, 4 * ROOM)  # so that few calls look through the crowd
    assert crowd.cycles["PUBLIC", "", "caller 0"] == Cycle(START, 3)


CALLS: Final = st.tuples(
    st.sampled_from(["10.0.0.1", "10.0.0.2"]),
    st.sampled_from([0, 1, 15, 400, 1999, 2000, 2001]),
    st.sampled_from([0, 1, 9_999, 15_000, 29_999, 30_000]),
)


@given(st.lists(CALLS, max_size=60))
def test_no_window_gives_more_than_it_has(calls: list[tuple[str, int, int]]) -> None:
    """Whatever comes when: no less than nothing is left, and no more passes in a window than the pool holds."""
    world, taken, wall = Desk().world, Pools(), START
    ends: dict[str, int] = {}
    passed: dict[tuple[str, int], int] = {}
    for ip, weight, pause in calls:
        wall += pause
        taken, meter = pools.charge(taken, world, rate_limit(Pool.PUBLIC, weight), GetServerTime(), ip, wall)
        ends[ip] = end = ends[ip] if wall < ends.get(ip, 0) else wall + 30_000
        before = passed.get((ip, end), 0)
        passed[ip, end] = before + (0 if meter.over else weight)
        assert meter.over == (before + weight > meter.limit)
        assert meter.remaining == meter.limit - passed[ip, end] >= 0
        assert meter.reset == end - wall
    assert all(used <= 2000 for used in passed.values())
