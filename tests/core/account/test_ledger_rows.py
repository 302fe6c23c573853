"""How a row of `accounts/ledgers` is written: its word, its id, its context."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from support.deposits_and_transfers import arrive, move
from support.desk import Desk, Key, by_account, payment

from simulator.core.account import ledgers
from simulator.core.account.deposits import DepositsListed, ListDeposits
from simulator.core.account.hf_ledgers import HfLedgersListed, ListHfLedgers
from simulator.core.account.ledgers import LedgerRowData, LedgersListed, ListLedgers
from simulator.core.account.withdrawals import ListWithdrawals, WithdrawalsListed
from simulator.core.refusals import Reason


def asking(desk: Desk, key: Key, **asked: str) -> ListLedgers:
    """The call."""
    return ListLedgers(key.sign(method="GET", path="/api/v1/accounts/ledgers", timestamp=desk.wall), asked)


def shown(desk: Desk, key: Key, **asked: str) -> tuple[LedgerRowData, ...]:
    """The rows as they are answered."""
    return desk.do(asking(desk, key, **asked), LedgersListed).data().items


def every_kind(**choices: Any) -> tuple[Desk, Key]:
    """A deposit, a transfer, a payment out, a payment to somebody inside, and one from there."""
    desk = Desk(**choices)
    own, key = desk.own_key("alice"), desk.key("alice")
    desk.perform(arrive("25"))
    desk.perform(move(own, amount="5"))
    desk.pay(key, payment(amount="100"))
    desk.pay(key, by_account("UID", "200000002", amount="50"))
    desk.pay(desk.key("frank"), by_account("UID", "200000001", amount="50"))
    return desk, key


def test_words_of_the_rows() -> None:
    """Rows are in prose, with ids of 24 hex digits but on the trading account; what is asked for is in constants."""
    desk, key = every_kind()
    rows = shown(desk, key)
    assert Counter((row.biz_type, row.account_type) for row in rows) == {
        ("Deposit", "MAIN"): 2,
        ("Transfer", "MAIN"): 1,
        ("Transfer", "TRADE"): 1,
        ("Withdrawal", "MAIN"): 2,
    }
    for row in rows:
        assert re.fullmatch("[0-9]+" if row.account_type == "TRADE" else "[0-9a-f]{24}", row.id)
    assert len({row.id for row in rows}) == len(rows)
    for asked, word in (("DEPOSIT", "Deposit"), ("WITHDRAW", "Withdrawal"), ("TRANSFER", "Transfer")):
        assert {row.biz_type for row in shown(desk, key, bizType=asked)} == {word}
    for word in ledgers.PROSE.values():
        assert desk.reason(asking(desk, key, bizType=word)) is Reason.PARAMETER_INVALID


def test_the_context_has_the_transaction() -> None:
    """What came or went by a chain has its transaction beside its order, as its history tells it; nothing else has."""
    desk, key = every_kind()
    desk.perform(arrive("4", to="trade"))
    signed = key.sign(method="GET", path="/x", timestamp=desk.wall)
    deposits = desk.do(ListDeposits(signed, {}), DepositsListed).data().items
    paid = desk.do(ListWithdrawals(signed, {}), WithdrawalsListed).data().items
    known = {row.id: row.wallet_tx_id for row in deposits} | {row.id: row.wallet_tx_id for row in paid}
    contexts = [json.loads(row.context) for row in shown(desk, key)]
    for context in contexts:
        assert context.get("txId") == known.get(context["orderId"])
        assert list(context) == ["orderId", "txId"][: len(context)]
    assert Counter("@" in context.get("txId", "-") for context in contexts) == {True: 2, False: 5}
    assert sum("txId" in context for context in contexts) == 3
    [traded] = [row for row in desk.do(ListHfLedgers(signed, {}), HfLedgersListed).rows if row.line.amount == 4]
    assert traded.data().context == shown(desk, key, direction="in", bizType="DEPOSIT")[0].context


def test_words_of_the_sample_by_switch() -> None:
    """`ledger_rows: sample` has the constants of the filter in its rows, and numbers for ids."""
    desk, key = every_kind(ledger_rows="sample")
    rows = shown(desk, key)
    assert {row.biz_type for row in rows} == {"DEPOSIT", "WITHDRAW", "TRANSFER"}
    assert all(row.id.isdigit() for row in rows)
