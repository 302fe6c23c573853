"""Deposits that a test lets arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.control_calls import advanced, steer
from support.desk import START
from support.wire import Broker, problem_of

MINUTE = 60_000
COMES = {"user": "alice", "currency": "USDT", "chain": "trx", "amount": "25"}


@pytest.fixture
def slow(wired: Callable[..., Broker]) -> Broker:
    """A broker at a world in which USDT needs three confirmations by TRON."""
    broker = wired()
    chain = {"withdraw_precision": 6, "confirms": 3, "deposit_min_size": "1", "max_deposit": "500"}
    body = {"precision": 6, "chains": {"trx": chain, "eth": {"deposit_enabled": False}}}
    assert steer(broker.send, "PUT", "/currencies/USDT", body).status == 200
    return broker


def test_a_deposit_arrives_at_once(broker: Broker) -> None:
    """With all its confirmations it is credited on the spot, whole (s9)."""
    answer = steer(broker.send, "POST", "/deposits", COMES)
    told = answer.json()
    assert (answer.status, told["status"], told["amount"], told["credited_at"]) == (201, "SUCCESS", "25", START)
    assert broker.balance() == "1000025"
    [listed] = steer(broker.send, "GET", "/deposits?user=alice").json()["deposits"]
    assert listed == told
    assert steer(broker.send, "GET", "/deposits?user=bob").json() == {"deposits": []}
    [line, *opening] = steer(broker.send, "GET", "/ledger?user=alice").json()["movements"]
    assert {row["kind"] for row in opening} == {"given"}
    assert (line["kind"], line["deposit_id"], line["balance"]) == ("deposit", told["deposit_id"], "25")


def test_confirmations_come_in_time(slow: Broker) -> None:
    """Three minutes for three of them; `to_event: deposit` goes to the last, and the answer tells what happened."""
    told = steer(slow.send, "POST", "/deposits", {**COMES, "confirmations": 0}).json()
    assert (told["status"], told["confirmations"], told["credited_at"]) == ("PROCESSING", 0, START + 3 * MINUTE)
    assert advanced(slow.send, by="2m59s") == []
    [waiting] = steer(slow.send, "GET", "/deposits").json()["deposits"]
    assert (waiting["status"], waiting["confirmations"], slow.balance()) == ("PROCESSING", 2, "1000000")
    [event] = advanced(slow.send, to_event="deposit")
    assert (event["kind"], event["at"], event["deposit_id"]) == ("deposit", START + 3 * MINUTE, told["deposit_id"])
    assert (event["user"], slow.balance()) == ("alice", "1000025")


def test_a_user_has_several_addresses(slow: Broker) -> None:
    """`address` says to which one it comes, and `to` of that one where the money goes."""
    steer(slow.send, "PATCH", "/choices", {"second_deposit_address": "create"})
    key = slow.key("alice")
    body = b'{"currency":"USDT","chain":"trx","to":"trade"}'
    made = slow.signed(key, "POST", "/api/v3/deposit-address/create", body).json()["data"]
    told = steer(slow.send, "POST", "/deposits", {**COMES, "address": made["address"]}).json()
    assert (told["address"], told["account"]) == (made["address"], "trade")
    accounts = slow.signed(key, "GET", "/api/v1/accounts?type=trade").json()["data"]
    assert [each["balance"] for each in accounts] == ["25"]


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"user": "nobody"}, 404, "no user 'nobody'"),
        ({"currency": "NONE"}, 400, "currency must be one of "),
        ({"chain": "none"}, 400, "chain must be one of "),
        ({"chain": "eth"}, 409, "eth is closed for deposits of USDT"),
        ({"amount": "0"}, 400, "amount must be a positive decimal number"),
        ({"amount": "0.999999"}, 400, "amount must be at least 1: the exchange credits nothing smaller"),
        ({"amount": "500.000001"}, 400, "amount must be at most 500 on trx"),
        ({"amount": "1.0000001"}, 400, "amount must have at most 6 decimal places"),
        ({"user": "carol"}, 409, "carol has no such deposit address of USDT on trx"),
        ({"address": "Tother"}, 409, "alice has no such deposit address of USDT on trx"),
        ({"confirmations": -1}, 400, "confirmations must be a whole number from 0 to 10000"),
        ({"confirmations": "3"}, 400, "confirmations must be a whole number from 0 to 10000"),
        ({"more": 1}, 400, "unknown fields"),
    ],
)
def test_what_cannot_arrive(slow: Broker, changes: dict[str, Any], status: int, said: str) -> None:
    """Nothing comes to who has no address, by a chain that is closed, or in an amount that nobody credits."""
    problem = problem_of(steer(slow.send, "POST", "/deposits", {**COMES, **changes}), status)
    errors = [" ".join(map(str, each.values())) for each in problem.get("errors", [])]
    assert any(said in text for text in (problem["detail"], *errors)), problem
    assert steer(slow.send, "GET", "/deposits").json() == {"deposits": []}
    assert slow.balance() == "1000000"


def test_the_least_and_the_largest_amount_arrive(slow: Broker) -> None:
    """The minimum and the maximum themselves are credited."""
    for amount in ("1", "500"):
        assert steer(slow.send, "POST", "/deposits", {**COMES, "amount": amount}).status == 201
    assert slow.balance() == "1000501"
