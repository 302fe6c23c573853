"""What happens by itself is pushed when it is due, although nobody calls; and sessions end with their world."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from support.feeds import Feed, dialled, pay, private, public, session
from support.wire import V1, Broker, Http, control
from support.workspaces import made, tenant

from simulator.scenario.loader import read
from simulator.web import work
from simulator.web.server import LocalServer
from simulator.web.stream import hub

BALANCE = "/account/balance"
SCENARIO = """
version: 1
name: later
extends: demo
clock: {CLOCK}
choices: {settlement: {after: WAIT}}
"""
FROZEN = "mode: frozen, start: 2026-06-01T00:00:00Z"


@contextmanager
def playing(clock: str, wait: str = "10m") -> Iterator[tuple[Broker, Feed, LocalServer]]:
    """A server whose withdrawals settle after ten minutes, and alice's session with her balance."""
    with LocalServer(read(SCENARIO.replace("CLOCK", clock).replace("WAIT", wait), "later.yaml")) as server:
        broker = Broker(Http(server.port))
        key = broker.key("alice")
        with session(*private(broker, key)) as feed:
            feed.subscribe(BALANCE)
            pay(broker, key)
            assert feed.data()[0]["relationEvent"] == "main.withdraw_hold"
            yield broker, feed, server


def done(data: dict[str, Any]) -> None:
    assert (data["relationEvent"], data["holdChange"]) == ("main.withdraw_done", "-111.5")


def test_a_settlement_is_pushed_though_nobody_calls() -> None:
    """The debit comes by itself."""
    with playing("mode: real", "200ms") as (_, feed, _):
        [data] = feed.data()
        done(data)


def test_an_advance_pushes_what_it_makes_happen() -> None:
    """A clock that stands still pushes nothing, until it is advanced beyond the instant."""
    with playing(FROZEN) as (broker, feed, _):
        control(broker.send, "/clock/advance", {"by": "9m59s"})
        feed.nothing()
        control(broker.send, "/clock/advance", {"by": "1s"})
        done(feed.data()[0])


def test_a_clock_that_begins_to_run_pushes_in_time() -> None:
    """A frozen clock is let run: the settlement comes without another call."""
    with playing(FROZEN) as (broker, feed, _):
        feed.nothing()
        answer = broker.send("PATCH", f"{V1}/clock", b'{"scale": "100000"}', {"content-type": "application/json"})
        assert answer.status == 200
        done(feed.data()[0])


def test_an_order_that_expires_is_pushed() -> None:
    """A GTT order ends by itself, and what it held is given back, although nobody calls."""
    with playing(FROZEN) as (broker, feed, _):
        key = broker.key("alice", "API_COMMON", "API_SPOT", "API_TRANSFER")
        move = b'{"clientOid":"m","currency":"USDT","amount":"1000","from":"main","to":"trade"}'
        assert broker.signed(key, "POST", "/api/v2/accounts/inner-transfer", move).json()["code"] == "200000"
        assert [data["relationEvent"] for data in feed.data(2)] == ["main.transfer", "trade.transfer"]
        feed.subscribe("/spotMarket/tradeOrdersV2")
        order = b'{"symbol":"BTC-USDT","side":"buy","type":"limit","price":"59000","size":"0.01",'
        order += b'"timeInForce":"GTT","cancelAfter":300}'
        assert broker.signed(key, "POST", "/api/v1/hf/orders", order).json()["code"] == "200000"
        begun = [data.get("type", data.get("relationEvent")) for data in feed.data(3)]
        assert begun == ["trade.hold", "received", "open"]
        broker.send("PATCH", f"{V1}/clock", b'{"scale": "1000"}', {"content-type": "application/json"})
        given_back, canceled = feed.data(2)
        assert (given_back["relationEvent"], given_back["hold"]) == ("trade.hold", "0")
        assert (canceled["type"], canceled["status"], canceled["canceledSize"]) == ("canceled", "done", "0.01")
        assert canceled["ts"] == canceled["orderTime"] * 1_000_000 + 300_000_000_000


def test_a_session_ends_after_a_day_of_the_business_clock() -> None:
    """24 h after its beginning it is closed, and its token opens no other."""
    with playing(FROZEN) as (broker, feed, _):
        token, endpoint = public(broker.send)
        control(broker.send, "/clock/advance", {"by": "23h59m59s"})
        done(feed.data()[0])
        feed.nothing()
        control(broker.send, "/clock/advance", {"by": "1s"})
        code, reason = feed.end()
        assert (code, reason[:24]) == (1000, "the session is 24 h old:")
        with dialled(token, endpoint) as late:
            assert late.told() == {"id": "c-1", "type": "error", "code": 401, "data": "token is expired"}


@pytest.mark.parametrize("at", ["before", "after_commit"])
def test_a_fault_that_moves_the_clock_ends_sessions(at: str) -> None:
    """Time that passes at a call passes for sessions as well, although the call changes nothing."""
    with playing(FROZEN) as (broker, feed, _):
        feed.ask(type="unsubscribe", topic=BALANCE, response=True)
        fault = {"operation": "list_accounts", "at": at, "times": 1, "advance": "24h"}
        assert control(broker.send, "/faults", fault).status in (200, 201)
        assert broker.signed(broker.key("frank"), "GET", "/api/v1/accounts").status == 200
        assert feed.end()[0] == 1000


def test_a_reset_ends_sessions_and_says_so() -> None:
    """The client hears that the world has begun anew, and can open another session at once."""
    with playing(FROZEN) as (broker, feed, _):
        control(broker.send, "/reset", {})
        code, reason = feed.end()
        assert (code, reason[:25]) == (1001, "the world has begun anew,")
        with session(*public(broker.send)) as again:
            again.nothing()


def test_a_rewind_ends_sessions() -> None:
    """What was pushed since would be untrue, so the client must begin anew."""
    with playing(FROZEN) as (broker, feed, _):
        assert control(broker.send, "/snapshots", {"name": "here"}).status == 201
        pay(broker, broker.key("alice"))
        assert control(broker.send, "/snapshots/here/restore", {}).status == 200
        assert feed.end()[0] == 1001


def test_the_end_of_the_server_ends_sessions() -> None:
    """A server that stops does not wait for them, and says goodbye."""
    with playing(FROZEN) as (_, feed, server):
        server.__exit__(None, None, None)
        assert feed.end()[0] == 1001


def test_the_end_of_a_workspace_ends_its_sessions(online: Broker) -> None:
    """And those of no other."""
    first, second = made(online.send, name="one"), made(online.send, name="two")
    with session(*public(online.send, "/w/one")) as one, session(*public(online.send, "/w/two")) as two:
        assert online.send("DELETE", f"{V1}/workspaces/{first['name']}").status in (200, 204)
        assert one.end()[0] == 1001
        two.nothing()
    online.send("DELETE", f"{V1}/workspaces/{second['name']}")


def test_a_token_leads_to_its_workspace(online: Broker) -> None:
    """A session belongs to the workspace of its token, whatever address it comes to, and hears of its users only."""
    broker = tenant(online.send, name="three")
    key = broker.key("alice")
    token, endpoint = private(broker, key)
    assert endpoint.endswith("/w/three/")
    with session(token, endpoint.removesuffix("w/three/")) as feed:
        feed.subscribe(BALANCE)
        pay(online, online.key("alice"))
        feed.nothing()
        pay(broker, key)
        assert len(feed.data(2)) == 2
    online.send("DELETE", f"{V1}/workspaces/three")


def test_much_is_pushed_in_slices(online: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each message takes longer than a slice, all come in order, and other calls are served between them."""
    monkeypatch.setattr(hub, "SLICE", -1)
    monkeypatch.setattr(work, "SLICE", -1)
    key = online.key("alice")
    with session(*private(online, key)) as feed:
        feed.subscribe(BALANCE)
        for _ in range(3):
            pay(online, key)
        events = [data["relationEvent"] for data in feed.data(6)]
        feed.nothing()
    assert events == ["main.withdraw_hold", "main.withdraw_done"] * 3
