"""Deposits that arrive: confirmations, and the moment of the credit."""

from __future__ import annotations

from decimal import Decimal
from heapq import heapify, heappop, heapreplace
from typing import Final

from msgspec.structs import replace

from simulator.core import money
from simulator.core.endpoint import Operation
from simulator.core.funds import balances
from simulator.core.funds.addresses import mint_deposit_tx_id
from simulator.core.funds.chains import find_chain, find_currency
from simulator.core.gateway.requests import FieldProblem
from simulator.core.mint import Mint
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Reply, Value
from simulator.core.world import (
    Chain,
    Currency,
    Deposit,
    DepositAddress,
    DepositStatus,
    Held,
    Line,
    Now,
    World,
)

FEE: Final = Decimal(0)
"""s9 "0 USDT per transaction" [s9/deposit-fee]."""


class ArriveDeposit(Value, frozen=True):
    """Money comes by a chain to an address of a user, with so many confirmations; None = all that it needs.

    No client can do this. The address is one of the user's; chain and amount are judged here.
    """

    user: str
    currency: str
    address: DepositAddress
    amount: Decimal
    confirmations: int | None = None


class DepositArrived(Reply, frozen=True):
    """The deposit as it is now."""

    deposit: Deposit


# --- what can arrive
def check_open(chain: Chain) -> None:
    """Refuse a chain that is closed for deposits: no address is made on it, and nothing arrives by it.

    [H68/deposit-closed]
    """
    if not chain.deposit_enabled:
        raise Refusal(Reason.DEPOSIT_DISABLED, expected="an open chain", received=chain.chain_id)


def check_amount(currency: Currency, chain: Chain, amount: Decimal) -> None:
    """Raise `FieldProblem` if the exchange does not credit a deposit of this amount."""
    if not money.is_multiple(amount, currency.precision):  # [H68/deposit-precision]
        raise FieldProblem("amount", f"must have at most {currency.precision} decimal places", amount)
    if chain.deposit_min_size is not None and amount < chain.deposit_min_size:  # [H68/deposit-minimum]
        problem = f"must be at least {chain.deposit_min_size}: the exchange credits nothing smaller"
        raise FieldProblem("amount", problem, amount)
    if chain.max_deposit is not None and amount > chain.max_deposit:  # [H68/deposit-maximum]
        raise FieldProblem("amount", f"must be at most {chain.max_deposit} on {chain.chain_id}", amount)


# --- how money arrives
def arrive_deposit(world: World, command: ArriveDeposit, now: Now) -> tuple[World, DepositArrived]:
    """It is seen at once, and credited when it has the confirmations that its chain asks for.

    [H68/confirmations]
    """
    currency = find_currency(world, command.currency)
    chain = find_chain(currency, command.address.chain)
    check_open(chain)
    try:
        check_amount(currency, chain, command.amount)
    except FieldProblem as problem:
        raise problem.refusal() from None
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
        wallet_tx_id=mint_deposit_tx_id(world, deposit_id),
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
    world = balances.give(world, deposit.user, deposit.currency, amount, deposit.account)
    deposit = replace(deposit, status=DepositStatus.SUCCESS, updated_at=at)
    pot = world.pot(deposit.currency)
    pot = replace(pot, outside=money.subtract(pot.outside, amount))
    statement, everybody = world.statement(deposit.user).with_credited(deposit), world.everybody.with_credited(deposit)
    return world.put(deposit, statement, pot, everybody=everybody), deposit


def credit_deposit(world: World, deposit: Deposit, at: int) -> tuple[World, Deposit]:
    """Credit one deposit that waits, before its time. It no longer waits in its line, which is read once."""
    line = world.arriving[deposit.missing].only(set(world.arriving[deposit.missing].places.values()) - {deposit.id})
    others = world.arriving.remove(deposit.missing)
    return _credited(replace(world, arriving=others.insert(deposit.missing, line) if line else others), deposit, at)


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


OPERATIONS: Final = (Operation(arrive_deposit, ArriveDeposit, "s9"),)
"""What the world outside does."""
