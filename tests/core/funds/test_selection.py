"""Which rows of a statement a history shows: by state, currency and span, each with both its ends."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.deposits_and_transfers import arrive, slow
from support.desk import START, Desk, by_account, payment

from simulator.core.funds.arrivals import DepositArrived
from simulator.core.funds.ledger import BIZ_TYPES, Kind
from simulator.core.funds.selection import Criteria, LedgerCriteria, incoming, under_way, withdrawals
from simulator.core.funds.settlement import MoveWithdrawal
from simulator.core.gateway.paging import Span
from simulator.core.world import Held, Statement

ALWAYS = Span()


@pytest.fixture
def paid() -> tuple[Desk, dict[str, str]]:
    """A desk where frank has four withdrawals, a millisecond apart: one that succeeded, one that failed, two open."""
    desk = Desk(settlement="manual")
    key = desk.key("frank")
    ids = {}
    for name, step in (("paid", "approve"), ("failed", "fail"), ("review", "review"), ("open", "")):
        ids[name] = desk.pay(key, payment()).withdrawal.id
        if step:
            desk.perform(MoveWithdrawal(ids[name], step))
        desk.advance(1)
    return desk, ids


@pytest.mark.parametrize(
    ("status", "names"),
    [
        ("", ["open", "review", "failed", "paid"]),
        ("SUCCESS", ["paid"]),
        ("FAILURE", ["failed"]),
        ("REVIEW", ["review"]),
        ("PROCESSING", ["open"]),
        ("WALLET_PROCESSING", []),
    ],
)
def test_withdrawals_by_state(paid: tuple[Desk, dict[str, str]], status: str, names: list[str]) -> None:
    """The newest first; a state that no withdrawal is in has none."""
    desk, ids = paid
    rows = withdrawals(desk.world, desk.world.statement("frank"), Criteria("", status, ALWAYS))
    assert [held.id for held in rows] == [ids[name] for name in names]


def test_what_is_under_way(paid: tuple[Desk, dict[str, str]]) -> None:
    """Those that have not ended, the newest first, as they are now; nothing once all have ended."""
    desk, ids = paid
    assert [row.id for row in under_way(desk.world, desk.world.statement("frank"))] == [ids["open"], ids["review"]]
    for name in ("open", "review"):
        desk.perform(MoveWithdrawal(ids[name], "approve"))
    statement = desk.world.statement("frank")
    assert under_way(desk.world, statement) == []
    assert list(withdrawals(desk.world, statement, Criteria("", "PROCESSING", ALWAYS))) == []
    assert len(withdrawals(desk.world, statement, Criteria("", "SUCCESS", ALWAYS))) == 3


def test_all_of_one_state() -> None:
    """If all have ended alike, all are shown for that state and none for the other."""
    desk = Desk()
    desk.pay(desk.key("frank"), payment())
    statement = desk.world.statement("frank")
    counts = [
        len(withdrawals(desk.world, statement, Criteria("", status, ALWAYS))) for status in ("SUCCESS", "FAILURE")
    ]
    assert counts == [1, 0]


@pytest.mark.parametrize(
    ("currency", "start", "end", "names"),
    [
        ("", START + 1, START + 2, ["review", "failed"]),
        ("", START + 3, None, ["open"]),
        ("", None, START, ["paid"]),
        ("", START + 4, None, []),
        ("USDT", None, None, ["open", "review", "failed", "paid"]),
        ("BTC", None, None, []),
        ("USDT", START, START, ["paid"]),
    ],
)
def test_withdrawals_by_currency_and_span(
    paid: tuple[Desk, dict[str, str]], currency: str, start: int | None, end: int | None, names: list[str]
) -> None:
    """Both ends of a span belong to it."""
    desk, ids = paid
    rows = withdrawals(desk.world, desk.world.statement("frank"), Criteria(currency, "", Span(start, end)))
    assert [held.id for held in rows] == [ids[name] for name in names]


@pytest.mark.parametrize(
    ("status", "deposits", "inside"),
    [("", ["2", "1"], True), ("SUCCESS", ["1"], True), ("PROCESSING", ["2"], False), ("FAILURE", [], False)],
)
def test_what_comes_in(status: str, deposits: list[str], inside: bool) -> None:
    """Deposits that are credited or on their way, and what came inside, which is never on its way."""
    desk = Desk(confirmation_time=1_000)
    slow(desk)
    ids = {
        amount: desk.do(arrive(amount, seen, user="bob"), DepositArrived).deposit.id
        for amount, seen in (("1", 3), ("2", 0))
    }
    desk.pay(desk.key("frank"), by_account("UID", "200000002", amount="50"))
    parts = incoming(desk.world.statement("bob"), Criteria("", status, ALWAYS))
    assert [row.id for row in parts[0][0]] == [ids[amount] for amount in deposits]
    assert len(parts) == 1 + inside
    assert [row.payout for part, _ in parts[1:] for row in part] == [50] * inside


@pytest.mark.parametrize(
    ("direction", "biz_type", "kinds"),
    [
        ("", "", set(BIZ_TYPES)),
        ("in", "", {"credit", "deposit", "transfer_in", "given", "trade_in"}),
        ("out", "", {"debit", "transfer_out", "taken", "trade_out"}),
        ("", "TRANSFER", {"transfer_out", "transfer_in"}),
        ("in", "TRANSFER", {"transfer_in"}),
        ("out", "DEPOSIT", set[Kind]()),
        ("", "TRADE_EXCHANGE", {"trade_out", "trade_in"}),
        ("out", "TRADE_EXCHANGE", {"trade_out"}),
    ],
)
def test_kinds_of_a_ledger(direction: str, biz_type: str, kinds: set[str]) -> None:
    """Direction and word must both be those that are asked for."""
    asked = LedgerCriteria((), direction, biz_type, ALWAYS)
    assert {kind for kind in BIZ_TYPES if asked.takes(kind)} == kinds


def test_another_word_of_a_kind() -> None:
    """A ledger that calls a kind otherwise says so, and is asked for that."""
    asked = LedgerCriteria((), "", "RETURN", ALWAYS)
    assert (asked.takes("debit"), asked.takes("debit", "RETURN")) == (False, True)


def test_what_comes_in_after_the_clock_was_set_back() -> None:
    """Both parts have the latest row first, and each says by what it is ordered: the instant, then the id."""
    desk = Desk()
    row = desk.pay(desk.key("frank"), by_account("UID", "200000002", amount="50")).withdrawal
    arrived = [Held(name, "bob", at, "USDT") for name, at in (("b", 5), ("a", 3), ("c", 3))]
    received = [replace(row, id=held.id, created_at=9 - held.at, updated_at=held.at) for held in arrived]
    statement = Statement("bob")
    for held, paid in zip(arrived, received, strict=True):
        statement = statement.with_deposit(held).with_received(paid)
    for (rows, order), times in zip(incoming(statement, Criteria("", "", ALWAYS)), ("at", "updated_at"), strict=True):
        assert [row.id for row in rows] == ["b", "c", "a"]
        assert [order(row) for row in rows] == [(getattr(row, times), row.id) for row in rows]
