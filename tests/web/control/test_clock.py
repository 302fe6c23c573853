"""How the business clock runs, and the way to the next event: one tick before it all is as it was, at it it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from support.control_calls import advanced, steer
from support.desk import START
from support.payouts import to_bob
from support.wire import DEMO, Asgi, Broker, problem_of

from simulator.clock import LATEST, Clock, ClockSettings
from simulator.core.choices import After
from simulator.exchange import Exchange
from simulator.web.app import App

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
Wired = Callable[..., Broker]
Probe = Callable[[], bool]
KINDS = (
    "access_token_expiry",
    "refresh_token_expiry",
    "authorization_code_expiry",
    "transaction_expiry",
    "window_end",
    "settlement",
)


def _access_token(broker: Broker) -> Probe:
    token = broker.tokens()["access_token"]
    return lambda: broker.add_key(token).status == 200


def _refresh_token(broker: Broker) -> Probe:
    token = broker.tokens()["refresh_token"]
    return lambda: "access_token" in broker.refresh(token).json()


def _code(broker: Broker) -> Probe:
    code = broker.authorize()
    return lambda: "access_token" in broker.exchange(code).json()


def _transaction(broker: Broker) -> Probe:
    key = broker.key()
    asked = broker.withdraw(key).json()["data"]
    return lambda: broker.withdraw(key, validation=broker.validation("alice", asked)).json()["code"] == "200000"


def _window(broker: Broker) -> Probe:
    key = broker.key("frank")
    for _ in range(3):
        assert broker.withdraw(key, to_bob()).json()["code"] == "200000"
    return lambda: broker.withdraw(key, to_bob()).json()["code"] != "200000"


def _settlement(broker: Broker) -> Probe:
    broker.withdraw(broker.key("frank"))
    return lambda: broker.balance("frank") == "50000"


EVENTS = dict(
    zip(
        KINDS,
        (
            (_access_token, HOUR),
            (_refresh_token, 3 * DAY),
            (_code, 5 * MINUTE),
            (_transaction, 10 * MINUTE),
            (_window, 10_000),
            (_settlement, 7 * MINUTE),
        ),
        strict=True,
    )
)
"""Kind -> what begins it and tells whether it has not happened yet, and how long it takes."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("offset", "before"), [("-1ms", True), (None, False), ("1ms", False), ("1h", False)])
def test_to_an_event_and_to_the_tick_before_it(wired: Wired, kind: str, offset: str | None, before: bool) -> None:
    """One tick before an event nothing has changed; from its instant on it has happened, and it is told once."""
    broker = wired(settlement=After(7 * MINUTE))
    begin, length = EVENTS[kind]
    alive = begin(broker)
    answer = steer(broker.send, "POST", "/clock/advance", {"to_event": kind, **({"offset": offset} if offset else {})})
    shift = {None: 0, "-1ms": -1, "1ms": 1, "1h": HOUR}[offset]
    assert answer.json()["milliseconds"] == START + length + shift
    told = [(each["kind"], each["at"]) for each in answer.json()["events"]]
    assert told == sorted(told, key=lambda each: each[1])
    assert ((kind, START + length) in told) is not before
    assert alive() is before


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_tick_is_one_step(wired: Wired, kind: str) -> None:
    """From the tick before an event one millisecond leads to it, however one asks."""
    broker = wired(settlement=After(7 * MINUTE))
    EVENTS[kind][0](broker)
    assert kind not in [each["kind"] for each in advanced(broker.send, to_event=kind, offset="-1ms")]
    by_name = advanced(broker.send, to_event=kind)
    assert [each["kind"] for each in by_name if each["kind"] == kind] == [kind]


def test_fifty_nine_minutes_and_fifty_nine_seconds_and_one_more(broker: Broker) -> None:
    """A token works until the last second of its hour, and no longer."""
    token = broker.tokens()["access_token"]
    assert advanced(broker.send, by="59m59s") == []
    assert broker.add_key(token).status == 200
    [event] = advanced(broker.send, by="1s")
    assert (event["kind"], event["at"], event["user"]) == ("access_token_expiry", START + HOUR, "alice")
    assert event["client"] == "demo-broker"
    assert broker.add_key(token).json()["code"] == "400400"


def test_what_happens_on_the_way_is_told_in_order(wired: Wired) -> None:
    """Expiries, windows and settlements between two instants, by their own instants, each with its user and client."""
    broker = wired(settlement=After(7 * MINUTE))
    broker.authorize("carol")
    broker.withdraw(broker.key("frank"), to_bob())
    events = advanced(broker.send, by="4d")
    assert [(each["kind"], each["at"] - START, each["user"], each.get("client", "")) for each in events] == [
        ("window_end", 10_000, "frank", ""),
        ("authorization_code_expiry", 5 * MINUTE, "carol", "demo-broker"),
        ("settlement", 7 * MINUTE, "frank", "demo-broker"),
        ("access_token_expiry", HOUR, "frank", "demo-broker"),
        ("window_end", DAY, "frank", ""),
        ("window_end", DAY, "frank", ""),
        ("refresh_token_expiry", 3 * DAY, "frank", "demo-broker"),
    ]
    assert [each["window"] for each in events if each["kind"] == "window_end"] == [
        "withdrawals 10 s",
        "amount 24 h",
        "withdrawals 24 h",
    ]
    assert advanced(broker.send, by="4d") == []


def test_an_event_of_one_user_or_client(broker: Broker) -> None:
    """The next one of a user, by any of their names, lets those of others pass on the way."""
    broker.tokens("alice")
    advanced(broker.send, by="10m")
    broker.tokens("bob")
    happened = advanced(broker.send, to_event="access_token_expiry", user="bob@example.test", client="demo-broker")
    assert [(each["user"], each["at"]) for each in happened] == [
        ("alice", START + HOUR),
        ("bob", START + HOUR + 10 * MINUTE),
    ]


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (
            {"to_event": "window_end"},
            409,
            "no window_end is pending; time goes forward only. Pending: access_token_expiry, ",
        ),
        ({"to_event": "access_token_expiry", "user": "bob"}, 409, "no access_token_expiry is pending"),
        ({"to_event": "access_token_expiry", "offset": "-2h"}, 409, "is in 1h, so -2h of it is in the past"),
        ({"to_event": "token_expiry"}, 400, "to_event must be one of settlement, deposit, plan_step, order_expiry, "),
        ({"to_event": "access_token_expiry", "offset": "soon"}, 400, "offset must be a duration such as 1s or -1ms"),
        ({"to_event": "access_token_expiry", "offset": "9999d"}, 400, "offset must not be more than 3650d either way"),
        ({"to_event": "access_token_expiry", "user": "nobody"}, 404, "no user 'nobody'"),
        ({"to_event": "access_token_expiry", "client": "nobody"}, 404, "no client 'nobody'"),
        ({"to_event": "access_token_expiry", "by": "1s"}, 400, "give one of"),
        ({"by": "1s", "offset": "1s"}, 400, "offset goes with to_event"),
        ({"to": "2026-06-01T00:00:00Z", "user": "alice"}, 400, "user goes with to_event"),
    ],
)
def test_an_event_that_cannot_be_reached(broker: Broker, body: dict[str, str], status: int, detail: str) -> None:
    """A problem that says what is pending, and time stands where it stood."""
    broker.tokens()
    problem = problem_of(steer(broker.send, "POST", "/clock/advance", body), status)
    assert detail in problem["detail"]
    if status == 409 and "user" not in body:
        assert [each["field"] for each in problem["errors"]] == ["access_token_expiry", "refresh_token_expiry"]
    assert steer(broker.send, "GET", "/clock").json()["milliseconds"] == START


def test_what_is_dead_is_not_pending(broker: Broker) -> None:
    """A code that was exchanged, tokens that a refresh retired and a consent that was revoked have no event."""
    tokens = broker.tokens()
    advanced(broker.send, by="30m")
    broker.refresh(tokens["refresh_token"])
    assert [each["kind"] for each in advanced(broker.send, by="59m")] == []
    [consent] = steer(broker.send, "GET", "/consents").json()["consents"]
    steer(broker.send, "POST", f"/consents/{consent['id']}/revoke")
    assert steer(broker.send, "POST", "/clock/advance", {"to_event": "refresh_token_expiry"}).status == 409


def test_signed_calls_go_on_for_years(broker: Broker) -> None:
    """No advance of any kind moves the clock that signatures are held against."""
    key = broker.key()
    for step in ({"by": "365d"}, {"to": "2029-01-01T00:00:00Z"}):
        advanced(broker.send, **step)
        assert broker.signed(key, "GET", "/api/v1/accounts").status == 200
    broker.tokens("bob")
    advanced(broker.send, to_event="refresh_token_expiry", offset="1s")
    assert broker.signed(key, "GET", "/api/v1/accounts").status == 200


class Wall:
    """A wall clock that a test moves, behind a broker that stamps by it."""

    def __init__(self, runner: asyncio.Runner, settings: ClockSettings) -> None:
        self.now = START
        self.clock = Clock(settings, wall=lambda: self.now)
        self.broker = Broker(Asgi(App(Exchange(DEMO, self.clock)), runner), lambda: self.now)

    def patch(self, **body: object) -> dict[str, Any]:
        answer = steer(self.broker.send, "PATCH", "/clock", body)
        assert answer.status == 200, answer
        shown: dict[str, Any] = answer.json()
        return shown

    def business(self) -> int:
        """How far the business clock is from the start."""
        since: int = steer(self.broker.send, "GET", "/clock").json()["milliseconds"] - START
        return since


def test_the_clock_can_run_in_every_way_without_a_jump(runner: asyncio.Runner) -> None:
    """Each mode holds from the moment it is set: frozen stands, scaled multiplies, offset and real go with the wall."""
    wall = Wall(runner, ClockSettings(frozen=True, start=START))
    wall.now += 5_000
    assert (wall.patch(scale="60")["mode"], wall.business()) == ("scaled", 0)
    wall.now += 1_000
    assert wall.business() == MINUTE
    assert wall.patch(mode="scaled")["scale"] == "60"
    assert (wall.patch(mode="frozen")["scale"], wall.business()) == ("0", MINUTE)
    wall.now += 1_000
    assert wall.business() == MINUTE
    assert wall.patch(mode="scaled", scale=0.5)["scale"] == "0.5"
    wall.now += 3
    assert wall.business() == MINUTE + 1
    assert (wall.patch(mode="real")["mode"], wall.business()) == ("offset", MINUTE + 1)
    wall.now += 10
    assert wall.business() == MINUTE + 11
    assert wall.patch(mode="offset")["mode"] == "offset"
    steer(wall.broker.send, "POST", "/reset")
    assert (wall.business(), wall.clock.mode) == (0, "frozen")


def test_tokens_die_by_the_scaled_clock(runner: asyncio.Runner) -> None:
    """At a scale of 3600 an access token dies after one second of the wall clock, and signatures hold on."""
    wall = Wall(runner, ClockSettings())
    wall.patch(scale=3600)
    token, key = wall.broker.tokens()["access_token"], wall.broker.key()
    wall.now += 999
    assert wall.broker.add_key(token).status == 200
    wall.now += 1
    assert wall.broker.add_key(token).json()["code"] == "400400"
    assert wall.broker.signed(key, "GET", "/api/v1/accounts").status == 200


def test_a_clock_that_is_too_fast_stops_at_the_end_of_time(runner: asyncio.Runner) -> None:
    """At the last millisecond that a date can name the business clock stands still, and every call still answers."""
    wall = Wall(runner, ClockSettings())
    wall.patch(scale=1_000_000)
    wall.now += 400 * DAY
    assert steer(wall.broker.send, "GET", "/clock").json()["milliseconds"] == LATEST
    assert wall.broker.tokens()["expires_in"] == 3600
    assert steer(wall.broker.send, "POST", "/clock/advance", {"by": "1s"}).status == 400
    assert steer(wall.broker.send, "POST", "/clock/advance", {"to_event": "access_token_expiry"}).status == 400
    assert steer(wall.broker.send, "POST", "/clock/advance", {"to_event": "window_end"}).status == 409


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "say "),
        ({"mode": "fast"}, "mode must be one of real, offset, frozen, scaled"),
        ({"mode": "scaled"}, "scale is missing; mode scaled needs one, such as 60"),
        ({"mode": "frozen", "scale": 2}, "scale goes with mode scaled, not with mode frozen"),
        ({"scale": 0}, "scale must be a positive decimal number"),
        ({"scale": "-1"}, "scale must be a positive decimal number"),
        ({"scale": "fast"}, "scale must be a positive decimal number"),
        ({"scale": 1_000_001}, "scale must be at most 1000000"),
        ({"speed": 2}, "unknown fields"),
    ],
)
def test_a_way_to_run_that_makes_no_sense(broker: Broker, body: dict[str, Any], detail: str) -> None:
    """400 in words, and the clock runs on as it did."""
    assert detail in problem_of(steer(broker.send, "PATCH", "/clock", body), 400)["detail"]
    assert steer(broker.send, "GET", "/clock").json()["mode"] == "frozen"
