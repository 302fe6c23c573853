"""Universal transfers: money between a user's own accounts, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.deposits_and_transfers import move
from support.desk import Desk, Key, payment, told

from simulator.core.account.transfers import TRANSFERABLE, GetTransferable, TransferableFound, TransferMade
from simulator.core.refusals import Reason


def ask(key: Key, **asked: str) -> GetTransferable:
    return GetTransferable(key.sign(method="GET", path="/api/v1/accounts/transferable"), asked)


def available(desk: Desk, key: Key, type: str, **more: str) -> Decimal:
    found = desk.do(ask(key, currency="USDT", type=type, **more), TransferableFound)
    return found.account.available


def test_money_moves_at_once() -> None:
    """What leaves one account is in the other, to the last digit, and the pots know nothing of it."""
    desk = Desk()
    key = desk.own_key("frank")
    made = desk.do(move(key, amount="0.000001"), TransferMade).transfer
    assert (len(made.id), made.source, made.target) == (24, "main", "trade")
    assert desk.balance("frank") == Decimal("49999.999999")
    assert desk.world.wallet("frank").account("USDT", "trade").balance == Decimal("0.000001")
    assert len(desk.world.pots) == 0


@pytest.mark.parametrize("target", ["TRADE", "MARGIN", "MARGIN_V2", "OPTION"])
def test_there_and_back(target: str) -> None:
    """Every kind of account takes money and gives it back."""
    desk = Desk()
    key = desk.own_key("frank")
    desk.do(move(key, toAccountType=target), TransferMade)
    assert available(desk, key, target) == 100
    back = move(key, clientOid="oid-2", fromAccountType=target, toAccountType="MAIN")
    desk.do(back, TransferMade)
    assert told(available(desk, key, target), desk.balance("frank")) == (0, 50_000)
    refusal = desk.refusal(move(key, clientOid="oid-3", fromAccountType=target, toAccountType="MAIN"))
    assert refusal.reason is Reason.TRANSFER_BALANCE_INSUFFICIENT
    assert (refusal.expected, refusal.received) == (f"100 USDT in {target.lower()}", "0 USDT")


def test_isolated_accounts_have_a_tag_each() -> None:
    """A user has an isolated account for each pair, and a transfer says which."""
    desk = Desk()
    key = desk.own_key("frank")
    refusal = desk.refusal(move(key, toAccountType="ISOLATED"))
    assert refusal.text == "Parameter Error: toAccountTag is compulsory"
    desk.do(move(key, toAccountType="ISOLATED", toAccountTag="BTC-USDT"), TransferMade)
    assert available(desk, key, "ISOLATED", tag="BTC-USDT") == 100
    assert available(desk, key, "ISOLATED", tag="ETH-USDT") == 0
    assert desk.reason(ask(key, currency="USDT", type="ISOLATED")) is Reason.PARAMETER_INVALID


def test_the_futures_account_must_be_opened() -> None:
    """Money goes to the futures account of a user who has one (H69)."""
    desk = Desk()
    frank, alice = desk.own_key("frank"), desk.own_key("alice")
    assert desk.reason(move(frank, toAccountType="CONTRACT")) is Reason.ACCOUNT_NOT_OPENED
    assert desk.do(move(alice, toAccountType="CONTRACT"), TransferMade).transfer.target == "contract"


def test_what_is_held_cannot_be_moved() -> None:
    """A withdrawal under way keeps its money in main: one tick more than is available is refused."""
    desk = Desk(settlement="manual")
    key = desk.own_key("frank")
    desk.pay(desk.key("frank"), payment())
    assert desk.reason(move(key, amount="49889.000001")) is Reason.TRANSFER_BALANCE_INSUFFICIENT
    desk.do(move(key, amount="49889"), TransferMade)
    assert told(desk.balance("frank"), desk.holds("frank")) == (111, 111)


def test_client_oid() -> None:
    """A clientOid moves money once a user; by switch it answers again with the transfer that it made (H69)."""
    desk = Desk()
    key, other = desk.own_key("frank"), desk.own_key("alice")
    first = desk.do(move(key), TransferMade).transfer
    assert desk.reason(move(key, amount="1")) is Reason.CLIENT_OID_USED
    desk.do(move(other), TransferMade)
    desk.world = desk.world.put(choices=replace(desk.world.choices, repeated_client_oid="same_answer"))
    assert desk.do(move(key, amount="1"), TransferMade).transfer == first
    assert desk.balance("frank") == 49_900
    again = Desk(repeated_client_oid="same_answer")
    key = again.own_key("frank")
    assert again.do(move(key), TransferMade).transfer == again.do(move(key), TransferMade).transfer
    assert again.balance("frank") == 49_900


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"clientOid": None}, "clientOid is compulsory"),
        ({"clientOid": "x" * 129}, "clientOid must have at most 128 characters"),
        ({"currency": None}, "currency is compulsory"),
        ({"amount": None}, "amount is compulsory"),
        ({"amount": "0"}, "amount must be a positive decimal number"),
        ({"amount": True}, "amount must be a positive decimal number"),
        ({"type": None}, "type is compulsory"),
        ({"type": "internal"}, "type not in the given range!"),
        ({"fromAccountType": "FUNDING"}, "fromAccountType not in the given range!"),
        ({"toAccountType": None}, "toAccountType is compulsory"),
        ({"toAccountType": "MAIN"}, "toAccountType must be another account than the one that pays"),
        ({"type": "PARENT_TO_SUB"}, "toUserId is compulsory"),
        ({"type": "SUB_TO_PARENT"}, "fromUserId is compulsory"),
    ],
)
def test_malformed_transfers(changes: dict[str, object], text: str) -> None:
    """Each field must be what the reference says, and the refusal names it."""
    desk = Desk()
    refusal = desk.refusal(move(desk.own_key("frank"), **changes))
    assert refusal.reason is Reason.PARAMETER_INVALID
    assert refusal.text.removeprefix("Parameter Error: ") == text


def test_a_client_oid_may_have_128_characters() -> None:
    """One character before the edge it is good."""
    desk = Desk()
    assert desk.perform(move(desk.own_key("frank"), clientOid="x" * 128)).word == "OK"


def test_sub_accounts() -> None:
    """Nobody has sub-accounts here, whichever way the money should go (H69)."""
    desk = Desk()
    key = desk.own_key("frank")
    for way, whose in (("PARENT_TO_SUB", "toUserId"), ("SUB_TO_PARENT", "fromUserId")):
        assert desk.reason(move(key, type=way, **{whose: "7"})) is Reason.SUB_ACCOUNT_UNKNOWN


def test_precision() -> None:
    """The amount is a multiple of the currency's precision."""
    desk = Desk()
    assert desk.reason(move(desk.own_key("frank"), amount="1.0000001")) is Reason.AMOUNT_INCREMENT_INVALID


def test_permission() -> None:
    """A key whose user did not grant flexible transfers moves nothing."""
    desk = Desk()
    assert desk.reason(move(desk.key("frank"))) is Reason.PERMISSION_MISSING


def test_transferable() -> None:
    """All that is available can be moved; of an account that never was, nothing; of a currency unknown, no answer."""
    desk = Desk(settlement="manual")
    key = desk.key("frank")
    desk.pay(key, payment())
    found = desk.do(ask(key, currency="USDT", type="MAIN"), TransferableFound).account
    assert told(found.balance, found.available, found.holds) == (50_000, 49_889, 111)
    assert available(desk, key, "TRADE") == 0
    assert desk.reason(ask(key, currency="NONE", type="MAIN")) is Reason.CURRENCY_UNKNOWN
    assert desk.reason(ask(key, currency="USDT", type="CONTRACT")) is Reason.PARAMETER_INVALID
    assert desk.reason(ask(key, type="MAIN")) is Reason.PARAMETER_INVALID


def test_only_isolated_needs_its_pair() -> None:
    """`tag` is compulsory for ISOLATED alone; ISOLATED_V2 without one is all pairs together."""
    desk = Desk()
    own = desk.own_key("frank")
    for number, (kind, tag) in enumerate((("ISOLATED_V2", "BTC-USDT"), ("ISOLATED_V2", "ETH-USDT"), ("ISOLATED", "X"))):
        more = {"toAccountType": kind, "toAccountTag": tag, "clientOid": str(number), "amount": "10"}
        desk.do(move(own, **more), TransferMade)
    key = desk.key("frank")

    def balance(**asked: str) -> Decimal:
        return desk.do(ask(key, currency="USDT", **asked), TransferableFound).account.balance

    refusal = desk.refusal(ask(key, currency="USDT", type="ISOLATED"))
    assert refusal.text == "Parameter Error: tag is compulsory"
    assert balance(type="ISOLATED", tag="X") == 10
    assert balance(type="ISOLATED_V2") == 20
    assert balance(type="ISOLATED_V2", tag="ETH-USDT") == 10
    others = [kind for kind in TRANSFERABLE if kind not in ("ISOLATED", "ISOLATED_V2", "MAIN")]
    assert [balance(type=kind) for kind in others] == [0] * len(others)


def test_unread_fields_are_noted() -> None:
    """A field that no transfer has is named in the journal."""
    desk = Desk()
    made = desk.do(move(desk.own_key("frank"), remark="x"), TransferMade)
    assert made.notes == ("fields that nothing read: remark",)
