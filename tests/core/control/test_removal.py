"""A user who goes takes the past along, and leaves that of all others as it is."""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter

import pytest
from msgspec.structs import replace
from support.demo_world import ALICE_ADDRESS
from support.deposits_and_transfers import arrive, move
from support.desk import Desk
from support.spot_world import SpotDesk

from simulator.core.control.administration import Administered, ChangeUser, DeleteClient, DeleteUser
from simulator.core.world import Account, DepositAddress, Issued, Statement
from simulator.core.world.stack import stacked


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


STACKS = ("order_holds", "fills", "deposits", "credited", "transfers", "given", "taken")
"""What of everybody's past goes with a user. Payouts stay."""


def _lived(*users: str) -> Statement:
    """Everybody's past after these users, in turn and within one millisecond, did all that moves their money."""
    desk = SpotDesk()
    keys = {user: desk.own_key(user) for user in users}
    for turn, user in enumerate(users * 3):
        desk.placed(keys[user], type="market", price=None)
        desk.perform(replace(arrive("7"), user=user, address=DepositAddress("trx", f"{ALICE_ADDRESS[:-3]}{user[:3]}")))
        desk.perform(move(keys[user], clientOid=f"oid-{turn}", fromAccountType="TRADE", toAccountType="MAIN"))
        for amount in ("9", "5"):
            desk.perform(ChangeUser(desk.world.users[user], (Account("ETH", "main", Decimal(amount)),)))
    if "alice" in users:
        desk.perform(DeleteUser("alice"))
    return desk.world.everybody


def test_others_pasts_stay_as_they_are() -> None:
    """The rows of all others stay in their order, also those of one instant, and the latest of them is on top."""
    everybody = _lived("alice", "bob", "frank")
    for name in STACKS:
        stack = getattr(everybody, name)
        rows = [*stack]
        assert {row.user for row in rows} == {"bob", "frank"}, name
        assert [row.user for row in rows[::-1]][-2:] == ["bob", "frank"], name
        assert rows == sorted(rows, key=lambda row: row.id, reverse=True), name
        assert (len({row.id for row in rows}), stack.ordered) == (len(rows), True), name
        assert (stack.at, stack.id) == (getattr(rows[0], "at", stack.at), rows[0].id), name
    assert everybody.credited.at == next(iter(everybody.credited)).updated_at
    assert everybody.transfers.at == next(iter(everybody.transfers)).created_at


@pytest.mark.parametrize(("amount", "name"), [("2000", "given"), ("500", "taken")])
def test_money_by_hand_goes_with_its_user(amount: str, name: str) -> None:
    """What a hand gave or took is gone with the user, if it is all that ever happened to them."""
    desk = Desk()
    for user in ("bob", "carol"):
        desk.perform(ChangeUser(desk.world.users[user], (Account("USDT", "main", Decimal(amount)),)))
    desk.perform(DeleteUser("bob"))
    assert [row.user for row in getattr(desk.world.everybody, name)] == ["carol"]


def test_a_client_takes_all_along() -> None:
    """A client that is deleted leaves no consent, code, key, transaction and user of its own; others stay."""
    desk = Desk()
    for user in ("alice", "bob"):
        desk.authorize(user)
    key = desk.key("alice")
    desk.challenge(key)
    [transaction] = desk.world.transactions.values()
    own = desk.own_key("alice")
    desk.world = desk.world.put(replace(transaction, id="own", api_key=own.api_key))
    others = replace(desk.world.clienteles["demo-broker"], client_id="other-broker")
    desk.world = desk.world.put(others)
    removed = desk.do(DeleteClient("demo-broker"), Administered).removed
    assert dict(removed) == {"consents": 3, "api_keys": 1, "transactions": 1}
    world = desk.world
    assert ([*world.consents], [*world.codes], [*world.api_keys]) == ([], [], [own.api_key])
    assert [*world.transactions] == ["own"]
    assert [*world.clienteles] == ["other-broker"]
    assert dict(desk.do(DeleteClient("other-broker"), Administered).removed) == {}


def test_a_user_is_no_user_of_any_client() -> None:
    """Each client that had the user has its other users left, and one that did not have the user is as it was."""
    desk = Desk()
    for user in ("alice", "bob"):
        desk.authorize(user)
    own = desk.world.clienteles["demo-broker"]
    others = replace(own.without("alice"), client_id="other-broker")
    desk.world = desk.world.put(others)
    desk.perform(DeleteUser("alice"))
    assert desk.world.clienteles["demo-broker"] == own.without("alice")
    assert desk.world.clienteles["other-broker"] is others


def test_orders_of_issue_do_not_grow() -> None:
    """What is gone is dropped from the orders of consents and keys with a removal, once it is most of them."""
    desk = Desk()
    desk.key("alice")
    gone = stacked((Issued(f"{n:03}", "gone", "demo-broker", n) for n in range(100)), attrgetter("at", "id"))
    desk.world = replace(desk.world, consent_order=gone, key_order=gone)
    desk.perform(DeleteUser("alice"))
    assert (len(desk.world.consent_order), len(desk.world.key_order)) == (0, 0)
