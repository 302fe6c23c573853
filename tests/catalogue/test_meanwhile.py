"""What KuCoin and the user do in between: keys that are gone, reviews, freezes, new lists, and typed numbers."""

from __future__ import annotations

import json

from support.desk import OUTSIDE, Key, payment
from support.payouts import PAID, Playing, challenge, prove, told
from support.played_scenario import Play
from support.wire import Answer

TRANSFER = "/api/v3/accounts/universal-transfer"
ADDRESS = "/api/v3/deposit-address/create"
ORDERS = "/api/v1/hf/orders"
ALL = ("API_COMMON", "API_SPOT", "API_TRANSFER", "API_WITHDRAW_OAUTH")


def posted(stage: Play, key: Key, path: str, **fields: str) -> Answer:
    """A signed POST of JSON."""
    return stage.broker.signed(key, "POST", path, json.dumps(fields).encode())


def moved(stage: Play, key: Key, amount: str, oid: str = "one") -> Answer:
    """Money from the trading account to the main one."""
    kinds = {"type": "INTERNAL", "fromAccountType": "TRADE", "toAccountType": "MAIN"}
    return posted(stage, key, TRANSFER, clientOid=oid, currency="USDT", amount=amount, **kinds)


def ordered(stage: Play, key: Key, **changes: str) -> Answer:
    """A purchase of 0.001 BTC at 59000."""
    order = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "size": "0.001", "price": "59000"}
    return posted(stage, key, ORDERS, **{**order, "clientOid": "one", **changes})


def linked(stage: Play, *groups: str) -> Key:
    """The key that the login link brings."""
    tokens = stage.broker.exchange(stage.login()["code"]).json()
    return stage.broker.add_key(tokens["access_token"], *groups).key


def test_key_deleted(play: Playing) -> None:
    """The dead key is refused once, and the key of another login pays."""
    stage = play("key-deleted")
    refused = stage.broker.withdraw(stage.broker.key("frank"), payment())
    assert (refused.status, refused.json()["code"]) == (401, "400003")
    assert told(stage.broker.withdraw(stage.broker.key("frank"), payment())) == PAID
    assert stage.holds()


def test_key_deleted_mistake(play: Playing) -> None:
    """A broker that knocks with the dead key is found out, although it connects the user in the end."""
    stage = play("key-deleted")
    dead = stage.broker.key("frank")
    for _ in range(3):
        stage.broker.withdraw(dead, payment())
    assert told(stage.broker.withdraw(stage.broker.key("frank"), payment())) == PAID
    assert not stage.holds()


def test_payment_under_review(play: Playing) -> None:
    """The payment is under review twice, cannot be canceled, and is paid at the third look."""
    stage = play("payment-under-review")
    key = stage.broker.key("frank")
    path = f"/api/v1/withdrawals/{stage.broker.withdraw(key, payment()).json()['data']['withdrawalId']}"
    assert stage.outcome(stage.broker.signed(key, "DELETE", path)) == "PERMISSION_MISSING"
    looks = [stage.broker.signed(key, "GET", path).json()["data"]["status"] for _ in range(3)]
    assert looks == ["REVIEW", "REVIEW", "SUCCESS"]
    assert stage.holds()


def test_payment_under_review_mistake(play: Playing) -> None:
    """A broker that pays again because it takes long is found out."""
    stage = play("payment-under-review")
    key = stage.broker.key("frank")
    for _ in range(2):
        assert told(stage.broker.withdraw(key, payment())) == PAID
        stage.broker.signed(key, "GET", "/api/v1/withdrawals")
    assert not stage.holds()


def test_little_granted(play: Playing) -> None:
    """The first key can neither move the money nor see futures; that of the second login moves it and pays."""
    stage = play("little-granted")
    key = linked(stage, "API_COMMON", "API_WITHDRAW_OAUTH")
    for refused in (moved(stage, key, "200"), stage.broker.signed(key, "GET", "/api/v1/account-overview")):
        assert stage.outcome(refused) == "PERMISSION_MISSING"
    key = linked(stage, "API_COMMON", "API_TRANSFER", "API_WITHDRAW_OAUTH")
    assert moved(stage, key, "200").json()["code"] == "200000"
    assert told(stage.broker.withdraw(key, payment())) == PAID
    assert stage.holds()


def test_little_granted_mistake(play: Playing) -> None:
    """A broker that repeats the transfer is found out."""
    stage = play("little-granted")
    key = linked(stage, "API_COMMON", "API_WITHDRAW_OAUTH")
    for _ in range(3):
        moved(stage, key, "200")
    key = linked(stage, "API_COMMON", "API_TRANSFER", "API_WITHDRAW_OAUTH")
    moved(stage, key, "200")
    stage.broker.withdraw(key, payment())
    assert not stage.holds()


def frozen(stage: Play, times: int) -> list[str]:
    """What becomes of what alice and frank want, so many times."""
    alice, frank = stage.broker.key("alice"), stage.broker.key("frank", *ALL)
    waiting = challenge(stage, alice, payment())
    outcomes = []
    for _ in range(times):
        answers = [prove(stage, alice, payment(), waiting, "alice"), moved(stage, frank, "10"), ordered(stage, frank)]
        outcomes += [stage.outcome(answer) for answer in answers]
    return outcomes


def test_frozen_meanwhile(play: Playing) -> None:
    """Each of them is refused once, and a broker that stops there has played well."""
    stage = play("frozen-meanwhile")
    assert frozen(stage, 1) == ["USER_FROZEN"] * 3
    assert stage.holds()


def test_frozen_meanwhile_mistake(play: Playing) -> None:
    """A broker that repeats what the users want is found out."""
    stage = play("frozen-meanwhile")
    assert frozen(stage, 3) == ["USER_FROZEN"] * 9
    assert not stage.holds()


def test_delisted(play: Playing) -> None:
    """What is gone is refused, once each, and what is left is paid."""
    stage = play("delisted")
    key = stage.broker.key("frank", *ALL)
    gone = [
        stage.broker.withdraw(key, payment(currency="TON", chain="ton", amount="5")),
        stage.broker.withdraw(key, payment(chain="sol")),
        posted(stage, key, ADDRESS, currency="USDT", chain="sol"),
        ordered(stage, key, symbol="SOL-USDT"),
    ]
    assert [stage.outcome(answer) for answer in gone] == [
        "CURRENCY_UNKNOWN",
        "CHAIN_INVALID",
        "CHAIN_INVALID",
        "SYMBOL_UNKNOWN",
    ]
    assert told(stage.broker.withdraw(key, payment())) == PAID
    assert stage.holds()


def test_delisted_mistake(play: Playing) -> None:
    """A broker that asks for the chain again and again is found out."""
    stage = play("delisted")
    key = stage.broker.key("frank")
    for _ in range(3):
        stage.broker.withdraw(key, payment(chain="sol"))
    assert told(stage.broker.withdraw(key, payment())) == PAID
    assert not stage.holds()


def test_closed_for_now(play: Playing) -> None:
    """The address by eth is refused and that by trx is made; the market takes no order."""
    stage = play("closed-for-now")
    key = stage.broker.key("frank", *ALL)
    assert stage.outcome(posted(stage, key, ADDRESS, currency="USDT", chain="eth")) == "DEPOSIT_DISABLED"
    assert posted(stage, key, ADDRESS, currency="USDT", chain="trx").json()["code"] == "200000"
    assert stage.outcome(ordered(stage, key)) == "SYMBOL_NOT_AVAILABLE"
    assert stage.holds()


def test_closed_for_now_mistake(play: Playing) -> None:
    """A broker that repeats the order is found out."""
    stage = play("closed-for-now")
    key = stage.broker.key("frank", *ALL)
    assert posted(stage, key, ADDRESS, currency="USDT", chain="trx").json()["code"] == "200000"
    for _ in range(2):
        ordered(stage, key)
    assert not stage.holds()


def test_typed_numbers(play: Playing) -> None:
    """Each number is refused once; the payment is made with the amount that was rounded down."""
    stage = play("typed-numbers")
    key = stage.broker.key("frank", *ALL)
    answers = [
        stage.broker.withdraw(key, payment(amount="100.123456789")),
        stage.broker.withdraw(key, payment(amount="1e2")),
        moved(stage, key, "0"),
        ordered(stage, key, size="-1"),
    ]
    assert [stage.outcome(answer) for answer in answers] == [
        "AMOUNT_INCREMENT_INVALID",
        "PARAMETER_INVALID",
        "PARAMETER_INVALID",
        "ORDER_NUMBER_INVALID",
    ]
    assert told(stage.broker.withdraw(key, payment(amount="100.123456"))) == PAID
    assert stage.holds()


def test_typed_numbers_mistake(play: Playing) -> None:
    """A broker that repeats what its user typed is found out."""
    stage = play("typed-numbers")
    key = stage.broker.key("frank", *ALL)
    for _ in range(2):
        stage.broker.withdraw(key, payment(amount="100.123456789"))
    assert told(stage.broker.withdraw(key, payment(amount="100.123456"))) == PAID
    assert not stage.holds()


def test_strange_answers(play: Playing) -> None:
    """Neither the portal nor the firewall has done anything; the second try of each works, and the drip is whole."""
    stage = play("strange-answers")
    code = stage.broker.authorize("frank")
    assert (portal := stage.broker.exchange(code)).status == 200
    assert "Welcome" in portal.text
    tokens = stage.broker.exchange(code).json()
    assert stage.broker.add_key(tokens["access_token"]).status == 403
    key = stage.broker.add_key(tokens["access_token"]).key
    assert told(stage.broker.withdraw(key, payment(address=OUTSIDE["trx"]))) == PAID
    assert stage.holds()


def test_strange_answers_mistake(play: Playing) -> None:
    """A broker that takes the portal for a refusal each time, and sends the user to log in for ever, is found out."""
    stage = play("strange-answers")
    stage.broker.exchange(stage.broker.authorize("frank"))
    for _ in range(2):
        stage.broker.authorize("frank")
    tokens = stage.broker.tokens("frank")
    stage.broker.add_key(tokens["access_token"])
    assert told(stage.broker.withdraw(stage.broker.add_key(tokens["access_token"]).key, payment())) == PAID
    assert not stage.holds()
