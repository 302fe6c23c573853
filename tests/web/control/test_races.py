"""`POST /_sim/v1/races`: every order of calls that came over the wire."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.control_calls import steer
from support.wire import JSON, V1, Answer, Broker, Http, problem_of

from simulator.evidence.races import walk
from simulator.web.server import LocalServer

LONG = 30
"""Seconds after which a test that hangs fails."""


def race(broker: Broker, **body: object) -> dict[str, Any]:
    """The answer to a race."""
    answer = steer(broker.send, "POST", "/races", body)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def number(answer: Answer) -> int:
    return int(answer.headers["x-sim-entry"].rpartition("/")[2])


def refreshed_twice(broker: Broker) -> list[int]:
    """Two refreshes with the same token: the numbers of their entries."""
    token = broker.tokens()["refresh_token"]
    return [number(broker.refresh(token)) for _ in range(2)]


def test_two_refreshes(broker: Broker) -> None:
    """Either call can win; the replay string brings the other outcome back; the workspace is as before."""
    first, second = entries = refreshed_twice(broker)
    before = steer(broker.send, "GET", "/state").body
    found = race(broker, entries=entries)
    assert [call["operation"] for call in found["calls"]] == ["refresh_tokens"] * 2
    assert [outcome["replies"] for outcome in found["outcomes"]] == [
        ["OK", "REFRESH_TOKEN_SUPERSEDED"],
        ["REFRESH_TOKEN_SUPERSEDED", "OK"],
    ]
    assert found["smallest"] == f"{second}-{first}"
    again = race(broker, replay=found["smallest"])
    assert again["outcomes"][1]["replies"] == found["outcomes"][1]["replies"]
    assert (again["orders"], found["orders"]) == (2, 2)
    assert race(broker, entries=[second, first]) == found
    assert steer(broker.send, "GET", "/state").body == before


def test_overlapping_calls_are_found(broker: Broker) -> None:
    """The newest calls that came close together, without those that use what an answer to another one gave."""
    login = broker.authorize()
    entries = refreshed_twice(broker)
    assert login
    found = race(broker, overlapping=True)
    assert [call["entry"] for call in found["calls"]] == entries
    assert found["left_out"] == []


def test_what_came_between_is_told(broker: Broker) -> None:
    """Entries between the calls are no part of the race, and it says which they are."""
    token = broker.tokens()["refresh_token"]
    first = number(broker.refresh(token))
    other = number(broker.refresh("none"))
    second = number(broker.refresh(token))
    assert race(broker, entries=[first, second])["left_out"] == [other]


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({}, 400, "give one of"),
        ({"entries": [1, 2], "overlapping": True}, 400, "give one of"),
        ({"entries": "1"}, 400, "entries must be a list of numbers"),
        ({"entries": [1, True]}, 400, "entries must be a list of numbers"),
        ({"entries": [1, -2]}, 400, "entries must be a list of numbers"),
        ({"entries": [1, 2], "within": 5}, 400, "within goes with overlapping"),
        ({"overlapping": True, "within": -1}, 400, "within must be a whole number"),
        ({"entries": [1]}, 409, "a race has 2 to 8 calls, not 1"),
        ({"entries": [1, 1]}, 409, "named twice"),
        ({"entries": [*range(1, 10)]}, 409, "a race has 2 to 8 calls, not 9"),
        ({"entries": [1, 99]}, 409, "there is no entry 99"),
        ({"entries": [1, 2]}, 409, "entry 2 was never performed"),
        ({"replay": "1-x"}, 409, "no replay string such as"),
        ({"overlapping": True}, 409, "no two calls came within 20 ms"),
    ],
)
def test_what_cannot_be_raced(broker: Broker, body: dict[str, object], status: int, detail: str) -> None:
    """A wrong body is told with its field; calls that are not there or were not performed, with what to do."""
    broker.authorize()
    broker.send("GET", "/api/v1/nothing")
    problem = problem_of(steer(broker.send, "POST", "/races", body), status)
    assert detail in problem["detail"]


def test_a_world_by_hand_between(broker: Broker) -> None:
    """Calls on both sides of a rewind have no common beginning; those before a reset are gone."""
    token = broker.tokens()["refresh_token"]
    first = number(broker.refresh(token))
    steer(broker.send, "POST", "/rewind", {"before": first})
    second = number(broker.refresh(token))
    problem = problem_of(steer(broker.send, "POST", "/races", {"entries": [first, second]}), 409)
    assert "another world was put in place" in problem["detail"]
    steer(broker.send, "POST", "/reset")
    problem = problem_of(steer(broker.send, "POST", "/races", {"entries": [first, second]}), 409)
    assert "no longer kept" in problem["detail"]


def test_a_race_gives_way_and_ends_with_its_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a race is walked other calls are answered, and the walk ends when its caller hangs up."""
    begun, ended, perform = threading.Event(), threading.Event(), walk.performed

    def endless(*arguments: Any) -> Any:
        begun.set()
        try:
            while True:
                perform(*arguments)
        finally:
            ended.set()

    with LocalServer() as server, ThreadPoolExecutor(1) as pool:
        broker = Broker(Http(server.port, LONG))
        entries = refreshed_twice(broker)
        monkeypatch.setattr(walk, "performed", endless)
        impatient = Http(server.port, timeout=0.5)
        body = json.dumps({"entries": entries}).encode()
        running = pool.submit(impatient, "POST", f"{V1}/races", body, JSON)
        assert begun.wait(LONG)
        assert broker.tokens()["access_token"]
        assert isinstance(running.exception(LONG), TimeoutError)
        assert ended.wait(LONG)
