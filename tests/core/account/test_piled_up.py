"""What one user can pile up is neither copied by a call nor gone through for a page."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.deposits_and_transfers import arrive, move
from support.desk import Desk, Key, payment

from simulator.core.account.deposit_addresses import CreateDepositAddress, DepositAddressCreated
from simulator.core.account.deposits import ListDeposits
from simulator.core.account.hf_ledgers import ListHfLedgers
from simulator.core.account.ledgers import ListLedgers
from simulator.core.account.withdrawals import ListWithdrawals, WithdrawalsListed
from simulator.core.control.administration import DeleteUser
from simulator.core.funds.ledger import movements
from simulator.core.gateway.requests import Body
from simulator.core.operations import perform
from simulator.exchange import State
from simulator.state.form import imported
from simulator.state.soundness import problems
from simulator.state.text import exported


def again(desk: Desk) -> None:
    """The exchange after its state has been exported and imported."""
    state: State = imported(json.loads(b"".join(exported(desk.exchange.state())))["state"], desk.world.origins)
    assert list(problems(state)) == []
    desk.exchange.restore(state)


def read(desk: Desk, key: Key) -> Any:
    return key.sign(method="GET", path="/x", timestamp=desk.wall)


class Counted:
    """A table that counts how many of its rows are looked up, and lets nobody go through all of them."""

    def __init__(self, table: Any) -> None:
        self._table, self.looked_up = table, 0

    def __getitem__(self, key: object) -> Any:
        self.looked_up += 1
        return self._table[key]

    def get(self, key: object) -> Any:
        self.looked_up += 1
        return self._table.get(key)

    def __len__(self) -> int:
        return len(self._table)


def crowded(count: int) -> tuple[Desk, Key]:
    """So many withdrawals, deposits and transfers of one user."""
    desk = Desk(amount_cap_24h=Decimal(10**9))
    key = desk.key("frank")
    own = desk.own_key("frank")
    for number in range(count):
        desk.pay(key, payment(amount="5"))
        desk.perform(arrive("7", user="frank", to="trade"))
        desk.perform(move(own, clientOid=str(number), amount="1"))
        desk.advance(1)
    return desk, key


@pytest.mark.parametrize("count", [20, 200])
def test_a_page_looks_up_its_own_rows(count: int) -> None:
    """However many things a user has, a page of ten looks up ten rows at most, and no table is gone through."""
    desk, key = crowded(count)
    asked = {"pageSize": "10"}
    lists = [
        ListWithdrawals(read(desk, key), asked),
        ListWithdrawals(read(desk, key), {**asked, "status": "SUCCESS", "currency": "USDT"}),
        ListDeposits(read(desk, key), asked),
        ListLedgers(read(desk, key), asked),
        ListHfLedgers(read(desk, key), {"limit": "10"}),
    ]
    for command in lists:
        tables = {name: Counted(getattr(desk.world, name)) for name in ("withdrawals", "deposits", "transfers")}
        world: Any = replace(desk.world, **tables)
        assert perform(world, command, desk.exchange.clock.now())[1]
        assert sum(table.looked_up for table in tables.values()) <= 10
    world = replace(desk.world, withdrawals=Counted(desk.world.withdrawals))
    assert len(movements(world, "frank", 10)) == 10
    assert world.withdrawals.looked_up <= 10


@pytest.mark.parametrize("status", ["PROCESSING", "REVIEW", "FAILURE"])
def test_a_state_that_nothing_is_in_is_known_at_once(status: str) -> None:
    """A filter that matches nothing looks at nothing."""
    desk, key = crowded(20)
    world: Any = replace(desk.world, withdrawals=Counted(desk.world.withdrawals))
    command = ListWithdrawals(read(desk, key), {"status": status})
    _, reply = perform(world, command, desk.exchange.clock.now())
    assert isinstance(reply, WithdrawalsListed)
    assert (reply.page.total, world.withdrawals.looked_up) == (0, 0)


def test_a_call_shares_what_it_does_not_change() -> None:
    """One more key or address leaves the user's row, and all that the user has already, as the same objects."""
    desk = Desk(api_key_limit=1000, second_deposit_address="create")
    token, own = desk.pair("frank").access_token, desk.own_key("frank")
    asked = {"currency": "USDT", "chain": "trx"}
    for _ in range(30):
        before = desk.world
        desk.add_key(token)
        made = CreateDepositAddress(own.sign(json.dumps(asked).encode(), path="/x"), Body(asked))
        address = desk.do(made, DepositAddressCreated).address
        assert desk.world.users["frank"] is before.users["frank"]
        assert next(iter(desk.world.deposit_book("frank").addresses)) == address
    book = desk.world.deposit_book("frank")
    assert len({each.address for each in book.addresses}) == 30
    assert book.spots["USDT", "trx"].count == 30
    assert all(desk.world.identities[each.identity] == "frank" for each in book.addresses)
    desk.perform(DeleteUser("frank"))
    assert not any(each.identity in desk.world.identities for each in book.addresses)
    assert "frank" not in desk.world.deposit_books


def test_an_account_of_a_tag_is_one_of_many() -> None:
    """Isolated accounts are found by their tags, listed in order, and carried with the rest."""
    desk = Desk()
    own = desk.own_key("frank")
    for number in range(12):
        tag = {"toAccountType": "ISOLATED", "toAccountTag": f"P{number}-USDT"}
        desk.perform(move(own, clientOid=str(number), amount=str(number + 1), **tag))
    again(desk)
    wallet = desk.world.wallet("frank")
    assert len(wallet.isolated) == 12
    assert wallet.account("USDT", "isolated:P11-USDT").balance == 12
    kinds = [(each.type, each.currency) for each in wallet.every]
    assert kinds == sorted(kinds)
    assert len(kinds) == 12 + len(wallet.accounts)
