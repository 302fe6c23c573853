"""What a broker does next, with the SDKs that it already uses: the same table for each of them, over a real port.

Every check asserts values. The key is alice's and came by OAuth; the own key is one that she made by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from support.control_calls import steer
from support.desk import OUTSIDE, Key
from support.sdks import Money
from support.sdks.checks import EACH, EVM, GROUPS, Check, Desk
from support.sdks.order_checks import ORDER_CHECKS

from simulator.clock import wall_clock

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the official SDK's own


def _addressed(desk: Desk) -> None:
    key = desk.broker.key("alice")
    body = json.dumps({"currency": "USDT", "chain": EVM}).encode()
    assert desk.broker.signed(key, "POST", "/api/v3/deposit-address/create", body).json()["code"] == "200000"


def _settled_by_hand(desk: Desk) -> None:
    desk.chooses(settlement="manual")


def _promoted(desk: Desk) -> None:
    assert steer(desk.broker.send, "PATCH", "/users/alice", {"level": 7}).status == 200


def _seven_come(desk: Desk) -> None:
    desk.comes("7")


def _more_are_on_their_way(desk: Desk) -> None:
    desk.comes("25.5", confirmations=0)


def _later(desk: Desk) -> None:
    assert steer(desk.broker.send, "POST", "/clock/advance", {"by": "1s"}).status == 200


def _moved(desk: Desk) -> None:
    """5 USDT to the trading account, with the own key."""
    body = {"clientOid": "oid-5", "currency": "USDT", "amount": "5", "type": "INTERNAL"}
    sent = json.dumps({**body, "fromAccountType": "MAIN", "toAccountType": "TRADE"}).encode()
    answer = desk.broker.signed(Key("own-alice", "s", "p"), "POST", "/api/v3/accounts/universal-transfer", sent)
    assert answer.json()["code"] == "200000"


def _paid(desk: Desk) -> str:
    """100 USDT by TRON, with the own key: 1.5 USDT of fee."""
    body = {"currency": "USDT", "chain": "trx", "toAddress": OUTSIDE["trx"], "amount": "100", "withdrawType": "ADDRESS"}
    own = Key("own-alice", "s", "p")
    name: str = desk.broker.signed(own, "POST", "/api/v3/withdrawals", json.dumps(body).encode()).json()["data"][
        "withdrawalId"
    ]
    return name


CHECKS = (
    Check("time", lambda sdk: wall_clock() <= sdk.time() <= wall_clock(), answer=True),
    Check("status", lambda sdk: sdk.status(), "open"),
    Check("client_ip", lambda sdk: sdk.client_ip(), "127.0.0.1"),
    Check(
        "currencies",
        lambda sdk: sdk.currencies(),
        dict.fromkeys(("BTC", "ETH", "USDT", "USDC", "KCS", "SOL", "TON"), 8) | {"TRX": 6, "XRP": 6},
    ),
    Check(
        "fees",
        lambda sdk: {chain: fee for chain, fee in sdk.fees("USDT").items() if chain in ("trx", "eth", "kcc")},
        {"trx": Decimal("1.5"), "eth": Decimal("3.5"), "kcc": Decimal("0.8")},
    ),
    Check("rate", lambda sdk: sdk.rate(), (2_000, 20)),
    Check(
        "permissions",
        lambda sdk: sdk.permissions(),
        {"General", "Futures", "Spot", "Earn", "InnerTransfer", "Transfer", "Margin"},
    ),
    Check("uid", lambda sdk: sdk.uid(), 200_000_001),
    Check(
        "level",
        lambda sdk: sdk.level(),
        7,
        (_promoted,),
    ),
    Check("high_frequency", lambda sdk: sdk.high_frequency(), answer=True),
    Check("balance", lambda sdk: sdk.balance("USDT"), Money(Decimal(1_000_000), Decimal(1_000_000), Decimal(0))),
    Check("balance", lambda sdk: sdk.balance("BTC").total, Decimal(100)),
    Check(
        "balance",
        lambda sdk: sdk.balance("USDT"),
        Money(Decimal(1_000_000), Decimal("999898.5"), Decimal("101.5")),
        (_settled_by_hand, _paid),
    ),
    Check("transferable", lambda sdk: sdk.transferable("USDT"), Decimal(1_000_000)),
    Check(
        "addresses",
        lambda sdk: sdk.addresses("USDT"),
        {"trx": "TALiceALiceALiceALiceALiceALiceALi"},
    ),
    Check(
        "deposits",
        lambda sdk: sdk.deposits("USDT"),
        [(Decimal("25.5"), "PROCESSING"), (Decimal(7), "SUCCESS")],
        (_addressed, _seven_come, _later, _more_are_on_their_way),
    ),
    Check(
        "quota",
        lambda sdk: sdk.quota("USDT", "trx"),
        (Decimal(100), Decimal("1.5")),
        (_paid,),
    ),
    Check(
        "ledger",
        lambda sdk: sdk.ledger("USDT"),
        [("Withdrawal", Decimal("101.5")), ("Deposit", Decimal(7))],
        (_addressed, _seven_come, _later, _paid),
    ),
    Check("base_rates", lambda sdk: sdk.base_rates(), (Decimal("0.001"), Decimal("0.001"))),
    Check("rates", lambda sdk: sdk.rates("BTC-USDT"), (Decimal("0.001"), Decimal("0.001"))),
    Check("first_deposits", lambda sdk: sdk.first_deposits(), [], (_addressed, _seven_come)),
    Check("first_withdrawals", lambda sdk: sdk.first_withdrawals(), [], (_paid,)),
    Check("sub_accounts", lambda sdk: sdk.sub_accounts(), []),
    Check("trades", lambda sdk: sdk.trades("BTC-USDT"), []),
    Check("trading_ledger", lambda sdk: sdk.trading_ledger("USDT"), [("in", Decimal(5))], (_moved,)),
    *ORDER_CHECKS,
)
"""Reads, each in the demo world or after what `before` does there."""


@EACH
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.needs)
def test_what_an_sdk_reads(desk: Desk, check: Check) -> None:
    """The SDK, unmodified, answers with the world's values, or its table says why it cannot ask."""
    if desk.has(check.needs):
        for step in check.before:
            step(desk)
        assert check.ask(desk.sdk) == check.answer


@EACH
def test_an_sdk_makes_a_deposit_address(desk: Desk) -> None:
    """The new address is listed, money that comes there is the user's, and a second one is refused."""
    if not desk.has("create_address"):
        return
    made = desk.sdk.create_address("USDT", EVM)
    assert (made[:2], len(made)) == ("0x", 42)
    assert desk.sdk.addresses("USDT") == {"trx": "TALiceALiceALiceALiceALiceALiceALi", EVM: made}
    desk.comes("25")
    assert desk.sdk.balance("USDT").total == 1_000_025
    with pytest.raises(Exception, match=r"260000|Deposit address already exists"):
        desk.sdk.create_address("USDT", EVM)


@EACH
def test_an_sdk_moves_money(desk: Desk) -> None:
    """Ten and a half from main to trade, seen on both sides; the same clientOid moves nothing more."""
    if not desk.has("transfer"):
        return
    assert len(desk.sdk.transfer("USDT", "10.5", "oid-1")) == 24
    assert desk.sdk.balance("USDT").total == Decimal("999989.5")
    assert desk.sdk.balance("USDT", "trade").total == Decimal("10.5")
    with pytest.raises(Exception, match="clientOid has been used"):
        desk.sdk.transfer("USDT", "10.5", "oid-1")
    assert desk.sdk.balance("USDT").total == Decimal("999989.5")


@EACH
def test_an_sdk_sees_what_it_moved(desk: Desk) -> None:
    """Five to the margin, the isolated and the futures account: each is seen by that account's own call."""
    for target in ("margin", "isolated"):
        assert len(desk.sdk.move("USDT", "5", target)) == 24
    body = {"clientOid": "f", "currency": "USDT", "amount": "5", "from": "main", "to": "contract"}
    answer = desk.broker.signed(
        desk.broker.key("alice", *GROUPS), "POST", "/api/v2/accounts/inner-transfer", json.dumps(body).encode()
    )
    assert answer.json()["code"] == "200000"
    assert desk.sdk.margin("USDT") == desk.sdk.isolated("BTC-USDT") == desk.sdk.futures("USDT") == 5
    assert desk.sdk.futures_moves() == [("TransferIn", Decimal(5))]
    assert desk.sdk.balance("USDT").total == 999_985


@EACH
def test_an_sdk_withdraws_as_the_permission_says(desk: Desk) -> None:
    """Refused with the key that came by OAuth; done with the own key, and then in history, balance and by id."""
    if not desk.has("withdraw"):
        return
    with pytest.raises(Exception, match="400007"):
        desk.sdk.withdraw("USDT", "trx", OUTSIDE["trx"], "100")
    assert desk.sdk.balance("USDT").total == 1_000_000
    name = desk.own.withdraw("USDT", "trx", OUTSIDE["trx"], "100")
    [paid] = desk.sdk.withdrawals("USDT")
    assert paid == (name, Decimal(100), Decimal("1.5"), "SUCCESS")
    assert desk.sdk.balance("USDT").total == Decimal("999898.5")
    if desk.has("withdrawal"):
        assert desk.sdk.withdrawal(name) == paid
    with pytest.raises(Exception, match=r"Incorrect withdrawal address|400100"):
        desk.own.withdraw("USDT", "trx", "nowhere", "100")


@EACH
def test_an_sdk_cancels(desk: Desk) -> None:
    """A withdrawal that is still under way is canceled with the own key, not with the other, and only once."""
    if not desk.has("cancel"):
        return
    desk.chooses(settlement="manual")
    name = _paid(desk)
    with pytest.raises(Exception, match="400007"):
        desk.sdk.cancel(name)
    desk.own.cancel(name)
    assert [each.status for each in desk.sdk.withdrawals("USDT")] == ["FAILURE"]
    assert desk.sdk.balance("USDT") == (1_000_000, 1_000_000, 0)
    with pytest.raises(Exception, match="cannot be canceled"):
        desk.own.cancel(name)


ASKING: dict[str, Callable[[Any, str], object]] = {
    "Official": lambda sdk, text: sdk.rows(text),
    "Ccxt": lambda sdk, text: sdk.api.private_get_accounts({"currency": text})["data"],
    "PythonKucoin": lambda sdk, text: sdk.api.get_accounts(text),
}
"""How each SDK asks for the accounts of a currency, whatever the text is."""


@EACH
@pytest.mark.parametrize("text", ["USDT,BTC", "U T", "ü", "U(T)/@:", "U[T]", "100%", "a&b=c", "U+T"])
def test_an_sdk_signs_the_decoded_query(desk: Desk, text: str) -> None:
    """Values that are encoded in a URL are signed decoded by every one of them; only ccxt leaves a plus as it is."""
    name = type(desk.sdk).__name__
    if (name, text) == ("Ccxt", "U+T"):
        with pytest.raises(Exception, match="400005"):
            ASKING[name](desk.sdk, text)
    else:
        assert not ASKING[name](desk.sdk, text)
