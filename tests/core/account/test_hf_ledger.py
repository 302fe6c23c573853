"""The trading account's ledger of the high-frequency kind."""

from __future__ import annotations

from itertools import accumulate

import pytest
from support.deposits_and_transfers import arrive, move
from support.desk import START, Desk, Key, told

from simulator.core.account.accounts import AccountsListed, ListAccounts
from simulator.core.account.hf_ledgers import HfLedgersListed, ListHfLedgers
from simulator.core.refusals import Reason
from simulator.core.spec import DAY

PATH = "/api/v1/hf/accounts/ledgers"


def ask(desk: Desk, key: Key, **asked: str) -> ListHfLedgers:
    return ListHfLedgers(key.sign(method="GET", path=PATH, timestamp=desk.wall), asked)


def rows(desk: Desk, key: Key, **asked: str) -> list[tuple[object, ...]]:
    """Direction, amount and the balance afterwards."""
    found = desk.do(ask(desk, key, **asked), HfLedgersListed).rows
    return [told(each.line.direction, each.line.amount, each.balance) for each in found]


def busy() -> tuple[Desk, Key]:
    """100 in, 30 out, 25 by a deposit, and something else that the trading account has nothing of."""
    desk = Desk()
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
    """By direction, currencies and kind; as many as `limit`; nothing after a row that there is not."""
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


def test_the_last_day_without_a_word() -> None:
    """A day later nothing is there any more but by `startAt`."""
    desk, key = busy()
    desk.advance(DAY + 1)
    assert rows(desk, key) == []
    assert len(rows(desk, key, startAt=str(START))) == 3


@pytest.mark.parametrize("asked", [{"limit": "201"}, {"limit": "0"}, {"lastId": "x"}, {"bizType": "DEPOSIT"}])
def test_what_cannot_be_asked(asked: dict[str, str]) -> None:
    """More than 200 rows or none, an id that is no number, a kind that only the other ledger has."""
    desk = Desk()
    assert desk.reason(ask(desk, desk.key("alice"), **asked)) is Reason.PARAMETER_INVALID


def test_two_hundred_rows_are_the_most() -> None:
    """At the edge it is taken."""
    desk = Desk()
    assert rows(desk, desk.key("alice"), limit="200") == []
