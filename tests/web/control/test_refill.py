"""`POST /_sim/v1/pools/refill`: rate pools are filled before their windows end, so that no test waits 30 s."""

from __future__ import annotations

from typing import Any

import pytest
from support.desk import IP, START
from support.wire import V1, Answer, Asgi, Broker, control, problem_of

from simulator.core.gateway.pools import Cycle, Pools, refilled
from simulator.core.gateway.rate_limits import Pool

TIME, ACCOUNTS = "/api/v1/timestamp", "/api/v1/accounts"
OPENED = "/api/v1/hf/accounts/opened"


def left(answer: Answer) -> str:
    return answer.headers["gw-ratelimit-remaining"]


def refill(send: Asgi, **which: str) -> Any:
    """Which pools were filled."""
    answer = control(send, "/pools/refill", which)
    assert answer.status == 200, answer
    return answer.json()["refilled"]


def test_all_pools_are_filled(broker: Broker, send: Asgi) -> None:
    """Users' pools and IPs', of each kind: the next call begins a window. What was full is not told."""
    key = broker.key()
    for target in (ACCOUNTS, OPENED):
        broker.signed(key, "GET", target)
    send("GET", TIME)
    assert refill(send) == [
        {"pool": "Management", "user": "alice"},
        {"pool": "Public", "ip": IP},
        {"pool": "Spot", "user": "alice"},
    ]
    assert refill(send) == []
    assert [left(broker.signed(key, "GET", ACCOUNTS)), left(send("GET", TIME))] == ["1995", "1997"]


@pytest.mark.parametrize(
    ("which", "filled"),
    [
        ({"user": "alice"}, {("alice", ACCOUNTS), ("alice", OPENED)}),
        ({"user": "200000001", "pool": "Spot"}, {("alice", OPENED)}),
        ({"pool": "Management"}, {("alice", ACCOUNTS), ("bob", ACCOUNTS)}),
        ({"user": "carol"}, set()),
    ],
)
def test_some_pools_are_filled(broker: Broker, send: Asgi, which: dict[str, str], filled: set[tuple[str, str]]) -> None:
    """Those of a user, whatever identifies the user, those of a kind, or one of both; all others stay as they are."""
    full = {ACCOUNTS: "1995", OPENED: "3970"}
    calls = [(user, target) for user in ("alice", "bob") for target in full]
    keys = {user: broker.key(user) for user in ("alice", "bob")}
    for user, target in calls:
        assert left(broker.signed(keys[user], "GET", target)) == full[target]
    assert len(refill(send, **which)) == len(filled)
    assert {
        (user, target) for user, target in calls if left(broker.signed(keys[user], "GET", target)) == full[target]
    } == filled


def test_what_was_turned_away_is_served_again(broker: Broker, send: Asgi) -> None:
    """After a staged 429 the next call need not wait."""
    key = broker.key()
    control(send, "/faults", {"operation": "list_accounts", "times": 1, "refuse": "RATE_LIMITED"})
    assert [broker.signed(key, "GET", ACCOUNTS).status for _ in range(2)] == [429, 429]
    assert refill(send, user="alice") == [{"pool": "Management", "user": "alice"}]
    assert broker.signed(key, "GET", ACCOUNTS).status == 200


def test_each_workspace_fills_its_own(send: Asgi) -> None:
    """Another workspace's pools stay as they are."""
    control(send, "/workspaces", {"name": "mine"})
    for path in (TIME, f"/w/mine{TIME}"):
        send("GET", path)
    assert control(send, "/workspaces/mine/pools/refill", {}).status == 200
    assert [left(send("GET", path)) for path in (TIME, f"/w/mine{TIME}")] == ["1994", "1997"]


@pytest.mark.parametrize(
    ("which", "status"),
    [({"user": "zoe"}, 404), ({"pool": "Managment"}, 400), ({"users": "alice"}, 400), ({"pool": 5}, 400)],
)
def test_what_is_not_there_is_refused_and_fills_nothing(send: Asgi, which: dict[str, Any], status: int) -> None:
    """A user, a pool and a field that there are not."""
    send("GET", TIME)
    problem_of(control(send, "/pools/refill", which), status)
    assert left(send("GET", TIME)) == "1994"


def test_an_empty_body_means_all(send: Asgi) -> None:
    """No body is as good as an empty object."""
    send("GET", TIME)
    assert send("POST", f"{V1}/pools/refill").json() == {"refilled": [{"pool": "Public", "ip": IP}]}


def test_the_others_are_not_copied() -> None:
    """Of many windows only those that are filled go."""
    cycles = Pools().cycles
    for number in range(50):
        cycles = cycles.insert(("SPOT", f"u{number}", ""), Cycle(START, 1))
    pools, owners = refilled(Pools(cycles), "u7", Pool.SPOT)
    assert owners == (("SPOT", "u7", ""),)
    assert len(pools.cycles) == 49
