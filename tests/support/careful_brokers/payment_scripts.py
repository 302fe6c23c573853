"""What a careful broker's users want in scenarios about payments and money, as their comments say it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.careful_brokers.connecting import DeclinedError
from support.careful_brokers.paying import DAY
from support.careful_brokers.playing import BOB, FOR_TRADING, FRIEND, MAY_MOVE, Played, script, usual
from support.control_calls import advanced, steer
from support.desk import OUTSIDE, Key
from support.wire import OPERATOR


# --- where to
@script
def address_book_only(played: Played) -> None:
    assert "not favorite" in played.declined("frank", amount="100", chain="trx")
    played.broker.pay("frank", amount="100", chain="trx", address=FRIEND)


@script
def below_minimum(played: Played) -> None:
    played.broker.pay("frank", amount="5")


@script
def withdrawal_disabled(played: Played) -> None:
    played.declined("frank", amount="100", chain="trx")
    played.broker.pay("frank", amount="100")


@script
def memo_missing(played: Played) -> None:
    shop = {"currency": "XRP", "chain": "xrp", "address": "rShopShopShopShopShopShopShop", "amount": "100"}
    assert "memo" in played.declined("frank", **shop)
    played.broker.pay("frank", **shop, memo="1234567")


@script
def wrong_address_format(played: Played) -> None:
    assert "no address" in played.declined("frank", amount="100", chain="trx", address=OUTSIDE["eth"])
    played.broker.pay("frank", amount="100", chain="trx", address=FRIEND)


@script
def inner_transfer_mail(played: Played) -> None:
    played.broker.pay("frank", amount="0.5", withdrawType="MAIL", address=BOB["MAIL"], whole=True)
    assert played.stage.broker.balance("bob") == "1000.5"


@script
def unknown_recipient(played: Played) -> None:
    assert "recipient" in played.declined("frank", amount="10", withdrawType="MAIL", address="nobody@example.test")
    played.broker.pay("frank", amount="10", withdrawType="MAIL", address=BOB["MAIL"])


# --- how much
@script
def fee_minimum(played: Played) -> None:
    assert played.broker.pay("frank", chain="trx", whole=True).fields["amount"] == "5.000000"


@script
def fee_percentage(played: Played) -> None:
    assert played.broker.pay("frank", chain="trx", whole=True).fields["amount"] == "100.000000"


@script
def fee_maximum(played: Played) -> None:
    played.broker.pay("frank", chain="trx", amount="968.5", whole=True)
    played.broker.pay("frank", currency="BTC", chain="btc", amount="0.1", whole=True)


@script
def balance_short(played: Played) -> None:
    played.declined("frank", amount="100", chain="trx", whole=True)
    played.broker.pay("frank", amount="50", chain="trx", feeDeductType="INTERNAL")


@script
def amount_cap_24h(played: Played) -> None:
    for amount in ("3000", "2000"):
        played.broker.pay("frank", amount=amount, chain="trx")
    try:
        played.broker.pay("frank", amount="100", chain="trx")
    except DeclinedError:
        played.people.sleep(DAY)  # frank comes again on the next day
        played.broker.pay("frank", amount="100", chain="trx")


def payments_by_uid(played: Played, times: int) -> None:
    for _ in range(times):
        played.broker.pay("frank", amount="10", withdrawType="UID", address=BOB["UID"])


@script
def uid_rate_limit(played: Played) -> None:
    payments_by_uid(played, 5)


@script
def withdrawals_50_a_day(played: Played) -> None:
    payments_by_uid(played, 51)


@script
def user_frozen(played: Played) -> None:
    assert "frozen" in played.declined("erin", amount="100", chain="trx")
    played.broker.pay("frank", amount="100", chain="trx")


@script
def frozen_meanwhile(played: Played) -> None:
    assert "frozen" in played.declined("alice", amount="100", chain="trx")
    played.broker.groups = (*MAY_MOVE, "API_SPOT")
    account = played.broker.ready("frank")
    with pytest.raises(DeclinedError, match="frozen"):
        played.broker.move(account, "USDT", Decimal(10))
    assert "frozen" in played.declined("frank", size="0.001", price="59000")


@script
def delisted(played: Played) -> None:
    assert "no such currency" in played.declined("frank", currency="TON", amount="5")
    assert "no such chain" in played.declined("frank", amount="100", chain="sol")
    played.broker.pay("frank", amount="100", chain="trx")


@script
def closed_for_now(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    account = played.broker.trader("frank")
    with pytest.raises(DeclinedError, match="closed"):
        played.broker.new_address(account, "USDT", "eth")
    assert played.broker.new_address(account, "USDT", "trx")
    assert "closed" in played.declined("frank", size="0.001", price="59000")


@script
def typed_numbers(played: Played) -> None:
    played.broker.groups = (*MAY_MOVE, "API_SPOT")
    assert played.broker.pay("frank", amount="100.123456789", chain="trx").fields["amount"] == "100.123456"
    assert "no amount" in played.declined("frank", amount="1e2", chain="trx")
    with pytest.raises(DeclinedError, match="no amount"):
        played.broker.move(played.broker.account("frank"), "USDT", Decimal(0))
    assert "too small" in played.declined("frank", size="-1", price="59000")


@script
def little_granted(played: Played) -> None:
    played.broker.groups = MAY_MOVE
    assert "balance" in played.declined("frank", amount="100", chain="trx")
    played.broker.permit(played.broker.account("frank"))
    played.broker.pay("frank", amount="100", chain="trx")


# --- what becomes of it
@script
def payment_under_review(played: Played) -> None:
    payout = played.broker.pay("frank", amount="100", chain="trx")
    account = played.broker.account("frank")
    assert not played.broker.cancel(account, payout)
    for _ in range(8):
        if payout.state == "done":
            return
        played.people.sleep(1_000)
        played.broker.review(account)
    raise AssertionError("the payment is never over")


@script
def alternative_factors(played: Played) -> None:
    played.people.factors["carol"] = {"SMS"}
    usual(played)


@script
def wrong_code_then_right(played: Played) -> None:
    played.people.typing_errors = 1
    usual(played)


@script
def no_second_factor(played: Played) -> None:
    played.broker.pay("bob", amount="100", chain="trx")


@script
def settlement_later(played: Played) -> None:
    payout = played.broker.pay("frank", amount="100", withdrawType="UID", address=BOB["UID"], whole=True)
    assert payout.state == "pending"
    played.declined("frank", amount="100", withdrawType="UID", address=BOB["UID"], whole=True)
    played.stage.advance("10m")
    played.broker.review(played.broker.account("frank"))
    assert payout.state == "done"


@script
def withdrawal_answer_lost(played: Played) -> None:
    for user in ("alice", "frank"):
        assert played.broker.pay(user, amount="100", chain="trx").state == "done"


@script
def withdrawal_fails(played: Played) -> None:
    payout = played.broker.pay("frank", amount="100", chain="trx")
    assert payout.state == "pending"
    account = played.broker.account("frank")
    for step in ("fail", "approve"):
        newest = played.stage.withdrawals()[-1].id
        assert steer(played.stage.send, "POST", f"/withdrawals/{newest}/{step}").status == 200
        played.broker.review(account)
    assert [payout.state for payout in account.payouts] == ["failed", "done"]


@script
def cancel_too_late(played: Played) -> None:
    payout = played.broker.pay("frank", amount="100", chain="trx")
    assert not played.broker.cancel(played.broker.account("frank"), payout)
    assert payout.state == "done"
    played.declined("frank", amount="100", chain="trx")


@script
def fixed_key(played: Played) -> None:
    [given] = [key for key in played.people.world.api_keys.values() if key.user == "frank"]
    account = played.broker.account("frank")
    account.key = Key(given.api_key, given.secret, given.passphrase)
    account.groups = tuple(group.value for group in given.groups)
    played.broker.pay("frank", amount="100", chain="trx")


# --- money that comes and moves
@script
def deposit_address_exists(played: Played) -> None:
    account = played.broker.ready("alice")
    assert played.broker.deposit_address(account, "USDT", "trx") == "TALiceALiceALiceALiceALiceALiceALi"


@script
def deposit_unconfirmed(played: Played) -> None:
    account = played.broker.ready("frank")
    arriving = {"user": "frank", "currency": "USDT", "chain": "eth", "amount": "100", "confirmations": 0}
    assert steer(played.stage.send, "POST", "/deposits", arriving).status == 201
    assert played.broker.deposited(account, "USDT") == 0
    played.declined("frank", amount="50", chain="trx")
    advanced(played.stage.send, to_event="deposit")
    assert played.broker.deposited(account, "USDT") == 100
    played.broker.pay("frank", amount="50", chain="trx")


@script
def money_in_trade(played: Played) -> None:
    played.broker.groups = MAY_MOVE
    usual(played)


@script
def transfer_answer_lost(played: Played) -> None:
    played.broker.groups = MAY_MOVE
    played.broker.move(played.broker.ready("frank"), "USDT", Decimal(200))
    played.broker.pay("frank", amount="100", chain="trx")


@script
def rebate_not_ready(played: Played) -> None:
    account = played.broker.account("operator")
    account.key = OPERATOR
    target = "/api/v2/broker/api/rebate/download?begin=20260501&end=20260531&tradeType=SPOT"
    for tries in range(5):
        if played.broker.signed(account, "GET", target).code == "200000":
            return
        played.people.sleep(played.broker.pause(tries))
    raise AssertionError("the file is never ready")
