"""Eight callers at one instant over real connections: one wins, the others are told why, and money moves once."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from support.desk import payment, refresh_body, token_query
from support.wire import JSON, REFRESH, TOKEN, WITHDRAWAL, Answer, Broker

from simulator.web.server import LocalServer

CALLERS = 8


def _race(
    server: LocalServer, method: str, target: str, bodies: list[bytes], headers: Sequence[Mapping[str, str]]
) -> list[Answer]:
    """What each of the callers gets. All are connected before the first byte is sent."""
    barrier = Barrier(CALLERS)

    def call(place: int) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        try:
            connection.connect()
            barrier.wait(30)
            connection.request(method, target, bodies[place] or None, dict(headers[place]))
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(call, range(CALLERS)))


def _same(server: LocalServer, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> list[Answer]:
    return _race(server, method, target, [body] * CALLERS, [headers] * CALLERS)


def _split(answers: list[Answer], name: str) -> tuple[list[Answer], Counter[str]]:
    """Who won, and what the others were told."""
    winners = [answer for answer in answers if name in answer.text]
    return winners, Counter(str(answer.json()["msg"]) for answer in answers if answer not in winners)


@pytest.mark.parametrize("turn", range(3))
def test_a_code_is_exchanged_once(server: LocalServer, online: Broker, turn: int) -> None:
    """Seven of eight are told that the code has been used, and the winner's tokens are good."""
    answers = _same(server, "GET", f"{TOKEN}?{token_query(online.authorize())}", b"", {})
    [winner], others = _split(answers, "access_token")
    assert others == {"invalid_grant: the code has been used": 7}
    assert online.add_key(winner.json()["access_token"]).json()["code"] == "200"


@pytest.mark.parametrize("turn", range(3))
def test_a_refresh_token_is_used_once(server: LocalServer, online: Broker, turn: int) -> None:
    """One new pair is made; the old access token is dead, the new one lives."""
    old = online.tokens()
    body = json.dumps(refresh_body(old["refresh_token"]).fields).encode()
    [winner], others = _split(_same(server, "POST", REFRESH, body, JSON), "access_token")
    assert others == {"invalid_grant: the refresh_token has been used": 7}
    assert online.add_key(old["access_token"]).json()["code"] == "400400"
    assert online.add_key(winner.json()["access_token"]).json()["code"] == "200"


@pytest.mark.parametrize("turn", range(3))
def test_a_validation_pays_once(server: LocalServer, online: Broker, turn: int) -> None:
    """One payout leaves the account, fees and all; the transaction is unknown to the other seven."""
    key = online.key()
    challenge = online.withdraw(key).json()["data"]
    body = json.dumps({**payment(), "validation": online.validation("alice", challenge)}).encode()
    answers = _same(server, "POST", WITHDRAWAL, body, online.headers(key, "POST", WITHDRAWAL, body))
    winners, others = _split(answers, "withdrawalId")
    assert (len(winners), others) == (1, {"The validation transaction does not exist.": 7})
    assert online.balance() == "999888.5"


def test_an_account_is_never_overdrawn(server: LocalServer, online: Broker) -> None:
    """Eight payouts of 10,000 from 50,000: four fit with their fees, and what is left is exact."""
    key = online.key("frank")
    bodies = [json.dumps(payment(amount="10000", remark=str(place))).encode() for place in range(CALLERS)]
    headers = [online.headers(key, "POST", WITHDRAWAL, body) for body in bodies]
    winners, others = _split(_race(server, "POST", WITHDRAWAL, bodies, headers), "withdrawalId")
    assert (len(winners), others) == (4, {"Insufficient account balance": 4})
    assert len({winner.json()["data"]["withdrawalId"] for winner in winners}) == 4
    assert Decimal(online.balance("frank")) == 50_000 - 4 * (10_000 + 30 + Decimal("1.5"))


def test_a_window_lets_three_in(server: LocalServer, online: Broker) -> None:
    """s8.2: of eight withdrawals by e-mail at one instant three are accepted, and the recipient has three payouts."""
    key = online.key("frank")
    body = json.dumps(payment(withdrawType="MAIL", address="bob@example.test", chain=None)).encode()
    answers = _same(server, "POST", WITHDRAWAL, body, online.headers(key, "POST", WITHDRAWAL, body))
    winners, others = _split(answers, "withdrawalId")
    assert (len(winners), others) == (3, {"Too Many Requests": 5})
    assert (online.balance("bob"), online.balance("frank")) == ("1300", "49670")


def test_every_call_has_an_entry_of_its_own(server: LocalServer, online: Broker) -> None:
    """Numbers of the journal are given once, also to callers at one instant."""
    answers = _same(server, "GET", "/api/v1/timestamp", b"", {})
    numbers = {answer.headers["x-sim-entry"] for answer in answers}
    assert len(numbers) == CALLERS
    assert {online.entry(answer)["outcome"] for answer in answers} == {"OK"}
