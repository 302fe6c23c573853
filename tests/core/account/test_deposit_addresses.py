"""Deposit addresses: how many a user has of a currency by a chain, and which is the first."""

from __future__ import annotations

import json

from support.desk import Desk

from simulator.core.account.deposit_addresses import CreateDepositAddress, DepositAddressCreated, spot_of
from simulator.core.gateway.requests import Body
from simulator.core.world import DepositAddress


def made_by(desk: Desk, chain: str, count: int) -> list[DepositAddress]:
    """So many new addresses of alice for USDT."""
    key, fields = desk.own_key("alice"), {"currency": "USDT", "chain": chain}
    command = CreateDepositAddress(key.sign(json.dumps(fields).encode(), path="/x"), Body(fields))
    return [desk.do(command, DepositAddressCreated).address for _ in range(count)]


def test_how_many_addresses_there_are() -> None:
    """Those of the scenario come first and count, too, so that each new one is another address."""
    desk = Desk(second_deposit_address="create")
    alice = desk.world.users["alice"]
    [given] = alice.deposit_addresses
    assert spot_of(desk.world, alice, "USDT", "trx") == (given, 1)
    assert spot_of(desk.world, alice, "USDT", "kcc") == (None, 0)
    by_tron, by_kcc = made_by(desk, "trx", 3), made_by(desk, "kcc", 3)
    assert len({address.address for address in (given, *by_tron, *by_kcc)}) == 7
    assert spot_of(desk.world, alice, "USDT", "trx") == (given, 4)
    assert spot_of(desk.world, alice, "USDT", "kcc") == (by_kcc[0], 3)
