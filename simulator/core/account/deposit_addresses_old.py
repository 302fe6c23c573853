"""Deposit addresses by the older versions of their call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.core.account.deposit_addresses import (
    TO,
    AccountWord,
    create_deposit_address,
    first_address,
    found_addresses,
)
from simulator.core.data import Data, Name
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import CHAIN, NEEDED_CURRENCY, ONE_CHAIN
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Body
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Chain, DepositAddress, Now, World


class GetDepositAddressV1(Value, frozen=True):
    """`GET /api/v1/deposit-addresses`. `parameters`: `currency`, `chain`."""

    signed: SignedRequest
    parameters: Query


class AddressDataV1(Data, frozen=True):
    """An address with the chain's contract: `chain` was the chain's name, and there was no date."""

    address: Name
    memo: str
    chain: Name
    chain_id: Name
    to: AccountWord
    currency: Name
    contract_address: str


class DepositAddressFoundV1(Reply, frozen=True):
    """One address with its chain, None before one was created."""

    currency: str
    address: tuple[DepositAddress, Chain] | None

    def data(self) -> AddressDataV1 | None:
        """The address as it is shown."""
        if self.address is None:
            return None
        return _address_data(self.currency, *self.address)


class CreateDepositAddressV1(Value, frozen=True):
    """`POST /api/v1/deposit-addresses`."""

    signed: SignedRequest
    body: Body


class NewAddressDataV1(Data, frozen=True):
    """A new address; `memo` is null where the chain has none."""

    address: Name
    memo: Name | None
    chain: Name
    chain_id: Name
    to: AccountWord
    currency: Name


class DepositAddressCreatedV1(Reply, frozen=True):
    """The new address, of that currency."""

    address: DepositAddress
    currency: str
    chain: Chain

    def data(self) -> NewAddressDataV1:
        """The address as it is shown."""
        address, chain = self.address, self.chain
        return NewAddressDataV1(
            address=address.address,
            memo=address.memo or None,
            chain=chain.chain_name,
            chain_id=chain.chain_id,
            to=address.account.upper(),
            currency=self.currency,
        )


class ListDepositAddressesV2(Value, frozen=True):
    """`GET /api/v2/deposit-addresses`. `parameters`: `currency`, `chain`."""

    signed: SignedRequest
    parameters: Query


class DepositAddressesListedV2(Reply, frozen=True):
    """(address, its chain) pairs of a currency; none before one was created."""

    currency: str
    addresses: tuple[tuple[DepositAddress, Chain], ...]

    def data(self) -> tuple[AddressDataV1, ...]:
        """The addresses as they are shown."""
        return tuple(_address_data(self.currency, address, chain) for address, chain in self.addresses)


def _address_data(currency: str, address: DepositAddress, chain: Chain) -> AddressDataV1:
    return AddressDataV1(
        address=address.address,
        memo=address.memo,
        chain=chain.chain_name,
        chain_id=chain.chain_id,
        to=address.account.upper(),
        currency=currency,
        contract_address=chain.contract_address,
    )


def get_deposit_address_v1(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, DepositAddressFoundV1]:
    """The first address by the chain, without one by the currency's default chain [rest/deposit-address-v1]."""
    currency, address = first_address(world, key.user, query)
    return world, DepositAddressFoundV1(currency=currency, address=address)


def create_deposit_address_v1(
    world: World, key: ApiKey, body: Mapping[str, object], now: Now
) -> tuple[World, DepositAddressCreatedV1]:
    """A new address, made as version 3 makes it [rest/deposit-address-create-v1]."""
    world, created = create_deposit_address(world, key, body, now)
    return world, DepositAddressCreatedV1(address=created.address, currency=created.currency, chain=created.chain)


def list_deposit_addresses_v2(
    world: World, key: ApiKey, query: Query, now: Now
) -> tuple[World, DepositAddressesListedV2]:
    """The addresses of a currency, by one chain or by all [rest/deposit-addresses-v2]."""
    currency, addresses = found_addresses(world, key.user, query)
    return world, DepositAddressesListedV2(currency=currency, addresses=addresses)


ENDPOINTS: Final = (
    Endpoint(
        list_deposit_addresses_v2,
        ListDepositAddressesV2,
        REST,
        call="GET /api/v2/deposit-addresses",
        parameters=(NEEDED_CURRENCY, CHAIN),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=5,
        refusals={Reason.PARAMETER_INVALID, Reason.CURRENCY_UNKNOWN, Reason.CHAIN_INVALID},
    ),
    Endpoint(
        get_deposit_address_v1,
        GetDepositAddressV1,
        REST,
        call="GET /api/v1/deposit-addresses",
        parameters=(NEEDED_CURRENCY, ONE_CHAIN),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=5,
        refusals={Reason.PARAMETER_INVALID, Reason.CURRENCY_UNKNOWN, Reason.CHAIN_INVALID},
    ),
    Endpoint(
        create_deposit_address_v1,
        CreateDepositAddressV1,
        REST,
        call="POST /api/v1/deposit-addresses",
        parameters=(NEEDED_CURRENCY, CHAIN, TO),
        example={"currency": "USDT", "chain": "kcc", "to": "MAIN"},
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
)
