"""Faults at the wire: what the client is told, what really happened, what the journal says of both."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from support.browser import Site
from support.demo_world import CALLBACK
from support.desk import START, payment, query, refresh_body
from support.wire import REFRESH, Asgi, Broker, still_app

from simulator.core.refusals import Reason
from simulator.core.spec import SECURITY_PATH
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault, Response
from simulator.web.wire.damage import NoTransportError

Struck = Callable[..., Broker]
BUSY = Response(502, (("Content-Type", "text/html"), ("Retry-After", "7")), "<h1>Bad Gateway</h1>")


@pytest.fixture
def struck(runner: asyncio.Runner) -> Struck:
    """Makes brokers whose calls are struck by these faults."""
    return lambda *faults: Broker(Asgi(still_app(staging=Staging(faults)), runner), lambda: START)


def last_entry(broker: Broker) -> dict[str, Any]:
    """The newest of the journal."""
    entry: dict[str, Any] = broker.send("GET", "/_sim/v1/requests?limit=1").json()["requests"][0]
    return entry


# --- refuse
def test_a_staged_refusal_is_the_earned_one(struck: Struck, broker: Broker) -> None:
    """Status, headers and body are those of a client that has earned the refusal; nothing was performed."""
    used = broker.authorize()
    broker.exchange(used)
    earned = broker.exchange(used)
    staged = struck(Fault("exchange_code", times=1, refuse=Reason.CODE_USED))
    code = staged.authorize()
    refused = staged.exchange(code)
    assert (refused.status, refused.body) == (earned.status, earned.body)
    assert list(refused.headers) == list(earned.headers)
    assert staged.entry(refused)["outcome"] == "CODE_USED"
    assert "access_token" in staged.exchange(code).json()


def test_a_success_can_be_told_as_a_failure(struck: Struck) -> None:
    """`after_commit`: the refresh happened, the client is told that it did not, and the journal knows both."""
    broker = struck(Fault("refresh_tokens", times=1, at="after_commit", refuse=Reason.REFRESH_TOKEN_EXPIRED))
    token = broker.tokens()["refresh_token"]
    told = broker.refresh(token)
    assert (told.status, told.json()["msg"]) == (400, Reason.REFRESH_TOKEN_EXPIRED.denial.text)
    entry = broker.entry(told)
    assert (entry["status"], entry["outcome"]) == (400, "OK")
    assert broker.entry(broker.refresh(token))["outcome"] == "REFRESH_TOKEN_SUPERSEDED"


# --- respond
@pytest.mark.parametrize("at", ["before", "after_commit"])
def test_an_answer_can_be_anything(struck: Struck, at: Any) -> None:
    """A gateway's HTML with its status and headers, and an entry that says custom."""
    broker = struck(Fault("refresh_tokens", times=1, at=at, respond=BUSY))
    token = broker.tokens()["refresh_token"]
    answer = broker.refresh(token)
    assert (answer.status, answer.text) == (502, "<h1>Bad Gateway</h1>")
    assert dict(answer.headers) == {
        "content-type": "text/html",
        "content-length": "20",
        "retry-after": "7",
        "x-sim-entry": answer.headers["x-sim-entry"],
    }
    entry = broker.entry(answer)
    assert (entry["status"], entry["outcome"]) == (502, "NOT_PERFORMED" if at == "before" else "OK")
    assert entry["fault"] == {"id": "f1", "at": at, "effect": "respond 502", "custom": True}
    assert broker.refresh(token).status == (200 if at == "before" else 400)


def test_an_answer_in_place_of_ours_is_json_unless_it_says_otherwise(struck: Struck) -> None:
    """A `respond` without a content type."""
    answer = struck(Fault("get_server_time", respond=Response(503, body="{}"))).send("GET", "/api/v1/timestamp")
    assert (answer.status, answer.headers["content-type"], answer.text) == (503, "application/json", "{}")


# --- network
@pytest.mark.parametrize("network", ["reset", "empty", "truncate", "garbage", "hang", "drip", "wrong_length"])
def test_the_network_is_not_pretended(struck: Struck, network: Any) -> None:
    """Without the simulator's own server there is no connection to break, and whoever runs the application is told."""
    broker = struck(Fault("get_server_time", network=network), Fault("log_in", network=network))
    with pytest.raises(NoTransportError, match=rf"{network}.*LocalServer"):
        broker.send("GET", "/api/v1/timestamp")
    assert (last_entry(broker)["operation"], last_entry(broker)["outcome"]) == ("get_server_time", "NOT_PERFORMED")
    form = {"content-type": "application/x-www-form-urlencoded"}
    with pytest.raises(NoTransportError, match=network):
        broker.send("POST", f"/oauth?{query()}", b"step=login&identity=alice", form)


# --- delay
def _call(broker: Broker, target: str, body: bytes = b"") -> Any:
    """A call that has not been made yet."""
    assert isinstance(broker.send, Asgi)
    app, sent = broker.send.app, list[Any]()
    path, _, asked = target.partition("?")
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    async def call() -> Any:
        method = "POST" if body else "GET"
        scope = {"type": "http", "method": method, "path": path, "query_string": asked.encode(), "headers": headers}
        await app(scope, receive, send)
        return json.loads(sent[1]["body"]) if sent else None

    return call()


@pytest.mark.parametrize("at", ["before", "after_commit"])
def test_a_delay_holds_up_nobody_else(struck: Struck, runner: asyncio.Runner, at: Any) -> None:
    """While one call waits for a minute others are answered; a server that stops ends the wait without an answer."""
    broker = struck(Fault("refresh_tokens", at=at, delay=60_000))
    token = broker.tokens()["refresh_token"]
    assert isinstance(broker.send, Asgi)
    app = broker.send.app
    exchange = app.desk.exchange
    before = exchange.world

    async def both() -> tuple[Any, Any]:
        slow = asyncio.create_task(_call(broker, REFRESH, json.dumps(refresh_body(token).fields).encode()))
        await asyncio.sleep(0)
        assert exchange.staging.armed[0].hits == 1
        other = await _call(broker, "/api/v1/timestamp")
        assert not slow.done()
        app.stop()
        return await slow, other

    answer, other = runner.run(both())
    assert (answer, other["code"]) == (None, "200000")
    assert (exchange.world is before) == (at == "before")


@pytest.mark.parametrize("at", ["before", "after_commit"])
def test_a_reset_ends_what_waits(struck: Struck, runner: asyncio.Runner, at: Any) -> None:
    """A call that was waiting when the world began anew does not happen in the new one, and is not counted there."""
    broker = struck(Fault("get_server_time", at=at, delay=60_000))
    assert isinstance(broker.send, Asgi)
    desk = broker.send.app.desk

    async def both() -> Any:
        slow = asyncio.create_task(_call(broker, "/api/v1/timestamp"))
        await asyncio.sleep(0)
        assert desk.exchange.staging.armed[0].hits == 1
        desk.reset()
        return await slow

    assert runner.run(both()) is None
    assert desk.exchange.staging.armed[0].hits == 0
    assert not desk.journal.tally


@pytest.mark.parametrize("at", ["before", "after_commit"])
def test_a_delay_is_real_time(struck: Struck, runner: asyncio.Runner, at: Any) -> None:
    """The answer, which is as ever, comes after a timer of the same length that began before the call."""
    broker = struck(Fault("get_server_time", at=at, delay=50))
    passed: list[str] = []

    async def timed() -> Any:
        loop = asyncio.get_running_loop()
        loop.call_later(0.05, passed.append, "the same time")
        later = loop.call_later(3_600, passed.append, "an hour")
        answer = await _call(broker, "/api/v1/timestamp")
        later.cancel()
        return answer

    assert runner.run(timed()) == {"code": "200000", "data": START}
    assert passed == ["the same time"]


def test_a_delay_goes_with_an_effect(struck: Struck) -> None:
    """`delay` beside `refuse` and `respond`: waited, then struck."""
    broker = struck(
        Fault("withdraw", times=1, delay=1, refuse=Reason.WITHDRAWAL_DISABLED),
        Fault("withdraw", times=1, delay=1, respond=BUSY),
    )
    key = broker.key()
    assert broker.withdraw(key, payment()).json()["msg"] == Reason.WITHDRAWAL_DISABLED.denial.text
    assert broker.withdraw(key, payment()).status == 502
    assert "transactionId" in broker.withdraw(key, payment()).json()["data"]


# --- pages
def _site(*faults: Fault) -> Site:
    site = Site()
    site.exchange.stage(Staging(faults))
    return site


def test_a_page_shows_a_staged_refusal() -> None:
    """`log_in`, `authorize` and `bind_factor` that a fault refuses are explained as pages, and can be tried again."""
    site = _site(
        Fault("log_in", times=1, refuse=Reason.USER_UNKNOWN),
        Fault("authorize", times=1, refuse=Reason.CLIENT_UNKNOWN),
        Fault("bind_factor", times=1, refuse=Reason.FACTOR_WRONG),
    )
    target = f"/oauth?{query()}"
    login = [("step", "login"), ("identity", "alice")]
    consent = [("step", "consent"), ("identity", "alice"), ("decision", "approve"), ("grant", "API_SPOT")]
    bind = [("step", "bind"), ("identity", "bob"), ("code", "000000")]
    refused = [site.post(target, login), site.post(target, consent), site.post(SECURITY_PATH, bind)]
    assert [reply.status for reply in refused] == [400, 400, 400]
    assert all(reply.page.text for reply in refused)
    assert "client_id" in refused[1].page.text
    assert [entry["outcome"] for entry in site.entries] == ["FACTOR_WRONG", "CLIENT_UNKNOWN", "USER_UNKNOWN"]
    assert (site.post(target, login).status, site.post(target, consent).status) == (200, 303)


def test_a_page_can_be_a_gateways(struck: Struck) -> None:
    """`respond` for a page is what the browser gets; after a consent the code exists although it never arrived."""
    site = _site(Fault("authorize", times=1, at="after_commit", respond=BUSY))
    consent = [("step", "consent"), ("identity", "alice"), ("decision", "approve"), ("grant", "API_SPOT")]
    reply = site.post(f"/oauth?{query(CALLBACK)}", consent)
    assert (reply.status, reply.body, reply.headers["content-type"]) == (502, b"<h1>Bad Gateway</h1>", "text/html")
    assert len(site.world.codes) == 1
