"""`hold` of a fault: overlapping calls are parked and performed one after another, in an order that the fault says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from support.desk import IP, refresh_body
from support.desk import Desk as Exchanged

from simulator.core.control.world_event import WorldEvent
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.evidence.journal import Entry
from simulator.messages import ABANDONED, Answer, Request
from simulator.outcomes import Outcome
from simulator.scenario.loader import load
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault, Hold
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.envelope import Family

LONG = 600_000
"""ms that no test waits for."""


def opened(*faults: Fault) -> tuple[Desk, str]:
    """A desk whose calls are held, and a refresh token."""
    exchanged = Exchanged()
    token = exchanged.pair().refresh_token
    exchanged.exchange.stage(Staging(faults))
    return Desk(exchanged.exchange, load("demo")), token


def hold(until: int = 2, order: Any = "arrival", within: int = LONG, **more: Any) -> Fault:
    return Fault("refresh_tokens", hold=Hold(until, order, within), **more)


async def refresh(desk: Desk, token: str, ip: str = IP) -> Answer:
    """A refresh; its entry is known by the ip."""
    return await desk.answer(
        Request("POST", "/", ip, {}, IP, b""), RefreshTokens(refresh_body(token), IP), Family.TOKEN
    )


async def turns(count: int = 20) -> None:
    """Let everything else have so many turns of the event loop."""
    for _ in range(count):
        await asyncio.sleep(0)


def entries(desk: Desk) -> list[tuple[str, str]]:
    """Which call each entry is, and its outcome, oldest first."""
    return [(entry.request.query, entry.outcome.word) for entry in desk.journal.after(0)]


def words(entry: Entry) -> tuple[str, ...]:
    assert entry.outcome.struck
    return entry.outcome.struck.happened


@pytest.mark.parametrize(
    ("order", "performed"),
    [("arrival", "abc"), ("reversed", "cba"), ((2, 3, 1), "bca"), ("seed:x", None), ("seed:y", None)],
)
def test_calls_are_performed_in_the_order_that_is_said(order: Any, performed: str | None) -> None:
    """Whatever the order of arrival: the first one performed wins, and each entry says how it was held."""

    async def play() -> list[tuple[str, str]]:
        desk, token = opened(hold(3, order))
        calls = [asyncio.create_task(refresh(desk, token, name)) for name in "abc"]
        await asyncio.gather(*calls)
        first = desk.journal.entry(1)
        assert first
        place = "abc".index(first.request.query) + 1
        assert words(first) == (f"held: came as {place} of 3, performed as 1",)
        return entries(desk)

    played = asyncio.run(play())
    assert [outcome for _, outcome in played] == ["OK", *["REFRESH_TOKEN_SUPERSEDED"] * 2]
    names = "".join(name for name, _ in played)
    assert names == (performed or names)
    assert asyncio.run(play()) == played


def test_a_seed_has_an_order_for_each_batch() -> None:
    """The same text gives the same orders, and not the same one for every batch."""
    orders = [Hold(5, "seed:x").places(batch) for batch in range(10)]
    assert orders == [Hold(5, "seed:x").places(batch) for batch in range(10)]
    assert len(set(orders)) > 1
    assert all(sorted(order) == [*range(5)] for order in orders)


def test_nobody_is_performed_before_all_have_come() -> None:
    """Calls are parked until there are so many; then they go on at once, and the next ones are parked again."""

    async def play() -> None:
        desk, token = opened(hold(2))
        first = asyncio.create_task(refresh(desk, token, "a"))
        await turns()
        assert entries(desk) == []
        await asyncio.gather(first, refresh(desk, token, "b"))
        assert [name for name, _ in entries(desk)] == ["a", "b"]
        third = asyncio.create_task(refresh(desk, token, "c"))
        await turns()
        assert len(entries(desk)) == 2
        desk.stop()
        assert await third is ABANDONED

    asyncio.run(play())


def test_a_lone_call_goes_on_in_time() -> None:
    """If too few calls come within the time, those that came go on, in the order of arrival, and the entries say it."""

    async def play() -> None:
        desk, token = opened(hold(3, "reversed", within=1))
        await asyncio.gather(refresh(desk, token, "a"), refresh(desk, token, "b"))
        assert [name for name, _ in entries(desk)] == ["a", "b"]
        for number, entry in enumerate(desk.journal.after(0), 1):
            assert words(entry) == (
                f"held: came as {number} of 2, performed as {number}; only 2 of 3 calls came within 1 ms",
            )

    asyncio.run(play())


def test_an_event_and_time_at_a_held_call() -> None:
    """A held call is told of first, and then what happened at it; time passes when its turn has come."""

    async def play() -> None:
        desk, token = opened(hold(2, within=1, advance=1000, first=WorldEvent("freeze")))
        before = desk.exchange.clock.now().business
        await refresh(desk, token, "a")
        [entry] = desk.journal.after(0)
        assert [text.partition(":")[0] for text in words(entry)] == ["held", "freeze"]
        assert desk.exchange.clock.now().business - before == 1000

    asyncio.run(play())


def test_other_calls_are_not_held() -> None:
    """Only calls that the fault affects are parked; `times` ends it."""

    async def play() -> None:
        desk, token = opened(hold(2, times=2, user="alice"))
        await refresh(desk, "none", "other")
        await asyncio.gather(refresh(desk, token, "a"), refresh(desk, token, "b"))
        await refresh(desk, token, "c")
        assert [name for name, _ in entries(desk)] == ["other", "a", "b", "c"]

    asyncio.run(play())


@pytest.mark.parametrize("end", [Desk.reset, Desk.stop, lambda desk: desk.go_back(desk.moment())])
def test_a_new_world_ends_the_calls_that_are_parked(end: Callable[[Desk], None]) -> None:
    """A reset, a rewind and the end of the server: nothing was performed, nobody waits, and nothing is kept."""

    async def play() -> None:
        desk, token = opened(hold(3))
        calls = [asyncio.create_task(refresh(desk, token, name)) for name in "ab"]
        await turns()
        end(desk)
        assert await asyncio.gather(*calls) == [ABANDONED, ABANDONED]
        assert entries(desk) == []
        assert (desk._waiting, desk._holding._lots) == (set(), {})

    asyncio.run(play())


@pytest.mark.parametrize("gone", [0, 1])
def test_a_call_that_ends_while_it_is_parked_holds_nobody_up(gone: int) -> None:
    """Its place is another's, and the others are performed."""

    async def play() -> None:
        desk, token = opened(hold(3, "reversed"))
        calls = [asyncio.create_task(refresh(desk, token, name)) for name in "ab"]
        await turns()
        calls[gone].cancel()
        await turns()
        more = [asyncio.create_task(refresh(desk, token, name)) for name in "cd"]
        await asyncio.gather(*more, calls[1 - gone])
        assert [name for name, _ in entries(desk)] == ["d", "c", "ba"[gone]]
        assert (desk._waiting, desk._holding._lots) == (set(), {})

    asyncio.run(play())


def test_a_released_call_that_ends_lets_the_next_one_go() -> None:
    """All three were released when the one whose turn comes second ends: the third is performed all the same."""

    async def play() -> None:
        desk, token = opened(hold(3))
        calls: list[asyncio.Task[Answer]] = []

        def show(outcome: Outcome) -> Answer:
            if len(desk.journal.newest(1)) == 0:
                calls[1].cancel()
            return desk.spell(Family.TOKEN, outcome)

        for name in "abc":
            request = Request("POST", "/", name, {}, IP, b"")
            command = RefreshTokens(refresh_body(token), IP)
            calls.append(asyncio.create_task(desk.perform(request, command, show)))
        ends = await asyncio.gather(*calls, return_exceptions=True)
        assert isinstance(ends[1], asyncio.CancelledError)
        assert [name for name, _ in entries(desk)] == ["a", "c"]
        assert (desk._waiting, desk._holding._lots) == (set(), {})

    asyncio.run(play())
