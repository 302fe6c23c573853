"""Deposit addresses, and the money that comes to them."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from msgspec.structs import replace
from support.demo_world import ALICE_ADDRESS
from support.deposits_and_transfers import arrive, slow
from support.desk import START, Desk, Key, payment

from simulator.core.account.deposit_addresses import (
    CreateDepositAddress,
    DepositAddressCreated,
    DepositAddressesListed,
    ListDepositAddresses,
)
from simulator.core.account.deposits import DepositsListed, ListDeposits
from simulator.core.control.administration import ChangeChoices, DeleteUser
from simulator.core.control.events import EventKind, pending
from simulator.core.funds.addresses import FORMS, mint_address, mint_wallet_tx_id
from simulator.core.funds.arrivals import DepositArrived, confirmations, credited_at
from simulator.core.gateway.requests import Body
from simulator.core.passing import PassTime, TimePassed
from simulator.core.refusals import Reason
from simulator.core.spec import MINUTE
from simulator.core.world import Chain, Deposit, DepositStatus, Now, World


def create(key: Key, **fields: object) -> CreateDepositAddress:
    sent = {name: value for name, value in ({"currency": "USDT", "chain": "kcc"} | fields).items() if value is not None}
    path = "/api/v3/deposit-address/create"
    return CreateDepositAddress(key.sign(json.dumps(sent).encode(), path=path), Body(sent))


def listing(key: Key, **asked: str) -> ListDepositAddresses:
    return ListDepositAddresses(key.sign(method="GET", path="/api/v3/deposit-addresses"), asked)


# --- addresses
def test_an_address_is_made() -> None:
    """It is the user's own from then on: by the chain that was named or the default one, for main or trade."""
    desk = Desk()
    key = desk.key("frank")
    made = desk.do(create(key), DepositAddressCreated)
    assert (made.address.chain, made.address.account, made.currency, made.chain.chain_name) == (
        "kcc",
        "main",
        "USDT",
        "KCC",
    )
    usual = desk.do(create(key, chain=None, to="TRADE"), DepositAddressCreated).address
    assert (usual.chain, usual.account, usual.currency) == ("eth", "trade", "USDT")
    assert desk.world.identities[f"eth:{usual.address}"] == "frank"
    inside = payment(address=usual.address, chain="eth", isInner=True)
    assert desk.pay(desk.key("alice"), inside).withdrawal.recipient == "frank"


def test_second_address() -> None:
    """There is one address of a currency on a chain: 260000, or another one by switch (H67)."""
    desk = Desk()
    key, alice = desk.key("frank"), desk.key("alice")
    first = desk.do(create(key), DepositAddressCreated).address
    refusal = desk.refusal(create(key, to="trade"))
    assert (refusal.reason, refusal.received) == (Reason.DEPOSIT_ADDRESS_EXISTS, first.address)
    assert refusal.text == "Deposit address already exists."
    assert desk.reason(create(alice, chain="trx")) is Reason.DEPOSIT_ADDRESS_EXISTS
    desk.do(create(key, chain="trx"), DepositAddressCreated)
    more = Desk(second_deposit_address="create")
    key = more.key("frank")
    addresses = [more.do(create(key), DepositAddressCreated).address.address for _ in range(3)]
    assert len(set(addresses)) == 3
    closed = Desk()
    usdt = closed.world.currencies["USDT"]
    closed.world = closed.world.put(
        replace(usdt, chains=tuple(replace(each, deposit_enabled=False) for each in usdt.chains))
    )
    assert closed.reason(create(closed.key("frank"))) is Reason.DEPOSIT_DISABLED


def test_addresses_are_listed() -> None:
    """Those of the currency, by one chain or all; none before one was made, and nobody else's."""
    desk = Desk()
    frank, alice = desk.key("frank"), desk.key("alice")
    assert desk.do(listing(frank, currency="USDT"), DepositAddressesListed).addresses == ()
    made = [desk.do(create(frank, chain=chain), DepositAddressCreated).address for chain in ("kcc", "trx")]
    listed = desk.do(listing(frank, currency="USDT"), DepositAddressesListed).addresses
    assert [each for each, _ in listed] == made
    assert [chain.chain_id for _, chain in listed] == ["kcc", "trx"]
    one = desk.do(listing(frank, currency="USDT", chain="trx"), DepositAddressesListed).addresses
    assert [each for each, _ in one] == made[1:]
    assert desk.do(listing(frank, currency="BTC"), DepositAddressesListed).addresses == ()
    given = desk.do(listing(alice, currency="USDT"), DepositAddressesListed).addresses
    assert [each.address for each, _ in given] == [ALICE_ADDRESS]
    for asked, reason in (
        ({}, Reason.PARAMETER_INVALID),
        ({"currency": "NONE"}, Reason.CURRENCY_UNKNOWN),
        ({"currency": "USDT", "chain": "none"}, Reason.CHAIN_INVALID),
    ):
        assert desk.reason(listing(frank, **asked)) is reason


def test_minted_addresses() -> None:
    """Each chain's look, one for all currencies of a user, others for others, the same with the same seed (H67)."""
    world = Desk().world
    for chain_id, form in FORMS.items():
        chain = Chain(chain_id, chain_id, Decimal(1), Decimal(1), 6)
        address, memo = mint_address(world, "frank", chain, 0)
        assert (address[: len(form.prefix)], memo) == (form.prefix, "")
        assert len(address) == len(form.prefix) + form.length
        assert set(address[len(form.prefix) :]) <= set(form.letters)
        assert mint_address(world, "frank", chain, 0) == (address, memo)
        others = [mint_address(world, "alice", chain, 0), mint_address(world, "frank", chain, 1)]
        others.append(mint_address(world.put(seed=1), "frank", chain, 0))
        assert len({address, *(each for each, _ in others)}) == 4
    evm = mint_address(world, "frank", Chain("polygon", "Polygon", Decimal(1), Decimal(1), 6), 0)[0]
    assert (evm[:2], len(evm)) == ("0x", 42)


def test_a_chain_with_memos_has_one_address_for_all() -> None:
    """Where a memo is needed it tells users apart, also as the recipient of a payment inside."""
    desk = Desk()
    frank, alice = desk.key("frank"), desk.key("alice")
    ours, theirs = (
        desk.do(create(key, currency="XRP", chain="xrp"), DepositAddressCreated).address for key in (frank, alice)
    )
    assert (ours.address, len(ours.memo)) == (theirs.address, 10)
    assert ours.memo != theirs.memo
    assert desk.world.identities[ours.identity] == "frank"
    desk.world = desk.world.put(replace(desk.world.wallet("alice"), accounts=()))
    inside = payment(currency="XRP", chain="xrp", address=ours.address, memo=ours.memo, isInner=True, amount="1")
    assert desk.reason(desk.withdrawal(alice, inside)) is Reason.BALANCE_INSUFFICIENT
    assert desk.reason(desk.withdrawal(alice, {**inside, "memo": ""})) is Reason.RECIPIENT_UNKNOWN


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"currency": None}, "Parameter Error: currency is compulsory"),
        ({"to": "futures"}, "to not in the given range!"),
        ({"chain": 5}, "Parameter Error: chain must be a string"),
    ],
)
def test_malformed_requests(fields: dict[str, object], text: str) -> None:
    """Each field must be what the reference says."""
    desk = Desk()
    assert desk.refusal(create(desk.key("frank"), **fields)).text == text


# --- money
def test_deposits_cost_nothing() -> None:
    """s9: what comes is credited whole, in the account that the address is for; the outside has that much less."""
    desk = Desk()
    done = desk.do(arrive("25.5"), DepositArrived).deposit
    assert (done.status, done.created_at, done.updated_at) == (DepositStatus.SUCCESS, START, START)
    assert desk.balance("alice") == Decimal("1000025.5")
    assert desk.pot("outside") == Decimal("-25.5")
    desk.do(arrive("4", to="trade"), DepositArrived)
    assert desk.world.wallet("alice").account("USDT", "trade").balance == 4


def test_the_transaction_of_a_deposit() -> None:
    """A deposit's transaction is a hash, an @ and 32 hex digits, another one for each, and its remark is `Deposit`."""
    desk = Desk()
    done = [desk.do(arrive("25", to=account), DepositArrived).deposit for account in ("main", "trade")]
    for deposit in done:
        assert re.fullmatch(r"[0-9a-f]{64}@[0-9a-f]{32}", deposit.wallet_tx_id)
        assert deposit.wallet_tx_id.partition("@")[0] == mint_wallet_tx_id(desk.world, deposit.id)
    key = desk.key("alice")
    listed = ListDeposits(key.sign(method="GET", path="/x"), {})
    rows = desk.do(listed, DepositsListed).data().items
    assert [(row.wallet_tx_id, row.remark) for row in rows] == [(each.wallet_tx_id, "Deposit") for each in done[::-1]]


def test_confirmations() -> None:
    """One comes each minute; a tick before the last it is PROCESSING, and with it the money is there (H68)."""
    desk = Desk()
    slow(desk)
    deposit = desk.do(arrive(seen=1), DepositArrived).deposit
    assert deposit.status is DepositStatus.PROCESSING
    assert desk.balance("alice") == 1_000_000
    assert [each.kind for each in pending(desk.world, START)] == [EventKind.DEPOSIT]
    seen = []
    for jump in (0, MINUTE - 1, 1, MINUTE - 1):
        desk.advance(jump)
        now = desk.exchange.clock.now()
        seen.append(confirmations(desk.world, desk.world.deposits[deposit.id], now))
        assert desk.do(PassTime(), TimePassed).credited == ()
    assert seen == [1, 1, 2, 2]
    desk.advance(1)
    [credited] = desk.do(PassTime(), TimePassed).credited
    assert (credited.id, credited.status, credited.updated_at) == (
        deposit.id,
        DepositStatus.SUCCESS,
        START + 2 * MINUTE,
    )
    assert desk.balance("alice") == 1_000_025
    assert pending(desk.world, START) == []


def test_soonest_first() -> None:
    """Deposits are credited in the order of their last confirmations, each at its own instant."""
    desk = Desk(confirmation_time=1_000)
    slow(desk, 10)
    first, second, third = (desk.do(arrive(seen=seen), DepositArrived).deposit.id for seen in (0, 7, 5))
    desk.advance(5_000)
    credited = desk.do(PassTime(), TimePassed).credited
    assert [(each.id, each.updated_at - START) for each in credited] == [(second, 3_000), (third, 5_000)]
    assert [line.head for line in desk.world.arriving.values()] == [first]


def test_any_call_sees_what_time_has_brought() -> None:
    """Nobody need ask for time to pass: the next call finds the money, and a refused one keeps it."""
    desk = Desk()
    slow(desk, 1)
    desk.do(arrive(seen=0), DepositArrived)
    desk.advance(MINUTE)
    key = desk.own_key("alice")
    desk.refusal(create(key, to="x"))
    assert desk.balance("alice") == 1_000_025


def test_more_confirmations_than_needed_are_enough() -> None:
    """A chain that needs three is content with a hundred, and a time of nothing needs no clock."""
    desk = Desk(confirmation_time=0)
    slow(desk)
    for seen in (3, 100, 0):
        deposit = desk.do(arrive(seen=seen), DepositArrived).deposit
        assert (deposit.status, deposit.confirmed) == (DepositStatus.SUCCESS, min(seen, 3))
    assert not desk.world.arriving


def test_another_confirmation_time_holds_for_those_under_way() -> None:
    """What waits waits as the switch says now."""
    desk = Desk()
    slow(desk)
    desk.do(arrive(seen=0), DepositArrived)
    desk.perform(ChangeChoices(replace(desk.world.choices, confirmation_time=10_000)))
    assert [each.at for each in pending(desk.world, START)] == [START + 30_000]
    desk.advance(30_000)
    assert len(desk.do(PassTime(), TimePassed).credited) == 1


def test_who_goes_takes_deposits_along() -> None:
    """Money that is on its way to somebody who is gone comes to nobody."""
    desk = Desk()
    slow(desk)
    desk.do(arrive(seen=0), DepositArrived)
    desk.do(arrive(), DepositArrived)
    bobs = desk.do(arrive(seen=0, user="bob"), DepositArrived).deposit.id
    desk.do(arrive(seen=1), DepositArrived)
    desk.perform(DeleteUser("alice"))
    assert (list(desk.world.deposits), "alice" in desk.world.statements) == ([bobs], False)
    desk.advance(10 * MINUTE)
    assert [each.id for each in desk.do(PassTime(), TimePassed).credited] == [bobs]
    assert not desk.world.arriving


def test_a_crowd_of_deposits_is_credited_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """When many are due at once, crediting each looks at the head of its line alone, however many wait."""
    desk = Desk()
    slow(desk)
    for _ in range(500):
        desk.perform(arrive(seen=0))
    desk.advance(10 * MINUTE)
    looked_at: list[str] = []

    def counted(world: World, deposit: Deposit) -> int:
        looked_at.append(deposit.id)
        return credited_at(world, deposit)

    monkeypatch.setattr("simulator.core.funds.arrivals.credited_at", counted)
    assert len(desk.do(PassTime(), TimePassed).credited) == 500
    assert len(looked_at) <= 500


def test_confirmations_stand_still_with_the_clock() -> None:
    """A frozen business clock confirms nothing."""
    desk = Desk()
    slow(desk)
    deposit = desk.do(arrive(seen=2), DepositArrived).deposit
    desk.wall += 10 * MINUTE
    assert confirmations(desk.world, deposit, Now(START, desk.wall)) == 2
    assert desk.do(PassTime(), TimePassed).credited == ()
