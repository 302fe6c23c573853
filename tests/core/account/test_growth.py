"""What one user can pile up: every list is what it would be without an index."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support import unindexed_histories
from support.deposits_and_transfers import arrive, move, slow
from support.desk import START, Desk, Key, by_account, groups_body, payment

from simulator.core.account.accounts_old import AccountLedgersListed, ListAccountLedgers
from simulator.core.account.deposits import DepositsListed, ListDeposits
from simulator.core.account.hf_ledgers import HfLedgersListed, ListHfLedgers
from simulator.core.account.ledgers import LedgersListed, ListLedgers
from simulator.core.account.withdrawals import ListWithdrawals, WithdrawalsListed
from simulator.core.choices import After
from simulator.core.control import issued
from simulator.core.control.administration import DeleteApiKey, DeleteUser, PutUser, unfinished
from simulator.core.fast_api.api_keys import AddApiKey
from simulator.core.funds.ledger import movements
from simulator.core.funds.payouts import Withdrawn
from simulator.core.funds.settlement import STEPS, MoveWithdrawal
from simulator.core.mint import account_id
from simulator.core.spec import DAY
from simulator.core.world import Account
from simulator.exchange import State
from simulator.state.consistency import problems
from simulator.state.decoding import imported
from simulator.state.encoding import exported

USERS = ("alice", "frank")
PAGES = st.fixed_dictionaries({"currentPage": st.sampled_from("123"), "pageSize": st.just("10")})
CURRENCIES = st.sampled_from(["", "USDT", "BTC", "DOGE"])
STATUSES = st.sampled_from(["", "PROCESSING", "REVIEW", "WALLET_PROCESSING", "SUCCESS", "FAILURE"])


def busy(data: st.DataObject) -> Desk:
    """A desk at which two users have paid, moved and received money, by which some withdrawals are under way."""
    desk = Desk(settlement=data.draw(st.sampled_from(["immediate", "manual", After(30)])))
    slow(desk)
    world = desk.world
    for user in USERS:
        world = world.put(replace(world.users[user], factor_sets=((),)), world.wallet(user).having(BITCOIN))
    desk.world = world
    keys = {user: desk.own_key(user) for user in USERS}
    for number in range(data.draw(st.integers(5, 40))):
        step(desk, keys, data, number)
    return desk


BITCOIN = Account("BTC", "main", Decimal(1000))


def step(desk: Desk, keys: dict[str, Key], data: st.DataObject, number: int) -> None:
    """One thing that happens."""
    user = data.draw(st.sampled_from(USERS))
    match data.draw(st.sampled_from(["pay", "pay", "inside", "deposit", "move", "advance", "settle", "anew"])):
        case "pay":
            currency, chain = data.draw(st.sampled_from([("USDT", "trx"), ("BTC", "btc")]))
            desk.perform(desk.withdrawal(desk.key(user), payment(currency=currency, chain=chain, amount="5")))
        case "inside":
            uid = {"alice": "200000006", "frank": "200000001"}[user]
            desk.perform(desk.withdrawal(desk.key(user), by_account("UID", uid, amount="5")))
        case "deposit":
            to = data.draw(st.sampled_from(["main", "trade"]))
            desk.perform(arrive("7", data.draw(st.sampled_from([None, 1])), user, to))
        case "move":
            away = data.draw(st.sampled_from([("MAIN", "TRADE"), ("TRADE", "MAIN"), ("MAIN", "ISOLATED")]))
            tag = {"toAccountTag": "BTC-USDT"} if away[1] == "ISOLATED" else {}
            fields = {"fromAccountType": away[0], "toAccountType": away[1], "amount": "3", **tag}
            desk.perform(move(keys[user], clientOid=f"oid-{number}", **fields))
        case "advance":
            desk.advance(data.draw(st.sampled_from([1, 20, 90_000])))
        case "settle" if desk.world.withdrawals:
            name = data.draw(st.sampled_from(sorted(desk.world.withdrawals)))
            desk.perform(MoveWithdrawal(name, data.draw(st.sampled_from([*STEPS]))))
        case "anew" if not unfinished(desk.world, user):
            person = desk.world.users[user]
            desk.perform(DeleteUser(user))
            desk.perform(PutUser(person, (Account("USDT", "main", Decimal(1000)), BITCOIN)))
            keys[user] = desk.own_key(user)


def again(desk: Desk) -> None:
    """The exchange after its state has been exported and imported."""
    state: State = imported(json.loads(b"".join(exported(desk.exchange.state())))["state"], desk.world.origins)
    assert list(problems(state)) == []
    desk.exchange.restore(state)


@settings(max_examples=60, phases=(Phase.explicit, Phase.generate))
@given(data=st.data())
def test_a_page_is_the_slice_of_the_whole_list(data: st.DataObject) -> None:
    """Whatever happened and whatever is asked, also after an import, each list is what it is without any index."""
    desk = busy(data)
    if data.draw(st.booleans()):
        again(desk)
    for user in USERS:
        key = desk.own_key(user)
        asked = {"currency": data.draw(CURRENCIES), "status": data.draw(STATUSES), **data.draw(PAGES)}
        asked |= data.draw(st.sampled_from([{}, {"startAt": str(START + 1)}, {"endAt": str(START + 20)}]))
        compare(desk, key, user, {name: text for name, text in asked.items() if text})
        ledgers(desk, key, user, data)
        account_ledgers(desk, key, user, data)
    for name in ("", *USERS, "bob", "nobody"):
        whole, most = unindexed_histories.movements(desk.world, name), data.draw(st.sampled_from([1, 3, 1000]))
        assert movements(desk.world, name) == whole
        assert movements(desk.world, name, most) == whole[:most]


def compare(desk: Desk, key: Key, user: str, asked: dict[str, str]) -> None:
    """Withdrawals and deposits, page by page."""
    begin = 10 * (int(asked["currentPage"]) - 1)
    whole = unindexed_histories.withdrawals(desk.world, user, asked)
    found = desk.do(ListWithdrawals(read(desk, key), asked), WithdrawalsListed).page
    assert (found.total, list(found.items)) == (len(whole), whole[begin : begin + 10])
    if asked.get("status") not in ("REVIEW", "WALLET_PROCESSING"):
        there = unindexed_histories.deposits(desk.world, user, asked)
        listed = desk.do(ListDeposits(read(desk, key), asked), DepositsListed).page
        rows = [(each.id, each.status.value, each.created_at) for each in listed.items]
        assert (listed.total, rows) == (len(there), there[begin : begin + 10])


def ledgers(desk: Desk, key: Key, user: str, data: st.DataObject) -> None:
    """Both ledgers of a user, a day of the one and three of the other."""
    end = desk.exchange.clock.now().business
    asked = {"currency": data.draw(st.sampled_from(["", "USDT", "BTC,USDT"])), **data.draw(PAGES)}
    asked |= {"direction": data.draw(st.sampled_from(["", "in", "out"]))}
    span = {"startAt": str(max(0, end - DAY)), "endAt": str(end)}
    kinds = data.draw(st.sampled_from(["", "DEPOSIT", "WITHDRAW", "TRANSFER"]))
    begin = 10 * (int(asked["currentPage"]) - 1)
    usual = {**asked, "bizType": kinds}
    whole = unindexed_histories.lines(desk.world, user, {**usual, **span})
    found = desk.do(ListLedgers(read(desk, key), usual), LedgersListed).page
    assert (found.total, list(found.items)) == (len(whole), whole[begin : begin + 10])
    asked["limit"] = data.draw(st.sampled_from(["1", "2", "100"]))
    span["startAt"] = str(max(0, end - 3 * DAY))
    every = unindexed_histories.hf_lines(desk.world, user, span)
    goes_on: bool = data.draw(st.booleans())
    if every and goes_on:
        asked["lastId"] = data.draw(st.sampled_from([line.id for line, _ in every]))
    rows = desk.do(ListHfLedgers(read(desk, key), asked), HfLedgersListed).rows
    assert [(each.line, each.balance) for each in rows] == unindexed_histories.hf_lines(
        desk.world, user, {**asked, **span}
    )


def account_ledgers(desk: Desk, key: Key, user: str, data: st.DataObject) -> None:
    """The older ledger of each account of a user, with what there was after each row."""
    asked = {"direction": data.draw(st.sampled_from(["", "in", "out"])), **data.draw(PAGES)}
    asked |= data.draw(st.sampled_from([{}, {"startAt": str(START + 1)}, {"endAt": str(START + 20)}]))
    begin = 10 * (int(asked["currentPage"]) - 1)
    for account in desk.world.wallet(user).every:
        whole = unindexed_histories.account_lines(desk.world, user, (account.currency, account.type), asked)
        parameters = (asked.get(name, "") for name in ("direction", "startAt", "endAt", "currentPage", "pageSize"))
        name = account_id(desk.world, user, account.type, account.currency)
        page = desk.do(ListAccountLedgers(read(desk, key), name, *parameters), AccountLedgersListed).page
        assert (page.total, [(row.line, row.balance) for row in page.items]) == (len(whole), whole[begin : begin + 10])


def read(desk: Desk, key: Key) -> Any:
    return key.sign(method="GET", path="/x", timestamp=desk.wall)


def test_credentials_are_the_tables_rows() -> None:
    """Consents and keys stand newest first, of everybody, one user or one client; what is deleted is not there."""
    desk = Desk(api_key_limit=1000)
    for number in range(200):
        desk.key("alice" if number % 3 else "frank")
        desk.advance(number % 2)
    for name in sorted(desk.world.api_keys)[::2]:
        desk.perform(DeleteApiKey(name))
    desk.perform(DeleteUser("frank"))
    desk.own_key("bob")
    world = desk.world
    assert len(world.key_order) < 2 * len(world.api_keys) + issued.SLACK + 2
    for user in ("", "alice", "frank", "bob"):
        for client in ("", "demo-broker", "nobody"):
            keys = [key for key in world.api_keys.values() if user in ("", key.user) and client in ("", key.client_id)]
            keys.sort(key=lambda key: (key.created_at, key.api_key), reverse=True)
            assert [*issued.keys(world, user, client)] == keys
            consents = [each for each in world.consents.values() if user in ("", each.user)]
            consents = [each for each in consents if client in ("", each.client_id)]
            consents.sort(key=lambda each: (each.granted_at, each.id), reverse=True)
            assert [*issued.consents(world, user, client)] == consents


def test_a_name_is_free_once_its_key_is_gone() -> None:
    """A user has no two keys of one name, and each key that goes leaves its name and its place in the limit."""
    desk = Desk(api_key_limit=2)
    world = desk.world
    desk.world = world.put(replace(world.clients["demo-broker"], api_name="fast"))
    token = desk.pair("alice").access_token
    first = desk.add_key(token)
    assert desk.refusal(AddApiKey(f"bearer {token}", groups_body("API_COMMON"), "")).reason.name == "REPEATED_API_NAME"
    assert dict(desk.world.key_ring("alice").names) == {"fast": first.api_key}
    desk.perform(DeleteApiKey(first.api_key))
    assert len(desk.world.key_ring("alice").names) == 0
    assert desk.add_key(token).api_name == "fast"


@pytest.mark.parametrize("settlement", ["immediate", "manual"])
def test_withdrawals_come_back_after_they_were_taken_away(settlement: str) -> None:
    """A user who is gone leaves withdrawals to the lists of all, and a namesake's statement begins empty."""
    desk = Desk(settlement=settlement)
    person = desk.world.users["frank"]
    paid = desk.do(desk.withdrawal(desk.key("frank"), payment()), Withdrawn).withdrawal
    desk.perform(MoveWithdrawal(paid.id, "approve"))
    desk.perform(DeleteUser("frank"))
    desk.perform(PutUser(person, ()))
    assert [held.id for held in desk.world.everybody.withdrawals] == [paid.id]
    assert movements(desk.world, "frank") == []
    assert len(desk.world.statement("frank").withdrawals) == 0
