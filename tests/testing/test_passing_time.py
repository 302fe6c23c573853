"""The clock of a workspace, which can take the clock of the test's process along; and its faults."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time
from testing.test_workspace import ask

from simulator.testing import (
    AsyncKucoinClock,
    KucoinClock,
    KucoinFaults,
    KucoinWorkspace,
    Problem,
    Simulator,
    SimulatorError,
)

HOUR = dt.timedelta(hours=1)
BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def kucoin() -> Iterator[Simulator]:
    """A simulator in a process of its own, whose clock is not this one's."""
    with Simulator() as kucoin:
        yield kucoin


@pytest.fixture
def workspace(kucoin: Simulator) -> Iterator[KucoinWorkspace]:
    """A workspace there."""
    with KucoinWorkspace(kucoin.client) as workspace:
        yield workspace


@pytest.fixture
def clock(workspace: KucoinWorkspace) -> Iterator[KucoinClock]:
    """The frozen clock of a workspace."""
    clock = KucoinClock(workspace.client)
    clock.freeze()
    yield clock
    clock.close()


def process_now() -> dt.datetime:
    """What the process takes for the time."""
    return dt.datetime.now(dt.UTC)


def test_time_goes_forward(clock: KucoinClock) -> None:
    """It moves by a duration of either kind, to an instant and to an event, and runs again."""
    begin = clock.now
    clock.advance("1h")
    clock.advance(HOUR)
    assert clock.now - begin == 2 * HOUR
    clock.advance(to=begin + 3 * HOUR)
    assert clock.now - begin == 3 * HOUR
    with pytest.raises(Problem, match="is in the past"):
        clock.advance(to=begin)
    with pytest.raises(Problem, match="no access_token_expiry is pending"):
        clock.advance(to_event="access_token_expiry")
    clock.run(scale=60)
    clock.run()
    assert clock.now >= begin + 3 * HOUR


@pytest.mark.parametrize("also", ["time_machine", "freezegun"])
def test_the_process_goes_along(also: Any, clock: KucoinClock, workspace: KucoinWorkspace) -> None:
    """The clock of the process and the exchange's wall clock go as far, and the process's comes back at the end."""
    before = process_now()
    for count in (1, 2):
        clock.advance("61m", also=also)
        wall = dt.datetime.fromtimestamp(workspace.client.clock()["wall"] / 1000, dt.UTC)
        assert abs(process_now() - wall) < dt.timedelta(minutes=5)
        assert process_now() - before >= count * dt.timedelta(minutes=61)
    clock.close()
    assert process_now() - before < HOUR
    workspace.client.reset()
    assert abs(workspace.client.clock()["wall"] / 1000 - process_now().timestamp()) < 300


@pytest.mark.parametrize(
    ("also", "begun"),
    [("time_machine", time_machine.travel(BEGIN, tick=False)), ("freezegun", freeze_time(BEGIN))],
    ids=["time_machine", "freezegun"],
)
def test_what_the_test_has_begun_goes_along(also: Any, begun: Any, clock: KucoinClock) -> None:
    """If the test has stopped the process's clock itself, that is what moves, and it stays stopped."""
    with begun:
        clock.advance("61m", also=also)
        assert dt.timedelta(minutes=61) <= process_now() - BEGIN < dt.timedelta(minutes=66)
        assert process_now() == process_now()


def test_a_library_that_is_not_there(clock: KucoinClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything moves, an unknown library and one that is not installed are errors that say what to do."""
    begin = clock.now
    monkeypatch.setitem(sys.modules, "time_machine", None)
    with pytest.raises(SimulatorError, match="pip install time-machine"):
        clock.advance("1h", also="time_machine")
    with pytest.raises(ValueError, match="must be one of time_machine, freezegun"):
        clock.advance("1h", also="libfaketime")  # type: ignore[arg-type]
    assert clock.now == begin


def test_awaited(clock: KucoinClock) -> None:
    """The twin for `await` moves the same clock."""

    async def used(twin: AsyncKucoinClock) -> None:
        begin = await twin.now()
        await twin.advance("1h")
        await twin.freeze()
        assert await twin.now() - begin == HOUR

    asyncio.run(used(AsyncKucoinClock(clock)))


def test_faults(workspace: KucoinWorkspace) -> None:
    """Faults are added as a mapping or by keys, counted together and one by one, and taken away."""
    faults = KucoinFaults(workspace.client)
    one = faults.add({"operation": "get_server_time", "times": 1}, respond={"status": 503, "body": "{}"})
    other = faults.add(operation="withdraw", network="reset")
    assert ask(workspace.url) == {}
    assert (faults.hits(), faults.hits(one), faults.hits(other["id"])) == (1, 1, 0)
    with pytest.raises(LookupError, match="no fault f9; there are"):
        faults.hits("f9")
    faults.clear()
    assert (faults.listed(), faults.hits()) == ([], 0)
    assert ask(workspace.url)["code"] == "200000"
