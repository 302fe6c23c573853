"""H47, H53: who gets the money, inside and outside, and whom the address book lets in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.demo_world import ALICE_ADDRESS
from support.desk import Desk, by_account, payment, query

from simulator.core.fast_api.authorization import LoggedIn, LogIn
from simulator.core.refusals import Reason
from simulator.core.world import User, with_user


@pytest.mark.parametrize(
    ("chain", "address", "word"),
    [
        ("trx", "TFriendTFriendTFriendTFriendTFrien", "OK"),
        ("trx", "tfriendtfriendtfriendtfriendtfrien", "ADDRESS_NOT_IN_BOOK"),
        ("kcc", "TFriendTFriendTFriendTFriendTFrien", "ADDRESS_NOT_IN_BOOK"),
        ("trx", "ToutsideToutsideToutsideToutsideTo", "ADDRESS_NOT_IN_BOOK"),
    ],
)
def test_address_book(chain: str, address: str, word: str) -> None:
    """A key with isAddressbookOnly pays only to the book: address and chain, with case; other keys to all (H53)."""
    desk = Desk()
    desk.world = desk.world.put(
        replace(desk.world.users["frank"], address_book=(("trx", "TFriendTFriendTFriendTFriendTFrien"),))
    )
    fields_ = payment(chain=chain, address=address)
    assert desk.perform(desk.withdrawal(desk.key("frank", book_only=True), fields_)).word == word
    assert desk.perform(desk.withdrawal(desk.key("frank"), fields_)).word == "OK"


ACCOUNTS = [
    ("UID", "200000001"),
    ("MAIL", "alice@example.test"),
    ("MAIL", "ALICE@example.test"),
    ("PHONE", "+15550100"),
    ("PHONE", "1-5550100"),
]


@pytest.mark.parametrize(("kind", "address"), ACCOUNTS)
def test_recipients_are_credited(kind: str, address: str) -> None:
    """A payment by UID, e-mail or phone reaches that user's main account, by no chain, with the service fee (H47)."""
    desk = Desk()
    before = desk.balance("alice")
    withdrawal = desk.pay(desk.key("frank"), by_account(kind, address)).withdrawal
    assert (withdrawal.recipient, withdrawal.chain, withdrawal.payment.inner) == ("alice", "", True)
    assert (withdrawal.service_fee, withdrawal.network_fee) == (Decimal(10), Decimal(0))
    assert desk.balance("alice") - before == withdrawal.payout == 100
    assert desk.balance("frank") == 50_000 - 110


def test_phone_numbers() -> None:
    """Country code, hyphen, number, as KuCoin's reference writes a recipient, is the same phone as with a plus."""
    desk = Desk()
    key = desk.key("frank")
    for address in ("+15550100", "1-5550100"):
        assert desk.pay(key, by_account("PHONE", address)).withdrawal.recipient == "alice"


@pytest.mark.parametrize("phone", ["+4915550199", "49-15550199", "+49-15550199"])
def test_a_phone_is_one_however_the_scenario_spells_it(phone: str) -> None:
    """A user is paid and logs in by a phone in each spelling, whichever of them the scenario has."""
    desk = Desk()
    desk.world = with_user(desk.world, User("ida", 200_000_077, phone=phone))
    key = desk.key("frank")
    for address in ("+4915550199", "49-15550199"):
        assert desk.pay(key, by_account("PHONE", address)).withdrawal.recipient == "ida"
        assert desk.do(LogIn(query(), address), LoggedIn).user.name == "ida"


@pytest.mark.parametrize("chain", ["trx", None])
def test_inner_address(chain: str | None) -> None:
    """`isInner` with an address pays the user whose deposit address it is; without it the address is outside (H47)."""
    desk = Desk()
    key = desk.key("frank")
    inner = desk.pay(key, payment(address=ALICE_ADDRESS, chain=chain, isInner=True)).withdrawal
    assert (inner.recipient, inner.network_fee) == ("alice", Decimal(0))
    outer = desk.pay(key, payment(address=ALICE_ADDRESS, chain=chain)).withdrawal
    assert (outer.recipient, outer.payment.inner) == (None, False)
    assert desk.reason(desk.withdrawal(key, payment(address=ALICE_ADDRESS, chain="kcc", isInner=True))) is (
        Reason.RECIPIENT_UNKNOWN
    )


@pytest.mark.parametrize(
    "fields_",
    [
        by_account("UID", "200000099"),
        by_account("UID", "alice@example.test"),
        by_account("MAIL", "200000001"),
        by_account("MAIL", "mallory@example.test"),
        by_account("PHONE", "15550100"),
        by_account("PHONE", "1-5550199"),
        by_account("PHONE", "1-555-0100"),
        by_account("PHONE", "-15550100"),
        by_account("PHONE", "200000001"),
        by_account("UID", "alice"),
        payment(address="TNobodyTNobodyTNobodyTNobodyTNobod", isInner=True),
    ],
)
def test_unknown_recipient(fields_: dict[str, object]) -> None:
    """A recipient whom nobody knows by that kind of name is refused, or goes outside if the switch says so (H47)."""
    desk = Desk()
    assert desk.reason(desk.withdrawal(desk.key("frank"), fields_)) is Reason.RECIPIENT_UNKNOWN
    lenient = Desk(unknown_recipient="accept")
    assert lenient.pay(lenient.key("frank"), fields_).withdrawal.recipient is None
    assert lenient.pot("outside") == 100


def test_payments_inside_know_no_chain_minimum() -> None:
    """A payment inside may be smaller than any chain's minimum, down to the currency's precision (H47)."""
    desk = Desk()
    key = desk.key("frank")
    withdrawal = desk.pay(key, by_account("UID", "200000002", amount="0.000001", feeDeductType="EXTERNAL")).withdrawal
    assert withdrawal.payout == Decimal("0.000001")
    finer = by_account("UID", "200000002", amount="0.0000001")
    assert desk.reason(desk.withdrawal(key, finer)) is Reason.AMOUNT_INCREMENT_INVALID


def test_payment_to_oneself() -> None:
    """A payment to oneself costs the fee and nothing else."""
    desk = Desk()
    desk.pay(desk.key("frank"), by_account("UID", "200000006"))
    assert desk.balance("frank") == 50_000 - 10
