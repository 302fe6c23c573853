"""`given:` -> the world as it is at the start: clients, users, currencies, and what one asks of another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from simulator.core import mint
from simulator.core.choices import Choices
from simulator.core.value import Value
from simulator.core.world import Account, ApiKey, Client, User, World, phone_of, with_keys, with_user
from simulator.scenario.format.reader import Path, Reader, unknown
from simulator.scenario.format.shapes import by_hand, fields
from simulator.scenario.given.api_keys import api_keys
from simulator.scenario.given.currencies import currencies
from simulator.scenario.given.trades import check_invited, with_trades
from simulator.scenario.keys.people import ACCOUNTS, AT_LIMIT, CLIENT, USER
from simulator.scenario.keys.scenario import GIVEN

by_hand(GIVEN, "clients", "users", "currencies", "prices_usdt", "trades", "observed_ip")
by_hand(CLIENT)
by_hand(USER, *ACCOUNTS, "api_keys")
Found = dict[str, Any]


def built(reader: Reader, given: Found, seed: int, choices: Choices) -> World:
    """The world with everything that is given. Problems are noted in the reader."""
    table = currencies(reader, given)
    world = World(seed=seed, choices=choices, observed_ip=given.get("observed_ip"), currencies=table)
    world = world.put(*(client(client_id, found) for client_id, found in given.get("clients", {}).items()))
    for name, found in given.get("users", {}).items():
        new = person(reader, world, fresh(world, name), found, ("given", "users", name))
        world = with_keys(with_user(world, new.user, new.accounts), new.keys)
    for client_id, found in given.get("clients", {}).items():
        check_invited(reader, world.users, found, ("given", "clients", client_id))
    return with_trades(reader, world, given.get("trades", ()))


def client(client_id: str, found: Found) -> Client:
    """A client as it is given."""
    return amended_client(Client(client_id, client_id, "", ()), found)


def amended_client(client: Client, found: Found) -> Client:
    """The client with what is said of it, and as it was in all else."""
    return replace(client, **fields(CLIENT, found))


class Person(Value, frozen=True):
    """A user, what they own, and the keys that are given them."""

    user: User
    accounts: tuple[Account, ...]
    keys: tuple[ApiKey, ...]
    readdressed: bool
    """Whether it is said where their deposits arrive."""


def person(reader: Reader, world: World, user: User, found: Found, path: Path) -> Person:
    """The user with what is said of them, and as they were in all else. `world` knows nobody by their identities."""
    chains = {chain.chain_id for _, currency in world.currencies.items() for chain in currency.chains}
    for place in ACCOUNTS:
        for code in found.get(place, ()):
            if code not in world.currencies:
                reader.refuse((*path, place, code), unknown("currency", code, world.currencies), key=True)
    for place in ("address_book", "deposit_addresses"):
        for chain in found.get(place, ()):
            if chain not in chains:
                reader.refuse((*path, place, chain), unknown("chain", chain, chains), key=True)
    accounts = tuple(
        Account(code, kind, amount) for place, kind in ACCOUNTS.items() for code, amount in found.get(place, {}).items()
    )
    user = _amended(world, user, found)
    for way, identity in _identities(user):
        if identity in world.identities:
            reader.refuse((*path, *way), f"{identity} is {world.identities[identity]}'s already")
    listed = found.get("api_keys")
    keys = api_keys(reader, world, user, listed, (*path, "api_keys")) if isinstance(listed, tuple) else ()
    return Person(user, accounts, keys, "deposit_addresses" in found)


def fresh(world: World, name: str) -> User:
    """A user of whom nothing is said but the name."""
    return User(name, mint.uid(name), totp_secret=mint.totp_secret(world.seed, name))


def _amended(world: World, user: User, found: Found) -> User:
    changes = fields(USER, found)
    keys = found.get("api_keys")
    count = world.choices.api_key_limit if keys == AT_LIMIT else keys
    if isinstance(count, int):
        changes["foreign_api_keys"] = count
    return replace(user, **changes)


def _identities(user: User) -> Iterable[tuple[Path, str]]:
    """What a user can be found by, and where in their entry it stands."""
    for key, identity in (("uid", str(user.uid)), ("email", user.email.lower()), ("phone", phone_of(user))):
        if identity:
            yield (key,), identity
    for each in user.deposit_addresses:
        yield ("deposit_addresses", each.chain), each.identity
