"""The trading account's ledger of the high-frequency kind."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate
from typing import Any

import pytest
from support.deposits_and_transfers import arrive, move
from support.desk import START, Desk, Key, told

from simulator.core.account.accounts import AccountsListed, ListAccounts
from simulator.core.account.hf_ledgers import HfLedgersListed, ListHfLedgers
from simulator.core.control.administration import ChangeUser
from simulator.core.refusals import Reason
from simulator.core.spec import DAY
from simulator.core.world import Account

PATH = "/api/v1/hf/accounts/ledgers"


def ask(desk: Desk, key: Key, **asked: str) -> ListHfLedgers:
    return ListHfLedgers(key.sign(method="GET", path=PATH, timestamp=desk.wall), asked)


def rows(desk: Desk, key: Key, **asked: str) -> list[tuple[object, ...]]:
    """Direction, amount and the balance afterwards."""
    found = desk.do(ask(desk, key, **asked), HfLedgersListed).rows
    return [told(each.line.direction, each.line.amount, each.balance) for each in found]


def busy(**choices: Any) -> tuple[Desk, Key]:
    """100 in, 30 out, 25 by a deposit, and something else that the trading account has nothing of."""
    desk = Desk(**choices)
    key = desk.own_key("alice")
    desk.perform(arrive("7"))
    for number, changes in enumerate(({}, {"fromAccountType": "TRADE", "toAccountType": "MAIN", "amount": "30"})):
        desk.perform(move(key, clientOid=f"oid-{number}", **changes))
        desk.advance(1)
    desk.perform(arrive("25", to="trade"))
    return desk, key


def test_the_trading_account_is_told() -> None:
    """Its movements alone, newest first, each with what there was afterwards; the newest agrees with the account."""
    desk, key = busy()
    assert rows(desk, key) == [("in", 25, 95), ("out", 30, 70), ("in", 100, 100)]
    accounts = ListAccounts(key.sign(method="GET", path="/api/v1/accounts", timestamp=desk.wall), "USDT", "trade_hf")
    assert [each.balance for _, each in desk.do(accounts, AccountsListed).accounts] == [95]
    found = desk.do(ask(desk, key), HfLedgersListed).rows
    assert {(each.line.account, each.line.biz_type) for each in found} == {("TRADE_HF", "TRANSFER")}
    assert rows(desk, desk.key("bob")) == []


@pytest.mark.parametrize(
    ("asked", "amounts"),
    [
        ({"direction": "in"}, [25, 100]),
        ({"direction": "out", "currency": "BTC,USDT"}, [30]),
        ({"currency": "BTC"}, []),
        ({"bizType": "TRANSFER"}, [25, 30, 100]),
        ({"bizType": "TRADE_EXCHANGE"}, []),
        ({"limit": "2"}, [25, 30]),
        ({"lastId": "1"}, []),
    ],
)
def test_what_is_asked_for(asked: dict[str, str], amounts: list[int]) -> None:
    """By direction, currencies and kind; as many as `limit`; nothing below the first id."""
    desk, key = busy()
    assert [amount for _, amount, _ in rows(desk, key, **asked)] == amounts


def test_last_id_goes_on() -> None:
    """A row at a time, each asked for by the one before, leads through all of them, and their balances stay."""
    desk, key = busy()
    seen: list[tuple[object, ...]] = []
    last: dict[str, str] = {}
    while found := desk.do(ask(desk, key, limit="1", **last), HfLedgersListed).rows:
        seen.append(told(found[0].line.amount, found[0].balance))
        last = {"lastId": found[0].line.id}
    assert seen == [(25, 95), (30, 70), (100, 100)]


def test_of_one_instant_by_id() -> None:
    """What happened at once stands by its id, the highest first, and the balances add up in that order."""
    desk = Desk()
    key = desk.own_key("alice")
    for number in range(8):
        desk.perform(move(key, clientOid=f"oid-{number}", amount=str(number + 1)))
    found = desk.do(ask(desk, key), HfLedgersListed).rows
    ids = [int(each.line.id) for each in found]
    assert (len(ids), ids) == (8, sorted(ids, reverse=True))
    balances = [each.balance for each in reversed(found)]
    assert balances == list(accumulate(each.line.amount for each in reversed(found)))


def test_ids_below_last_id() -> None:
    """`lastId` gives the ids below it, whether it is a row or not."""
    desk, key = busy()
    ids = [int(row.line.id) for row in desk.do(ask(desk, key), HfLedgersListed).rows]
    assert ids == sorted(ids, reverse=True)
    for last in {0, 1, 10**15 - 1, *ids, *(row + 1 for row in ids), *(row - 1 for row in ids)}:
        found = desk.do(ask(desk, key, lastId=str(last)), HfLedgersListed).rows
        assert [int(row.line.id) for row in found] == [row for row in ids if row < last]


def test_ids_grow_although_a_deposit_is_credited_late() -> None:
    """A deposit that came before a transfer and is credited after it has the higher id, and is not skipped."""
    desk = Desk()
    key = desk.own_key("alice")
    desk.perform(arrive("25", seen=0, to="trade"))
    desk.perform(move(key))
    desk.advance(DAY)
    desk.perform(move(key, clientOid="2"))
    found = desk.do(ask(desk, key), HfLedgersListed).rows
    assert [each.line.amount for each in found] == [100, 25, 100]
    ids = [int(each.line.id) for each in found]
    assert ids == sorted(set(ids), reverse=True)
    assert ids[1] == ids[2] + 1
    paged = [desk.do(ask(desk, key, limit="1", lastId=str(last)), HfLedgersListed).rows for last in ids]
    assert [[row.line.amount for row in page] for page in paged] == [[25], [100], []]


def test_the_last_three_days() -> None:
    """Without a window the last 3 x 24 hours are there; what is asked for beyond them is left out, not refused."""
    desk, key = busy()
    desk.advance(3 * DAY - 2)
    assert len(rows(desk, key)) == len(rows(desk, key, startAt="0")) == 3
    assert len(rows(desk, key, startAt=str(START - 30 * DAY), endAt=str(START + 9 * DAY))) == 3
    assert [amount for _, amount, _ in rows(desk, key, endAt=str(START + 1))] == [30, 100]
    desk.advance(2)
    assert [amount for _, amount, _ in rows(desk, key)] == [25]
    assert [amount for _, amount, _ in rows(desk, key, startAt=str(START))] == [25]
    assert rows(desk, key, startAt=str(START), endAt=str(START)) == []
    desk.advance(3 * DAY)
    assert rows(desk, key) == rows(desk, key, startAt="0") == []


def test_any_three_days_by_switch() -> None:
    """`hf_ledger_window: any` tells three days of the whole past, up to `endAt` if more are asked for."""
    desk, key = busy(hf_ledger_window="any")
    desk.advance(30 * DAY)
    assert rows(desk, key) == []
    assert len(rows(desk, key, startAt=str(START))) == 3
    assert len(rows(desk, key, endAt=str(START + 2))) == 3
    assert len(rows(desk, key, startAt=str(START), endAt=str(START + 3 * DAY))) == 3
    assert [amount for _, amount, _ in rows(desk, key, startAt="0", endAt=str(START + 3 * DAY + 1))] == [25, 30]
    assert rows(desk, key, startAt=str(START), endAt=str(START + 30 * DAY)) == []


@pytest.mark.parametrize("asked", [{"limit": "201"}, {"limit": "0"}, {"lastId": "x"}, {"bizType": "DEPOSIT"}])
def test_what_cannot_be_asked(asked: dict[str, str]) -> None:
    """More than 200 rows or none, an id that is no number, a kind that only the other ledger has."""
    desk = Desk()
    assert desk.reason(ask(desk, desk.key("alice"), **asked)) is Reason.PARAMETER_INVALID


def test_two_hundred_rows_are_the_most() -> None:
    """At the edge it is taken."""
    desk = Desk()
    assert rows(desk, desk.key("alice"), limit="200") == []


def test_money_by_hand() -> None:
    """What a hand gives to the trading account and takes from it is there, and what it does to another one is not."""
    desk = Desk()
    key, alice = desk.own_key("alice"), desk.world.users["alice"]
    for account, amount in (("trade", 40), ("main", 7), ("trade", 15)):
        desk.perform(ChangeUser(alice, (Account("USDT", account, Decimal(amount)),)))
        desk.advance(1)
    assert rows(desk, key) == [("out", 25, 15), ("in", 40, 40)]
