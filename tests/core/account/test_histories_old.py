"""The histories of the time before 2019-02-18."""

from __future__ import annotations

from typing import Any

import pytest
from support.deposits_and_transfers import arrive
from support.desk import Desk, Key, by_account, payment
from support.shown import shown

from simulator.clock import Clock, ClockSettings
from simulator.core.account.histories_old import CUT, MONTH, ListHistDeposits, ListHistWithdrawals
from simulator.core.refusals import Reason
from simulator.core.spec import DAY

EARLY = CUT - 3 * DAY


def told(desk: Desk, key: Key, command: Any, **asked: str) -> list[Any]:
    reply: Any = desk.perform(command(key.sign(method="GET", path="/x"), asked)).result
    rows: list[Any] = shown(reply.data())["items"]
    return rows


def early(**choices: Any) -> tuple[Desk, Key, Key]:
    """A world that began long ago, with the keys of alice and frank."""
    desk = Desk(**choices)
    desk.exchange.clock = Clock(ClockSettings(frozen=True, start=EARLY), wall=lambda: desk.wall)
    return desk, desk.own_key("alice"), desk.key("frank")


def test_what_came_before_the_cut() -> None:
    """A deposit and a payment from inside, the newest first, with seconds."""
    desk, alice, frank = early()
    desk.perform(arrive("25"))
    desk.advance(2_000)
    desk.pay(frank, by_account("UID", "200000001", amount="50"))
    inside, outside = told(desk, alice, ListHistDeposits)
    assert (outside["currency"], outside["amount"], outside["createAt"]) == ("USDT", "25", EARLY // 1000)
    assert (outside["isInner"], outside["status"], bool(outside["walletTxId"])) == (False, "SUCCESS", True)
    assert (inside["amount"], inside["isInner"], inside["walletTxId"]) == ("50", True, None)
    assert (inside["currency"], inside["status"]) == ("USDT", "SUCCESS")
    assert told(desk, alice, ListHistDeposits, status="SUCCESS") == [inside, outside]
    assert inside["createAt"] == EARLY // 1000 + 2
    assert told(desk, alice, ListHistDeposits, currency="BTC") == []


def test_what_went_before_the_cut() -> None:
    """A withdrawal with its address; one that is not over is PROCESSING."""
    desk, _, frank = early(settlement="manual")
    desk.pay(frank, payment())
    [row] = told(desk, frank, ListHistWithdrawals)
    assert row == {
        "currency": "USDT",
        "createAt": EARLY // 1000,
        "amount": "100",
        "address": payment()["address"],
        "walletTxId": None,
        "isInner": False,
        "status": "PROCESSING",
    }
    assert told(desk, frank, ListHistWithdrawals, status="PROCESSING") == [row]
    assert told(desk, frank, ListHistWithdrawals, status="SUCCESS") == []


def test_the_cut() -> None:
    """What came at the cut or later is in the histories of today alone."""
    desk, alice, _ = early()
    desk.advance(3 * DAY - 1)
    desk.perform(arrive("1"))
    desk.advance(1)
    desk.perform(arrive("2"))
    assert [row["amount"] for row in told(desk, alice, ListHistDeposits)] == ["1"]
    for end in (CUT - 1, CUT, CUT + 1):
        assert [row["amount"] for row in told(desk, alice, ListHistDeposits, endAt=str(end))] == ["1"]
    assert told(desk, alice, ListHistDeposits, endAt=str(CUT - 2)) == []
    today = Desk()
    key = today.own_key("alice")
    today.perform(arrive("25"))
    for command in (ListHistDeposits, ListHistWithdrawals):
        assert told(today, key, command) == told(today, key, command, startAt="1") == []


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 0),
        ({"startAt": str(EARLY)}, 1),
        ({"startAt": str(EARLY // 1000)}, 1),
        ({"startAt": str(EARLY // 1000 + 1)}, 0),
        ({"endAt": str(EARLY)}, 1),
        ({"endAt": str(EARLY // 1000 - 1)}, 0),
    ],
)
def test_spans(asked: dict[str, str], count: int) -> None:
    """The last month without a span; otherwise what it says, in milliseconds or in seconds."""
    desk, alice, _ = early()
    desk.perform(arrive("25"))
    assert len(told(desk, alice, ListHistDeposits)) == 1
    desk.advance(MONTH + 1)
    assert len(told(desk, alice, ListHistDeposits, **asked)) == count


def test_what_cannot_be_asked() -> None:
    """Another status than the three of then, and too large a page."""
    desk, alice, _ = early()
    for asked in ({"status": "REVIEW"}, {"pageSize": "501"}, {"startAt": "x"}):
        for command in (ListHistDeposits, ListHistWithdrawals):
            assert desk.reason(command(alice.sign(method="GET", path="/x"), asked)) is Reason.PARAMETER_INVALID
