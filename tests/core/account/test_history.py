"""What can be looked up of the past: one truth, seen as withdrawals, deposits and ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.demo_world import ALICE_ADDRESS
from support.deposits_and_transfers import arrive, move, slow
from support.desk import START, Desk, Key, by_account, payment

from simulator.core.account.deposits import DepositsListed, ListDeposits
from simulator.core.account.ledgers import LedgersListed, ListLedgers
from simulator.core.account.transfers import TransferMade
from simulator.core.account.withdrawals import GetWithdrawal, ListWithdrawals, WithdrawalFound, WithdrawalsListed
from simulator.core.control.administration import DeleteUser, PutUser
from simulator.core.funds.settlement import MoveWithdrawal
from simulator.core.refusals import Reason
from simulator.core.spec import DAY, MINUTE


def withdrawals(desk: Desk, key: Key, **asked: str) -> WithdrawalsListed:
    command = ListWithdrawals(key.sign(method="GET", path="/api/v1/withdrawals", timestamp=desk.wall), asked)
    return desk.do(command, WithdrawalsListed)


def deposits(desk: Desk, key: Key, **asked: str) -> DepositsListed:
    command = ListDeposits(key.sign(method="GET", path="/api/v1/deposits", timestamp=desk.wall), asked)
    return desk.do(command, DepositsListed)


def ledger(desk: Desk, key: Key, **asked: str) -> LedgersListed:
    command = ListLedgers(key.sign(method="GET", path="/api/v1/accounts/ledgers", timestamp=desk.wall), asked)
    return desk.do(command, LedgersListed)


def lines(found: LedgersListed) -> list[tuple[str, str, str, str, str]]:
    return [
        (each.biz_type, each.direction, each.account, str(each.amount.normalize()), str(each.fee.normalize()))
        for each in found.page.items
    ]


def test_withdrawals_are_listed() -> None:
    """The user's own, newest first, by currency, status and time; nobody else's."""
    desk = Desk()
    frank, alice = desk.key("frank"), desk.key("alice")
    first = desk.pay(frank, payment()).withdrawal
    desk.pay(alice, payment())
    desk.advance(10)
    second = desk.pay(frank, by_account("UID", "200000001", amount="7")).withdrawal
    found = withdrawals(desk, frank).page
    assert [each.withdrawal.id for each in found.items] == [second.id, first.id]
    assert found.total == 2

    def ids(**asked: str) -> list[str]:
        return [each.withdrawal.id for each in withdrawals(desk, frank, **asked).page.items]

    assert ids(currency="BTC") == []
    assert ids(status="SUCCESS", currency="USDT") == [second.id, first.id]
    assert ids(status="PROCESSING") == []
    assert ids(startAt=str(START + 10)) == [second.id]
    assert ids(endAt=str(START + 9)) == [first.id]
    assert ids(startAt=str(START + 1), endAt=str(START + 9)) == []


@pytest.mark.parametrize(
    "asked", [{"status": "DONE"}, {"pageSize": "5"}, {"startAt": "x"}, {"startAt": "2", "endAt": "1"}]
)
@pytest.mark.parametrize("make", [ListWithdrawals, ListDeposits, ListLedgers])
def test_malformed_queries(make: Any, asked: dict[str, str]) -> None:
    """A parameter that is not what it must be is named."""
    desk = Desk()
    command = make(desk.key("frank").sign(method="GET", path="/x"), asked)
    if make is ListLedgers and "status" in asked:
        command = make(command.signed, {"direction": "DONE"})
    assert desk.reason(command) is Reason.PARAMETER_INVALID


def test_pages() -> None:
    """Each page has its rows, and tells how many there are in all."""
    desk = Desk()
    key = desk.key("frank")
    made = []
    for _ in range(12):
        made.append(desk.pay(key, payment(amount="5")).withdrawal.id)
        desk.advance(1)
    first, second = (withdrawals(desk, key, pageSize="10", currentPage=page).page for page in ("1", "2"))
    assert [each.withdrawal.id for each in (*first.items, *second.items)] == made[::-1]
    assert (first.total, len(second.items)) == (12, 2)


@pytest.mark.parametrize(
    ("fields", "chain", "address", "left"),
    [
        (payment(), "trx", payment()["address"], True),
        (payment(chain=None), "eth", payment(chain=None)["address"], True),
        (payment(address=ALICE_ADDRESS, isInner=True), "trx", ALICE_ADDRESS, False),
        (by_account("UID", "200000001"), "", "200000001", False),
        (by_account("MAIL", "alice@example.test"), "", "alic*****@example.test", False),
        (by_account("MAIL", "bob@example.test"), "", "bob*****@example.test", False),
        (by_account("PHONE", "+15550100"), "", "+15550100", False),
    ],
)
def test_chain_and_address_of_a_payment(fields: dict[str, object], chain: str, address: str, left: bool) -> None:
    """The chain is told of an address, not of a person; an e-mail is masked; what left has a transaction hash."""
    desk = Desk()
    key = desk.key("frank")
    desk.pay(key, fields)
    [row] = withdrawals(desk, key).page.items
    assert (row.chain, row.address) == (chain, address)
    assert (row.wallet_tx_id is not None) is left
    assert row.wallet_tx_id is None or len(row.wallet_tx_id) == 64


def test_no_hash_before_the_payment_has_left() -> None:
    """A withdrawal under way or failed was sent by no chain."""
    desk = Desk(settlement="manual")
    key = desk.key("frank")
    paid = desk.pay(key, payment()).withdrawal
    assert withdrawals(desk, key).page.items[0].wallet_tx_id is None
    desk.perform(MoveWithdrawal(paid.id, "fail"))
    assert withdrawals(desk, key, status="FAILURE").page.items[0].wallet_tx_id is None


def test_deposits_are_listed() -> None:
    """What came by a chain and what other users paid inside, newest first, by currency, status and time."""
    desk = Desk()
    slow(desk)
    key = desk.key("alice")
    desk.perform(arrive("25", 1))
    desk.advance(10)
    desk.pay(desk.key("frank"), by_account("MAIL", "alice@example.test", amount="50"))
    inside, outside = deposits(desk, key).page.items
    assert (inside.inner, inside.amount, inside.status.value, inside.chain) == (True, 50, "SUCCESS", "")
    assert (inside.address, inside.wallet_tx_id, inside.confirms) == ("alic*****@example.test", None, 0)
    assert (outside.inner, outside.amount, outside.status.value, outside.chain) == (False, 25, "PROCESSING", "trx")
    assert (outside.confirmations, outside.pre_confirms, outside.confirms) == (1, 1, 3)
    assert (outside.address, outside.created_at) == (ALICE_ADDRESS, START)
    desk.advance(2 * MINUTE)
    confirmed = deposits(desk, key, status="SUCCESS", endAt=str(START + 9)).page.items
    assert [(each.amount, each.confirmations) for each in confirmed] == [(25, 3)]
    assert [each.amount for each in deposits(desk, key, startAt=str(START + 1)).page.items] == [50]
    assert deposits(desk, key, status="FAILURE").page.items == deposits(desk, key, currency="BTC").page.items == ()
    assert deposits(desk, desk.key("bob")).page.total == 0


@pytest.mark.parametrize(
    "status",
    [
        *("FAILURE", "PRE_SUCCESS", "WAIT_TRM_MGT", "TRM_MGT_REJECTED", "ROLLBACKING", "ROLLBACK", "WAIT_RISK_MGT"),
        "RISK_MGT_REJECTED",
    ],
)
def test_every_published_status_of_a_deposit_can_be_asked_for(status: str) -> None:
    """The words that only KuCoin's newer pages have are no mistake of the client's; nothing here is in such a state."""
    desk = Desk()
    desk.perform(arrive("25"))
    assert deposits(desk, desk.key("alice"), status=status).page.total == 0


def test_a_payment_inside_is_no_deposit_before_it_succeeds() -> None:
    """The recipient sees it when the money is there."""
    desk = Desk(settlement="manual")
    paid = desk.pay(desk.key("frank"), by_account("UID", "200000001")).withdrawal
    key = desk.key("alice")
    assert deposits(desk, key).page.items == ()
    desk.perform(MoveWithdrawal(paid.id, "approve"))
    assert [each.id for each in deposits(desk, key).page.items] == [paid.id]


def test_histories_tell_whole_seconds() -> None:
    """Deposits and withdrawals have whole seconds and can be asked for by them; the ledger's rows have milliseconds."""
    desk = Desk()
    key = desk.key("alice")
    desk.advance(1_999)
    at = START + 1_999
    name = desk.pay(key, payment()).withdrawal.id
    desk.perform(arrive("25"))
    desk.pay(desk.key("frank"), by_account("UID", "200000001", amount="50"))
    second = START + 1_000
    paid, came = withdrawals(desk, key).data().items, deposits(desk, key).data().items
    times = [*((row.created_at, row.updated_at) for row in paid), *((row.created_at, row.updated_at) for row in came)]
    assert times == [(second, second)] * 3
    signed = key.sign(method="GET", path="/x", timestamp=desk.wall)
    assert desk.do(GetWithdrawal(signed, name), WithdrawalFound).data().created_at == second
    assert {row.created_at for row in ledger(desk, key).data().items} == {at}
    for list_rows, total in ((withdrawals, 1), (deposits, 2)):
        assert list_rows(desk, key, startAt=str(second), endAt=str(second)).page.total == total
        assert list_rows(desk, key, startAt=str(at), endAt=str(at)).page.total == total
        assert list_rows(desk, key, startAt=str(at + 1)).page.total == 0
        assert list_rows(desk, key, endAt=str(second - 1)).page.total == 0
    assert ledger(desk, key, startAt=str(at), endAt=str(at)).page.total == 3


def test_ledger() -> None:
    """Each change of a balance is a line, by currency, direction and bizType, newest first."""
    desk = Desk()
    own, key = desk.own_key("alice"), desk.key("alice")
    desk.perform(arrive("25"))
    desk.advance(1)
    desk.perform(move(own, amount="5"))
    desk.advance(1)
    desk.pay(key, payment(amount="100"))
    desk.advance(1)
    desk.pay(key, payment(currency="BTC", chain="btc", amount="1"))
    found = ledger(desk, key)
    assert lines(found) == [
        ("WITHDRAW", "out", "MAIN", "1.0006", "0.0006"),
        ("WITHDRAW", "out", "MAIN", "111", "11"),
        ("TRANSFER", "in", "TRADE", "5", "0"),
        ("TRANSFER", "out", "MAIN", "5", "0"),
        ("DEPOSIT", "in", "MAIN", "25", "0"),
    ]
    assert [
        len(lines(ledger(desk, key, **asked)))
        for asked in (
            {"currency": "BTC"},
            {"currency": "BTC,USDT"},
            {"direction": "in"},
            {"direction": "out", "currency": "USDT"},
            {"bizType": "TRANSFER"},
            {"bizType": "TRADE_EXCHANGE"},
        )
    ] == [1, 5, 2, 2, 2, 0]
    assert len({each.id for each in found.page.items}) == 5
    assert all(each.id.isdigit() for each in found.page.items)


def test_ledger_of_a_payment_inside() -> None:
    """The payer's line is a withdrawal when it succeeds, the recipient's a deposit; a hold is no line (H73)."""
    desk = Desk(settlement="manual")
    frank, alice = desk.key("frank"), desk.key("alice")
    paid = desk.pay(frank, by_account("UID", "200000001", amount="50")).withdrawal
    assert ledger(desk, frank).page.items == ()
    desk.perform(MoveWithdrawal(paid.id, "approve"))
    assert lines(ledger(desk, frank)) == [("WITHDRAW", "out", "MAIN", "55", "5")]
    assert lines(ledger(desk, alice)) == [("DEPOSIT", "in", "MAIN", "5E+1", "0")]
    assert ledger(desk, alice).page.items[0].order_id == paid.id


def test_ledger_names_of_accounts() -> None:
    """Each account goes by its word in a transfer, without the pair; a transfer's id is what the context tells."""
    desk = Desk()
    asked = move(desk.own_key("alice"), amount="5", toAccountType="ISOLATED", toAccountTag="BTC-USDT")
    moved = desk.do(asked, TransferMade).transfer
    found = ledger(desk, desk.key("alice")).page.items
    assert {(each.direction, each.account) for each in found} == {("out", "MAIN"), ("in", "ISOLATED")}
    assert {each.order_id for each in found} == {moved.id}


def test_ledger_span() -> None:
    """The last 24 hours without a word; at most 24 hours, from `startAt` on or up to `endAt`."""
    desk = Desk()
    key = desk.key("alice")
    desk.perform(arrive("25"))
    desk.advance(DAY)
    assert ledger(desk, key).page.total == 1
    desk.advance(1)
    assert ledger(desk, key).page.total == 0
    assert ledger(desk, key, startAt=str(START)).page.total == 1
    assert ledger(desk, key, endAt=str(START + DAY)).page.total == 1
    assert ledger(desk, key, endAt=str(START + DAY + 1)).page.total == 0
    assert ledger(desk, key, startAt=str(START - 5), endAt=str(START - 5 + DAY)).page.total == 1
    command = ListLedgers(
        key.sign(method="GET", path="/x", timestamp=desk.wall),
        {"startAt": str(START - 6), "endAt": str(START - 5 + DAY)},
    )
    assert desk.refusal(command).text == "Parameter Error: endAt must be at most 24 hours after startAt"


def test_ten_currencies() -> None:
    """The ledger can be asked for ten currencies at once, not for eleven."""
    desk = Desk()
    key = desk.key("alice")
    assert ledger(desk, key, currency=",".join(["USDT"] * 10)).page.total == 0
    command = ListLedgers(key.sign(method="GET", path="/x"), {"currency": ",".join(["USDT"] * 11)})
    assert desk.reason(command) is Reason.PARAMETER_INVALID


def test_a_namesake_has_no_past() -> None:
    """Who comes under the name of somebody who is gone sees nothing of them, but what they were given."""
    desk = Desk()
    desk.pay(desk.key("frank"), payment())
    user, accounts = desk.world.users["frank"], desk.world.wallet("frank").accounts
    desk.perform(DeleteUser("frank"))
    desk.perform(PutUser(user, accounts))
    key = desk.key("frank")
    assert withdrawals(desk, key).page.total == 0
    [given] = ledger(desk, key).page.items
    assert (given.amount, given.order_id) == (49_889, "")
    assert desk.balance("frank") == Decimal(49_889)
