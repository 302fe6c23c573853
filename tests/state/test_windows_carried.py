"""The windows of withdrawals by UID, MAIL and PHONE on their way to another server, and at their edges there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.control_calls import advanced
from support.desk import by_account
from support.wire import JSON, V1, Broker, problem_of

Make = Callable[..., Broker]
TO_BOB = by_account("UID", "200000002", amount="2")


def carried(here: Broker, there: Broker, change: Callable[[Any], object] = lambda window: None) -> Any:
    """Export the one state, change its window of ten seconds, and import it at the other; the answer."""
    state = here.send("GET", f"{V1}/state").json()
    [window] = [each for each in state["state"]["world"]["windows"] if each["name"] == "withdrawals 10 s"]
    change(window)
    return there.send("PUT", f"{V1}/state", json.dumps(state).encode(), JSON)


@pytest.mark.parametrize("reading", ["sliding", "fixed"])
def test_windows_go_on(wired: Make, reading: str) -> None:
    """What was used here is used there, until each of its ends, and the clock can be advanced to the first of them."""
    here, there = wired(account_windows=reading), wired(account_windows=reading)
    key = here.key("frank")
    here.withdraw(key, TO_BOB)
    advanced(here.send, by="4s")
    for _ in range(2):
        assert here.withdraw(key, TO_BOB).json()["code"] == "200000"
    assert carried(here, there).status == 200
    for broker in (here, there):
        assert broker.withdraw(key, TO_BOB).json()["code"] == "429000"
        [event, *_] = advanced(broker.send, to_event="window_end")
        assert (event["kind"], event["window"]) == ("window_end", "withdrawals 10 s")
        rest = [broker.withdraw(key, TO_BOB).json()["code"] for _ in range(2)]
        assert rest == ["200000", "429000" if reading == "sliding" else "200000"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda window: window["instants"].append(window["opened_at"] - 1), "must be in the order of time"),
        (lambda window: window["instants"].append(window["opened_at"] + 1), "must begin with opened_at"),
        (lambda window: window.update(opened_at=5), "must begin with opened_at"),
        (lambda window: window.update(used="1"), "must begin with opened_at"),
        (lambda window: window["instants"].extend([4_000_000_000_000] * 2), "must be at most 3 times"),
        (lambda window: window["instants"].append(10**17), "must be a time before the year 10000"),
    ],
)
def test_a_window_that_cannot_be_is_refused(wired: Make, change: Callable[[Any], object], said: str) -> None:
    """A sliding window is what its instants say, in order, and no more of them than it lets pass."""
    here = wired()
    key = here.key("frank")
    for _ in range(2):
        here.withdraw(key, TO_BOB)
    problem = problem_of(carried(here, wired(), change), 422)
    assert said in json.dumps(problem)
