"""Deposit addresses by the older versions of their call."""

from __future__ import annotations

from typing import Final

from simulator.core.account.deposit_addresses import AccountWord, first_address, found_addresses
from simulator.core.data import Data, Name
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import Query
from simulator.core.gateway.parameters import CHAIN, NEEDED_CURRENCY, ONE_CHAIN
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Chain, DepositAddress, Now, World


class GetDepositAddressV1(Value, frozen=True):
    """`GET /api/v1/deposit-addresses`. `asked`: `currency`, `chain`."""

    signed: SignedRequest
    asked: Query


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


class ListDepositAddressesV2(Value, frozen=True):
    """`GET /api/v2/deposit-addresses`. `asked`: `currency`, `chain`."""

    signed: SignedRequest
    asked: Query


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
)
