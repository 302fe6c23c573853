"""Scenarios about how often and how much a user may withdraw (s8.2)."""

from __future__ import annotations

import pytest
from support.desk import Key, payment
from support.payouts import PAID, Playing, payouts, to_bob, told
from support.played_scenario import Play

TOO_MANY = (429, "429000", "Too Many Requests")
OVER_CAP = (200, "110003", "Withdrawal limit exceeded")


def pay(stage: Play, key: Key, times: int) -> None:
    """So many payments by UID that must be accepted."""
    for _ in range(times):
        assert told(stage.broker.withdraw(key, to_bob())) == PAID


def test_uid_rate_limit(play: Playing) -> None:
    """Three are accepted, the fourth is not; ten seconds after each there is room for one more."""
    stage = play("uid-rate-limit")
    key = stage.broker.key("frank")
    pay(stage, key, 1)
    stage.advance("9s999ms")
    pay(stage, key, 2)
    assert told(stage.broker.withdraw(key, to_bob())) == TOO_MANY
    stage.advance("1ms")
    pay(stage, key, 1)
    stage.advance("9s999ms")
    pay(stage, key, 1)
    assert stage.outcomes("withdraw") == ["OK"] * 3 + ["WITHDRAWAL_RATE_LIMITED"] + ["OK"] * 2
    assert stage.holds()


def test_uid_rate_limit_counts_mail_and_phone(play: Playing) -> None:
    """The three ways to name a user share one window; payments to an address have none."""
    stage = play("uid-rate-limit")
    key = stage.broker.key("frank")
    pay(stage, key, 1)
    assert told(stage.broker.withdraw(key, to_bob("MAIL"))) == PAID
    assert told(stage.broker.withdraw(key, to_bob("PHONE"))) == PAID
    assert told(stage.broker.withdraw(key, to_bob())) == TOO_MANY
    assert told(stage.broker.withdraw(key, payment())) == PAID


def test_uid_rate_limit_mistake(play: Playing) -> None:
    """A broker that answers a 429 by trying again at once gets another, and some payments are never made."""
    stage = play("uid-rate-limit")
    key = stage.broker.key("frank")
    pay(stage, key, 3)
    assert [told(stage.broker.withdraw(key, to_bob())) for _ in range(4)] == [TOO_MANY] * 4
    assert len(stage.withdrawals()) == 3
    assert not stage.holds()


def test_uid_rate_limit_mistake_of_waiting_for_nothing(play: Playing) -> None:
    """A broker that waits a second after each refusal is refused nine times in ten seconds, and pays too late."""
    stage = play("uid-rate-limit")
    key = stage.broker.key("frank")
    pay(stage, key, 3)
    for _ in range(9):
        stage.advance("1s")
        assert told(stage.broker.withdraw(key, to_bob())) == TOO_MANY
    stage.advance("10s")
    pay(stage, key, 2)
    assert len(stage.withdrawals()) == 5
    assert not stage.holds()
    assert "WITHDRAWAL_RATE_LIMITED: at most 1, was 9" in stage.verdict()[1]


def pay_fifty(stage: Play, key: Key) -> None:
    """Fifty by UID in 170 s, so that the short window is never full."""
    for _ in range(16):
        pay(stage, key, 3)
        stage.advance("10s")
    pay(stage, key, 2)
    stage.advance("10s")


def test_withdrawals_50_a_day(play: Playing) -> None:
    """The 51st is refused although the ten seconds are over; a day after the first one it is accepted."""
    stage = play("withdrawals-50-a-day")
    key = stage.broker.key("frank")
    pay_fifty(stage, key)
    stage.advance("23h57m9s999ms")
    assert told(stage.broker.withdraw(key, to_bob())) == TOO_MANY
    stage.advance("1ms")
    pay(stage, key, 1)
    assert stage.broker.balance("bob") == "1510"
    assert stage.holds()


def test_withdrawals_50_a_day_mistake(play: Playing) -> None:
    """A broker that knows the ten seconds only is refused each time, and the 51st payment is not made."""
    stage = play("withdrawals-50-a-day")
    key = stage.broker.key("frank")
    pay_fifty(stage, key)
    for _ in range(3):
        assert told(stage.broker.withdraw(key, to_bob())) == TOO_MANY
        stage.advance("10s")
    assert len(stage.withdrawals()) == 50
    assert not stage.holds()


def test_amount_cap_24h(play: Playing) -> None:
    """5000 USDT in two payments are accepted, 100 more a day after the first; fees do not count."""
    stage = play("amount-cap-24h")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, payment(amount="3000"))) == PAID
    stage.advance("23h59m59s999ms")
    assert told(stage.broker.withdraw(key, payment(amount="2000"))) == PAID
    assert told(stage.broker.withdraw(key, payment(amount="100"))) == OVER_CAP
    stage.advance("1ms")
    assert told(stage.broker.withdraw(key, payment(amount="100"))) == PAID
    assert payouts(stage) == [
        ("SUCCESS", "3000", "3031.5"),
        ("SUCCESS", "2000", "2031.5"),
        ("SUCCESS", "100", "111.5"),
    ]
    assert stage.holds()


@pytest.mark.parametrize("parts", [("50", "50"), ("100", "100")])
def test_amount_cap_24h_mistake(play: Playing, parts: tuple[str, ...]) -> None:
    """A broker that cuts the payment in two, or tries it twice, is refused twice: the expectations do not hold."""
    stage = play("amount-cap-24h")
    key = stage.broker.key("frank")
    for amount in ("3000", "2000"):
        assert told(stage.broker.withdraw(key, payment(amount=amount))) == PAID
    assert [told(stage.broker.withdraw(key, payment(amount=amount))) for amount in parts] == [OVER_CAP, OVER_CAP]
    assert not stage.holds()
