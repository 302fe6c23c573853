"""Deposit addresses by the older versions of their call."""

from __future__ import annotations

import pytest
from support.demo_world import ALICE_ADDRESS
from support.desk import Desk, Key

from simulator.core.account.deposit_addresses_old import (
    CreateDepositAddressV1,
    DepositAddressCreatedV1,
    DepositAddressesListedV2,
    DepositAddressFoundV1,
    GetDepositAddressV1,
    ListDepositAddressesV2,
)
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason


def v1(key: Key, **asked: str) -> GetDepositAddressV1:
    return GetDepositAddressV1(key.sign(method="GET", path="/api/v1/deposit-addresses"), asked)


def v2(key: Key, **asked: str) -> ListDepositAddressesV2:
    return ListDepositAddressesV2(key.sign(method="GET", path="/api/v2/deposit-addresses"), asked)


@pytest.mark.parametrize(("asked", "found"), [({}, ["trx"]), ({"chain": "trx"}, ["trx"]), ({"chain": "eth"}, [])])
def test_version_2_lists(asked: dict[str, str], found: list[str]) -> None:
    """By one chain or by all."""
    desk = Desk()
    listed = desk.do(v2(desk.key("alice"), currency="USDT", **asked), DepositAddressesListedV2)
    assert [chain.chain_id for _, chain in listed.addresses] == found
    assert [address.address for address, _ in listed.addresses] == [ALICE_ADDRESS] * len(found)


def test_version_1_finds_one() -> None:
    """By its chain; without one by the default chain, by which alice has none."""
    desk = Desk()
    key = desk.key("alice")
    found = desk.do(v1(key, currency="USDT", chain="trx"), DepositAddressFoundV1).address
    assert found is not None
    assert (found[0].address, found[1].chain_name) == (ALICE_ADDRESS, "TRC20")
    assert desk.do(v1(key, currency="USDT"), DepositAddressFoundV1).address is None


@pytest.mark.parametrize("ask", [v1, v2])
def test_what_there_is_not(ask: object) -> None:
    """No currency and no chain of that name."""
    assert callable(ask)
    desk = Desk()
    key = desk.key("alice")
    assert desk.reason(ask(key, currency="DOGE")) is Reason.CURRENCY_UNKNOWN
    assert desk.reason(ask(key, currency="USDT", chain="nowhere")) is Reason.CHAIN_INVALID


def test_version_1_makes_one() -> None:
    """The new address is what both older versions find; the chain goes by its name, and a memo that is none is null."""
    desk = Desk()
    key = desk.key("alice")
    body = Body({"currency": "USDT", "chain": "kcc", "to": "TRADE"})
    made = desk.do(CreateDepositAddressV1(key.sign(path="/x"), body), DepositAddressCreatedV1).data()
    assert (made.chain, made.chain_id, made.to, made.currency, made.memo) == ("KCC", "kcc", "TRADE", "USDT", None)
    found = desk.do(v1(key, currency="USDT", chain="kcc"), DepositAddressFoundV1).address
    assert found is not None
    assert found[0].address == made.address
    assert desk.reason(CreateDepositAddressV1(key.sign(path="/x"), body)) is Reason.DEPOSIT_ADDRESS_EXISTS
    tagged = Body({"currency": "XRP", "chain": "xrp"})
    assert desk.do(CreateDepositAddressV1(key.sign(path="/x"), tagged), DepositAddressCreatedV1).data().memo
