"""Margin accounts: what was moved there is seen there, by every call that knows them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.deposits_and_transfers import move
from support.desk import Desk, Key
from support.shown import shown

from simulator.core.account.margin_accounts import ListIsolatedAccounts, ListMarginAccounts
from simulator.core.account.margin_accounts_old import GetMarginAccountV1, ListIsolatedAccountsV1
from simulator.core.account.margin_ledgers import ListMarginLedgers, ListMarginLedgersV1
from simulator.core.account.transfers import TransferMade
from simulator.core.refusals import Reason
from simulator.core.spec import DAY

OWED = {"liability": "0", "liabilityPrincipal": "0", "liabilityInterest": "0", "maxBorrowSize": "0"}
CAN = {"borrowEnabled": True, "transferInEnabled": True}
PAIR = {"toAccountTag": "BTC-USDT"}


def asset(currency: str, amount: str) -> dict[str, object]:
    return {"currency": currency, "total": amount, "available": amount, "hold": "0", **OWED, **CAN}


def moved() -> tuple[Desk, Key]:
    """100 USDT to each of the four kinds, and a bitcoin to the cross account."""
    desk = Desk()
    key = desk.own_key("alice")
    for number, kind in enumerate(("MARGIN", "MARGIN_V2", "ISOLATED", "ISOLATED_V2")):
        more = PAIR if kind.startswith("ISOLATED") else {}
        desk.do(move(key, clientOid=f"oid-{number}", toAccountType=kind, **more), TransferMade)
        desk.advance(1000)
    desk.do(move(key, clientOid="btc", currency="BTC", amount="1", toAccountType="MARGIN"), TransferMade)
    return desk, key


def told(desk: Desk, command: Any) -> Any:
    reply: Any = desk.perform(command).result
    return shown(reply.data())


def read(key: Key, command: Any, **asked: str) -> Any:
    return command(key.sign(method="GET", path="/x"), asked)


def test_cross() -> None:
    """Money in the cross account is there by currency, with its worth; the high-frequency one is another."""
    desk, key = moved()
    assert told(desk, read(key, ListMarginAccounts)) == {
        "totalAssetOfQuoteCurrency": "60100",
        "totalLiabilityOfQuoteCurrency": "0",
        "debtRatio": "0",
        "status": "EFFECTIVE",
        "accounts": [asset("BTC", "1"), asset("USDT", "100")],
    }
    assert told(desk, read(key, ListMarginAccounts, queryType="MARGIN_V2"))["accounts"] == [asset("USDT", "100")]
    both = told(desk, read(key, ListMarginAccounts, queryType="ALL", quoteCurrency="BTC"))
    assert (both["accounts"][1], both["totalAssetOfQuoteCurrency"]) == (asset("USDT", "200"), "1.00333333")
    assert desk.reason(read(key, ListMarginAccounts, quoteCurrency="KCS")) is Reason.CURRENCY_UNKNOWN
    assert told(desk, read(desk.key("bob"), ListMarginAccounts))["accounts"] == []


def test_isolated() -> None:
    """Money in the account of a pair is its quote or its base, of the pair that is asked for or of all."""
    desk, key = moved()
    found = told(desk, read(key, ListIsolatedAccounts))
    assert found["totalAssetOfQuoteCurrency"] == "100"
    assert found["assets"] == [
        {
            "symbol": "BTC-USDT",
            "status": "EFFECTIVE",
            "debtRatio": "0",
            "baseAsset": asset("BTC", "0"),
            "quoteAsset": asset("USDT", "100"),
        }
    ]
    assert told(desk, read(key, ListIsolatedAccounts, symbol="ETH-USDT"))["assets"] == []
    assert told(desk, read(key, ListIsolatedAccounts, queryType="ALL"))["totalAssetOfQuoteCurrency"] == "200"


def test_version_1() -> None:
    """The older calls tell the same in their own words."""
    desk, key = moved()
    cross = told(desk, GetMarginAccountV1(key.sign(method="GET", path="/x")))
    assert [(row["currency"], row["totalBalance"], row["holdBalance"]) for row in cross["accounts"]] == [
        ("BTC", "1", "0"),
        ("USDT", "100", "0"),
    ]
    isolated = told(desk, read(key, ListIsolatedAccountsV1))
    assert (isolated["totalConversionBalance"], len(isolated["assets"])) == ("100", 1)
    [pair] = isolated["assets"]
    assert (pair["symbol"], pair["status"]) == ("BTC-USDT", "CLEAR")
    assert (pair["quoteAsset"]["availableBalance"], pair["baseAsset"]["availableBalance"]) == ("100", "0")


@pytest.mark.parametrize("command", [ListMarginLedgers, ListMarginLedgersV1])
def test_ledger(command: Any) -> None:
    """The high-frequency accounts have a ledger of their own, of three days without a word, with running balances."""
    desk, key = moved()
    back = {"fromAccountType": "MARGIN_V2", "toAccountType": "MAIN", "amount": "30.5"}
    desk.do(move(key, clientOid="back", **back), TransferMade)
    rows = told(desk, read(key, command))
    seen = [(row["accountType"], row["direction"], row["amount"], row["balance"]) for row in rows]
    assert seen == [
        ("MARGIN_V2", "out", "30.50000000", "69.50000000"),
        ("ISOLATED_V2", "in", "100.00000000", "100.00000000"),
        ("MARGIN_V2", "in", "100.00000000", "100.00000000"),
    ]
    assert all(isinstance(row["id"], int) and isinstance(row["createdAt"], int) for row in rows)
    assert told(desk, read(key, command, lastId=str(rows[0]["id"]))) == rows[1:]
    assert told(desk, read(key, command, lastId=str(rows[0]["id"] - 1), limit="1")) == rows[1:2]
    assert told(desk, read(key, command, direction="out", currency="BTC,USDT")) == rows[:1]
    assert told(desk, read(key, command, bizType="LIQUIDATION")) == []
    assert told(desk, read(key, command, bizType="TRANSFER")) == rows
    refusal = desk.refusal(read(key, command, currency=",".join("ABCDEFGHIJK")))
    assert (refusal.reason, refusal.details["field"]) == (Reason.PARAMETER_INVALID, "currency")
    desk.advance(3 * DAY - 2_000)
    assert told(desk, read(key, command)) == rows[:2]
    assert told(desk, read(key, command, startAt="1")) == []
    assert told(desk, read(key, command, startAt=str(rows[2]["createdAt"]))) == rows


def test_nothing_is_lost() -> None:
    """What left the main account is what the margin calls tell."""
    desk, _ = moved()
    wallet = desk.world.wallet("alice")
    assert wallet.account("USDT").balance == Decimal(999_600)
    assert sum(account.balance for account in wallet.every if account.currency == "USDT") == 1_000_000
