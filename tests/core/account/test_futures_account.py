"""The futures account: what was moved there is seen there."""

from __future__ import annotations

from typing import Any

import pytest
from support.deposits_and_transfers import move
from support.desk import START, Desk, Key
from support.shown import shown

from simulator.core.account.futures_account import GetFuturesAccount, ListFuturesHistory
from simulator.core.account.transfers import TransferMade
from simulator.core.refusals import Reason


def moved() -> tuple[Desk, Key]:
    """100 USDT and two bitcoins there, 30.5 USDT back to the trading account, a second apart."""
    desk = Desk()
    key = desk.own_key("alice")
    for number, changes in enumerate(
        (
            {"toAccountType": "CONTRACT"},
            {"toAccountType": "CONTRACT", "currency": "BTC", "amount": "2"},
            {"fromAccountType": "CONTRACT", "toAccountType": "TRADE", "amount": "30.5"},
        )
    ):
        desk.do(move(key, clientOid=f"oid-{number}", **changes), TransferMade)
        desk.advance(1_000)
    return desk, key


def told(desk: Desk, key: Key, command: Any, **asked: str) -> Any:
    reply: Any = desk.perform(command(key.sign(method="GET", path="/x"), asked)).result
    return shown(reply.data())


def test_overview() -> None:
    """One currency in numbers, bitcoin by the name that futures have for it, and 0 of what was never there."""
    desk, key = moved()
    nothing = dict.fromkeys(("unrealisedPNL", "positionMargin", "orderMargin", "frozenFunds", "riskRatio"), 0.0)
    amounts = dict.fromkeys(("accountEquity", "marginBalance", "availableBalance", "maxWithdrawAmount"), 69.5)
    assert told(desk, key, GetFuturesAccount, currency="USDT") == {**nothing, **amounts, "currency": "USDT"}
    bitcoin = told(desk, key, GetFuturesAccount)
    assert (bitcoin["currency"], bitcoin["availableBalance"]) == ("XBT", 2.0)
    assert told(desk, key, GetFuturesAccount, currency="XBT") == bitcoin
    assert told(desk, key, GetFuturesAccount, currency="ETH")["accountEquity"] == 0.0
    refused = GetFuturesAccount(key.sign(method="GET", path="/x"), {"currency": "DOGE"})
    assert desk.reason(refused) is Reason.CURRENCY_UNKNOWN


def test_history() -> None:
    """Transfers there and back, the newest first, with what there was afterwards."""
    desk, key = moved()
    found = told(desk, key, ListFuturesHistory)
    rows = found["dataList"]
    assert [(row["type"], row["amount"], row["accountEquity"], row["currency"], row["remark"]) for row in rows] == [
        ("TransferOut", -30.5, 69.5, "USDT", "Transferred to High-Frequency Trading Account"),
        ("TransferIn", 2.0, 2.0, "XBT", "Transferred from Funding Account"),
        ("TransferIn", 100.0, 100.0, "USDT", "Transferred from Funding Account"),
    ]
    assert [row["time"] - START for row in rows] == [2_000, 1_000, 0]
    assert found["hasMore"] is False


@pytest.mark.parametrize(
    ("asked", "places", "more"),
    [
        ({"currency": "XBT"}, [1], False),
        ({"type": "transferin"}, [1, 2], False),
        ({"type": "RealisedPNL"}, [], False),
        ({"maxCount": "2"}, [0, 1], True),
        ({"endAt": str(START + 1_000)}, [1, 2], False),
        ({"startAt": str(START + 1_000)}, [0, 1], False),
    ],
)
def test_what_is_asked_for(asked: dict[str, str], places: list[int], more: bool) -> None:
    """By currency, type and span, and so many of them."""
    desk, key = moved()
    every = told(desk, key, ListFuturesHistory)["dataList"]
    assert told(desk, key, ListFuturesHistory, **asked) == {
        "dataList": [every[place] for place in places],
        "hasMore": more,
    }


def test_offset_goes_on() -> None:
    """From a row to the older ones, or back to the newer ones, the nearest of them."""
    desk, key = moved()
    new, middle, old = told(desk, key, ListFuturesHistory)["dataList"]
    assert told(desk, key, ListFuturesHistory, offset=str(middle["offset"]))["dataList"] == [old]
    newer = {"offset": str(old["offset"]), "forward": "false"}
    assert told(desk, key, ListFuturesHistory, **newer)["dataList"] == [new, middle]
    assert told(desk, key, ListFuturesHistory, **newer, maxCount="1") == {"dataList": [middle], "hasMore": True}
    assert told(desk, key, ListFuturesHistory, **newer, maxCount="2") == {"dataList": [new, middle], "hasMore": False}
    assert told(desk, key, ListFuturesHistory, forward="false", maxCount="2")["dataList"] == [new, middle]
