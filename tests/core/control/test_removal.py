"""A user who goes takes the past along, and leaves that of all others as it is."""

from __future__ import annotations

from msgspec.structs import replace
from support.demo_world import ALICE_ADDRESS
from support.deposits_and_transfers import arrive, move
from support.desk import Desk

from simulator.core.control.administration import DeleteUser
from simulator.core.world import DepositAddress


def test_everybodys_past_without_a_user() -> None:
    """Deposits, credits and transfers of the one are gone from everybody's, those of the others stay in their order."""
    desk = Desk()
    desk.perform(arrive("1"))
    other = replace(arrive("2"), user="bob", address=DepositAddress("trx", ALICE_ADDRESS))
    desk.perform(other)
    for user in ("alice", "frank"):
        desk.perform(move(desk.own_key(user)))
    desk.perform(DeleteUser("alice"))
    everybody = desk.world.everybody
    assert [held.user for held in everybody.deposits] == ["bob"]
    assert [deposit.user for deposit in everybody.credited] == ["bob"]
    assert [transfer.user for transfer in everybody.transfers] == ["frank"]
    assert {deposit.user for deposit in desk.world.deposits.values()} == {"bob"}
    assert desk.balance("bob") == 1002
