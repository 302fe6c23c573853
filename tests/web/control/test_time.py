"""The clock and the reset behind `/_sim`: what advancing does, and what going back undoes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from support.desk import START
from support.wire import DEMO, JSON, SCENARIO, Answer, Asgi, Broker, control

from simulator.clock import Clock, ClockSettings
from simulator.core.choices import After
from simulator.exchange import Exchange
from simulator.web.app import App

HOUR = 3_600_000
DAY = 24 * HOUR


def _advance(broker: Broker, **body: object) -> Answer:
    return control(broker.send, "/clock/advance", body)


def test_both_clocks_can_be_read(broker: Broker) -> None:
    """The business clock as text and as ms, the wall clock beside it, and the mode."""
    assert broker.send("GET", "/_sim/v1/clock").json() == {
        "now": "2026-06-01T00:00:00.000Z",
        "milliseconds": START,
        "wall": START,
        "mode": "frozen",
        "scale": "0",
        "held": 0,
        "jumps": {"count": 0, "ahead": 0, "back": 0},
    }


def test_a_clock_that_was_set_is_told(runner: asyncio.Runner) -> None:
    """An hour ahead and back again: two jumps, business time stands still for the hour, and a PATCH lets it go on."""
    machine = [START, 0]
    clock = Clock(wall=lambda: machine[0], steady=lambda: machine[1])
    send = Asgi(App(Exchange(DEMO, clock), SCENARIO), runner)
    machine[0] += HOUR
    assert send("GET", "/_sim/v1/clock").json()["milliseconds"] == START + HOUR
    machine[0] -= HOUR
    told = send("GET", "/_sim/v1/clock").json()
    assert (told["milliseconds"], told["wall"]) == (START + HOUR, START)
    assert (told["held"], told["jumps"]) == (HOUR, {"count": 2, "ahead": HOUR, "back": HOUR})
    told = send("PATCH", "/_sim/v1/clock", b'{"mode": "offset"}', JSON).json()
    assert (told["milliseconds"], told["held"], told["jumps"]["count"]) == (START + HOUR, 0, 2)
    machine[0], machine[1] = machine[0] + 1, machine[1] + 1_000_000
    assert send("GET", "/_sim/v1/clock").json()["milliseconds"] == START + HOUR + 1
    assert send("POST", "/_sim/v1/reset").json()["jumps"] == {"count": 0, "ahead": 0, "back": 0}


@pytest.mark.parametrize(
    ("body", "by"),
    [
        ({"by": "1h"}, HOUR),
        ({"by": "59m59s999ms"}, HOUR - 1),
        ({"by": "0s"}, 0),
        ({"to": "2026-06-01T01:00:00Z"}, HOUR),
        ({"to": "2026-06-01T03:00:00+02:00"}, HOUR),
        ({"to": "2026-06-01T00:00:00Z"}, 0),
        ({"by": "", "to": "2026-06-01T01:00:00Z"}, HOUR),
    ],
)
def test_time_goes_forward_by_a_duration_or_to_an_instant(broker: Broker, body: dict[str, str], by: int) -> None:
    """The business clock moves, the wall clock does not."""
    clock = _advance(broker, **body).json()
    assert (clock["milliseconds"], clock["wall"], clock["events"]) == (START + by, START, [])


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "give one of"),
        ({"by": "1h", "to": "2026-06-01T01:00:00Z"}, "give one of"),
        ({"by": None}, "give one of"),
        ({"by": "1 hour"}, "by must be a duration such as 59m59s or 3d"),
        ({"by": "-1s"}, "by must be a duration"),
        ({"by": "9" * 5_000 + "d"}, "by must be a duration"),
        ({"by": 3600}, "by must be a string"),
        ({"by": "9" * 15 + "d"}, "by leads past the year 9999"),
        ({"to": "10000-01-01T00:00:00Z"}, "to must be a time"),
        ({"to": "9999-12-31T23:59:59Z"}, "to leads past the year 9999"),
        ({"to": "2026-05-31T23:59:59.999Z"}, "to is in the past; time goes forward only"),
        ({"to": "2026-06-01"}, "to must be a time such as 2026-06-01T00:00:00Z"),
        ({"to": "tomorrow"}, "to must be a time"),
        ({"by": "1h", "event": "x"}, "unknown fields"),
    ],
)
def test_a_step_that_makes_no_sense_is_a_problem(broker: Broker, body: dict[str, Any], detail: str) -> None:
    """400 in words, and time stands where it stood."""
    answer = _advance(broker, **body)
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    assert detail in answer.json()["detail"]
    assert broker.send("GET", "/_sim/v1/clock").json()["milliseconds"] == START


def test_tokens_die_to_the_millisecond(broker: Broker) -> None:
    """s6.3: the access token lives an hour and the refresh token three days, one millisecond less than that each."""
    tokens = broker.tokens()
    _advance(broker, by="59m59s999ms")
    assert broker.add_key(tokens["access_token"]).status == 200
    _advance(broker, by="1ms")
    assert broker.add_key(tokens["access_token"]).json()["code"] == "400400"
    _advance(broker, by="2d22h59m59s999ms")
    tokens = broker.refresh(tokens["refresh_token"]).json()
    assert broker.add_key(tokens["access_token"]).status == 200
    _advance(broker, by="3d")
    assert broker.refresh(tokens["refresh_token"]).json()["msg"] == "invalid_grant: the refresh_token has expired"


def test_a_code_dies_after_five_minutes(broker: Broker) -> None:
    """H06, by the business clock."""
    code = broker.authorize()
    _advance(broker, by="5m")
    assert broker.exchange(code).json()["msg"] == "invalid_grant: the code has expired"


def test_signed_calls_go_on_after_an_advance(broker: Broker) -> None:
    """KC-API-TIMESTAMP is held against the wall clock, which no advance moves."""
    key = broker.key()
    _advance(broker, by="365d")
    assert broker.signed(key, "GET", "/api/v1/accounts").status == 200
    assert broker.send("GET", "/api/v1/timestamp").json()["data"] == START


def test_what_is_due_has_happened_on_return(wired: Callable[..., Broker]) -> None:
    """A withdrawal that settles after ten minutes is told among the events, dated to the millisecond it was due."""
    broker = wired(settlement=After(600_000))
    key = broker.key("frank")
    withdrawal = broker.withdraw(key).json()["data"]["withdrawalId"]
    assert _advance(broker, by="9m59s999ms").json()["events"] == []
    assert broker.balance("frank") == "50000"
    [event] = _advance(broker, by="10m").json()["events"]
    assert (event["kind"], event["withdrawalId"], event["user"]) == ("settlement", withdrawal, "frank")
    assert (event["status"], event["at"], event["createdAt"]) == ("SUCCESS", START + 600_000, START)
    assert broker.balance("frank") == "49888.5"
    assert _advance(broker, by="10m").json()["events"] == []


def test_a_reset_goes_back_to_the_start(broker: Broker) -> None:
    """Money, keys, messages and the clock are the scenario's again."""
    key = broker.key()
    broker.withdraw(key)
    broker.withdraw(broker.key("frank"))
    _advance(broker, by="10d")
    answer = broker.send("POST", "/_sim/v1/reset")
    assert (answer.status, answer.json()["milliseconds"]) == (200, START)
    assert broker.balance("frank") == "50000"
    assert broker.send("GET", "/_sim/v1/users/alice/messages").json() == {"messages": []}
    assert broker.send("GET", "/_sim/v1/users/alice").json()["apiKeys"] == 0
    assert broker.signed(key, "GET", "/api/v1/accounts").json()["code"] == "400003"


def test_nothing_from_before_a_reset_is_alive(runner: asyncio.Runner) -> None:
    """Codes, tokens and keys are dead, also when the same user has consented again at another instant."""
    wall = [START]
    send = Asgi(App(Exchange(DEMO, Clock(ClockSettings(), wall=lambda: wall[0]))), runner)
    broker = Broker(send, lambda: wall[0])
    code, tokens = broker.authorize(), broker.tokens()
    key = broker.key()
    send("POST", "/_sim/v1/reset")
    wall[0] += 1_000
    broker.authorize()
    again = broker.tokens()
    assert again["access_token"] != tokens["access_token"]
    assert broker.exchange(code).json()["success"] is False
    assert broker.add_key(tokens["access_token"]).json()["code"] == "400400"
    assert broker.refresh(tokens["refresh_token"]).json()["success"] is False
    assert broker.signed(key, "GET", "/api/v1/accounts").json()["code"] == "400003"
    assert broker.add_key(again["access_token"]).json()["code"] == "200"


def test_the_same_story_at_the_same_instant_gives_the_same_tokens(broker: Broker) -> None:
    """With a clock that stands still a repeated story makes identical tokens, which are therefore good."""
    tokens = broker.tokens()
    broker.send("POST", "/_sim/v1/reset")
    assert broker.add_key(tokens["access_token"]).json()["code"] == "400400"
    assert broker.tokens() == tokens
    assert broker.add_key(tokens["access_token"]).json()["code"] == "200"


@pytest.mark.parametrize(
    ("settings", "modes"), [(ClockSettings(), ["real", "offset"]), (ClockSettings(start=0), ["offset", "offset"])]
)
def test_a_running_clock_says_whether_it_is_ours(
    runner: asyncio.Runner, settings: ClockSettings, modes: list[str]
) -> None:
    """`real` until it is moved or started elsewhere, then `offset`; it runs on from there."""
    wall = [START]
    broker = Broker(Asgi(App(Exchange(DEMO, Clock(settings, wall=lambda: wall[0]))), runner))
    first = broker.send("GET", "/_sim/v1/clock").json()
    second = _advance(broker, by="1d").json()
    assert [first["mode"], second["mode"]] == modes
    wall[0] += 5
    third = broker.send("GET", "/_sim/v1/clock").json()
    assert third["milliseconds"] == first["milliseconds"] + DAY + 5
    wall[0] -= HOUR
    assert broker.send("GET", "/_sim/v1/clock").json()["milliseconds"] == third["milliseconds"]
