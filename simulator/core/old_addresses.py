"""Deposit addresses by the two older versions of their call, which KuCoin still documents and ccxt still asks."""

from __future__ import annotations

from simulator.core.deposits import first_address, found_addresses
from simulator.core.fields import judging
from simulator.core.paging import Query
from simulator.core.replies import Reply
from simulator.core.signature import SignedRequest, authenticate
from simulator.core.value import Value
from simulator.core.world import Chain, DepositAddress, Now, World


class GetDepositAddressV1(Value, frozen=True):
    """`GET /api/v1/deposit-addresses`. `asked`: `currency`, `chain`."""

    signed: SignedRequest
    asked: Query


class DepositAddressFoundV1(Reply, frozen=True):
    """One address with its chain, None before one was created."""

    currency: str
    address: tuple[DepositAddress, Chain] | None


class ListDepositAddressesV2(Value, frozen=True):
    """`GET /api/v2/deposit-addresses`. `asked`: `currency`, `chain`."""

    signed: SignedRequest
    asked: Query


class DepositAddressesListedV2(Reply, frozen=True):
    """(address, its chain) pairs of a currency; none before one was created."""

    currency: str
    addresses: tuple[tuple[DepositAddress, Chain], ...]


def get_deposit_address_v1(world: World, command: GetDepositAddressV1, now: Now) -> tuple[World, DepositAddressFoundV1]:
    """The first address by the chain, without one by the currency's default chain [rest/deposit-address-v1]."""
    key, notes = authenticate(world, command.signed, now, "get_deposit_address_v1")
    with judging(notes):
        currency, address = first_address(world, key.user, command.asked)
    return world, DepositAddressFoundV1(currency=currency, address=address, notes=notes)


def list_deposit_addresses_v2(
    world: World, command: ListDepositAddressesV2, now: Now
) -> tuple[World, DepositAddressesListedV2]:
    """The addresses of a currency, by one chain or by all [rest/deposit-addresses-v2]."""
    key, notes = authenticate(world, command.signed, now, "list_deposit_addresses_v2")
    with judging(notes):
        currency, found = found_addresses(world, key.user, command.asked)
    return world, DepositAddressesListedV2(currency=currency, addresses=found, notes=notes)
