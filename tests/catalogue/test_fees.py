"""Scenarios about what a withdrawal costs (s9), and from where the fees are taken (s8.2)."""

from __future__ import annotations

import pytest
from support.desk import payment
from support.payouts import PAID, Playing, chains, fees_on_top, main_account, payouts, told

SHORT = (200, "115007", "Insufficient account balance")


def test_fee_minimum(play: Playing) -> None:
    """5 USDT cost 1 and 1.5 more, and that is to the last digit what frank has."""
    stage = play("fee-minimum")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, fees_on_top(amount="5"))) == PAID
    assert payouts(stage) == [("SUCCESS", "5", "7.5")]
    assert main_account(stage, key) == ("0", "0")
    assert stage.holds()


def test_fee_minimum_is_exact(play: Playing) -> None:
    """One unit of the chain's precision more is not covered."""
    stage = play("fee-minimum")
    key = stage.broker.key("frank")
    assert chains(stage)["trx"]["withdrawPrecision"] == 6
    assert told(stage.broker.withdraw(key, fees_on_top(amount="5.000001"))) == SHORT
    assert payouts(stage) == []


@pytest.mark.parametrize("amount", ["5.454545", "6"])
def test_fee_minimum_mistake(play: Playing, amount: str) -> None:
    """(7.5 - 1.5) / 1.1 is what a broker without the minimum reckons, 6 one without the service fee: refused."""
    stage = play("fee-minimum")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, fees_on_top(amount=amount))) == SHORT
    assert not stage.holds()
    assert told(stage.broker.withdraw(key, fees_on_top(amount="5"))) == PAID
    assert not stage.holds()


def test_fee_percentage(play: Playing) -> None:
    """100 USDT cost 10 and 1.5 more, and that is to the last digit what frank has."""
    stage = play("fee-percentage")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, fees_on_top(amount="100"))) == PAID
    assert payouts(stage) == [("SUCCESS", "100", "111.5")]
    assert main_account(stage, key) == ("0", "0")
    assert stage.holds()


@pytest.mark.parametrize("amount", ["100.000001", "108.5", "110"])
def test_fee_percentage_mistake(play: Playing, amount: str) -> None:
    """A broker that forgets the service fee, or knows only its minimum, asks for too much, be it by one unit."""
    stage = play("fee-percentage")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, fees_on_top(amount=amount))) == SHORT
    assert not stage.holds()


def test_fee_maximum(play: Playing) -> None:
    """968.5 USDT cost 30 and 1.5 more, 0.1 BTC cost the worth of 30 USDT and the chain's fee: frank has just that."""
    stage = play("fee-maximum")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, fees_on_top(amount="968.5"))) == PAID
    assert told(stage.broker.withdraw(key, fees_on_top(currency="BTC", chain="btc", amount="0.1"))) == PAID
    assert sorted(payouts(stage)) == [("SUCCESS", "0.1", "0.101"), ("SUCCESS", "968.5", "1000")]
    assert main_account(stage, key) == main_account(stage, key, "BTC") == ("0", "0")
    assert stage.holds()


def test_fee_maximum_is_exact(play: Playing) -> None:
    """One unit more of either is not covered."""
    stage = play("fee-maximum")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, fees_on_top(amount="968.500001"))) == SHORT
    assert told(stage.broker.withdraw(key, fees_on_top(currency="BTC", chain="btc", amount="0.10000001"))) == SHORT


@pytest.mark.parametrize("paid", [[], [fees_on_top(amount="968.5")]])
def test_fee_maximum_mistake(play: Playing, paid: list[dict[str, object]]) -> None:
    """A broker without a maximum asks for nothing, one with 30 of any currency for no BTC: frank could pay both."""
    stage = play("fee-maximum")
    key = stage.broker.key("frank")
    assert [told(stage.broker.withdraw(key, fields)) for fields in paid] == [PAID] * len(paid)
    assert not stage.holds()
    assert told(stage.broker.withdraw(key, fees_on_top(currency="BTC", chain="btc", amount="0.1"))) == PAID


@pytest.mark.parametrize("deducted", [None, "INTERNAL"])
def test_fee_from_amount(play: Playing, deducted: str | None) -> None:
    """Without feeDeductType, or with INTERNAL, 88.5 of the 100 USDT arrive, and 5 of the 105 stay."""
    stage = play("fee-from-amount")
    key = stage.broker.key("frank")
    answer = stage.broker.withdraw(key, payment(feeDeductType=deducted))
    assert told(answer) == PAID
    assert list(answer.json()["data"]) == ["withdrawalId"]
    assert payouts(stage) == [("SUCCESS", "88.5", "100")]
    assert main_account(stage, key) == ("5", "5")


def test_fee_from_amount_is_not_for_who_promises_the_whole(play: Playing) -> None:
    """With EXTERNAL nothing is taken from the amount: 105 USDT do not cover 111.5."""
    stage = play("fee-from-amount")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, fees_on_top())) == SHORT
    assert main_account(stage, key) == ("105", "105")


def test_fee_from_amount_depends_on_the_balance(play: Playing) -> None:
    """A smaller payment by the same words costs on top: what arrives depends on the balance of that moment."""
    stage = play("fee-from-amount")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, payment(amount="90"))) == PAID
    assert told(stage.broker.withdraw(key, payment(amount="4"))) == PAID
    assert sorted(payouts(stage)) == [("SUCCESS", "1.5", "4"), ("SUCCESS", "90", "100.5")]
