"""Faults of the feeds: what becomes of each message, and what the control surface tells of it."""

from __future__ import annotations

from typing import get_args

import pytest
from support.control_calls import steer
from support.feeds import Feed, public, session
from support.wire import Broker, problem_of

from simulator.scenario.keys.streams import STREAM_FAULT
from simulator.scenario.loader import load, read_stream_faults
from simulator.scenario.staging.stream_faults import EFFECTS, StreamEffect
from simulator.scenario.text.nodes import ScenarioError

TICKER = "/market/ticker:BTC-USDT"


def arm(online: Broker, **fault: object) -> None:
    """One fault on the ticker is in force."""
    body = {"stream_faults": [{"topic": "/market/ticker", **fault}]}
    assert steer(online.send, "PUT", "/stream-faults", body).status == 200


def set_prices(online: Broker, *prices: int) -> None:
    for price in prices:
        assert steer(online.send, "PUT", "/prices/BTC-USDT", {"last": str(price)}).status == 200


def told(feed: Feed, count: int) -> list[str]:
    """The prices of so many messages, behind which there is nothing more."""
    prices = [data["price"] for data in feed.data(count)]
    feed.nothing()
    return prices


def test_every_effect_is_explained() -> None:
    """Each effect has words, which the schema of a scenario shows; mypy finds one that nothing obeys."""
    assert [*EFFECTS] == [*get_args(StreamEffect)]
    described = STREAM_FAULT.keys["effect"].description
    assert [effect for effect, about in EFFECTS.items() if f"{effect}: {about}" not in described] == []


@pytest.mark.parametrize(
    ("fault", "prices"),
    [
        ({"effect": "drop"}, ["2", "3", "4"]),
        ({"effect": "drop", "skip": 1, "times": 2}, ["1", "4"]),
        ({"effect": "gap", "messages": 3}, ["4"]),
        ({"effect": "duplicate", "skip": 1}, ["1", "2", "2", "3", "4"]),
        ({"effect": "reorder"}, ["2", "1", "3", "4"]),
        ({"effect": "reorder", "times": 2}, ["2", "1", "4", "3"]),
        ({"effect": "reorder", "skip": 1, "times": 100}, ["1", "3", "2"]),
        ({"effect": "drop", "topic": "/market/ticker:ETH-USDT"}, ["1", "2", "3", "4"]),
        ({"effect": "drop", "topic": TICKER}, ["2", "3", "4"]),
    ],
)
def test_messages_are_lost_doubled_and_moved(online: Broker, fault: dict[str, object], prices: list[str]) -> None:
    """Counts decide, and what is not struck comes as ever."""
    with session(*public(online.send)) as feed:
        feed.subscribe(TICKER)
        feed.data()
        arm(online, **fault)
        set_prices(online, 1, 2, 3, 4)
        assert told(feed, len(prices)) == prices


def test_a_message_comes_late(online: Broker) -> None:
    """The ones behind it overtake it."""
    with session(*public(online.send)) as feed:
        feed.subscribe(TICKER)
        feed.data()
        arm(online, effect="late", delay="300ms")
        set_prices(online, 1, 2)
        assert told(feed, 2) == ["2", "1"]


def test_a_fault_strikes_a_message_and_not_a_session(online: Broker) -> None:
    """Two sessions that subscribed to the same get the same, and a message counts once."""
    with session(*public(online.send)) as one, session(*public(online.send)) as other:
        for feed in (one, other):
            feed.subscribe(TICKER)
            feed.data()
        arm(online, effect="duplicate", skip=1)
        set_prices(online, 1, 2, 3)
        assert told(one, 4) == told(other, 4) == ["1", "2", "2", "3"]
    [row] = steer(online.send, "GET", "/stream-faults").json()["stream_faults"]
    assert (row["seen"], row["hits"]) == (2, 1)


def test_the_session_is_closed(online: Broker) -> None:
    """The message is lost with it, and another session is served."""
    with session(*public(online.send)) as feed:
        feed.subscribe(TICKER)
        arm(online, effect="close")
        set_prices(online, 1)
        assert feed.end()[0] == 1001
    with session(*public(online.send)) as feed:
        feed.subscribe(TICKER)
        assert feed.data()[0]["price"] == "1"


def last_message(online: Broker, text: str) -> dict[str, object]:
    """The newest message of the newest session, once that has such a text: the session has a connection of its own."""
    [shown] = steer(online.send, "GET", "/streams").json()["streams"][:1]
    for _ in range(10_000):
        messages: list[dict[str, object]] = steer(online.send, "GET", f"/streams/{shown['number']}").json()["messages"]
        if text in str(messages[-1]["text"]):
            return messages[-1]
    raise AssertionError(f"{text} is not the last of {messages}")


def test_the_session_falls_silent(online: Broker) -> None:
    """Nothing more is sent on it, also no pong; the journal's view of it has what was lost."""
    with session(*public(online.send)) as feed:
        feed.subscribe(TICKER)
        feed.data()
        arm(online, effect="silent")
        set_prices(online, 1)
        assert last_message(online, '"price":"1"')["fault"] == "silent"
        feed.say(type="ping")
        assert last_message(online, '"ping"')["sent"] is False
        with pytest.raises(TimeoutError):
            feed.socket.recv(0)


def test_faults_are_counted_and_end_with_a_reset(online: Broker) -> None:
    """`seen` and `hits` go up, and a reset puts the scenario's own in their place."""
    with session(*public(online.send)) as feed:
        feed.subscribe(TICKER)
        arm(online, effect="drop", skip=1)
        set_prices(online, 1, 2, 3)
        feed.data(3)
    [row] = steer(online.send, "GET", "/stream-faults").json()["stream_faults"]
    assert (row["seen"], row["hits"], row["times"]) == (2, 1, 1)
    steer(online.send, "POST", "/reset", {})
    assert steer(online.send, "GET", "/stream-faults").json()["stream_faults"] == []


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("{topic: /market/tiker, effect: drop}", "there is no topic /market/tiker"),
        ("{topic: /market/ticker, effect: drop, user: alice}", "never matches"),
        ("{topic: /account/balance, effect: drop, user: nobody}", "there is no user nobody"),
        ("{topic: /account/balance, effect: drop, delay: 1s}", "goes with effect: late"),
        ("{topic: /account/balance, effect: late, messages: 2}", "goes with effect: gap"),
        ("{topic: /account/balance, effect: burn}", "drop"),
        ("{topic: /account/balance}", "effect"),
        ("{topic: /account/balance, effect: drop, times: 0}", "times"),
    ],
)
def test_wrong_faults_are_explained(fault: str, problem: str) -> None:
    """Each has its place and what to write instead."""
    with pytest.raises(ScenarioError) as error:
        read_stream_faults(f"stream_faults: [{fault}]", "f.yaml", load("demo"))
    assert problem in str(error.value)


def test_a_wrong_body_changes_nothing(online: Broker) -> None:
    """What was in force stays, and an empty body is none."""
    arm(online, effect="drop")
    problem_of(steer(online.send, "PUT", "/stream-faults", {"stream_faults": [{"topic": "x"}]}), 422)
    problem_of(steer(online.send, "PUT", "/stream-faults"), 422)
    assert len(steer(online.send, "GET", "/stream-faults").json()["stream_faults"]) == 1


def test_an_unknown_session(online: Broker) -> None:
    """There is none, and there was none."""
    for number in ("0", "999999", "x", "9" * 40):
        problem_of(steer(online.send, "GET", f"/streams/{number}"), 404)
