"""What stands before the exchange: clocks, addresses, pools and outages."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.desk import Key
from support.payouts import PAID, Playing, told
from support.played_scenario import Play
from support.wire import Answer, Broker

from simulator.clock import wall_clock

SKEWED = (400, "400002", "Invalid KC-API-TIMESTAMP")
BUSY = (429, "429000", "Too Many Requests")


def test_signature_clock_skew(play: Playing) -> None:
    """A call stamped by the broker's clock is refused; one stamped after a look at the exchange's clock pays."""
    stage = play("signature-clock-skew")
    naive = Broker(stage.send, wall_clock)
    key = naive.key("frank")
    assert told(naive.withdraw(key)) == SKEWED
    ahead = stage.send("GET", "/api/v1/timestamp").json()["data"] - wall_clock()
    assert 29_000 < ahead <= 30_000
    corrected = Broker(stage.send, lambda: wall_clock() + ahead)
    assert corrected.withdraw(key).json()["data"]["withdrawalId"] == stage.withdrawals()[0].id
    assert stage.holds()


def test_signature_clock_skew_mistakes(play: Playing) -> None:
    """A broker that gives up is found out, and so is one that tries again by its own clock, even if it pays at last."""
    stage = play("signature-clock-skew")
    naive = Broker(stage.send, wall_clock)
    key = naive.key("frank")
    assert told(naive.withdraw(key)) == SKEWED
    assert stage.withdrawals() == []
    assert not stage.holds()
    assert told(naive.withdraw(key)) == SKEWED
    assert told(stage.broker.withdraw(key)) == PAID
    assert not stage.holds()


def test_ip_not_allowed(play: Playing) -> None:
    """The key says which addresses may use it, and a call from another is refused and told its own."""
    stage = play("ip-not-allowed")
    made = stage.broker.add_key(stage.broker.tokens("frank")["access_token"])
    assert made.json()["data"]["ipWhiteList"] == "203.0.113.10"
    refused = stage.broker.withdraw(made.key)
    assert told(refused) == (403, "400006", "Invalid request ip, the current clientIp is:203.0.113.99")
    assert stage.holds()


def test_ip_not_allowed_mistakes(play: Playing) -> None:
    """A broker that repeats the call, and one that makes another key, get no further and are found out."""
    stage = play("ip-not-allowed")
    key = stage.broker.key("frank")
    assert [stage.broker.withdraw(key).status for _ in range(2)] == [403, 403]
    assert not stage.holds()

    stage = play("ip-not-allowed")
    assert stage.broker.withdraw(stage.broker.key("frank")).status == 403
    stage.broker.key("frank")
    assert not stage.holds()


def waiting(stage: Play, key: Key) -> tuple[Answer, list[int]]:
    """Pay as a good broker does, and the waits that it makes, in ms."""
    waits: list[int] = []
    while (answer := stage.broker.withdraw(key)).status == 429:
        waits.append(int(answer.headers["gw-ratelimit-reset"]))
        stage.wait(waits[-1])
    return answer, waits


def test_gateway_429(play: Playing) -> None:
    """The payment is turned away and told how long to wait; after that it is made, and only once."""
    stage = play("gateway-429")
    answer, waits = waiting(stage, stage.broker.key("frank"))
    assert len(waits) == 1
    assert 0 < waits[0] <= 30_000
    assert answer.json()["data"]["withdrawalId"] == stage.withdrawals()[0].id
    assert stage.outcomes("withdraw") == ["RATE_LIMITED", "OK"]
    assert stage.holds()


def test_gateway_429_looks_as_captured(play: Playing) -> None:
    """The body and the rate headers are those that the gateway is known to send; there is no Retry-After."""
    stage = play("gateway-429")
    answer = stage.broker.withdraw(stage.broker.key("frank"))
    assert (told(answer), list(answer.json())) == (BUSY, ["code", "msg"])
    assert (answer.headers["gw-ratelimit-limit"], answer.headers["gw-ratelimit-remaining"]) == ("2000", "0")
    assert answer.headers["content-type"] == "application/json"
    assert "retry-after" not in answer.headers


def test_gateway_429_mistakes(play: Playing) -> None:
    """A broker that gives up is found out, and so is one that asks again at once, even if it waits and pays then."""
    stage = play("gateway-429")
    assert told(stage.broker.withdraw(stage.broker.key("frank"))) == BUSY
    assert not stage.holds()

    stage = play("gateway-429")
    key = stage.broker.key("frank")
    assert [told(stage.broker.withdraw(key)) for _ in range(2)] == [BUSY, BUSY]
    assert told(waiting(stage, key)[0]) == PAID
    assert not stage.holds()


def test_gateway_429_mistake_too_soon(play: Playing) -> None:
    """A broker that does not wait for as long as it is told is found out."""
    stage = play("gateway-429")
    key = stage.broker.key("frank")
    reset = int(stage.broker.withdraw(key).headers["gw-ratelimit-reset"])
    stage.wait(reset - 5_000)
    assert told(stage.broker.withdraw(key)) == BUSY
    assert not stage.holds()


def test_gateway_429_mistake_of_workers(play: Playing) -> None:
    """Workers who all knock at once are all turned away, and found out, whatever they call."""
    stage = play("gateway-429")
    key = stage.broker.key("frank")
    with ThreadPoolExecutor(5) as workers:
        answers = list(workers.map(lambda _: stage.broker.withdraw(key), range(5)))
    assert {told(answer) for answer in answers} == {BUSY}
    assert told(stage.broker.signed(key, "GET", "/api/v1/accounts")) == BUSY
    assert told(waiting(stage, key)[0]) == PAID
    assert not stage.holds()


def test_gateway_5xx_html(play: Playing) -> None:
    """Tokens and key come at the second try: the pages of the outage say nothing about the code or the token."""
    stage = play("gateway-5xx-html")
    code = stage.broker.authorize()
    page = stage.broker.exchange(code)
    assert (page.status, page.headers["content-type"]) == (502, "text/html")
    assert page.text.startswith("<html>")
    token = stage.broker.exchange(code).json()["access_token"]
    assert stage.broker.add_key(token).status == 502
    assert stage.broker.add_key(token).json()["success"] is True
    assert stage.holds()


def test_gateway_5xx_html_mistakes(play: Playing) -> None:
    """A broker that parses the page falls over and is found out, and so is one that sends the user to log in again."""
    stage = play("gateway-5xx-html")
    with pytest.raises(json.JSONDecodeError):
        stage.broker.exchange(stage.broker.authorize()).json()
    assert not stage.holds()
    token = stage.broker.tokens()["access_token"]
    assert [stage.broker.add_key(token).status for _ in range(2)] == [502, 200]
    assert not stage.holds()


def test_gateway_5xx_html_mistake_at_the_key(play: Playing) -> None:
    """A broker that takes the second page as final is found out."""
    stage = play("gateway-5xx-html")
    code = stage.broker.authorize()
    assert stage.broker.exchange(code).status == 502
    assert stage.broker.add_key(stage.broker.exchange(code).json()["access_token"]).status == 502
    assert not stage.holds()
