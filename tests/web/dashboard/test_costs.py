"""What a screen costs, in steps: it does not depend on the number of users, and a ring is read once."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest
from support.played_payment import Played
from support.wire import DEMO

from simulator.core.world import User, with_user
from simulator.evidence.journal import Journal
from simulator.evidence.lives.flow import MOST_CALLS
from simulator.web.dashboard import inspector

SCREENS = (
    *("inspect?q=alice", "inspect?q=demo-broker", "inspect?q=nobody", "money", "money?user=alice"),
    *("flow?user=alice", "flow", "console?user=alice", "console", "orders", "feeds", "readiness"),
)


def steps_of(played: Played, screen: str) -> int:
    """How often a function was called or a generator was resumed to answer a screen."""
    count = 0

    def called(frame: object, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(called)
    try:
        answer = played.send("GET", f"/_sim/{screen}", b"", {"accept": "text/html"})
    finally:
        sys.setprofile(None)
    assert answer.status == 200
    return count


@pytest.mark.skipif(sys.getprofile() is not None, reason="somebody else profiles")
def test_a_screen_costs_the_same_with_many_users(runner: asyncio.Runner) -> None:
    """A world with ten times the users takes as many steps for each screen, once its secrets are known."""
    steps: dict[int, dict[str, int]] = {}
    for size in (300, 3_000):
        world = DEMO
        for number in range(size):
            world = with_user(world, User(f"u{number}", 500_000_000 + number))
        played = Played(runner, world)
        for screen in SCREENS:
            steps_of(played, screen)
        steps[size] = {screen: steps_of(played, screen) for screen in SCREENS}
    few, many = steps.values()
    assert {screen for screen in SCREENS if many[screen] > 1.1 * few[screen] + 100} == set()


def test_a_full_ring_is_read_once(runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a ring holds, a screen looks at each of its entries a fixed number of times."""
    played = Played(runner)
    for _ in range(300):
        played.send("GET", "/api/v1/timestamp")
    looked: list[int] = []
    newest = Journal.newest

    def counted(journal: Journal, limit: int) -> object:
        entries = newest(journal, limit)
        looked.append(len(entries))
        return entries

    monkeypatch.setattr(Journal, "newest", counted)
    played.send("GET", "/_sim/inspect?q=alice", b"", {"accept": "text/html"})
    assert sum(looked) <= played.journal.last
    looked.clear()
    played.send("GET", "/_sim/flow?user=alice", b"", {"accept": "text/html"})
    assert sum(looked) <= 3 * played.journal.last
    assert played.journal.last > MOST_CALLS
    assert played.journal.last > inspector.CALLS
