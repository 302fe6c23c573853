"""Scenarios about what becomes of a withdrawal and of its money (s8.2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.desk import Key, payment
from support.payouts import PAID, Playing, challenge, main_account, payouts, prove, to_bob, told
from support.played_scenario import Play
from support.wire import V1, Answer, Broker

RST = "reset by peer"
"""`http.client` says the same of a connection that is merely closed, in other words."""
GONE = (200, "999999", "The validation transaction does not exist.")
SHORT = (200, "115007", "Insufficient account balance")
FROZEN = (200, "411100", "User is frozen")


def test_withdrawal_answer_lost(play: Playing) -> None:
    """The answer is a reset, the transaction is used up, and only the accounts tell that the money has gone, once."""
    stage = play("withdrawal-answer-lost")
    key = stage.broker.key()
    before = main_account(stage, key)
    asked = challenge(stage, key, payment())
    with pytest.raises(ConnectionResetError, match=RST):
        prove(stage, key, payment(), asked, "alice")
    assert told(prove(stage, key, payment(), asked, "alice")) == GONE
    assert (before, main_account(stage, key)) == (("1000000", "1000000"), ("999888.5", "999888.5"))
    assert payouts(stage) == [("SUCCESS", "100", "111.5")]
    assert stage.outcomes("verify_withdrawal") == ["OK", "TRANSACTION_UNKNOWN"]
    assert stage.holds()


def test_withdrawal_answer_lost_in_one_step(play: Playing) -> None:
    """Where no factor is asked for, the first request's answer is lost, and the accounts tell the same."""
    stage = play("withdrawal-answer-lost")
    key = stage.broker.key("frank")
    with pytest.raises(ConnectionResetError, match=RST):
        stage.broker.withdraw(key)
    assert main_account(stage, key) == ("49888.5", "49888.5")
    assert payouts(stage) == [("SUCCESS", "100", "111.5")]


def test_withdrawal_answer_lost_mistake(play: Playing) -> None:
    """A broker that starts over pays twice: the expectations do not hold, even if it looks afterwards."""
    stage = play("withdrawal-answer-lost")
    key = stage.broker.key()
    with pytest.raises(ConnectionResetError, match=RST):
        prove(stage, key, payment(), challenge(stage, key, payment()), "alice")
    assert told(prove(stage, key, payment(), challenge(stage, key, payment()), "alice")) == PAID
    assert main_account(stage, key) == ("999777", "999777")
    assert not stage.holds()
    assert "withdrawals_accepted, user alice: exactly 1, was 2" in stage.verdict()[1]


def test_withdrawal_answer_lost_mistake_in_one_step(play: Playing) -> None:
    """For frank a plain repetition is enough to pay twice, though alice's payout went well."""
    stage = play("withdrawal-answer-lost")
    alice, frank = stage.broker.key(), stage.broker.key("frank")
    with pytest.raises(ConnectionResetError, match=RST):
        prove(stage, alice, payment(), challenge(stage, alice, payment()), "alice")
    assert main_account(stage, alice) == ("999888.5", "999888.5")
    assert stage.holds()
    with pytest.raises(ConnectionResetError, match=RST):
        stage.broker.withdraw(frank)
    assert stage.holds()
    assert told(stage.broker.withdraw(frank)) == PAID
    assert not stage.holds()


def test_opening_answer_lost(play: Playing) -> None:
    """The transaction is unknown to the broker, nothing is held, and the payment that is opened again is paid once."""
    stage = play("opening-answer-lost")
    key = stage.broker.key()
    with pytest.raises(ConnectionResetError, match=RST):
        stage.broker.withdraw(key)
    assert main_account(stage, key) == ("1000000", "1000000")
    assert told(prove(stage, key, payment(), challenge(stage, key, payment()), "alice")) == PAID
    assert payouts(stage) == [("SUCCESS", "100", "111.5")]
    assert stage.holds()


def test_opening_answer_lost_mistake(play: Playing) -> None:
    """A broker that takes the lost opening for a payment has paid nothing: the expectations do not hold."""
    stage = play("opening-answer-lost")
    key = stage.broker.key()
    with pytest.raises(ConnectionResetError, match=RST):
        stage.broker.withdraw(key)
    assert payouts(stage) == []
    assert not stage.holds()


def test_payment_not_made(play: Playing) -> None:
    """The accounts show that nothing has gone; the same second request pays, and so does frank's first one again."""
    stage = play("payment-not-made")
    alice, frank = stage.broker.key(), stage.broker.key("frank")
    asked = challenge(stage, alice, payment())
    with pytest.raises(ConnectionResetError, match=RST):
        prove(stage, alice, payment(), asked, "alice")
    assert main_account(stage, alice) == ("1000000", "1000000")
    assert told(prove(stage, alice, payment(), asked, "alice")) == PAID
    with pytest.raises(ConnectionResetError, match=RST):
        stage.broker.withdraw(frank)
    assert main_account(stage, frank) == ("50000", "50000")
    assert told(stage.broker.withdraw(frank)) == PAID
    assert stage.holds()


def test_payment_not_made_mistake(play: Playing) -> None:
    """A broker that books the payment as done never makes it: the expectations do not hold."""
    stage = play("payment-not-made")
    key = stage.broker.key()
    with pytest.raises(ConnectionResetError, match=RST):
        prove(stage, key, payment(), challenge(stage, key, payment()), "alice")
    assert payouts(stage) == []
    assert not stage.holds()


FRANKS = Key("6a1d0c7e5b2f4800019c3d21", "0b7c9a52-6f1e-4d38-9a40-5c2e8f71d6b3", "4e1f9c07b85d2a63")


def test_fixed_key(play: Playing) -> None:
    """Signed calls work from the start: no code, no token and no key was ever asked for."""
    stage = play("fixed-key")
    assert main_account(stage, FRANKS) == ("50000", "50000")
    assert told(stage.broker.withdraw(FRANKS)) == PAID
    assert main_account(stage, FRANKS) == ("49888.5", "49888.5")
    assert [stage.outcomes(name) for name in ("authorize", "exchange_code", "add_api_key")] == [[], [], []]
    assert stage.holds()
    info = stage.broker.signed(FRANKS, "GET", "/api/v1/user/api-key").json()["data"]
    assert (info["apiKey"], info["uid"], info["permission"]) == (FRANKS.api_key, 200000006, "General")


def plain_passphrase(stage: Play) -> Answer:
    headers = stage.broker.headers(FRANKS, "GET", "/api/v1/accounts")
    return stage.send("GET", "/api/v1/accounts", headers={**headers, "KC-API-PASSPHRASE": FRANKS.passphrase})


def seconds(stage: Play) -> Answer:
    slow = Broker(stage.send, lambda: stage.broker.now() // 1000)
    return slow.signed(FRANKS, "GET", "/api/v1/accounts")


def without_the_query(stage: Play) -> Answer:
    headers = stage.broker.headers(FRANKS, "GET", "/api/v1/accounts")
    return stage.send("GET", "/api/v1/accounts?type=main", headers=headers)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (plain_passphrase, (401, "400004", "Invalid KC-API-PASSPHRASE")),
        (seconds, (400, "400002", "Invalid KC-API-TIMESTAMP")),
        (without_the_query, (401, "400005", "Invalid KC-API-SIGN")),
    ],
)
def test_fixed_key_mistake(play: Playing, call: Callable[[Play], Answer], said: tuple[int, str, str]) -> None:
    """A broker that signs wrongly is told so before anything else can be wrong, and pays nothing."""
    stage = play("fixed-key")
    assert told(call(stage)) == said
    assert not stage.holds()


def accounts(stage: Play, key: Key) -> dict[str, str]:
    """What is available of USDT, by the type of account."""
    listed = stage.broker.signed(key, "GET", "/api/v1/accounts").json()["data"]
    return {each["type"]: each["available"] for each in listed}


def test_balance_short(play: Playing) -> None:
    """The money is there, but in the trade account: the main account alone pays, and the accounts tell them apart."""
    stage = play("balance-short")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key)) == SHORT
    assert accounts(stage, key) == {"main": "50", "trade": "1000"}
    assert told(stage.broker.withdraw(key, payment(amount="50", feeDeductType="INTERNAL"))) == PAID
    assert payouts(stage) == [("SUCCESS", "43.5", "50")]
    assert accounts(stage, key) == {"main": "0", "trade": "1000"}
    assert stage.holds()


@pytest.mark.parametrize("second", ["100", "1050"])
def test_balance_short_mistake(play: Playing, second: str) -> None:
    """A broker that tries the 100 again, or takes 1050 for all that frank can pay, is refused a second time."""
    stage = play("balance-short")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key)) == SHORT
    assert told(stage.broker.withdraw(key, payment(amount=second, feeDeductType="INTERNAL"))) == SHORT
    assert told(stage.broker.withdraw(key, payment(amount="50", feeDeductType="INTERNAL"))) == PAID
    assert not stage.holds()


def test_user_frozen(play: Playing) -> None:
    """Erin's withdrawal is refused before any factor is asked for; frank's is paid."""
    stage = play("user-frozen")
    assert told(stage.broker.withdraw(stage.broker.key("erin"))) == FROZEN
    assert stage.send("GET", f"{V1}/users/erin/messages").json() == {"messages": []}
    assert told(stage.broker.withdraw(stage.broker.key("frank"))) == PAID
    assert stage.holds()


def test_user_frozen_mistake_of_waiting(play: Playing) -> None:
    """A broker that pays in turn, and comes back to erin every minute, has not come to frank after five."""
    stage = play("user-frozen")
    erin, frank = stage.broker.key("erin"), stage.broker.key("frank")
    queue = [erin, frank]
    for _ in range(5):
        if stage.outcome(stage.broker.withdraw(queue[0])) == "OK":
            queue.pop(0)
        stage.advance("1m")
    assert queue == [erin, frank]
    assert not stage.holds()
    assert "USER_FROZEN: exactly 1, was 5" in stage.verdict()[1]
    assert "withdrawals_accepted, user frank: exactly 1, was 0" in stage.verdict()[1]


def test_user_frozen_mistake_of_trying(play: Playing) -> None:
    """A broker that tries erin once more, though frank is paid: the expectations do not hold."""
    stage = play("user-frozen")
    erin = stage.broker.key("erin")
    assert [told(stage.broker.withdraw(erin)) for _ in range(2)] == [FROZEN, FROZEN]
    assert told(stage.broker.withdraw(stage.broker.key("frank"))) == PAID
    assert not stage.holds()


def test_settlement_later(play: Playing) -> None:
    """Accepted, the money is held and bob has nothing; ten minutes later, to the tick, it has left and arrived."""
    stage = play("settlement-later")
    key, bob = stage.broker.key("frank"), stage.broker.key("bob")
    answer = stage.broker.withdraw(key, to_bob(amount="100"))
    assert told(answer) == PAID
    assert main_account(stage, key) == ("200", "90")
    stage.advance("9m59s999ms")
    assert main_account(stage, bob) == ("1000", "1000")
    assert payouts(stage) == [("PROCESSING", "100", "110")]
    stage.advance("1ms")
    assert (main_account(stage, key), main_account(stage, bob)) == (("90", "90"), ("1100", "1100"))
    found = stage.send("GET", f"{V1}/withdrawals/{answer.json()['data']['withdrawalId']}").json()
    assert (found["status"], found["at"] - found["created_at"]) == ("SUCCESS", 600_000)
    assert stage.holds()


def test_settlement_later_mistake(play: Playing) -> None:
    """A broker that reads `balance` spends what is held: refused, and the expectations do not hold."""
    stage = play("settlement-later")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, to_bob(amount="100"))) == PAID
    balance, available = main_account(stage, key)
    assert int(balance) > 100 > int(available)
    assert told(stage.broker.withdraw(key, to_bob(amount="100"))) == SHORT
    assert not stage.holds()


def ended(stage: Play, answer: Answer, how: str) -> None:
    """A withdrawal is ended by hand."""
    done = stage.send("POST", f"{V1}/withdrawals/{answer.json()['data']['withdrawalId']}/{how}")
    assert done.status == 200


def test_withdrawal_fails(play: Playing) -> None:
    """What was held comes back whole, as the accounts show; the second payout is approved and has left."""
    stage = play("withdrawal-fails")
    key = stage.broker.key("frank")
    first = stage.broker.withdraw(key)
    assert main_account(stage, key) == ("50000", "49888.5")
    ended(stage, first, "fail")
    assert main_account(stage, key) == ("50000", "50000")
    ended(stage, stage.broker.withdraw(key), "approve")
    assert main_account(stage, key) == ("49888.5", "49888.5")
    assert sorted(status for status, _, _ in payouts(stage)) == ["FAILURE", "SUCCESS"]
    assert stage.holds()


def test_withdrawal_fails_mistake(play: Playing) -> None:
    """A broker that books the accepted payout as done never makes it: the expectations do not hold."""
    stage = play("withdrawal-fails")
    answer = stage.broker.withdraw(stage.broker.key("frank"))
    assert told(answer) == PAID
    ended(stage, answer, "fail")
    assert payouts(stage) == [("FAILURE", "100", "111.5")]
    assert stage.broker.balance("frank") == "50000"
    assert not stage.holds()
