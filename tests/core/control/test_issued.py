"""Consents and keys as they were issued: whose, through whom, and when what is gone is left out."""

from __future__ import annotations

import pytest
from rpds import HashTrieMap
from support.desk import Desk

from simulator.core.control.issued import SLACK, consents, keys, tidied
from simulator.core.world import Consent, Issued, MadeBy
from simulator.core.world.stack import Stack


def test_whose_they_are() -> None:
    """The latest first: of everybody, of one user, through one client, or both."""
    desk = Desk()
    for user in ("alice", "bob", "alice"):
        desk.key(user)
        desk.advance(1)
    own = desk.own_key("frank")
    for user, client, users in (
        ("", "", ["alice", "bob", "alice"]),
        ("alice", "", ["alice", "alice"]),
        ("", "demo-broker", ["alice", "bob", "alice"]),
        ("bob", "demo-broker", ["bob"]),
        ("carol", "", []),
        ("", "other-broker", []),
    ):
        assert [consent.user for consent in consents(desk.world, user, client)] == users
        through = [key.user for key in keys(desk.world, user, client) if key.api_key != own.api_key]
        assert through == users
    for read in (consents, keys):
        assert [row.user for row in read(desk.world, client="demo-broker")] == ["alice", "bob", "alice"]
        assert [row.user for row in read(desk.world, user="bob")] == ["bob"]
    assert len([*consents(desk.world)]) == 3
    assert len([*keys(desk.world)]) == 4
    assert [key.api_key for key in keys(desk.world, "frank")] == [own.api_key]


@pytest.mark.parametrize(("own", "count"), [(False, 2), (True, 1)])
def test_a_brokers_own_keys(own: bool, count: int) -> None:
    """Those that a broker made for itself can be asked for alone."""
    desk = Desk()
    desk.key()
    desk.own_key("frank", made_by=MadeBy.BROKER, client_id="demo-broker")
    assert len(list(keys(desk.world, client="demo-broker", own=own))) == count


@pytest.mark.parametrize(("count", "there", "left"), [(64, 0, 64), (65, 0, 0), (66, 1, 66), (67, 1, 1), (67, 2, 67)])
def test_what_is_gone_is_left_out(count: int, there: int, left: int) -> None:
    """Once there are more than twice as many rows as there should be, and 64; the order stays."""
    assert SLACK == 64
    order: Stack[Issued] = Stack()
    for number in range(count):
        order = order.having(Issued(f"{number:03}", "ann", "one", number), number, f"{number:03}")
    desk = Desk()
    desk.authorize()
    (consent,) = desk.world.consents.values()
    table: HashTrieMap[str, Consent] = HashTrieMap({f"{number:03}": consent for number in range(there)})
    assert len(tidied(order, table)) == left
    assert [row.at for row in tidied(order, table)] == list(range(count if left == count else left))[::-1]
