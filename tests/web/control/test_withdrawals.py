"""Withdrawals seen and settled through the control surface (H52)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from support.desk import START
from support.wire import Asgi, Broker, still_app

from simulator.core.choices import After
from simulator.core.funds.settlement import STEPS

V1 = "/_sim/v1/withdrawals"


def _pending(wired: Callable[..., Broker]) -> tuple[Broker, str]:
    """A withdrawal that waits to be settled by hand."""
    broker = wired(settlement="manual")
    return broker, broker.withdraw(broker.key("frank")).json()["data"]["withdrawalId"]


@pytest.mark.parametrize(
    ("decision", "status", "balance"), [("approve", "SUCCESS", "49888.5"), ("fail", "FAILURE", "50000")]
)
def test_settled_by_hand(wired: Callable[..., Broker], decision: str, status: str, balance: str) -> None:
    """Approved, the money leaves; failed, all of it comes back. It happens once."""
    broker, withdrawal = _pending(wired)
    held = broker.send("GET", "/_sim/v1/users/frank").json()["accounts"][0]
    assert (held["available"], held["holds"]) == ("49888.5", "111.5")
    settled = broker.send("POST", f"{V1}/{withdrawal}/{decision}")
    assert (settled.status, settled.json()["status"], settled.json()["debit"]) == (200, status, "111.5")
    assert broker.balance("frank") == balance
    again = broker.send("POST", f"{V1}/{withdrawal}/{decision}")
    assert (again.status, again.json()["detail"]) == (409, f"the withdrawal is over: {status}")


def test_step_by_step(wired: Callable[..., Broker]) -> None:
    """Under review, on to the wallet, paid: the broker sees each state by its lookup; a step too many is a 409."""
    broker, withdrawal = _pending(wired)
    key = broker.key("frank")
    seen = []
    for step in ("review", "advance", "advance"):
        assert broker.send("POST", f"{V1}/{withdrawal}/{step}").status == 200
        found = broker.signed(key, "GET", f"/api/v1/withdrawals/{withdrawal}").json()["data"]
        seen.append((found["status"], found["cancelType"]))
    assert [status for status, _ in seen] == ["REVIEW", "WALLET_PROCESSING", "SUCCESS"]
    assert {cancel for _, cancel in seen} == {"NON_CANCELABLE"}
    refused = broker.send("POST", f"{V1}/{withdrawal}/review")
    assert (refused.status, refused.json()["detail"]) == (409, "the withdrawal is over: SUCCESS")


def test_review_comes_first(wired: Callable[..., Broker]) -> None:
    """What the wallet has is not put under review any more."""
    broker, withdrawal = _pending(wired)
    broker.send("POST", f"{V1}/{withdrawal}/advance")
    refused = broker.send("POST", f"{V1}/{withdrawal}/review")
    assert (refused.status, refused.json()["detail"]) == (409, "no review leads on from here: WALLET_PROCESSING")


def test_listed_newest_first(wired: Callable[..., Broker]) -> None:
    """All of them, or one user's, each with its fees; one alone by its id."""
    broker, first = _pending(wired)
    second = broker.withdraw(broker.key("frank")).json()["data"]["withdrawalId"]
    listed = broker.send("GET", V1).json()["withdrawals"]
    assert [each["withdrawalId"] for each in listed] == [second, first]
    assert broker.send("GET", f"{V1}?user=frank&limit=1").json()["withdrawals"] == listed[:1]
    assert broker.send("GET", f"{V1}?user=alice").json() == {"withdrawals": []}
    one = broker.send("GET", f"{V1}/{first}").json()
    assert (one["payout"], one["serviceFee"], one["networkFee"], one["feeDeductType"]) == (
        "100",
        "10",
        "1.5",
        "EXTERNAL",
    )
    assert (one["status"], one["createdAt"], one["recipient"]) == ("PROCESSING", START, None)


@pytest.mark.parametrize(("method", "tail"), [("GET", ""), *(("POST", f"/{step}") for step in STEPS)])
def test_an_unknown_withdrawal_is_a_problem(broker: Broker, method: str, tail: str) -> None:
    """404, and nothing happens."""
    assert broker.send(method, f"{V1}/nothing{tail}").status == 404


def test_time_that_passed_is_seen(runner: asyncio.Runner) -> None:
    """What was due by now has happened for whoever looks, also when nobody has called since."""
    app = still_app(settlement=After(1_000))
    broker = Broker(Asgi(app, runner), lambda: START)
    broker.withdraw(broker.key("frank"))
    app.desk.exchange.clock.advance(1_000)
    [main] = broker.send("GET", "/_sim/v1/users/frank").json()["accounts"]
    assert (main["balance"], main["holds"]) == ("49888.5", "0")
