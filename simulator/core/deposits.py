"""Deposits: addresses for them, how they arrive and are confirmed, and what has come (s9: no fee on any)."""

from __future__ import annotations

from decimal import Decimal
from heapq import heapify, heappop, heapreplace
from typing import Final

from msgspec.structs import replace

from simulator.core import accounts, money
from simulator.core.addresses import mint_address, mint_wallet_tx_id
from simulator.core.currencies import find_chain, find_currency
from simulator.core.fields import Body, Fields, judging, read_body
from simulator.core.mint import Mint
from simulator.core.paging import Query, read_word
from simulator.core.refusals import Reason, Refusal
from simulator.core.replies import Reply
from simulator.core.signature import SignedRequest, authenticate
from simulator.core.value import Value
from simulator.core.world import (
    Chain,
    Deposit,
    DepositAddress,
    DepositStatus,
    Held,
    Line,
    Now,
    User,
    World,
)

PARAMETERS: Final = ("currency", "chain", "to", "amount")
"""`amount` is for Lightning invoices only; no invoice is made here, so it is read by nobody."""
ACCOUNTS: Final = ("main", "trade")
FEE: Final = Decimal(0)
"""s9 "0 USDT per transaction" [s9/deposit-fee]."""


class CreateDepositAddress(Value, frozen=True):
    """`POST /api/v3/deposit-address/create`."""

    signed: SignedRequest
    body: Body


class DepositAddressCreated(Reply, frozen=True):
    """The new address, of that currency."""

    address: DepositAddress
    currency: str
    chain: Chain


class ListDepositAddresses(Value, frozen=True):
    """`GET /api/v3/deposit-addresses`. `asked`: `currency`, `chain`, `amount`."""

    signed: SignedRequest
    asked: Query


class DepositAddressesListed(Reply, frozen=True):
    """(address, its chain) pairs of a currency; none before one was created."""

    currency: str
    addresses: tuple[tuple[DepositAddress, Chain], ...]


class ArriveDeposit(Value, frozen=True):
    """Money comes by a chain to an address of a user, with so many confirmations; None = all that it needs.

    No client can do this. What it carries has been judged: the address is one of the user's, the chain is open.
    """

    user: str
    currency: str
    address: DepositAddress
    amount: Decimal
    confirmations: int | None = None


class DepositArrived(Reply, frozen=True):
    """The deposit as it is now."""

    deposit: Deposit


def create_deposit_address(
    world: World, command: CreateDepositAddress, now: Now
) -> tuple[World, DepositAddressCreated]:
    """A new address for a currency by a chain; there is one for each, unless the switch allows more.

    [rest/deposit-address-create] [H67/second-address]
    """
    key, notes = authenticate(world, command.signed, now, "create_deposit_address")
    values, notes = read_body(command.body, PARAMETERS, notes)
    with judging(notes):
        read = Fields(values)
        code, chain_id = read.text("currency", required=True), read.text("chain")
        account = read_word(Fields({"to": read.text("to").lower()}), "to", ACCOUNTS) or "main"
        user = world.users[key.user]
        accounts.check_active(user)
        currency = find_currency(world, code)
        chain = find_chain(currency, chain_id)
        address = _minted(world, user, currency.currency, chain, account)
    identities = world.identities.insert(address.identity, user.name)
    world = world.put(world.deposit_book(user.name).having(address), identities=identities)
    return world, DepositAddressCreated(address=address, currency=currency.currency, chain=chain, notes=notes)


def _minted(world: World, user: User, code: str, chain: Chain, account: str) -> DepositAddress:
    if not chain.deposit_enabled:
        raise Refusal(Reason.DEPOSIT_DISABLED, expected="an open chain", received=chain.chain_id)
    first, count = spot_of(world, user, code, chain.chain_id)
    if first and world.choices.second_deposit_address == "refuse":
        expected = f"no address of {code} on {chain.chain_id} yet"
        raise Refusal(Reason.DEPOSIT_ADDRESS_EXISTS, expected=expected, received=first.address)
    text, memo = mint_address(world, user.name, chain, count)
    return DepositAddress(chain.chain_id, text, memo, code, account)


def spot_of(world: World, user: User, currency: str, chain_id: str) -> tuple[DepositAddress | None, int]:
    """The first of a user's addresses of a currency by a chain, and how many there are: those of the scenario first."""
    given = [each for each in user.deposit_addresses if each.takes(currency) and each.chain == chain_id]
    spot = world.deposit_book(user.name).spots.get((currency, chain_id))
    first = given[0] if given else spot.first if spot else None
    return first, len(given) + (spot.count if spot else 0)


def addresses_of(world: World, user: User, currency: str, chain_id: str = "") -> list[DepositAddress]:
    """Where a user's deposits of a currency can arrive, by one chain or by all, in the order of their making."""
    created = reversed([*world.deposit_book(user.name).addresses])
    every = (*user.deposit_addresses, *created)
    return [each for each in every if each.takes(currency) and chain_id in ("", each.chain)]


def list_deposit_addresses(
    world: World, command: ListDepositAddresses, now: Now
) -> tuple[World, DepositAddressesListed]:
    """The addresses of a currency, by one chain or by all [rest/deposit-addresses]."""
    key, notes = authenticate(world, command.signed, now, "list_deposit_addresses")
    with judging(notes):
        currency, found = found_addresses(world, key.user, command.asked)
    return world, DepositAddressesListed(currency=currency, addresses=found, notes=notes)


def found_addresses(world: World, user: str, asked: Query) -> tuple[str, tuple[tuple[DepositAddress, Chain], ...]]:
    """The `currency` that is asked for, and a user's addresses of it, each with its chain.

    Those by the `chain` that is asked for; without one by all.
    """
    read = Fields(asked)
    currency, chain_id = find_currency(world, read.text("currency", required=True)), read.text("chain")
    if chain_id:
        chain_id = find_chain(currency, chain_id).chain_id
    chains = {chain.chain_id: chain for chain in currency.chains}
    addresses = addresses_of(world, world.users[user], currency.currency, chain_id)
    return currency.currency, tuple((each, chains[each.chain]) for each in addresses if each.chain in chains)


def first_address(world: World, user: str, asked: Query) -> tuple[str, tuple[DepositAddress, Chain] | None]:
    """The `currency` that is asked for, and a user's first address by its `chain`, without one by the default chain."""
    read = Fields(asked)
    currency, chain_id = find_currency(world, read.text("currency", required=True)), read.text("chain")
    chain = find_chain(currency, chain_id)
    first, _ = spot_of(world, world.users[user], currency.currency, chain.chain_id)
    return currency.currency, (first, chain) if first else None


# --- how money arrives
def arrive_deposit(world: World, command: ArriveDeposit, now: Now) -> tuple[World, DepositArrived]:
    """It is seen at once, and credited when it has the confirmations that its chain asks for.

    [H68/confirmations]
    """
    chain = find_chain(find_currency(world, command.currency), command.address.chain)
    deposit_id = Mint(world, now.business).object_id("deposit")
    confirmed = chain.confirms if command.confirmations is None else min(command.confirmations, chain.confirms)
    deposit = Deposit(
        id=deposit_id,
        user=command.user,
        currency=command.currency,
        chain=chain.chain_id,
        address=command.address.address,
        memo=command.address.memo,
        amount=command.amount,
        account=command.address.account,
        wallet_tx_id=mint_wallet_tx_id(world, deposit_id),
        confirmed=confirmed,
        confirms=chain.confirms,
        pre_confirms=chain.pre_confirms,
        status=DepositStatus.PROCESSING,
        created_at=now.business,
        updated_at=now.business,
    )
    held = Held(deposit_id, command.user, deposit.created_at, deposit.currency)
    statement, everybody = world.statement(command.user).with_deposit(held), world.everybody.with_deposit(held)
    world = world.put(deposit, statement, everybody=everybody)
    if credited_at(world, deposit) <= now.business:
        world, deposit = _credited(world, deposit, now.business)
    else:
        line = world.arriving.get(deposit.missing) or Line()
        world = replace(world, arriving=world.arriving.insert(deposit.missing, line.joined(deposit_id)))
    return world, DepositArrived(deposit=deposit)


def credited_at(world: World, deposit: Deposit) -> int:
    """When it has all its confirmations, ms of the business clock."""
    return deposit.created_at + deposit.missing * world.choices.confirmation_time


def confirmations(world: World, deposit: Deposit, now: Now) -> int:
    """How many it has by now: one more each `confirmation_time`, up to those that it needs."""
    if deposit.status is DepositStatus.SUCCESS:
        return deposit.confirms
    passed = (now.business - deposit.created_at) // max(1, world.choices.confirmation_time)
    return min(deposit.confirms, deposit.confirmed + passed)


def _credited(world: World, deposit: Deposit, at: int) -> tuple[World, Deposit]:
    """The whole amount is the user's: what comes in costs nothing. Its counterpart leaves the pot `outside`."""
    amount = money.subtract(deposit.amount, FEE)
    world = accounts.give(world, deposit.user, deposit.currency, amount, deposit.account)
    deposit = replace(deposit, status=DepositStatus.SUCCESS, updated_at=at)
    pots = accounts.filled_pots(world, deposit.currency, {"outside": money.negative(amount)})
    statement, everybody = world.statement(deposit.user).with_credited(deposit), world.everybody.with_credited(deposit)
    return world.put(deposit, statement, *pots, everybody=everybody), deposit


def credit_due(world: World, now: Now) -> tuple[World, tuple[Deposit, ...]]:
    """Credit every deposit that has been confirmed by now, each at its own instant, soonest first."""
    credited: list[Deposit] = []
    heads = [_head(world, line) for line in world.arriving.values()]
    heapify(heads)
    while heads and heads[0][0] <= now.business:
        due, deposit_id = heads[0]
        deposit = world.deposits[deposit_id]
        line = world.arriving[deposit.missing].served()
        others = world.arriving.remove(deposit.missing)
        if line:
            others = others.insert(deposit.missing, line)
            heapreplace(heads, _head(world, line))
        else:
            heappop(heads)
        world, deposit = _credited(replace(world, arriving=others), deposit, due)
        credited.append(deposit)
    return world, tuple(credited)


def _head(world: World, line: Line) -> tuple[int, str]:
    """When the deposit at the head of a line is credited, and which it is."""
    deposit = world.deposits[line.head]
    return credited_at(world, deposit), deposit.id
