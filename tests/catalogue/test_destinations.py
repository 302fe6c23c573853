"""Scenarios about where a withdrawal may go: chains, addresses, other users (s8.2)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.desk import Key, by_account, payment
from support.payouts import PAID, Playing, chains, main_account, payouts, to_bob, told
from support.played_scenario import Play
from support.wire import PAYING

FRIEND = "TFrankFriendFrankFriendFrankFriend"
ON_KCC = "0xf12a4cf12e4df12a4cf12e4df12a4cf12e4df12a"
OUTSIDE_THE_BOOK = (200, "260325", "Already set withdraw whitelist, this address is not favorite address")
NOBODY = (200, "999999", "The recipient does not exist.")
TOO_MANY = (429, "429000", "Too Many Requests")
CLOSED = (200, "260210", "withdraw.disabled")
TOO_LITTLE = (200, "400100", "The withdrawal amount is below the minimum requirement.")
NO_MEMO = (200, "400100", "Incorrect withdrawal address")


def token(stage: Play) -> str:
    """The access token that frank's login brings, as the scenario decides it."""
    answer = stage.broker.exchange(stage.login()["code"])
    return str(answer.json()["access_token"])


def bound_key(stage: Play) -> Key:
    """A key for what frank has consented to."""
    data = stage.broker.add_key(token(stage), *PAYING, book_only=True).json()["data"]
    return Key(data["apiKey"], data["secret"], data["passphrase"])


def test_address_book_only(play: Playing) -> None:
    """Elsewhere is refused, and so is the friend's address on another chain; the friend is paid."""
    stage = play("address-book-only")
    key = bound_key(stage)
    assert told(stage.broker.withdraw(key, payment())) == OUTSIDE_THE_BOOK
    assert told(stage.broker.withdraw(key, payment(address=FRIEND))) == PAID
    assert stage.holds()
    assert told(stage.broker.withdraw(key, payment(address=ON_KCC, chain="eth"))) == OUTSIDE_THE_BOOK
    assert len(stage.withdrawals()) == 1


def test_address_book_only_mistake(play: Playing) -> None:
    """A broker that tries the address again is refused again, although it pays in the end."""
    stage = play("address-book-only")
    key = bound_key(stage)
    assert [told(stage.broker.withdraw(key)) for _ in range(2)] == [OUTSIDE_THE_BOOK, OUTSIDE_THE_BOOK]
    assert told(stage.broker.withdraw(key, payment(address=FRIEND))) == PAID
    assert not stage.holds()


def test_address_book_only_mistake_at_the_key(play: Playing) -> None:
    """A broker that asks for a key without isAddressbookOnly gets none: frank consented to something else."""
    stage = play("address-book-only")
    answer = stage.broker.add_key(token(stage), *PAYING)
    assert told(answer) == (200, "40503", "isAddressbookOnly mismatch")
    assert (answer.json()["success"], answer.json()["retry"]) == (False, False)
    assert not stage.holds()


@pytest.mark.parametrize(
    ("kind", "nobody"), [("UID", "299999999"), ("MAIL", "nobody@example.test"), ("PHONE", "+15550199")]
)
def test_unknown_recipient(play: Playing, kind: str, nobody: str) -> None:
    """Nobody is paid and nothing is held; the right recipient gets the money."""
    stage = play("unknown-recipient")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, by_account(kind, nobody))) == NOBODY
    assert main_account(stage, key) == ("50000", "50000")
    assert told(stage.broker.withdraw(key, to_bob(kind))) == PAID
    assert stage.broker.balance("bob") == "1010"
    assert stage.holds()


def test_unknown_recipient_mistake(play: Playing) -> None:
    """A broker that tries nobody three times has used up the ten seconds, and bob waits."""
    stage = play("unknown-recipient")
    key = stage.broker.key("frank")
    assert [told(stage.broker.withdraw(key, by_account("UID", "299999999"))) for _ in range(3)] == [NOBODY] * 3
    assert told(stage.broker.withdraw(key, to_bob())) == TOO_MANY
    stage.advance("10s")
    assert told(stage.broker.withdraw(key, to_bob())) == PAID
    assert not stage.holds()


def test_inner_transfer_mail(play: Playing) -> None:
    """Bob gets all of the 0.5 USDT, however his address is spelt; frank pays 1 for the service and for no chain."""
    stage = play("inner-transfer-mail")
    key = stage.broker.key("frank")
    mail = by_account("MAIL", "Bob@Example.test", amount="0.5", feeDeductType="EXTERNAL")
    assert told(stage.broker.withdraw(key, mail)) == PAID
    assert payouts(stage) == [("SUCCESS", "0.5", "1.5")]
    assert main_account(stage, key) == ("0", "0")
    assert stage.broker.balance("bob") == "1000.5"
    assert stage.holds()


def test_inner_transfer_mail_mistake_of_the_chain(play: Playing) -> None:
    """A broker that holds the payment against any chain's minimum, or adds its fee, asks for nothing."""
    stage = play("inner-transfer-mail")
    balance, _ = main_account(stage, stage.broker.key("frank"))
    for chain in chains(stage).values():
        assert Decimal("0.5") < Decimal(chain["withdrawalMinSize"])
        assert Decimal(balance) < Decimal("1.5") + Decimal(chain["withdrawalMinFee"])
    assert not stage.holds()


@pytest.mark.parametrize(("inner", "said"), [(False, TOO_LITTLE), (True, NOBODY)])
def test_inner_transfer_mail_mistake_of_the_type(play: Playing, inner: bool, said: tuple[int, str, str]) -> None:
    """An e-mail address as an ADDRESS goes to a chain, or is nobody's deposit address: it takes a second request."""
    stage = play("inner-transfer-mail")
    key = stage.broker.key("frank")
    wrong = payment(address="bob@example.test", amount="0.5", isInner=inner)
    assert told(stage.broker.withdraw(key, wrong)) == said
    assert told(stage.broker.withdraw(key, to_bob("MAIL", amount="0.5"))) == PAID
    assert not stage.holds()


def cheapest(stage: Play, amount: int) -> str:
    """What a good broker offers: the open chain without a memo that takes this amount for the smallest fee."""
    offered = [
        (Decimal(chain["withdrawalMinFee"]), name)
        for name, chain in chains(stage).items()
        if chain["isWithdrawEnabled"] and not chain["needTag"] and Decimal(chain["withdrawalMinSize"]) <= amount
    ]
    return min(offered)[1]


def test_withdrawal_disabled(play: Playing) -> None:
    """Anybody can see that trx alone is closed; the cheapest of the others pays."""
    stage = play("withdrawal-disabled")
    assert [name for name, chain in chains(stage).items() if not chain["isWithdrawEnabled"]] == ["trx"]
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, payment(chain=cheapest(stage, 100)))) == PAID
    assert stage.withdrawals()[0].chain == "arbitrum"
    assert stage.holds()


def test_withdrawal_disabled_mistake(play: Playing) -> None:
    """A broker that does not look is refused, although another chain pays afterwards."""
    stage = play("withdrawal-disabled")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, payment())) == CLOSED
    assert told(stage.broker.withdraw(key, payment(chain="eth"))) == PAID
    assert not stage.holds()


def test_below_minimum(play: Playing) -> None:
    """Trx takes 3 USDT or more, eth 10: who reads that pays 5 by a chain that takes them."""
    stage = play("below-minimum")
    assert [(name, chain["withdrawalMinSize"]) for name, chain in chains(stage).items()] == [
        ("trx", "3"),
        ("eth", "10"),
        ("kcc", "1"),
        ("bsc", "5"),
        ("ton", "2"),
        ("sol", "3"),
        ("arbitrum", "2"),
        ("optimism", "2"),
    ]
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, payment(amount="5", chain=cheapest(stage, 5)))) == PAID
    assert stage.holds()


@pytest.mark.parametrize("chain", [None, "eth"])
def test_below_minimum_mistake(play: Playing, chain: str | None) -> None:
    """Without `chain` it is eth, which takes no 5 USDT, nor one unit less than 10, and does take 10."""
    stage = play("below-minimum")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, payment(amount="5", chain=chain))) == TOO_LITTLE
    assert told(stage.broker.withdraw(key, payment(amount="9.999999", chain=chain))) == TOO_LITTLE
    assert told(stage.broker.withdraw(key, payment(amount="10", chain=chain))) == PAID
    assert not stage.holds()


def xrp(**changes: object) -> dict[str, object]:
    """100 XRP to a shop."""
    return payment(currency="XRP", chain="xrp", address="rShopShopShopShopShopShopShop", **changes)


def test_memo_missing(play: Playing) -> None:
    """The chain says that it needs a tag; with the memo the shop is paid, and the memo goes with it."""
    stage = play("memo-missing")
    assert chains(stage, "XRP")["xrp"]["needTag"] is True
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, xrp(memo="1234567"))) == PAID
    assert [each.payment.memo for each in stage.withdrawals()] == ["1234567"]
    assert stage.holds()


def test_memo_missing_mistake(play: Playing) -> None:
    """A broker without a field for it is refused, as is one that sends a memo where the chain has none."""
    stage = play("memo-missing")
    key = stage.broker.key("frank")
    assert told(stage.broker.withdraw(key, xrp())) == NO_MEMO
    assert told(stage.broker.withdraw(key, payment(memo="1234567"))) == NO_MEMO
    assert not stage.holds()
