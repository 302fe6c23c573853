"""One account's ledger, and what is on hold there."""

from __future__ import annotations

from typing import Any

import pytest
from support.deposits_and_transfers import arrive, move
from support.desk import START, Desk, Key, payment
from support.shown import shown
from support.spot_world import SpotDesk

from simulator.core.account.accounts_old import ListAccountLedgers, ListHolds
from simulator.core.account.hf_ledgers import HfLedgersListed, ListHfLedgers
from simulator.core.account.ledgers import LedgersListed, ListLedgers
from simulator.core.account.transfers import TransferMade
from simulator.core.funds import ledger
from simulator.core.mint import account_id
from simulator.core.refusals import Reason
from simulator.core.spec import DAY


def told(desk: Desk, key: Key, command: Any, account: str = "main", **asked: str) -> Any:
    name = account_id(desk.world, "alice", account, "USDT")
    reply: Any = desk.perform(command(key.sign(method="GET", path="/x"), name, **asked)).result
    return shown(reply.data())


def busy() -> tuple[Desk, Key]:
    """A deposit, a transfer to the trading account and a bitcoin to it, a second apart."""
    desk = Desk()
    key = desk.own_key("alice")
    desk.perform(arrive("25"))
    for number, changes in enumerate(({}, {"currency": "BTC", "amount": "1"})):
        desk.advance(1_000)
        desk.do(move(key, clientOid=f"oid-{number}", **changes), TransferMade)
    return desk, key


def test_ledger_of_an_account() -> None:
    """The rows of one currency in one account, the newest first, each with the balance that it left."""
    desk, key = busy()
    desk.advance(10 * DAY)
    rows = told(desk, key, ListAccountLedgers, start_at=str(START))["items"]
    assert [(row["direction"], row["amount"], row["balance"]) for row in rows] == [
        ("out", "100", "999925"),
        ("in", "25", "1000025"),
    ]
    assert all(len(row["context"]["orderId"]) == 24 for row in rows)
    assert told(desk, key, ListAccountLedgers, start_at=str(START), direction="in")["items"] == rows[1:]
    until = {"start_at": str(START), "end_at": str(START)}
    assert told(desk, key, ListAccountLedgers, **until)["items"] == rows[1:]
    assert told(desk, key, ListAccountLedgers, start_at=str(START + 1))["items"] == rows[:1]
    assert told(desk, key, ListAccountLedgers)["items"] == rows
    pages = [told(desk, key, ListAccountLedgers, current_page=str(page), page_size="10") for page in (1, 2)]
    assert [page["items"] for page in pages] == [rows, []]
    [traded] = told(desk, key, ListAccountLedgers, "trade")["items"]
    assert (traded["direction"], traded["balance"], traded["id"] != rows[0]["id"]) == ("in", "100", True)


def test_holds() -> None:
    """A withdrawal under way is there, one that is over is not; another account holds nothing."""
    desk = Desk(settlement="manual")
    key, pays = desk.own_key("alice"), desk.key("frank")
    desk.pay(pays, payment())
    [held] = desk.world.withdrawals.values()
    name = account_id(desk.world, "frank", "main", "USDT")
    reply: Any = desk.perform(ListHolds(pays.sign(method="GET", path="/x"), name)).result
    [row] = shown(reply.data())["items"]
    assert row == {
        "currency": "USDT",
        "holdAmount": "111",
        "bizType": "Withdraw",
        "orderId": held.id,
        "createdAt": START,
        "updatedAt": START,
    }
    assert told(desk, key, ListHolds)["items"] == []
    unknown = ListHolds(key.sign(method="GET", path="/x"), name)
    assert desk.reason(unknown) is Reason.ACCOUNT_UNKNOWN


@pytest.mark.parametrize("name", ["parts_of_withdrawal", "parts_of_fill"])
def test_no_ledger_takes_amounts_apart(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of movements does not find out what each amount is made of: nobody sees that there."""
    desk = SpotDesk()
    desk.pay(desk.key("alice"), payment())
    desk.placed(type="market", price=None)
    monkeypatch.delattr(ledger, name)
    for account in ("main", "trade"):
        assert told(desk, desk.trading, ListAccountLedgers, account)["items"]
    signed = desk.trading.sign(method="GET", path="/x")
    assert len(desk.do(ListLedgers(signed, {}), LedgersListed).page.items) == 3
    assert len(desk.do(ListHfLedgers(signed, {}), HfLedgersListed).rows) == 2
