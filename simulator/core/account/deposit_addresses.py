"""Deposits: addresses for them, how they arrive and are confirmed, and what has come (s9: no fee on any)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from simulator.core.data import Data, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds import balances
from simulator.core.funds.addresses import mint_address
from simulator.core.funds.arrivals import check_open
from simulator.core.funds.chains import find_chain, find_currency
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import CHAIN, NEEDED_CURRENCY, ONE_CHAIN, Positive, Text, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Body, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Reply, Value
from simulator.core.world import (
    ApiKey,
    Chain,
    DepositAddress,
    Now,
    User,
    World,
)

ACCOUNTS: Final = ("main", "trade")
TO: Final = Word("to", words=ACCOUNTS, any_case=True)
INVOICE: Final = "For Lightning invoices, of which none is made here: it is not read"
PARAMETERS: Final = (NEEDED_CURRENCY, CHAIN, TO, Positive("amount", INVOICE))
AccountWord = Annotated[str, words(*(account.upper() for account in ACCOUNTS))]


class CreateDepositAddress(Value, frozen=True):
    """`POST /api/v3/deposit-address/create`."""

    signed: SignedRequest
    body: Body


class NewAddressData(Data, frozen=True, kw_only=True):
    """A new address."""

    address: Name
    memo: str
    chain_id: Name
    to: AccountWord
    expiration_date: int = 0
    currency: Name
    chain_name: Name


class DepositAddressCreated(Reply, frozen=True):
    """The new address, of that currency."""

    address: DepositAddress
    currency: str
    chain: Chain

    def data(self) -> NewAddressData:
        """The address as it is shown."""
        return NewAddressData(
            address=self.address.address,
            memo=self.address.memo,
            chain_id=self.chain.chain_id,
            to=self.address.account.upper(),
            currency=self.currency,
            chain_name=self.chain.chain_name,
        )


class ListDepositAddresses(Value, frozen=True):
    """`GET /api/v3/deposit-addresses`. `parameters`: `currency`, `chain`, `amount`."""

    signed: SignedRequest
    parameters: Query


class AddressData(Data, frozen=True, kw_only=True):
    """An address in the list: the contract stands before the chain's name, as in the sample."""

    address: Name
    memo: str
    chain_id: Name
    to: AccountWord
    expiration_date: int = 0
    currency: Name
    contract_address: str
    chain_name: Name
    remark: str = ""


class DepositAddressesListed(Reply, frozen=True):
    """(address, its chain) pairs of a currency; none before one was created."""

    currency: str
    addresses: tuple[tuple[DepositAddress, Chain], ...]

    def data(self) -> tuple[AddressData, ...]:
        """The addresses as they are shown."""
        return tuple(
            AddressData(
                address=address.address,
                memo=address.memo,
                chain_id=chain.chain_id,
                to=address.account.upper(),
                currency=self.currency,
                contract_address=chain.contract_address,
                chain_name=chain.chain_name,
            )
            for address, chain in self.addresses
        )


def create_deposit_address(
    world: World, key: ApiKey, body: Mapping[str, object], now: Now
) -> tuple[World, DepositAddressCreated]:
    """A new address for a currency by a chain; there is one for each, unless the switch allows more.

    [rest/deposit-address-create] [H67/second-address]
    """
    read = Fields(body)
    code, chain_id, account = NEEDED_CURRENCY.read(read), CHAIN.read(read), TO.read(read) or "main"
    user = world.users[key.user]
    balances.check_active(user)
    currency = find_currency(world, code)
    chain = find_chain(currency, chain_id)
    address = _minted(world, user, currency.currency, chain, account)
    identities = world.identities.insert(address.identity, user.name)
    world = world.put(world.deposit_book(user.name).having(address), identities=identities)
    return world, DepositAddressCreated(address=address, currency=currency.currency, chain=chain)


def _minted(world: World, user: User, code: str, chain: Chain, account: str) -> DepositAddress:
    check_open(chain)
    first, count = spot_of(world, user, code, chain.chain_id)
    if first and world.choices.second_deposit_address == "refuse":
        expected = f"no address of {code} on {chain.chain_id} yet"
        raise Refusal(Reason.DEPOSIT_ADDRESS_EXISTS, expected=expected, received=first.address)
    text, memo = mint_address(world, user.name, chain, count)
    return DepositAddress(chain.chain_id, text, memo, code, account)


def spot_of(world: World, user: User, currency: str, chain_id: str) -> tuple[DepositAddress | None, int]:
    """The first of a user's addresses of a currency by a chain, and how many there are: those of the scenario first."""
    given = [address for address in user.deposit_addresses if address.takes(currency) and address.chain == chain_id]
    spot = world.deposit_book(user.name).spots.get((currency, chain_id))
    first = given[0] if given else spot.first if spot else None
    return first, len(given) + (spot.count if spot else 0)


def addresses_of(world: World, user: User, currency: str, chain_id: str = "") -> list[DepositAddress]:
    """Where a user's deposits of a currency can arrive, by one chain or by all, in the order of their making."""
    created = reversed([*world.deposit_book(user.name).addresses])
    every = (*user.deposit_addresses, *created)
    return [address for address in every if address.takes(currency) and chain_id in ("", address.chain)]


def list_deposit_addresses(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, DepositAddressesListed]:
    """The addresses of a currency, by one chain or by all [rest/deposit-addresses]."""
    currency, addresses = found_addresses(world, key.user, query)
    return world, DepositAddressesListed(currency=currency, addresses=addresses)


def found_addresses(world: World, user: str, query: Query) -> tuple[str, tuple[tuple[DepositAddress, Chain], ...]]:
    """The `currency` that is asked for, and a user's addresses of it, each with its chain.

    Those by the `chain` that is asked for; without one by all.
    """
    read = Fields(query)
    currency, chain_id = find_currency(world, NEEDED_CURRENCY.read(read)), CHAIN.read(read)
    if chain_id:
        chain_id = find_chain(currency, chain_id).chain_id
    chains = {chain.chain_id: chain for chain in currency.chains}
    addresses = addresses_of(world, world.users[user], currency.currency, chain_id)
    return currency.currency, tuple(
        (address, chains[address.chain]) for address in addresses if address.chain in chains
    )


def first_address(world: World, user: str, query: Query) -> tuple[str, tuple[DepositAddress, Chain] | None]:
    """The `currency` that is asked for, and a user's first address by its `chain`, without one by the default chain."""
    read = Fields(query)
    currency, chain_id = find_currency(world, NEEDED_CURRENCY.read(read)), ONE_CHAIN.read(read)
    chain = find_chain(currency, chain_id)
    first, _ = spot_of(world, world.users[user], currency.currency, chain.chain_id)
    return currency.currency, (first, chain) if first else None


ENDPOINTS: Final = (
    Endpoint(
        create_deposit_address,
        CreateDepositAddress,
        REST,
        call="POST /api/v3/deposit-address/create",
        parameters=PARAMETERS,
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
        refusals={
            Reason.PARAMETER_INVALID,
            Reason.USER_FROZEN,
            Reason.CURRENCY_UNKNOWN,
            Reason.CHAIN_INVALID,
            Reason.DEPOSIT_DISABLED,
            Reason.DEPOSIT_ADDRESS_EXISTS,
        },
    ),
    Endpoint(
        list_deposit_addresses,
        ListDepositAddresses,
        REST,
        call="GET /api/v3/deposit-addresses",
        parameters=(NEEDED_CURRENCY, CHAIN, Text("amount")),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=5,
        refusals={Reason.PARAMETER_INVALID, Reason.CURRENCY_UNKNOWN, Reason.CHAIN_INVALID},
    ),
)
