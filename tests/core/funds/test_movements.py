"""Movements: what kind each is, which word the ledger has for it, whose it is, and what it is made of."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.deposits_and_transfers import arrive, move
from support.desk import START, Desk, by_account, payment, told

from simulator.core.funds.ledger import BIZ_TYPES, ORDER, OUT, SOURCES, Movement, movements
from simulator.core.funds.settlement import MoveWithdrawal


def test_words_of_the_ledger() -> None:
    """A movement of a balance has KuCoin's word, one that moves only what is held has none."""
    words = {kind: Movement(kind, START, "ann", "w1", "BTC").biz_type for kind in ORDER}
    assert words == {
        "hold": "",
        "debit": "WITHDRAW",
        "refund": "",
        "credit": "DEPOSIT",
        "deposit": "DEPOSIT",
        "transfer_out": "TRANSFER",
        "transfer_in": "TRANSFER",
        "given": "KUCOIN_BONUS",
        "taken": "KUCOIN_BONUS",
        "order_hold": "",
        "trade_out": "TRADE_EXCHANGE",
        "trade_in": "TRADE_EXCHANGE",
        "order_release": "",
    }
    assert {kind for kind, word in words.items() if word} == set(BIZ_TYPES)
    assert OUT == ("debit", "transfer_out", "taken", "trade_out")
    assert {*SOURCES, "order_release"} == set(ORDER)


def test_a_movement_by_default() -> None:
    """It is of the main account and moves nothing."""
    bare = Movement("hold", START, "ann", "w1", "BTC")
    assert told(bare.account, bare.balance, bare.holds, bare.fees, bare.parts) == ("main", 0, 0, None, ())


def test_a_payment_to_the_outside() -> None:
    """Hold and debit are made of the payout to the outside and of both fees, each with where it goes."""
    desk = Desk()
    paid = desk.pay(desk.key("frank"), payment()).withdrawal
    debit, hold = movements(desk.world, "frank")
    assert [movement.kind for movement in (debit, hold)] == ["debit", "hold"]
    for movement in (debit, hold):
        assert (movement.of, movement.user, movement.currency, movement.at) == (paid.id, "frank", "USDT", START)
        assert [(part.kind, part.to, part.amount) for part in movement.parts] == [
            ("payout", "outside", Decimal(100)),
            ("service_fee", "service_fee", Decimal(10)),
            ("network_fee", "network_fee", Decimal(1)),
        ]
    assert told(hold.balance, hold.holds, hold.fees) == (0, 111, None)
    assert told(debit.balance, debit.holds, debit.fees) == (-111, -111, (10, 1))


def test_one_that_comes_inside_and_one_that_fails() -> None:
    """The recipient gets the payout; a refund takes back exactly what was held."""
    desk = Desk(settlement="manual")
    key = desk.key("frank")
    inside = desk.pay(key, by_account("UID", "200000002", amount="50")).withdrawal
    desk.perform(MoveWithdrawal(inside.id, "approve"))
    (credit,) = movements(desk.world, "bob")
    assert told(credit.kind, credit.balance, credit.holds, credit.of) == ("credit", 50, 0, inside.id)
    failed = desk.pay(key, payment()).withdrawal
    desk.perform(MoveWithdrawal(failed.id, "fail"))
    (refund,) = [movement for movement in movements(desk.world, "frank") if movement.kind == "refund"]
    assert told(refund.balance, refund.holds, refund.of) == (0, -111, failed.id)


@pytest.mark.parametrize("account", ["main", "trade"])
def test_a_deposit(account: str) -> None:
    """It adds its amount to the account that gets it."""
    desk = Desk()
    desk.perform(arrive("25", to=account))
    (deposit,) = movements(desk.world, "alice")
    assert told(deposit.kind, deposit.account, deposit.balance, deposit.holds) == ("deposit", account, Decimal(25), 0)


def test_a_transfer_is_two_movements() -> None:
    """What leaves one account arrives in the other, and of one instant the arrival is the later one."""
    desk = Desk()
    desk.perform(move(desk.own_key()))
    arrival, departure = movements(desk.world, "frank")
    assert told(departure.kind, departure.account, departure.balance) == ("transfer_out", "main", Decimal(-100))
    assert told(arrival.kind, arrival.account, arrival.balance) == ("transfer_in", "trade", Decimal(100))


@pytest.mark.parametrize(("most", "kinds"), [(None, 4), (3, 3), (1, 1), (0, 0)])
def test_the_newest(most: int | None, kinds: int) -> None:
    """As many as are asked for, the newest of all kinds together."""
    desk = Desk()
    desk.pay(desk.key("frank"), payment())
    desk.advance(1)
    desk.perform(move(desk.own_key()))
    newest = [movement.kind for movement in movements(desk.world, "frank", most)]
    assert newest == ["transfer_in", "transfer_out", "debit", "hold"][:kinds]
