"""The effect `advance`: business time passes at a call, before it or after it, on every kind of clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from support.control_calls import steer
from support.deposits_and_transfers import arrive, slow
from support.desk import IP, START, Desk, by_account, groups_body, payment, token_query
from support.wire import V1, Asgi, Broker, control, still_app

from simulator.clock import Clock, ClockSettings
from simulator.command_log import replay
from simulator.core.choices import After
from simulator.core.fast_api.api_keys import AddApiKey
from simulator.core.fast_api.tokens import ExchangeCode
from simulator.core.passing import MUCH, PassTime
from simulator.core.refusals import Reason
from simulator.core.world import WithdrawalStatus
from simulator.exchange import Exchange
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault

MINUTE = 60_000
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
TEN_MINUTES = After(10 * MINUTE)
END = 253_402_300_799_999
"""The last ms of the year 9999."""


def desk_with(*faults: Fault, **choices: Any) -> Desk:
    """A desk whose calls are struck by these faults."""
    desk = Desk(**choices)
    desk.exchange.stage(Staging(faults))
    return desk


def passed(desk: Desk) -> int:
    """How much business time has passed, ms."""
    return desk.exchange.clock.now().business - START


def asks_for_key(token: str) -> AddApiKey:
    return AddApiKey(f"bearer {token}", groups_body("API_COMMON"), IP)


def test_after_a_call() -> None:
    """Tokens are issued before the time passes, so that the access token is dead when it arrives, once."""
    desk = desk_with(Fault("exchange_code", times=1, at="after_commit", advance=61 * MINUTE))
    pair = desk.pair()
    assert passed(desk) == 61 * MINUTE
    assert desk.reason(asks_for_key(pair.access_token)) is Reason.ACCESS_TOKEN_EXPIRED
    assert desk.add_key(desk.refresh(pair.refresh_token).access_token).groups
    desk.pair()
    assert passed(desk) == 61 * MINUTE
    assert replay(desk.exchange.log) == desk.world


def test_before_a_call() -> None:
    """The call itself is judged when the time has passed."""
    desk = desk_with(Fault("add_api_key", times=1, advance=HOUR))
    token = desk.pair().access_token
    assert desk.reason(asks_for_key(token)) is Reason.ACCESS_TOKEN_EXPIRED
    assert passed(desk) == HOUR
    assert replay(desk.exchange.log) == desk.world


@pytest.mark.parametrize(("length", "dead"), [(HOUR - 1, False), (HOUR, True)])
def test_to_the_millisecond(length: int, dead: bool) -> None:
    """What lives for an hour is good one millisecond before the hour has passed, and not after it."""
    desk = desk_with(Fault("add_api_key", times=1, advance=length))
    outcome = desk.perform(asks_for_key(desk.pair().access_token))
    assert outcome.word == ("ACCESS_TOKEN_EXPIRED" if dead else "OK")


def test_beside_another_effect() -> None:
    """Time passes as well if the answer is lost, or if the call is kept from the exchange."""
    desk = desk_with(
        Fault("exchange_code", times=1, at="after_commit", network="reset", advance=MINUTE),
        Fault("exchange_code", times=1, refuse=Reason.CODE_EXPIRED, advance=HOUR),
    )
    lengths, words = [], []
    for _ in range(3):
        outcome = desk.perform(ExchangeCode(token_query(desk.authorize().code), IP))
        lengths.append(passed(desk))
        words.append(outcome.word)
    assert lengths == [HOUR, HOUR + MINUTE, HOUR + MINUTE]
    assert words == ["CODE_EXPIRED", "OK", "OK"]


def test_a_refused_call_lets_no_time_pass_afterwards() -> None:
    """After the commit means after a commit."""
    desk = desk_with(Fault("add_api_key", at="after_commit", advance=HOUR))
    assert desk.reason(asks_for_key("none")) is Reason.ACCESS_TOKEN_UNKNOWN
    assert passed(desk) == 0


@pytest.mark.parametrize(
    "settings",
    [
        ClockSettings(),
        ClockSettings(start=START - DAY),
        ClockSettings(frozen=True, start=START),
        ClockSettings(start=START, scale=Decimal(60)),
        ClockSettings(start=START, wall_offset=30_000),
    ],
    ids=["real", "offset", "frozen", "scaled", "skewed"],
)
def test_on_every_clock(settings: ClockSettings) -> None:
    """Each kind of clock jumps by as much, and runs on from there as it ran; the wall clock does not move."""
    wall = [START]
    exchange = Exchange(Desk().world, Clock(settings, wall=lambda: wall[0]))
    exchange.stage(Staging([Fault("add_api_key", times=1, advance=61 * MINUTE)]))
    before = exchange.clock.now()
    exchange.perform(asks_for_key("none"))
    after = exchange.clock.now()
    assert (after.business - before.business, after.wall - before.wall) == (61 * MINUTE, 0)
    wall[0] += 1_000
    ran = exchange.clock.now().business - after.business
    assert ran == 1_000 * settings.speed


def test_what_is_due_happens() -> None:
    """A withdrawal whose time comes settles at its own instant, before the answer is told, as a step of the log."""
    desk = desk_with(Fault("withdraw", times=1, at="after_commit", advance=HOUR), settlement=TEN_MINUTES)
    outcome = desk.perform(desk.withdrawal(desk.key("frank"), payment()))
    [withdrawal] = desk.world.withdrawals.values()
    assert outcome.word == "OK"
    assert (withdrawal.status, withdrawal.updated_at) == (WithdrawalStatus.SUCCESS, START + 10 * MINUTE)
    assert [type(logged.command).__name__ for logged in desk.exchange.log][-2:] == ["Withdraw", "PassTime"]
    assert [logged.outcome.operation for logged in desk.exchange.log][-2:] == ["withdraw", "pass_time"]
    assert replay(desk.exchange.log) == desk.world


def test_what_is_due_before_a_call_has_happened_in_it() -> None:
    """What a payment brought is there for the call at which the time passes."""
    desk = desk_with(Fault("withdraw", user="bob", advance=10 * MINUTE), settlement=TEN_MINUTES)
    desk.pay(desk.key("frank"), by_account("UID", "200000002", amount="10"))
    bob = desk.key("bob")
    assert desk.balance("bob") == 1000
    desk.perform(desk.withdrawal(bob, payment()))
    assert desk.balance("bob") == 1010


def test_no_clock_leads_past_its_end() -> None:
    """The longest duration, again and again, stops at the last millisecond, and calls are answered there."""
    desk = desk_with(Fault("exchange_code", at="after_commit", advance=3_650_000 * DAY))
    for _ in range(3):
        desk.pair()
    assert desk.exchange.clock.now().business == END
    assert desk.key("frank").api_key
    assert replay(desk.exchange.log) == desk.world


# --- at the wire
@pytest.fixture
def struck(runner: asyncio.Runner) -> Callable[..., Broker]:
    """Makes brokers whose calls are struck by these faults, in a world with these choices."""

    def make(*faults: Fault, **choices: Any) -> Broker:
        return Broker(Asgi(still_app(staging=Staging(faults), **choices), runner), lambda: START)

    return make


def clock_of(broker: Broker) -> int:
    milliseconds: int = broker.send("GET", f"{V1}/clock").json()["milliseconds"]
    return milliseconds


def test_pages_and_the_control_surface_let_time_pass(struck: Callable[..., Broker]) -> None:
    """A login that comes without a browser is struck as well, so that its code is old when it is exchanged."""
    broker = struck(Fault("authorize", times=1, at="after_commit", advance=5 * MINUTE))
    answer = broker.exchange(broker.authorize())
    assert broker.entry(answer)["outcome"] == "CODE_EXPIRED"
    assert "access_token" in broker.exchange(broker.authorize()).json()


@pytest.mark.parametrize("at", ["before", "after_commit"])
@pytest.mark.parametrize(("where", "length", "hits"), [("before", 0, 0), ("to", MINUTE, 1)])
def test_going_back(struck: Callable[..., Broker], at: Any, where: str, length: int, hits: int) -> None:
    """A rewind to before the call undoes the time that passed at it, and one to after the call keeps it."""
    broker = struck(Fault("exchange_code", times=1, at=at, advance=MINUTE))
    number = broker.entry(broker.exchange(broker.authorize()))["number"]
    control(broker.send, "/clock/advance", {"by": "1h"})
    assert steer(broker.send, "POST", "/rewind", {where: number}).status == 200
    assert clock_of(broker) == START + length
    assert broker.send("GET", f"{V1}/faults").json()["faults"][0]["hits"] == hits


def test_much_that_becomes_due_gives_way(runner: asyncio.Runner) -> None:
    """If very much is due after the jump, it happens as long work before the next answer, not in one breath."""
    desk = Desk()
    slow(desk)
    for at in ("before", "after_commit"):
        broker = Broker(Asgi(still_app(desk.world), runner), lambda: START)
        assert isinstance(broker.send, Asgi)
        exchange = broker.send.app.desk.exchange
        for _ in range(MUCH + 1):
            exchange.perform(arrive(seen=0))
        control(broker.send, "/faults", {"operation": "get_server_time", "at": at, "advance": "1h"})
        logged = len(exchange.log)
        assert broker.send("GET", "/api/v1/timestamp").status == 200
        assert not exchange.world.arriving
        steps = [type(entry.command) for entry in list(exchange.log)[logged:]]
        assert steps.index(PassTime) == (0 if at == "before" else 1)


def test_it_is_shown_as_it_was_said(struck: Callable[..., Broker]) -> None:
    """The control surface takes a duration, shows it, and the journal names the effect."""
    broker = struck()
    fault = {"operation": "exchange_code", "times": 1, "at": "after_commit", "advance": "61m"}
    assert control(broker.send, "/faults", fault).json()["advance"] == "1h1m"
    entry = broker.entry(broker.exchange(broker.authorize()))
    assert entry["fault"]["effect"] == "advance 3660000 ms"


def test_an_explanation_lets_no_time_pass(struck: Callable[..., Broker]) -> None:
    """A call that is only explained is struck on a fork: clock and counts stay as they are."""
    broker = struck(Fault("exchange_code", times=1, at="after_commit", advance=HOUR))
    asked = {"method": "GET", "path": "/_oauth/access-token", "query": token_query(broker.authorize())}
    explained = control(broker.send, "/explain", asked).json()
    assert (explained["outcome"], explained["fault"]["effect"]) == ("OK", "advance 3600000 ms")
    assert clock_of(broker) == START
    assert broker.send("GET", f"{V1}/faults").json()["faults"][0]["hits"] == 0


def test_it_is_part_of_a_state(struck: Callable[..., Broker]) -> None:
    """An exported fault strikes after an import as it did before; one that lets less than nothing pass is refused."""
    broker = struck(Fault("exchange_code", times=1, at="after_commit", advance=HOUR))
    state = broker.send("GET", f"{V1}/state").json()
    assert control(broker.send, "/clock/advance", {"by": "1m"}).status == 200
    assert steer(broker.send, "PUT", "/state", state).status == 200
    broker.exchange(broker.authorize())
    assert clock_of(broker) == START + HOUR
    [armed] = state["state"]["staging"]["armed"]
    armed["fault"]["advance"] = -1
    assert steer(broker.send, "PUT", "/state", state).status == 422
