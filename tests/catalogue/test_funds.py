"""Scenarios about what a broker does beside payouts: deposits, transfers, cancels, addresses, its own rebate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from csv import DictReader
from typing import Any

import pytest
from support.control_calls import advanced, steer
from support.desk import Key, payment
from support.payouts import PAID, Playing, main_account, told
from support.played_scenario import Play
from support.wire import OPERATOR, PAYING, Answer

ON_ETH = "0xf12a4cf12e4df12a4cf12e4df12a4cf12e4df12a"
FRIEND = "TFrankFriendFrankFriendFrankFriend"
FRANKS = Key("6a1d0c7e5b2f4800019c3d22", "5d0f2b61-7c3e-49a8-8b14-9e6a0c2d7f35", "8b3a6f90c1d57e24")
SHORT = (200, "115007", "Insufficient account balance")
LACKING = (200, "200004", "Balance insufficient!")
USED = (200, "999999", "The clientOid has been used.")
TOO_LATE = (200, "999999", "The withdrawal cannot be canceled.")
THERE_IS_ONE = (200, "260000", "Deposit address already exists.")
INCORRECT = (200, "400100", "Incorrect withdrawal address")
NOT_READY = "100001"
MAY_MOVE = (*PAYING, "API_TRANSFER")


def post(stage: Play, key: Key, path: str, body: Mapping[str, object]) -> Answer:
    """A signed call with a JSON body."""
    return stage.broker.signed(key, "POST", path, json.dumps(body).encode())


def get(stage: Play, key: Key, target: str) -> Any:
    """`data` of a signed look-up."""
    answer = stage.broker.signed(key, "GET", target)
    assert told(answer) == PAID
    return answer.json()["data"]


def to_main(stage: Play, key: Key, amount: str, oid: str = "move-1") -> Answer:
    """USDT from the trading account to the main one."""
    body = {"clientOid": oid, "currency": "USDT", "amount": amount, "type": "INTERNAL"}
    where = {"fromAccountType": "TRADE", "toAccountType": "MAIN"}
    return post(stage, key, "/api/v3/accounts/universal-transfer", {**body, **where})


def available(stage: Play, key: Key) -> dict[str, str]:
    """USDT by the type of account."""
    return {each["type"]: each["available"] for each in get(stage, key, "/api/v1/accounts?currency=USDT")}


# --- deposits
def comes(stage: Play) -> None:
    """100 USDT arrive at frank's address without a confirmation."""
    body = {"user": "frank", "currency": "USDT", "chain": "eth", "amount": "100", "confirmations": 0}
    assert steer(stage.send, "POST", "/deposits", body).status == 201


def seen(stage: Play, key: Key) -> list[tuple[str, str]]:
    """Amount, without its decimals, and state of each deposit."""
    items = get(stage, key, "/api/v1/deposits?currency=USDT")["items"]
    return [(item["amount"], item["status"]) for item in items]


def test_deposit_unconfirmed(play: Playing) -> None:
    """Seen at once, credited at the twelfth minute to the tick, and then paid out."""
    stage = play("deposit-unconfirmed")
    key = stage.broker.key("frank")
    comes(stage)
    assert seen(stage, key) == [("100.00000000", "PROCESSING")]
    stage.advance("11m59s999ms")
    assert (seen(stage, key), available(stage, key)) == ([("100.00000000", "PROCESSING")], {"main": "0"})
    assert len(advanced(stage.send, to_event="deposit")) == 1
    assert (seen(stage, key), available(stage, key)) == ([("100.00000000", "SUCCESS")], {"main": "100"})
    assert told(stage.broker.withdraw(key, payment(amount="50"))) == PAID
    assert available(stage, key) == {"main": "43.5"}
    assert stage.holds()


def test_deposit_unconfirmed_mistake(play: Playing) -> None:
    """A broker that takes PROCESSING for money is refused, and found out though it pays in the end."""
    stage = play("deposit-unconfirmed")
    key = stage.broker.key("frank")
    comes(stage)
    assert seen(stage, key) == [("100.00000000", "PROCESSING")]
    assert told(stage.broker.withdraw(key, payment(amount="50"))) == SHORT
    advanced(stage.send, to_event="deposit")
    assert seen(stage, key) == [("100.00000000", "SUCCESS")]
    assert told(stage.broker.withdraw(key, payment(amount="50"))) == PAID
    assert not stage.holds()
    assert "BALANCE_INSUFFICIENT: exactly 0, was 1" in stage.verdict()[1]


def test_deposit_unconfirmed_mistake_of_looking_once(play: Playing) -> None:
    """A broker that never looks again leaves frank without his money."""
    stage = play("deposit-unconfirmed")
    key = stage.broker.key("frank")
    comes(stage)
    assert seen(stage, key) == [("100.00000000", "PROCESSING")]
    advanced(stage.send, to_event="deposit")
    assert not stage.holds()


def test_deposit_address_exists(play: Playing) -> None:
    """The second address is refused, and the first one is there to be asked for; by another chain there was none."""
    stage = play("deposit-address-exists")
    key = stage.broker.key()
    body = {"currency": "USDT", "chain": "trx"}
    assert told(post(stage, key, "/api/v3/deposit-address/create", body)) == THERE_IS_ONE
    [found] = get(stage, key, "/api/v3/deposit-addresses?currency=USDT&chain=trx")
    assert found["address"] == "TALiceALiceALiceALiceALiceALiceALi"
    assert told(post(stage, key, "/api/v3/deposit-address/create", {**body, "chain": "eth"})) == PAID
    assert stage.holds()


def test_deposit_address_exists_mistake(play: Playing) -> None:
    """A broker that fails at the refusal does not ask for the address; one that tries again is found out too."""
    stage = play("deposit-address-exists")
    key = stage.broker.key()
    for _ in range(2):
        body = {"currency": "USDT", "chain": "trx"}
        assert told(post(stage, key, "/api/v3/deposit-address/create", body)) == THERE_IS_ONE
        assert not stage.holds()
    assert get(stage, key, "/api/v3/deposit-addresses?currency=USDT")
    assert not stage.holds()


# --- transfers
def test_money_in_trade(play: Playing) -> None:
    """Refused, looked at, moved, paid; what was moved is what it cost."""
    stage = play("money-in-trade")
    key = stage.broker.key("frank", *MAY_MOVE)
    assert told(stage.broker.withdraw(key)) == SHORT
    assert available(stage, key) == {"main": "0", "trade": "1000"}
    assert told(to_main(stage, key, "111.5")) == PAID
    assert available(stage, key) == {"main": "111.5", "trade": "888.5"}
    assert told(stage.broker.withdraw(key)) == PAID
    assert available(stage, key) == {"main": "0", "trade": "888.5"}
    assert stage.holds()


def test_money_in_trade_looked_at_first(play: Playing) -> None:
    """A broker that looks beforehand is never refused."""
    stage = play("money-in-trade")
    key = stage.broker.key("frank", *MAY_MOVE)
    assert available(stage, key) == {"main": "0", "trade": "1000"}
    assert [told(to_main(stage, key, "200")), told(stage.broker.withdraw(key))] == [PAID, PAID]
    assert stage.holds()


def test_money_in_trade_mistake(play: Playing) -> None:
    """A broker that gives up pays nothing; one that tries again is refused again, though it pays in the end."""
    stage = play("money-in-trade")
    key = stage.broker.key("frank", *MAY_MOVE)
    assert told(stage.broker.withdraw(key)) == SHORT
    assert not stage.holds()
    assert told(stage.broker.withdraw(key)) == SHORT
    assert [told(to_main(stage, key, "200")), told(stage.broker.withdraw(key))] == [PAID, PAID]
    assert not stage.holds()
    assert "BALANCE_INSUFFICIENT: at most 1, was 2" in stage.verdict()[1]


def test_money_in_trade_mistake_of_moving_blindly(play: Playing) -> None:
    """One that moves more than there is has not looked, and is found out too."""
    stage = play("money-in-trade")
    key = stage.broker.key("frank", *MAY_MOVE)
    assert [told(to_main(stage, key, amount)) for amount in ("5000", "200")] == [LACKING, PAID]
    assert told(stage.broker.withdraw(key)) == PAID
    assert not stage.holds()


def lost(stage: Play) -> Key:
    """Frank's key, after the transfer whose answer never came."""
    key = stage.broker.key("frank", *MAY_MOVE)
    with pytest.raises(ConnectionResetError):
        to_main(stage, key, "200")
    return key


def test_transfer_answer_lost(play: Playing) -> None:
    """The same clientOid is refused, since it has moved the money; the accounts say so too, and the payout is made."""
    stage = play("transfer-answer-lost")
    key = lost(stage)
    assert told(to_main(stage, key, "200")) == USED
    assert available(stage, key) == {"main": "200", "trade": "800"}
    assert told(stage.broker.withdraw(key)) == PAID
    assert stage.outcomes("make_transfer") == ["OK", "CLIENT_OID_USED"]
    assert stage.holds()


def test_transfer_answer_lost_mistake(play: Playing) -> None:
    """Under a new clientOid it moves a second time: found out, although the payout is made."""
    stage = play("transfer-answer-lost")
    key = lost(stage)
    assert told(to_main(stage, key, "200", "move-2")) == PAID
    assert available(stage, key) == {"main": "400", "trade": "600"}
    assert told(stage.broker.withdraw(key)) == PAID
    assert not stage.holds()
    assert "transfers_accepted, user frank: exactly 1, was 2" in stage.verdict()[1]


def test_transfer_answer_lost_mistake_of_giving_up(play: Playing) -> None:
    """A broker that believes nothing has moved does not pay frank, though it could."""
    stage = play("transfer-answer-lost")
    assert available(stage, lost(stage)) == {"main": "200", "trade": "800"}
    assert not stage.holds()


# --- withdrawals
def paid_by_hand(stage: Play) -> Answer:
    """100 USDT with the key that frank made himself."""
    fields = payment(toAddress=payment()["address"], address=None)
    return post(stage, FRANKS, "/api/v3/withdrawals", fields)


def test_cancel_too_late(play: Playing) -> None:
    """The cancel is refused, the look-up says SUCCESS, and nothing is given back."""
    stage = play("cancel-too-late")
    name = paid_by_hand(stage).json()["data"]["withdrawalId"]
    path = f"/api/v1/withdrawals/{name}"
    assert told(stage.broker.signed(FRANKS, "DELETE", path)) == TOO_LATE
    assert get(stage, FRANKS, path)["status"] == "SUCCESS"
    assert main_account(stage, FRANKS) == ("98.5", "98.5")
    assert stage.holds()


def test_cancel_too_late_with_a_key_by_oauth(play: Playing) -> None:
    """The scenario lets a broker's key cancel as well, and it comes too late in the same way."""
    stage = play("cancel-too-late")
    key = stage.broker.key("frank")
    path = f"/api/v1/withdrawals/{stage.broker.withdraw(key).json()['data']['withdrawalId']}"
    assert told(stage.broker.signed(key, "DELETE", path)) == TOO_LATE
    assert get(stage, key, path)["status"] == "SUCCESS"
    assert stage.holds()


def test_cancel_too_late_mistake(play: Playing) -> None:
    """A broker that gives frank the 100 back lets him spend them again: refused, and found out, even if it looks."""
    stage = play("cancel-too-late")
    path = f"/api/v1/withdrawals/{paid_by_hand(stage).json()['data']['withdrawalId']}"
    assert told(stage.broker.signed(FRANKS, "DELETE", path)) == TOO_LATE
    assert not stage.holds()
    assert told(paid_by_hand(stage)) == SHORT
    assert get(stage, FRANKS, path)["status"] == "SUCCESS"
    assert not stage.holds()


def test_wrong_address_format(play: Playing) -> None:
    """The currency says what an address looks like; a broker that asks it sends the right one only."""
    stage = play("wrong-address-format")
    key = stage.broker.key("frank")
    shown = stage.send("GET", "/api/v3/currencies/USDT?chain=trx").json()["data"]["chains"]
    [pattern] = [chain["addressRegex"] for chain in shown if chain["chainId"] == "trx"]
    assert pattern == "^T[1-9A-HJ-NP-Za-km-z]{33}$"
    assert told(stage.broker.withdraw(key, payment(address=FRIEND))) == PAID
    assert stage.holds()


def test_wrong_address_format_mistake(play: Playing) -> None:
    """A broker that sends what was typed is refused, and found out though the right address is paid."""
    stage = play("wrong-address-format")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, payment(address=ON_ETH))) == INCORRECT
    assert told(stage.broker.withdraw(key, payment(address=FRIEND))) == PAID
    assert not stage.holds()


# --- the broker's own account
FILE = "/api/v2/broker/api/rebate/download?begin=20260501&end=20260531&tradeType=SPOT"


def asked(stage: Play) -> Answer:
    return stage.broker.signed(OPERATOR, "GET", FILE)


def test_rebate_not_ready(play: Playing) -> None:
    """Asked for every five seconds it is there the third time, and the link leads to the trade."""
    stage = play("rebate-not-ready")
    for _ in range(2):
        assert asked(stage).json()["code"] == NOT_READY
        stage.wait(5_000)
    url = asked(stage).json()["data"]["url"]
    rows = [*DictReader(stage.send("GET", url.removeprefix(stage.url)).text.splitlines())]
    assert [(row["uid"], row["volume"]) for row in rows] == [("200000001", "1000")]
    assert stage.outcomes("get_rebate_v2") == ["REBATE_FILE_NOT_READY", "REBATE_FILE_NOT_READY", "OK"]
    assert stage.holds()


@pytest.mark.parametrize("times", [1, 4])
def test_rebate_not_ready_mistake(play: Playing, times: int) -> None:
    """A broker that fails at the first answer never gets its file; one that hurries has asked too often."""
    stage = play("rebate-not-ready")
    for _ in range(times):
        assert asked(stage).json()["code"] == NOT_READY
    assert not stage.holds()
    stage.wait(10_000)
    assert asked(stage).json()["code"] == "200000"
    assert stage.holds() is (times == 1)
